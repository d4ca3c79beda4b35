/* smtpd_rbl.h - reply patterns of DNS lists */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_RBL_H
#define DAEMON_SMTPD_SMTPD_RBL_H

#include "base/base.h"

/* "127.0.[0;2..9].4" against an address: OK, NONE; PERM: malformed pattern. */
enum result smtpd_rbl_match(struct str pattern, const uint8_t octets[4]) MUST;

#endif
