/* idna.h - domain names in their ASCII form (RFC 5890, RFC 3492) */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

#include "base/base.h"
#include "base/buf.h"

/* Adds domain with each label that is not ASCII as "xn--...": capitals folded, the ideographic full stops taken as
 * dots. PERM for text that is not UTF-8, for labels that are too long, and for combining marks, which would need
 * normalisation. */
enum result idna_to_ascii(struct str domain, struct buf *out) MUST;
/* From now on the letters that IDNA2008 has and IDNA2003 had not become what they were: sharp s is "ss", final sigma
 * is sigma, and the joiners go. */
void idna_compat_2003(bool on);

#endif
