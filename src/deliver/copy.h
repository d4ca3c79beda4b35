/* copy.h - message content from the queue file to a mailbox, a command or a stream */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_COPY_H
#define DELIVER_COPY_H

#include "base/base.h"
#include "deliver/deliver.h"

enum copy_flag {
    COPY_FROM_LINE = 1,      /* "From sender date" */
    COPY_RETURN_PATH = 2, COPY_DELIVERED_TO = 4, COPY_ORIGINAL_TO = 8,
    COPY_QUOTE_FROM = 16,    /* ">From " in the body */
    COPY_BLANK_END = 32,     /* empty line at the end (mbox, pipe flag B) */
    COPY_DOT = 64,           /* keep dot-stuffing (pipe flag .) */
};

/* Writes to fd with LF (or eol). TEMP with errno when writing fails (*write_failed), or when reading does. */
enum result copy_content(const struct delivery *d, const struct delivery_rcpt *r, int fd, unsigned flags,
                         const char *eol, bool *write_failed) MUST;
/* Every address of a Delivered-To: header, in internal form, until each says false: OK = it did, NONE, TEMP. */
enum result copy_each_delivered_to(const struct delivery *d, bool (*each)(struct str addr, void *arg), void *arg) MUST;
/* Is addr already in a Delivered-To: header (loop)? OK = yes, NONE, TEMP. */
enum result copy_delivered_to(const struct delivery *d, const char *addr) MUST;

#endif
