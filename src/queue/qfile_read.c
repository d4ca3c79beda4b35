/* qfile_read.c - a queue file opened: head, envelope, recipients page by page
 *
 * The file may be damaged, cut or made by an enemy who got hold of one service:
 * every length and offset is checked against the size of the file, every text
 * for its NUL, and the checksums of head and envelope before anything is used.
 * A short message is read with one system call.
 * Called by qmgr, agents, bounce, showq, postsuper, postcat.  Parameters: none.
 * Tests: tests/unit/queue_test.c, tests/fuzz/fuzz_qfile.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/num.h"
#include "queue/qdir.h"
#include "queue/qfile_read.h"
#include "queue/qid.h"
#include "queue/qslot.h"

enum { PAGE_MIN = 8192, PAGE_MAX = 256 << 10 };

/* A window into the file: at least want bytes at offset, unless the envelope ends before. */
static enum result load(struct qfile *q, int64_t offset, size_t want)
{
    int64_t left = q->env_end - offset;
    size_t n;
    enum result r;

    if (offset >= q->page_at && offset + (int64_t)want <= q->page_at + (int64_t)q->page_n)
        return OK;
    n = want > PAGE_MIN ? want : PAGE_MIN;
    if ((int64_t)n > left)
        n = left > 0 ? (size_t)left : 0;
    if (n > q->page_cap) {
        q->page = mem_resize(q->page, n);
        q->page_cap = n;
    }
    q->page_n = 0;
    r = io_pread(q->fd, q->page, n, offset);
    if (r != OK)
        return r == NONE ? PERM : TEMP;
    q->page_at = offset;
    q->page_n = n;
    return OK;
}

/* What the window holds from offset on. */
static const uint8_t *view(const struct qfile *q, int64_t offset, size_t *avail)
{
    size_t skip = (size_t)(offset - q->page_at);

    *avail = q->page_n - skip;
    return q->page + skip;
}

static enum result get_head(const uint8_t *p, int64_t file_size, struct qhead *h)
{
    static const uint8_t unwritten[8];

    if (memcmp(p, unwritten, sizeof unwritten) == 0)
        return AGAIN;
    if (memcmp(p, QHEAD_MAGIC, 8) != 0 || num_crc32(0, p, QHEAD_CRC) != le32_get(p + QHEAD_CRC))
        return PERM;
    *h = (struct qhead){
        .flags = le32_get(p + 8),
        .rcpts = le32_get(p + 12),
        .arrival = (int64_t)le64_get(p + 16),
        .usec = le32_get(p + 24),
        .attr_len = le32_get(p + 28),
        .size = (int64_t)le64_get(p + 32),
        .content_offset = (int64_t)le64_get(p + 40),
        .content_len = (int64_t)le64_get(p + 48),
        .env_offset = (int64_t)le64_get(p + 56),
        .env_len = le32_get(p + 64),
        .content_crc = le32_get(p + 68),
        .env_crc = le32_get(p + 72),
        .boot = le32_get(p + 76),
        .boot_ms = (int64_t)le64_get(p + 80),
        .crc = le32_get(p + QHEAD_CRC),
    };
    if (h->content_offset != QHEAD_SIZE || h->content_len < 3 || h->content_len > file_size - QHEAD_SIZE ||
        h->env_offset != QHEAD_SIZE + h->content_len || h->env_len > file_size - h->env_offset)
        return PERM;
    if (h->attr_len > h->env_len || h->attr_len > QENV_ATTR_MAX ||
        h->rcpts > (h->env_len - h->attr_len) / QENV_RCPT_MIN)
        return PERM;
    return h->usec < 1000000 && h->size >= 0 ? OK : PERM;
}

static const struct qfile_attr *find_attr(uint8_t type)
{
    for (size_t i = 0; i < qfile_attr_count; i++)
        if (qfile_attrs[i].type == (char)type)
            return &qfile_attrs[i];
    return NULL;
}

static enum result get_attrs(struct qfile *q)
{
    const uint8_t *p = (uint8_t *)q->attrs;
    size_t left = q->head.attr_len;

    while (left) {
        const struct qfile_attr *a = find_attr(p[0]);
        uint32_t n;
        char *field;

        if (!a || left < QENV_RECORD)
            return PERM;
        n = le32_get(p + 1);
        if (!n || n > left - QENV_RECORD)
            return PERM;
        field = (char *)&q->env + a->at;
        if (a->number) {
            if (n != 4)
                return PERM;
            *(unsigned *)field = le32_get(p + QENV_RECORD);
        } else {
            if (memchr(p + QENV_RECORD, 0, n) != p + QENV_RECORD + n - 1)
                return PERM;
            *(const char **)field = (const char *)p + QENV_RECORD;
        }
        p += QENV_RECORD + n;
        left -= QENV_RECORD + n;
    }
    return OK;
}

