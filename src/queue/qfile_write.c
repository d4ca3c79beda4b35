/* qfile_write.c - a message becomes one file, written in one pass and synced once
 *
 * What fits the buffer leaves in a single pwritev, head first. A longer message
 * streams its content behind a head of zeros, then the envelope, then the head;
 * the one fsync covers all. What is delivered before anybody was promised
 * anything needs none. A file whose head or checksums do not match after a
 * crash was never acknowledged, so the order in which blocks reach the disk does
 * not matter.
 * Called by cleanup.  Runs in: smtpd, pickup, bounce, local (forwarding).
 * Parameters: enable_long_queue_ids.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "param/param.h"
#include "queue/handover.h"
#include "queue/qdir.h"
#include "queue/qfile_int.h"
#include "queue/qid.h"
#include "queue/qslot.h"

enum {
    WRITE_BUFFER = 65536,
    ENV_MAX = 256 << 20,
    CREATE_TRIES = 1000,
    HASH_TRIES = 10,
    LOST_SYNC_MS = 10000,
    LOOK_MS = 50,
};

struct qfile_writer {
    int fd, slot;         /* QSLOT_NONE: a new file */
    bool fresh;           /* nobody has made its name durable yet */
    bool moved;           /* to another directory than it was created in */
    char dir[32], id[QUEUE_ID_MAX];
    uint8_t *buf;         /* begins with room for the head */
    size_t n;             /* bytes in buf */
    int64_t flushed;      /* bytes of the file that left buf */
    int64_t content;
    uint32_t crc;         /* of the content */
    uint8_t last[2];      /* bytes of content */
    int error;            /* errno of the first failure */
};

/* One process writes one message at a time, so the buffer is kept for the next. */
static uint8_t *spare;

static void set_why(struct why *why, int error)
{
    bool space = error == ENOSPC || error == EDQUOT;

    why_set(why, space ? "4.3.1" : "4.3.0", "queue file write error");
}

