/* shared.h - a small piece of memory that master makes and that services share
 *
 * It holds what has to outlive a process but not a restart: TLS ticket keys, the
 * counters of clients, failed logins. Nothing in it is trusted: another process may have
 * written anything at any time, so indexes are checked and loops have bounds.
 * A process that dies in the middle leaves nothing locked for longer than an
 * instant: the lock names its owner, and the kernel knows who lives.
 */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_SHARED_H
#define SERVICE_SHARED_H

#include <stdatomic.h>

#include "base/base.h"

enum {
    SHARED_TICKET_KEY = 48, /* 32 bytes of key, 16 of name */
    SHARED_SLOTS = 2048,    /* processes */
    SHARED_CLIENTS = 2048,  /* clients of the last anvil_rate_time_unit */
    SHARED_HEADS = 256,
    SHARED_RATES = 5,
    SHARED_PEAKS = 7,
    SHARED_IDENT = 112,
    SHARED_GUESSES = 1024,  /* failed logins */
    SHARED_GUESS_KEY = 16,
};

struct shared_key {
    int64_t since;          /* seconds of clock_ms(), which goes on over restarts of processes; 0 = none */
    uint8_t key[SHARED_TICKET_KEY];
};

struct shared_ident {       /* a service and the network of a client */
    uint8_t addr[16];
    uint32_t service;
};

struct shared_slot {        /* one process and the client that it serves */
    uint32_t used, counted;
    struct shared_ident client;
};

struct shared_client {
    struct shared_ident id;
    uint32_t next;          /* 1 + index; 0 = last */
    int64_t start;          /* of the time unit; milliseconds of clock_ms() */
    uint32_t rate[SHARED_RATES];
};

struct shared_peak {        /* of the statistics */
    uint32_t value;
    int64_t when;           /* unix time */
    char ident[SHARED_IDENT];
};

struct shared_guess {       /* a user, a network, or a user at an address that logged in */
    uint64_t id;
    int64_t last, next;     /* milliseconds of clock_ms(): of the last failure or login; of the next turn */
    uint32_t fails;
};

struct shared_guesses {     /* daemon/smtpd/smtpd_guess.c */
    uint8_t key[SHARED_GUESS_KEY]; /* of the ids; zeros = none yet */
    struct shared_guess slots[SHARED_GUESSES];
};

struct shared {
    _Atomic uint32_t lock;  /* 1 + slot of the owner; 0 = free */
    _Atomic uint32_t top;   /* slots that were ever used */
    struct shared_key ticket[2]; /* the newest first */
    int64_t status_at;      /* last statistics, milliseconds */
    int64_t swept;          /* when old clients were last thrown out */
    uint32_t clients;       /* in use, from the first one on */
    struct shared_peak peaks[SHARED_PEAKS];
    uint32_t heads[SHARED_HEADS];
    struct shared_slot slots[SHARED_SLOTS];
    struct shared_client table[SHARED_CLIENTS];
    struct shared_guesses guesses;
};

/* For master: a descriptor of new memory, all zeros, whose size nobody can change. -1 with errno. */
int shared_create(void);
/* Is it what shared_create() makes, of this layout? */
bool shared_fits(int fd);
/* For service_main(): before any other descriptor is opened. */
void shared_init(bool has_master);
/* NULL: there is none; what needs it works without, for this process alone. */
struct shared *shared_memory(void);
/* False: cannot be had within a tenth of a second. What it protects is then left alone. */
bool shared_lock(void) MUST;
void shared_unlock(void);
/* This process among others, or -1. Whoever asks has shared_memory(). */
int shared_slot(void);
/* Does the process with this slot live? Own: yes. */
bool shared_alive(int slot);
/* Has so much passed since a time that is noted in the memory? Yes when that makes no sense. */
bool shared_passed(int64_t since, int64_t now, int64_t span);
/* The process ends. */
void shared_done(void);

#endif
