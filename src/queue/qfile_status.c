/* qfile_status.c - why a recipient is deferred: records behind the envelope
 *
 * Each has its own checksum; the first that does not match ends the list, as
 * after a crash in the middle of appending.
 * Called by showq, bounce, postcat.  Parameters: none.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/io.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "queue/qfile_read.h"

enum { STATUS_MAX = QSTATUS_FIXED + QSTATUS_TEXT_MAX };

/* The record at offset into raw: its length, or 0 when there is no sound one. */
static size_t read_record(struct qfile *q, int64_t offset, uint8_t raw[STATUS_MAX])
{
    uint32_t n, crc;

    if (io_pread(q->fd, raw, QSTATUS_FIXED, offset) != OK || le32_get(raw) != QSTATUS_MAGIC)
        return 0;
    n = le32_get(raw + 4);
    if (n < 2 || n > QSTATUS_TEXT_MAX || le32_get(raw + 8) >= q->head.rcpts)
        return 0;
    if (io_pread(q->fd, raw + QSTATUS_FIXED, n, offset + QSTATUS_FIXED) != OK)
        return 0;
    crc = num_crc32(num_crc32(q->head.crc, raw, QSTATUS_FIXED - 4), raw + QSTATUS_FIXED, n);
    if (crc != le32_get(raw + QSTATUS_FIXED - 4))
        return 0;
    return QSTATUS_FIXED + n;
}

static void index_statuses(struct qfile *q)
{
    int64_t at = q->env_end;
    uint8_t raw[STATUS_MAX];
    size_t n;

    q->statuses = mem_new_array(q->head.rcpts ? q->head.rcpts : 1, sizeof *q->statuses);
    while (at < q->file_size && (n = read_record(q, at, raw))) {
        q->statuses[le32_get(raw + 8)] = (uint32_t)(at - q->env_end) + 1;
        at += (int64_t)n;
    }
}

enum result qfile_status(struct qfile *q, uint32_t rcpt, struct qfile_status *out)
{
    uint8_t raw[STATUS_MAX];
    const char *dsn, *text, *end;
    size_t n;

    if (rcpt >= q->head.rcpts || q->file_size == q->env_end)
        return NONE;
    if (!q->statuses)
        index_statuses(q);
    n = q->statuses[rcpt] ? read_record(q, q->env_end + q->statuses[rcpt] - 1, raw) : 0;
    if (!n)
        return NONE;
    dsn = (const char *)raw + QSTATUS_FIXED;
    end = (const char *)raw + n;
    text = memchr(dsn, 0, (size_t)(end - dsn));
    if (!text || ++text == end || memchr(text, 0, (size_t)(end - text)) != end - 1 || !why_dsn_length(dsn))
        return NONE;
    out->rcpt = rcpt;
    out->when = (int64_t)le64_get(raw + 12);
    why_set(&out->why, dsn, "%s", text);
    return OK;
}