static int open_new(const char *dir, char id[QUEUE_ID_MAX])
{
    char path[QDIR_PATH];
    int fd = -1;

    for (int i = 0; i < CREATE_TRIES && fd < 0; i++) {
        qid_make(clock_wall(), (unsigned long)getpid(), QSLOT_NONE, par_enable_long_queue_ids(), id);
        qdir_path(dir, id, path);
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno == ENOENT && i < HASH_TRIES && qdir_make_hash(dir, id) == OK)
            continue; /* the next id may want yet another hash directory */
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

/* What is written before the head is nothing to anybody, so the id need not be in the file yet. */
static int open_slot(struct qfile_writer *w, const char *dir)
{
    w->slot = QSLOT_NONE;
    w->fresh = true;
    if (strcmp(dir, "incoming") != 0)
        return -1;
    w->fd = qslot_claim(&w->slot, &w->fresh);
    if (w->fd >= 0)
        qid_make(clock_wall(), 0, w->slot, par_enable_long_queue_ids(), w->id);
    return w->fd;
}

struct qfile_writer *qfile_create(const char *dir, struct why *why)
{
    struct qfile_writer *w = mem_new(sizeof *w);

    snprintf(w->dir, sizeof w->dir, "%s", dir);
    w->fd = open_slot(w, dir);
    if (w->fd < 0)
        w->fd = open_new(dir, w->id);
    if (w->fd < 0) {
        int saved = errno;

        log_warn("create file %s/%s: %s", dir, w->id, strerror(saved));
        set_why(why, saved);
        free(w);
        errno = saved;
        return NULL;
    }
    w->buf = spare ? spare : mem_resize(NULL, WRITE_BUFFER);
    spare = NULL;
    w->n = QHEAD_SIZE;
    return w;
}

const char *qfile_id(const struct qfile_writer *w)
{
    return w->id;
}

int64_t qfile_bytes(const struct qfile_writer *w)
{
    return w->content;
}

static void fail(struct qfile_writer *w, int error)
{
    if (w->error)
        return;
    w->error = error ? error : EIO;
    log_warn("%s: write queue file: %s", w->id, strerror(w->error));
}

/* The lock only says that the writer is alive (qfile_abandoned). */
static void flush_buffer(struct qfile_writer *w)
{
    if (!w->flushed) {
        (void)flock(w->fd, LOCK_EX | LOCK_NB);
        memset(w->buf, 0, QHEAD_SIZE);
    }
    if (!w->error && io_pwrite(w->fd, w->buf, w->n, w->flushed) != OK)
        fail(w, errno);
    w->flushed += (int64_t)w->n;
    w->n = 0;
}

bool qfile_abandoned(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool gone = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return gone;
}

static void add(struct qfile_writer *w, const uint8_t *p, size_t n)
{
    while (n) {
        size_t part = WRITE_BUFFER - w->n < n ? WRITE_BUFFER - w->n : n;

        memcpy(w->buf + w->n, p, part);
        w->n += part;
        p += part;
        n -= part;
        if (w->n == WRITE_BUFFER)
            flush_buffer(w);
    }
}

void qfile_write(struct qfile_writer *w, const void *p, size_t n)
{
    const uint8_t *at = p;

    if (!n)
        return;
    w->last[0] = n > 1 ? at[n - 2] : w->last[1];
    w->last[1] = at[n - 1];
    w->content += (int64_t)n;
    if (w->error)
        return;
    w->crc = num_crc32(w->crc, p, n);
    add(w, p, n);
}

struct qfile_old { /* what the writer had before it began anew */
    int fd;               /* -1: everything is in buf */
    uint8_t *buf;
    size_t n;
    int64_t flushed, content;
};

/* From a file of which the first bytes were written out and the rest is in buf. */
static size_t read_part(struct qfile_writer *w, const struct qfile_old *from, uint8_t *p, size_t n, int64_t at)
{
    size_t done = 0, part;

    if (at < 0 || at >= from->content)
        return 0;
    n = (int64_t)n < from->content - at ? n : (size_t)(from->content - at);
    at += QHEAD_SIZE;
    if (at < from->flushed) {
        part = (int64_t)n < from->flushed - at ? n : (size_t)(from->flushed - at);
        if (io_pread(from->fd, p, part, at) != OK) {
            fail(w, EIO);
            return 0;
        }
        done = part;
    }
    if (done < n)
        memcpy(p + done, from->buf + (at + (int64_t)done - from->flushed), n - done);
    return n;
}

size_t qfile_read_back(struct qfile_writer *w, void *p, size_t n, int64_t at)
{
    struct qfile_old now = { w->fd, w->buf, w->n, w->flushed, w->content };

    return w->error ? 0 : read_part(w, &now, p, n, at);
}

size_t qfile_old_read(struct qfile_writer *w, const struct qfile_old *old, void *p, size_t n, int64_t at)
{
    return w->error ? 0 : read_part(w, old, p, n, at);
}

int qfile_scratch(const char *id)
{
    char path[QDIR_PATH];
    int fd = open("incoming", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    snprintf(path, sizeof path, "incoming/%s.scratch", id);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

/* What left the buffer goes to a file without a name: the file itself is written over, its name (or slot) must stay. */
static int save_flushed(struct qfile_writer *w, uint8_t *room)
{
    int fd = qfile_scratch(w->id);

    for (int64_t at = 0; at < w->flushed && !w->error; at += WRITE_BUFFER) {
        size_t n = w->flushed - at < WRITE_BUFFER ? (size_t)(w->flushed - at) : WRITE_BUFFER;

        if (fd < 0 || io_pread(w->fd, room, n, at) != OK || io_pwrite(fd, room, n, at) != OK)
            fail(w, errno);
    }
    if (!w->error && w->slot < 0 && ftruncate(w->fd, 0) < 0)
        fail(w, errno);
    return fd;
}

struct qfile_old *qfile_restart(struct qfile_writer *w)
{
    struct qfile_old *old = mem_new(sizeof *old);

    *old = (struct qfile_old){ -1, w->buf, w->n, w->flushed, w->content };
    w->buf = mem_resize(NULL, WRITE_BUFFER);
    if (w->flushed)
        old->fd = save_flushed(w, w->buf);
    w->n = QHEAD_SIZE;
    w->flushed = w->content = 0;
    w->crc = 0;
    w->last[0] = w->last[1] = 0;
    return old;
}

void qfile_old_free(struct qfile_old *old)
{
    if (old->fd >= 0)
        close(old->fd);
    if (!spare)
        spare = old->buf;
    else
        free(old->buf);
    free(old);
}

static void release(struct qfile_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (!spare)
        spare = w->buf;
    else
        free(w->buf);
    free(w);
}

/* A slot is left alone when the queue manager has the message, or nobody has. */
static enum result take_back(struct qfile_writer *w)
{
    enum result r;

    if (w->slot < 0)
        return qdir_remove(w->dir, w->id);
    if (flock(w->fd, LOCK_EX | LOCK_NB) < 0 || !qslot_holds(w->fd, w->id))
        return OK;
    if (qslot_of(w->id) == w->slot)
        return qslot_spend(w->fd, w->slot);
    r = qdir_remove("incoming", w->id); /* the queue manager has put it among those that stay */
    return r == NONE ? qdir_remove("deferred", w->id) : r;
}

void qfile_abort(struct qfile_writer *w)
{
    if (take_back(w) == TEMP)
        log_warn("%s: remove queue file: %s", w->id, strerror(errno));
    release(w);
}

static void put_record(struct buf *env, char type, const void *p, size_t n)
{
    uint8_t head[QENV_RECORD] = { (uint8_t)type };

    le32_put(head + 1, (uint32_t)n);
    buf_add(env, head, sizeof head);
    buf_add(env, p, n);
}

static void put_attrs(struct buf *env, const struct qfile_env *e)
{
    for (size_t i = 0; i < qfile_attr_count; i++) {
        const char *field = (const char *)e + qfile_attrs[i].at;
        uint8_t number[4];

        if (qfile_attrs[i].number) {
            le32_put(number, *(const unsigned *)field);
            if (*(const unsigned *)field)
                put_record(env, qfile_attrs[i].type, number, sizeof number);
        } else {
            const char *text = *(const char *const *)field;

            if (text && *text)
                put_record(env, qfile_attrs[i].type, text, strlen(text) + 1);
        }
    }
}

/* The state byte is left out of the checksum: it changes when the recipient is done. */
static void put_rcpt(struct buf *env, const struct qfile_rcpt *r, uint32_t *crc)
{
    const char *texts[] = { r->addr, r->orig ? r->orig : "", r->orcpt ? r->orcpt : "" };
    uint8_t head[QENV_RECORD + QENV_RCPT_FIXED] = { 'R' };
    size_t n = QENV_RCPT_FIXED, at = env->n;

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        n += strlen(texts[i]) + 1;
    if (n > QENV_RCPT_MAX) {
        env->over = true;
        return;
    }
    le32_put(head + 1, (uint32_t)n);
    head[QENV_RECORD] = r->done ? 'D' : 'R';
    head[QENV_RECORD + 1] = (uint8_t)r->notify;
    buf_add(env, head, sizeof head);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        buf_add(env, texts[i], strlen(texts[i]) + 1);
    if (env->over)
        return;
    *crc = num_crc32(*crc, env->p + at, QENV_RECORD);
    *crc = num_crc32(*crc, env->p + at + QENV_RECORD + 1, env->n - at - QENV_RECORD - 1);
}

static void put_head(uint8_t h[QHEAD_SIZE], const struct qfile_writer *w, const struct qfile_env *e, size_t rcpts,
                     size_t attrs, size_t env_len, uint32_t env_crc)
{
    memset(h, 0, QHEAD_SIZE);
    memcpy(h, QHEAD_MAGIC, 8);
    le32_put(h + 8, e->flags);
    le32_put(h + 12, (uint32_t)rcpts);
    le64_put(h + 16, (uint64_t)e->arrival.tv_sec);
    le32_put(h + 24, (uint32_t)e->arrival.tv_usec);
    le32_put(h + 28, (uint32_t)attrs);
    le64_put(h + 32, (uint64_t)e->size);
    le64_put(h + 40, QHEAD_SIZE);
    le64_put(h + 48, (uint64_t)w->content);
    le64_put(h + 56, (uint64_t)(QHEAD_SIZE + w->content));
    le32_put(h + 64, (uint32_t)env_len);
    le32_put(h + 68, w->crc);
    le32_put(h + 72, env_crc);
    le32_put(h + 76, qboot_id());
    le64_put(h + 80, (uint64_t)qboot_ms());
    memcpy(h + QHEAD_ID, w->id, strnlen(w->id, QHEAD_ID_MAX - 1));
    le32_put(h + QHEAD_CRC, num_crc32(0, h, QHEAD_CRC));
    le32_put(h + QHEAD_MARKS, qmarks_pack(0));
}

/* Everything that is not in the file yet: the rest of the buffer and the envelope. */
static void write_rest(struct qfile_writer *w, const struct buf *env)
{
    struct iovec v[2] = { { w->buf, w->n }, { env->p, env->n } };
    int64_t at = w->flushed;
    ssize_t done;

    do
        done = pwritev(w->fd, v, 2, (off_t)at);
    while (done < 0 && errno == EINTR);
    if (done < 0) {
        fail(w, errno);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(v) && !w->error; i++) {
        size_t have = (size_t)done < v[i].iov_len ? (size_t)done : v[i].iov_len;

        if (have < v[i].iov_len &&
            io_pwrite(w->fd, (char *)v[i].iov_base + have, v[i].iov_len - have, at + (int64_t)have) != OK)
            fail(w, errno);
        done -= (ssize_t)have;
        at += (int64_t)v[i].iov_len;
    }
}

static void write_all(struct qfile_writer *w, const struct qfile_env *e, const struct buf *env, size_t rcpts,
                      size_t attrs, uint32_t env_crc)
{
    uint8_t head[QHEAD_SIZE];

    put_head(head, w, e, rcpts, attrs, env->n, env_crc);
    if (!w->flushed)
        memcpy(w->buf, head, sizeof head);
    write_rest(w, env);
    if (w->flushed && !w->error && io_pwrite(w->fd, head, sizeof head, 0) != OK)
        fail(w, errno);
}

static void end_content(struct qfile_writer *w)
{
    if (w->content && (w->last[0] != '\r' || w->last[1] != '\n'))
        qfile_write(w, "\r\n", 2);
    qfile_write(w, ".\r\n", 3);
}

/* Only mail on its way is in slots. */
static void leave_slot(struct qfile_writer *w)
{
    char slot[QDIR_PATH], path[QDIR_PATH];

    qslot_path(w->slot, slot);
    qdir_path(w->dir, w->id, path);
    if (!w->error && (ftruncate(w->fd, w->flushed) < 0 || rename(slot, path) < 0))
        fail(w, errno);
    else
        w->slot = QSLOT_NONE;
}

/* Before the head exists: a file on hold must never be seen complete in incoming. */
static bool move_to(struct qfile_writer *w, const char *dir)
{
    bool moved = strcmp(w->dir, dir) != 0;

    if (moved && w->slot >= 0)
        leave_slot(w);
    if (moved && !w->error && qdir_move(w->dir, dir, w->id, false) != OK)
        fail(w, errno);
    if (moved && !w->error)
        snprintf(w->dir, sizeof w->dir, "%s", dir);
    return moved;
}

static void sync_file(struct qfile_writer *w)
{
    char path[QDIR_PATH];

    if (w->slot >= 0)
        qslot_path(w->slot, path);
    else
        qdir_path(w->dir, w->id, path);
    if (!w->error && (w->fresh ? fsync(w->fd) : fdatasync(w->fd)) < 0)
        fail(w, errno);
    if (!w->error && (w->moved || w->fresh) && (w->moved ? qdir_sync_always(path) : qdir_sync_names(path)) != OK)
        fail(w, errno);
}

static enum result outcome(struct qfile_writer *w, struct why *why)
{
    if (!w->error)
        return OK;
    set_why(why, w->error);
    qfile_abort(w);
    return TEMP;
}

enum result qfile_put(struct qfile_writer *w, const struct qfile_env *e, const struct qfile_rcpt *rcpts, size_t n,
                      const char *final_dir, struct why *why)
{
    struct buf env;
    uint32_t crc;
    size_t attrs;

    buf_init(&env, ENV_MAX);
    end_content(w);
    put_attrs(&env, e);
    attrs = env.n;
    crc = num_crc32(0, env.p, env.n);
    for (size_t i = 0; i < n; i++)
        put_rcpt(&env, &rcpts[i], &crc);
    if (env.over || attrs > QENV_ATTR_MAX)
        fail(w, EMSGSIZE);
    w->moved = move_to(w, final_dir ? final_dir : w->dir);
    if (!w->error)
        write_all(w, e, &env, n, attrs, crc);
    buf_done(&env);
    return outcome(w, why);
}

enum result qfile_sync(struct qfile_writer *w, struct why *why)
{
    enum result r;

    sync_file(w);
    r = outcome(w, why);
    if (r == OK)
        release(w);
    return r;
}

bool qfile_offer(struct qfile_writer *w)
{
    return w->slot >= 0 && !w->fresh && handover_pays() && flock(w->fd, LOCK_UN) == 0;
}

/* The slot is free, has another message, or was too long to be kept. */
static bool handed_on(const struct qfile_writer *w)
{
    struct stat st;

    return !qslot_holds(w->fd, w->id) || (fstat(w->fd, &st) == 0 && st.st_nlink == 0);
}

/* The disk has failed, but who was told of the message may be delivering it: a sender who were sent away now would send
 * it twice. */
static bool delivered_after_all(struct qfile_writer *w)
{
    int64_t deadline = clock_ms() + LOST_SYNC_MS;

    while (!handed_on(w) && clock_ms() < deadline) {
        if (flock(w->fd, LOCK_EX | LOCK_NB) == 0)
            return false; /* ours again, to be taken back */
        (void)poll(NULL, 0, LOOK_MS);
    }
    return handed_on(w);
}

enum result qfile_settle(struct qfile_writer *w, struct why *why)
{
    bool delivered;

    handover_wait(w->fd);
    delivered = handed_on(w);
    handover_end(delivered);
    if (!delivered) {
        sync_file(w);
        if (w->error && !delivered_after_all(w))
            return outcome(w, why);
    }
    release(w);
    return OK;
}

enum result qfile_commit(struct qfile_writer *w, const struct qfile_env *e, const struct qfile_rcpt *rcpts, size_t n,
                         const char *final_dir, struct why *why)
{
    return qfile_put(w, e, rcpts, n, final_dir, why) == OK ? qfile_sync(w, why) : TEMP;
}
