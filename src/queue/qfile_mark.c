/* qfile_mark.c - changes in place of a queue file that exists: delivered, marked, deferred
 *
 * None of them is synced: losing one repeats a delivery or loses the text of a
 * listing, never the mail.
 * Called by delivery agents, qmgr, postsuper.  Parameters: none.
 * Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "queue/qfile_read.h"

enum { STATUS_BATCH_MAX = 16 << 20 };

enum result qfile_mark_done(int fd, uint32_t offset)
{
    return io_pwrite(fd, "D", 1, offset);
}

enum result qfile_set_mark(int fd, unsigned marks)
{
    uint8_t raw[4];
    enum result r = io_pread(fd, raw, sizeof raw, QHEAD_MARKS);

    if (r != OK)
        return TEMP;
    le32_put(raw, qmarks_pack(qmarks_unpack(le32_get(raw)) | marks));
    return io_pwrite(fd, raw, sizeof raw, QHEAD_MARKS);
}

static void put_status(struct buf *out, const struct qfile_status *s, uint32_t seed)
{
    uint8_t head[QSTATUS_FIXED];
    size_t dsn = strlen(s->why.dsn) + 1, text = strlen(s->why.text) + 1;
    uint32_t crc;

    le32_put(head, QSTATUS_MAGIC);
    le32_put(head + 4, (uint32_t)(dsn + text));
    le32_put(head + 8, s->rcpt);
    le64_put(head + 12, (uint64_t)s->when);
    crc = num_crc32(seed, head, QSTATUS_FIXED - 4);
    crc = num_crc32(crc, s->why.dsn, dsn);
    crc = num_crc32(crc, s->why.text, text);
    le32_put(head + QSTATUS_FIXED - 4, crc);
    buf_add(out, head, sizeof head);
    buf_add(out, s->why.dsn, dsn);
    buf_add(out, s->why.text, text);
}

/* Where a slot has the tail of longer mail, the list starts right behind the envelope. */
enum result qfile_add_status(struct qfile *q, const struct qfile_status *list, size_t n)
{
    enum result r = TEMP;
    struct stat st;
    struct buf out;

    buf_init(&out, STATUS_BATCH_MAX);
    for (size_t i = 0; i < n; i++)
        put_status(&out, &list[i], q->head.crc);
    if ((!q->tail || ftruncate(q->fd, q->env_end) == 0) && fstat(q->fd, &st) == 0) {
        q->tail = false;
        r = io_pwrite(q->fd, out.p, out.n, st.st_size);
    }
    buf_done(&out);
    return r;
}
