/* qlist.h - what is in the queue: looking into every file, and telling others
 *
 * The listing travels in frames of many records, so that a full queue costs few
 * system calls; a last, empty frame says that it is complete.
 */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_QLIST_H
#define SERVICE_QLIST_H

#include "base/base.h"

struct qlist_message {
    const char *queue;    /* "active", "deferred", "hold" ... */
    const char *id;
    int64_t arrival, size;
    bool forced;          /* marked for forced expiry */
    const char *sender;
};

/* Either may be NULL. recipients follow their message; reason "" = none known. */
struct qlist_sink {
    void (*message)(void *arg, const struct qlist_message *m);
    void (*recipient)(void *arg, const char *addr, const char *orig, const char *reason);
    void (*end_message)(void *arg);
    void *arg;
};

/* Reads the queue itself. The current directory is the queue directory. */
enum result qlist_scan(const struct qlist_sink *to) MUST;

/* Sends what qlist_scan finds to fd. */
enum result qlist_send(int fd) MUST;
/* Instead of a listing. */
void qlist_send_denied(int fd);
/* Receives it: OK; NONE: denied; TEMP: the other side failed before the end. */
enum result qlist_receive(int fd, const struct qlist_sink *to) MUST;

#endif
