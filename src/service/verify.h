/* verify.h - asking the verify service about an address, and telling it what a probe found */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_VERIFY_H
#define SERVICE_VERIFY_H

#include "base/base.h"
#include "base/buf.h"
#include "base/why.h"

enum verify_status { VERIFY_OK, VERIFY_DEFER, VERIFY_BOUNCE, VERIFY_TODO /* a probe is under way */ };

enum { VERIFY_QUERY = 0x5601, VERIFY_ANSWER, VERIFY_UPDATE, VERIFY_FRAME = 8192 };

/* OK: status and text of the latest probe; TEMP: the service cannot be had. */
enum result verify_query(const char *addr, enum verify_status *status, char text[WHY_TEXT]) MUST;
/* Does not wait. */
enum result verify_update(const char *addr, enum verify_status status, const char *text) MUST;
/* Adds the sender of probes now: address_verify_sender with what address_verify_sender_ttl appends; "" for the null
 * sender. */
void verify_sender(struct buf *out);
/* Is this address one that probes use now, or used before or will use after? Then the address without what is appended
 * replaces it. */
bool verify_sender_base(struct buf *addr);

#endif
