/* shared.c - a small piece of memory that master makes and that services share
 *
 * A memfd that is sealed against a change of its size, so that no process can
 * make another one stumble (SIGBUS). Master never maps it; pages exist once
 * they are written to. A process proves that it lives by a lock on one byte of
 * the file, which the kernel takes away when it ends, however it ends.
 * Runs in: master (creation), services that master gives it to.
 * Parameters: none.  Tests: tests/unit/shared_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "service/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "service/service.h"

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW, LOCK_TRIES = 1000, LOCK_SPINS = 50, LOCK_PAUSE_US = 100 };
enum { NOEXEC_SEAL = 8 }; /* MFD_NOEXEC_SEAL of newer headers */

static bool available;
static struct shared *memory;
static int own = -1;

int shared_create(void)
{
    int fd = memfd_create("postlet", MFD_CLOEXEC | MFD_ALLOW_SEALING | NOEXEC_SEAL);

    if (fd < 0) /* before Linux 6.3 */
        fd = memfd_create("postlet", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, sizeof(struct shared)) == 0 && fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) == 0)
        return fd;
    close(fd);
    return -1;
}

bool shared_fits(int fd)
{
    struct stat st;

    return fd >= 0 && (fcntl(fd, F_GET_SEALS) & SEALS) == SEALS && fstat(fd, &st) == 0 &&
           st.st_size == (off_t)sizeof(struct shared);
}

void shared_init(bool has_master)
{
    available = has_master && shared_fits(SERVICE_SHARED_FD);
}

struct shared *shared_memory(void)
{
    void *p;

    if (memory || !available)
        return memory;
    p = mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED, SERVICE_SHARED_FD, 0);
    if (p == MAP_FAILED) {
        log_warn("shared memory: %s", strerror(errno));
        available = false;
        return NULL;
    }
    memory = p;
    return memory;
}

static struct flock slot_byte(int slot)
{
    return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1 };
}

static bool take_slot(uint32_t slot)
{
    struct flock l = slot_byte((int)slot);
    uint32_t dead = slot + 1;

    if (fcntl(SERVICE_SHARED_FD, F_SETLK, &l) < 0)
        return false;
    memory->slots[slot].counted = 0;
    memory->slots[slot].used = 1;
    own = (int)slot;
    (void)!atomic_compare_exchange_strong(&memory->lock, &dead, 0); /* its owner died with the lock */
    return true;
}

/* Slots that were given back, then those of the dead, then one that was never used. */
static void find_slot(void)
{
    uint32_t top = memory->top;

    top = top < SHARED_SLOTS ? top : SHARED_SLOTS;
    for (uint32_t i = 0; i < top; i++)
        if (!memory->slots[i].used && take_slot(i))
            return;
    for (uint32_t i = 0; i < top; i++)
        if (take_slot(i))
            return;
    for (uint32_t i = top; i < SHARED_SLOTS; i++)
        if (take_slot(i)) {
            while (top <= i && !atomic_compare_exchange_weak(&memory->top, &top, i + 1))
                continue;
            return;
        }
}

int shared_slot(void)
{
    if (own < 0)
        find_slot();
    return own;
}

bool shared_alive(int slot)
{
    struct flock l = slot_byte(slot);

    if (slot < 0 || slot >= SHARED_SLOTS)
        return false;
    return slot == own || (fcntl(SERVICE_SHARED_FD, F_GETLK, &l) == 0 && l.l_type != F_UNLCK);
}

/* An owner that was killed in the middle; what it left is checked by whoever reads it. */
static bool take_over(uint32_t owner, uint32_t me)
{
    return !shared_alive((int)owner - 1) && atomic_compare_exchange_strong(&memory->lock, &owner, me);
}

bool shared_lock(void)
{
    uint32_t me = (uint32_t)shared_slot() + 1;

    for (int i = 0; me && i < LOCK_TRIES; i++) {
        uint32_t owner = 0;

        if (atomic_compare_exchange_strong(&memory->lock, &owner, me))
            return true;
        if (i < LOCK_SPINS)
            sched_yield();
        else if (i % LOCK_SPINS == 0 && take_over(owner, me))
            return true;
        else
            usleep(LOCK_PAUSE_US);
    }
    return false;
}

void shared_unlock(void)
{
    uint32_t me = (uint32_t)own + 1;

    (void)!atomic_compare_exchange_strong(&memory->lock, &me, 0);
}

bool shared_passed(int64_t since, int64_t now, int64_t span)
{
    return since <= 0 || since > now || now - since >= span;
}

void shared_done(void)
{
    struct flock l = slot_byte(own);

    if (own < 0)
        return;
    memory->slots[own].counted = memory->slots[own].used = 0;
    l.l_type = F_UNLCK;
    (void)fcntl(SERVICE_SHARED_FD, F_SETLK, &l);
    own = -1;
}
