/* frame_part.h - records in pieces, for a process that must not wait for its peer */
/* SPDX-License-Identifier: ISC */
#ifndef NET_FRAME_PART_H
#define NET_FRAME_PART_H

#include "net/frame.h"

enum { FRAME_HEAD = 6 };

struct frame_part {      /* how far one record has got; all zero at its start */
    uint8_t head[FRAME_HEAD];
    size_t done;         /* bytes of head and payload */
};

/* Sends what the socket takes: OK: all of it; AGAIN: call again when writable; TEMP with errno. f->fd stays the
 * caller's. */
enum result frame_send_part(int fd, struct frame *f, struct frame_part *at) MUST;
/* Takes received bytes: OK: the record is complete, *used bytes belong to it (start the next with a zeroed part);
 * AGAIN: more is needed; PERM: too long. f is emptied at the start of a record. */
enum result frame_feed(struct frame *f, struct frame_part *at, const void *p, size_t n, size_t *used) MUST;

#endif