static void start_env(struct qfile *q)
{
    q->env = (struct qfile_env){
        .arrival = { (time_t)q->head.arrival, (suseconds_t)q->head.usec }, .size = q->head.size, .flags = q->head.flags,
        .content_offset = q->head.content_offset, .content_len = q->head.content_len, .boot = q->head.boot,
        .boot_ms = q->head.boot_ms,
    };
    for (size_t i = 0; i < qfile_attr_count; i++)
        if (!qfile_attrs[i].number)
            *(const char **)((char *)&q->env + qfile_attrs[i].at) = "";
}

/* Length of the recipient record at offset, now whole in the window; *out may be NULL. */
static enum result get_rcpt(struct qfile *q, int64_t offset, uint32_t *len, struct qfile_rcpt *out)
{
    enum result r = load(q, offset, QENV_RECORD);
    const uint8_t *p, *text[3];
    size_t avail, n;

    if (r != OK)
        return r;
    p = view(q, offset, &avail);
    if (avail < QENV_RECORD || p[0] != 'R')
        return PERM;
    n = le32_get(p + 1);
    if (n < QENV_RCPT_FIXED + 3 || n > QENV_RCPT_MAX || (int64_t)n > q->env_end - offset - QENV_RECORD)
        return PERM;
    r = load(q, offset, QENV_RECORD + n);
    if (r != OK)
        return r;
    p = view(q, offset, &avail) + QENV_RECORD;
    *len = (uint32_t)n;
    if (avail < QENV_RECORD + n || (p[0] != 'R' && p[0] != 'D'))
        return PERM;
    text[0] = p + QENV_RCPT_FIXED;
    for (size_t i = 0; i < ARRAY_LEN(text); i++) {
        const uint8_t *end = memchr(text[i], 0, (size_t)(p + n - text[i]));

        if (!end || (i + 1 == ARRAY_LEN(text)) != (end + 1 == p + n))
            return PERM;
        if (i + 1 < ARRAY_LEN(text))
            text[i + 1] = end + 1;
    }
    if (out)
        *out = (struct qfile_rcpt){
            .addr = (const char *)text[0],
            .orig = (const char *)text[1],
            .orcpt = (const char *)text[2],
            .notify = p[1],
            .offset = (uint32_t)(offset + QENV_RECORD),
            .done = p[0] == 'D',
        };
    return OK;
}

/* Structure and checksum of all recipients, in one pass over the file's tail. */
static enum result check_rcpts(struct qfile *q, uint32_t crc)
{
    int64_t at = q->rcpt_at;

    for (uint32_t i = 0; i < q->head.rcpts; i++) {
        const uint8_t *p;
        uint32_t len;
        size_t avail;
        enum result r = get_rcpt(q, at, &len, NULL);

        if (r != OK)
            return r;
        p = view(q, at, &avail);
        crc = num_crc32(crc, p, QENV_RECORD);
        crc = num_crc32(crc, p + QENV_RECORD + 1, len - 1);
        at += QENV_RECORD + (int64_t)len;
    }
    return at == q->env_end && crc == q->head.env_crc ? OK : PERM;
}

static enum result check_content(struct qfile *q)
{
    int64_t at = q->head.content_offset, end = at + q->head.content_len;
    uint8_t *chunk = mem_new(PAGE_MIN);
    enum result r = OK;
    uint32_t crc = 0;

    for (; r == OK && at < end; at += PAGE_MIN) {
        size_t n = end - at < PAGE_MIN ? (size_t)(end - at) : PAGE_MIN;

        r = io_pread(q->fd, chunk, n, at);
        crc = num_crc32(crc, chunk, n);
    }
    free(chunk);
    return r == NONE || (r == OK && crc != q->head.content_crc) ? PERM : r;
}

/* The first window covers the whole of a short file. */
static enum result read_file(struct qfile *q, bool content)
{
    struct stat st;
    enum result r;

    if (fstat(q->fd, &st) < 0)
        return TEMP;
    if (!S_ISREG(st.st_mode))
        return PERM;
    if (st.st_size < QHEAD_SIZE)
        return AGAIN;
    if (st.st_size > UINT32_MAX) /* offsets of recipients have 32 bits */
        return PERM;
    q->env_end = q->file_size = st.st_size;
    r = load(q, 0, QHEAD_SIZE);
    if (r == OK)
        r = get_head(q->page, q->file_size, &q->head);
    if (r != OK)
        return r;
    q->marks = qmarks_unpack(le32_get(q->page + QHEAD_MARKS));
    q->env_end = q->head.env_offset + q->head.env_len;
    q->rcpt_at = q->head.env_offset + q->head.attr_len;
    q->cursor_at = q->rcpt_at;
    start_env(q);
    r = load(q, q->head.env_offset, q->head.attr_len);
    if (r != OK)
        return r;
    if (q->head.attr_len) {
        size_t avail;

        q->attrs = mem_new(q->head.attr_len);
        memcpy(q->attrs, view(q, q->head.env_offset, &avail), q->head.attr_len);
    }
    r = get_attrs(q);
    if (r == OK)
        r = check_rcpts(q, num_crc32(0, q->attrs, q->head.attr_len));
    return r == OK && content ? check_content(q) : r;
}

