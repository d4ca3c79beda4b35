/* smtpd_guess.h - whoever guesses passwords has to wait */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_GUESS_H
#define DAEMON_SMTPD_SMTPD_GUESS_H

#include "base/base.h"

/* Milliseconds to wait before this login is looked at; -1: there are too many before it, refuse it. */
int smtpd_guess_wait(const char *user, const char *addr);
/* What came of it. */
void smtpd_guess_result(const char *user, const char *addr, bool good);

#endif
