/* qlist.c - what is in the queue, from its files
 *
 * Runs in: showq, postqueue (as root while nothing runs), qshape.  Parameters: none.
 * Tests: tests/unit/queue_test.c, tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "queue/qlist.h"

#include "queue/qdir.h"

enum { PAGE = 64 };

struct scan {
    const struct qlist_sink *to;
    const char *dir, *shown;
};

/* Those with a reason first, grouped as they were noted; then the others. */
static void list_recipients(struct qfile *q, const struct qlist_sink *to, bool with_reason)
{
    struct qfile_rcpt r[PAGE];
    struct qfile_status s;
    size_t at = 0, n;

    while ((n = qfile_rcpts(q, at, r, PAGE))) {
        for (size_t i = 0; i < n; i++) {
            bool has = !r[i].done && qfile_status(q, (uint32_t)(at + i), &s) == OK;

            if (!r[i].done && has == with_reason)
                to->recipient(to->arg, r[i].addr, r[i].orig, has ? s.why.text : "");
        }
        at += n;
    }
}

static bool list_one(const char *id, void *arg)
{
    const struct scan *s = arg;
    struct qfile *q;
    struct qlist_message m = { .queue = s->shown, .id = id };

    if (qfile_open(s->dir, id, false, false, &q) != OK)
        return true; /* being written, gone, or damaged */
    m.arrival = (int64_t)qfile_env(q)->arrival.tv_sec;
    m.size = qfile_env(q)->size;
    m.sender = qfile_env(q)->sender;
    m.forced = qfile_marks(q) & QMARK_EXPIRE_NOW;
    if (s->to->message)
        s->to->message(s->to->arg, &m);
    if (s->to->recipient) {
        list_recipients(q, s->to, true);
        list_recipients(q, s->to, false);
    }
    if (s->to->end_message)
        s->to->end_message(s->to->arg);
    qfile_close(q);
    return true;
}

/* What lies in incoming is being delivered, or will be in a moment: people know that as active. */
enum result qlist_scan(const struct qlist_sink *to)
{
    static const char *const dirs[][2] = { { "incoming", "active" }, { "deferred", "deferred" }, { "hold", "hold" } };

    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        struct scan s = { to, dirs[i][0], dirs[i][1] };

        if (qdir_scan(dirs[i][0], list_one, &s) != OK)
            return TEMP;
    }
    return OK;
}