enum result qfile_open_fd(int fd, struct qfile **out)
{
    return qfile_open_checked(fd, false, out);
}

enum result qfile_open_checked(int fd, bool content, struct qfile **out)
{
    struct qfile *q = mem_new(sizeof *q);
    enum result r;
    int saved;

    q->fd = fd;
    q->slot = QSLOT_NONE;
    r = read_file(q, content);
    if (r == OK) {
        *out = q;
        return OK;
    }
    saved = errno;
    qfile_close(q);
    errno = saved;
    *out = NULL;
    return r;
}

enum result qfile_open(const char *dir, const char *id, bool for_write, bool content, struct qfile **out)
{
    int flags = (for_write ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    char path[QDIR_PATH];
    enum result r;
    int fd;

    *out = NULL;
    if (strcmp(dir, "incoming") == 0 && qid_slot(id) >= 0) {
        qslot_path(qid_slot(id), path);
        fd = open(path, flags);
        if (fd >= 0 && qslot_holds(fd, id)) {
            r = qfile_open_checked(fd, content, out);
            if (r == OK) {
                (*out)->slot = qid_slot(id);
                (*out)->tail = true;
            }
            return r;
        }
        if (fd >= 0)
            close(fd);
    }
    qdir_path(dir, id, path);
    fd = open(path, flags);
    if (fd < 0)
        return errno == ENOENT ? NONE : errno == ELOOP ? PERM : TEMP;
    return qfile_open_checked(fd, content, out);
}

void qfile_close(struct qfile *q)
{
    if (!q)
        return;
    close(q->fd);
    free(q->attrs);
    free(q->page);
    free(q->statuses);
    free(q);
}

void qfile_trim(struct qfile *q)
{
    free(q->page);
    q->page = NULL;
    q->page_n = q->page_cap = 0;
}

int qfile_slot(const struct qfile *q)
{
    return q->slot;
}

int qfile_fd(const struct qfile *q)
{
    return q->fd;
}

const struct qfile_env *qfile_env(const struct qfile *q)
{
    return &q->env;
}

unsigned qfile_marks(const struct qfile *q)
{
    return q->marks;
}

size_t qfile_rcpt_count(const struct qfile *q)
{
    return q->head.rcpts;
}

static bool seek_rcpt(struct qfile *q, size_t first)
{
    if (first < q->cursor) {
        q->cursor = 0;
        q->cursor_at = q->rcpt_at;
    }
    for (; q->cursor < first; q->cursor++) {
        uint32_t len;

        if (q->cursor >= q->head.rcpts || get_rcpt(q, q->cursor_at, &len, NULL) != OK)
            return false;
        q->cursor_at += QENV_RECORD + (int64_t)len;
    }
    return true;
}

/* How many bytes of recipients the window must have for n of them, as far as we dare. */
static bool widen(struct qfile *q, size_t n)
{
    int64_t want = (int64_t)n * 64, left = q->env_end - q->cursor_at;

    want = want < PAGE_MIN ? PAGE_MIN : want > PAGE_MAX ? PAGE_MAX : want;
    return load(q, q->cursor_at, (size_t)(want < left ? want : left)) == OK;
}

size_t qfile_rcpts(struct qfile *q, size_t first, struct qfile_rcpt *out, size_t n)
{
    size_t got = 0;
    int64_t end;

    if (!n || first >= q->head.rcpts || !seek_rcpt(q, first) || !widen(q, n))
        return 0;
    end = q->page_at + (int64_t)q->page_n;
    while (got < n && q->cursor < q->head.rcpts) {
        size_t avail;
        const uint8_t *p = view(q, q->cursor_at, &avail);
        uint32_t len;

        /* A second window would take the text of the first away. */
        if (got && (avail < QENV_RECORD || QENV_RECORD + (int64_t)le32_get(p + 1) > end - q->cursor_at))
            break;
        if (get_rcpt(q, q->cursor_at, &len, &out[got]) != OK)
            break;
        end = q->page_at + (int64_t)q->page_n;
        q->cursor++;
        q->cursor_at += QENV_RECORD + (int64_t)len;
        got++;
    }
    return got;
}
