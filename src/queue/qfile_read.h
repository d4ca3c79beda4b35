/* qfile_read.h - an open queue file, for the reader's own files */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QFILE_READ_H
#define QUEUE_QFILE_READ_H

#include "queue/qfile_int.h"

struct qfile {
    int fd, slot;
    bool tail;                /* the file may go on behind envelope and statuses */
    int64_t file_size, env_end, rcpt_at;
    struct qhead head;
    struct qfile_env env;
    unsigned marks;
    char *attrs;              /* text that env points to */
    uint8_t *page;            /* window into the envelope */
    size_t page_n, page_cap;
    int64_t page_at;
    size_t cursor;            /* number and offset of the next recipient in file order */
    int64_t cursor_at;
    uint32_t *statuses;       /* by recipient: where its newest status is, from env_end on, + 1; 0 = none */
};

/* Takes fd over; content: verify its checksum too. */
enum result qfile_open_checked(int fd, bool content, struct qfile **out) MUST;

#endif
