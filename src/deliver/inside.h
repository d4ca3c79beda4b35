/* inside.h - the error, retry and discard services, which need no process */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_INSIDE_H
#define DELIVER_INSIDE_H

#include "base/base.h"
#include "base/why.h"

struct master_entry;

enum inside { AGENT, INSIDE_ERROR, INSIDE_RETRY, INSIDE_DISCARD, INSIDE_MISSING };

/* What a transport's line in master.cf makes it; NULL: there is no line. */
enum inside inside_kind(const struct master_entry *e);
/* The next hop is a text, with or without a status code in front: PERM for error, TEMP for retry, OK for discard. */
enum result inside_why(struct str text, enum inside kind, struct why *why);

#endif
