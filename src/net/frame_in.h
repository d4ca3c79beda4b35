/* frame_in.h - records out of a buffer that one system call fills, for streams without descriptors in them */
/* SPDX-License-Identifier: ISC */
#ifndef NET_FRAME_IN_H
#define NET_FRAME_IN_H

#include "net/frame_part.h"

struct frame_in {
    int fd;              /* the caller's: a socket, pipe or file */
    struct frame_part at;
    struct buf bytes;    /* received */
    size_t used;         /* of them */
};

void frame_in_init(struct frame_in *in, int fd);
void frame_in_done(struct frame_in *in);
/* OK; NONE: the end; PERM: no such record, because it is too long or the end comes inside it; TEMP with errno. */
enum result frame_in_next(struct frame_in *in, struct frame *f, int timeout_ms) MUST;

#endif
