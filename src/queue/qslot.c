/* qslot.c - queue files that are used again
 *
 * On a journalling file system the sync of a new file writes directory, inode,
 * bitmaps and the journal around them; the sync of bytes written over others
 * writes those bytes. See qslot.h for who may do what.
 * Runs in: writers of queue files, qmgr, showq, postsuper, postcat.
 * Parameters: none.  Feature: QUEUE_SLOTS (a number).  Tests: tests/unit/queue_test.c, tests/smtp/queue-slots.t
 */
/* SPDX-License-Identifier: ISC */
#include "queue/qslot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "queue/qfile_int.h"
#include "queue/qid.h"

enum {
    SLOT_BYTES_MAX = 65536,  /* a longer one is removed rather than kept */
    LEAVE_TRIES = 80,
    LEAVE_WAIT_NS = 50000000,
};

enum content { FREE, FRESH, MESSAGE, GARBAGE };

static uint32_t unsynced;  /* slots that this process has spent */

void qslot_path(int slot, char out[QDIR_PATH])
{
    snprintf(out, QDIR_PATH, "slots/%02d", slot);
}

static int open_slot(int slot, int flags)
{
    char path[QDIR_PATH];

    qslot_path(slot, path);
    return open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

static enum content look(int fd, uint8_t head[QHEAD_SIZE])
{
    static const uint8_t unwritten[QHEAD_SIZE];
    enum result r = io_pread(fd, head, QHEAD_SIZE, 0);

    if (r != OK || memcmp(head, unwritten, QHEAD_SIZE) == 0)
        return r == TEMP ? GARBAGE : FRESH;
    if (memcmp(head, QHEAD_MAGIC, 8) != 0)
        return GARBAGE;
    return qmarks_unpack(le32_get(head + QHEAD_MARKS)) & QMARK_SPENT ? FREE : MESSAGE;
}

/* Looks before it locks: a lock on a message, however short, would keep the queue manager from it. */
static int try_claim(int slot, bool *fresh)
{
    int fd = open_slot(slot, O_RDWR | O_CREAT);
    uint8_t head[QHEAD_SIZE];
    enum content now;
    struct stat st;

    if (fd < 0)
        return -1;
    if (look(fd, head) <= FRESH && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        now = look(fd, head);
        *fresh = now == FRESH;
        if (now == FREE || (now == FRESH && fstat(fd, &st) == 0 && st.st_nlink == 1 && S_ISREG(st.st_mode)))
            return fd;
    }
    close(fd);
    errno = EBUSY;
    return -1;
}

int qslot_claim(int *slot, bool *fresh)
{
    static int at; /* the same again if we can: as few files as the traffic needs */

    for (int i = 0; i < CONFIG_QUEUE_SLOTS; i++, at = (at + 1) % CONFIG_QUEUE_SLOTS) {
        int fd = try_claim(at, fresh);

        if (fd >= 0) {
            *slot = at;
            return fd;
        }
        if (errno == ENOENT || errno == EMFILE || errno == ENFILE)
            break; /* this queue has no slots, or there is a trouble that the caller will meet as well */
    }
    return -1;
}

bool qslot_holds(int fd, const char *id)
{
    uint8_t head[QHEAD_SIZE];

    return look(fd, head) == MESSAGE && strncmp((char *)head + QHEAD_ID, id, QHEAD_ID_MAX) == 0;
}

int qslot_of(const char *id)
{
    int slot = qid_slot(id), fd = slot < 0 ? -1 : open_slot(slot, O_RDONLY);
    bool here = fd >= 0 && qslot_holds(fd, id);

    if (fd >= 0)
        close(fd);
    return here ? slot : QSLOT_NONE;
}

enum result qslot_spend(int fd, int slot)
{
    struct stat st;
    char path[QDIR_PATH];

    if (fstat(fd, &st) == 0 && st.st_size > SLOT_BYTES_MAX) {
        qslot_path(slot, path);
        return unlink(path) == 0 ? OK : TEMP;
    }
    unsynced |= 1u << slot;
    return qfile_set_mark(fd, QMARK_SPENT);
}

void qslot_sync(void)
{
    for (int slot = 0; unsynced; slot++) {
        int fd = unsynced & 1u << slot ? open_slot(slot, O_RDWR) : -1;

        unsynced &= ~(1u << slot);
        if (fd < 0)
            continue;
        if (fdatasync(fd) < 0)
            log_warn("sync queue slot %d: %s", slot, strerror(errno));
        close(fd);
    }
}

enum result qslot_leave(const char *id)
{
    for (int i = 0; i < LEAVE_TRIES; i++) {
        int slot = qslot_of(id), fd = slot < 0 ? -1 : open_slot(slot, O_RDWR);
        enum result r = NONE;

        if (slot < 0)
            return NONE;
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && qslot_holds(fd, id))
            r = qdir_move("incoming", "incoming", id, false) == OK ? OK : TEMP;
        if (fd >= 0)
            close(fd);
        if (r != NONE)
            return r;
        nanosleep(&(struct timespec){ .tv_nsec = LEAVE_WAIT_NS }, NULL);
    }
    errno = EBUSY;
    return TEMP;
}

/* Nobody can tell whose it was; kept for the owner to look at. */
static void put_aside(int slot)
{
    char path[QDIR_PATH], aside[QDIR_PATH];

    qslot_path(slot, path);
    snprintf(aside, sizeof aside, "corrupt/slot%02d_%08llx", slot, (unsigned long long)time(NULL));
    if (rename(path, aside) == 0)
        log_warn("damaged queue file %s moved to %s", path, aside);
}

bool qslot_scan(bool (*visit)(const char *id, void *arg), void *arg)
{
    bool more = true;

    for (int slot = 0; slot < QSLOT_MAX && more; slot++) {
        int fd = open_slot(slot, O_RDONLY);
        uint8_t head[QHEAD_SIZE];
        enum content now = fd < 0 ? FREE : look(fd, head);
        char id[QHEAD_ID_MAX + 1] = "";

        if (now == MESSAGE)
            memcpy(id, head + QHEAD_ID, QHEAD_ID_MAX);
        if (now == GARBAGE && flock(fd, LOCK_EX | LOCK_NB) == 0 && look(fd, head) == GARBAGE)
            put_aside(slot);
        if (fd >= 0)
            close(fd);
        if (id[0] && qid_slot(id) == slot && qid_valid(str_of(id)))
            more = visit(id, arg);
    }
    return more;
}
