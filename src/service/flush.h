/* flush.h - asking for another attempt at deferred mail */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_FLUSH_H
#define SERVICE_FLUSH_H

#include "base/base.h"

enum flush_kind {
    FLUSH_ALL = 'F',
    FLUSH_ID = 'I',
    FLUSH_SITE = 'S',  /* mail for a domain, if fast_flush_domains has it */
    FLUSH_LOOK = 'W',  /* files were moved by hand: look for them */
};

enum flush_answer {
    FLUSH_OK,
    FLUSH_DOWN,        /* the mail system is not running, or failed */
    FLUSH_BAD,         /* malformed */
    FLUSH_UNKNOWN,     /* no fast flush service for this site */
    FLUSH_DENIED,      /* authorized_flush_users */
};

/* Asks the flush service; the current directory is the queue directory. */
enum flush_answer service_flush(enum flush_kind kind, const char *arg) MUST;

enum { FLUSH_ASK = 0x4601, FLUSH_REPLY }; /* u32 kind, text; u32 answer */

#endif
