/* smtpd_guess.h - whoever guesses passwords has to wait */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_GUESS_H
#define DAEMON_SMTPD_SMTPD_GUESS_H

#include "base/base.h"

enum { SHARED_GUESSES = 1024, SHARED_GUESS_KEY = 16 };

struct shared_guess {      /* a user, a network, or a user at an address */
    uint64_t id;
    int64_t last, next;    /* clock_ms(): of the last failure or login; of the next turn */
    uint32_t fails;
};

struct shared_guesses {
    uint8_t key[SHARED_GUESS_KEY];
    struct shared_guess slots[SHARED_GUESSES];
};

/* Milliseconds to wait before this login is looked at; -1: there are too many before it, refuse it. */
int smtpd_guess_wait(const char *user, const char *addr);
/* What came of it. */
void smtpd_guess_result(const char *user, const char *addr, bool good);

#endif
