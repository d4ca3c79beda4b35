/* num.h - numbers as configuration files and protocols spell them */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/base.h"

/* Decimal, the whole text, no sign unless min is negative.
 * PERM when it is not a number, CONF when it is out of [min, max]. */
enum result num_parse(struct str s, int64_t min, int64_t max, int64_t *out) MUST;
/* Seconds: digits with an optional s m h d w; unit is that of a bare number (postconf(5)). */
enum result num_parse_time(struct str s, char unit, int64_t *seconds) MUST;
/* Hexadecimal, the whole text. */
enum result num_parse_hex(struct str s, uint64_t *out) MUST;
/* CRC-32 (IEEE 802.3); start with 0 and feed the result on. */
uint32_t num_crc32(uint32_t crc, const void *p, size_t n);
/* FNV-1a with ASCII case folded, for tables in memory. */
uint32_t num_hash(struct str s);

#endif
