/* base.h - what every file may assume: configuration, types, attributes
 *
 * The only header that everything includes. Nothing here knows of mail.
 */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "autoconf.h" /* generated from .config: CONFIG_X, ENABLE_X, IF_X() */

#define MUST __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* What the caller should do next; never a reason (see struct why). */
enum result {
    OK = 0, /* done */
    NONE,   /* looked, and it is not there */
    AGAIN,  /* need more input; call again with more */
    TEMP,   /* failed for now; try later, defer the mail */
    PERM,   /* failed for good; give up, bounce the mail */
    CONF,   /* the operator must act; treat mail as for TEMP */
};

/* Borrowed text: pointer and length, valid for the call, not terminated. */
struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){ literal, sizeof(literal) - 1 })

#endif
