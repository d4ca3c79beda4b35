/* password.h - stored passwords: SCRAM-SHA-256 keys, or a form of crypt(3)
 *
 * An entry is "SCRAM-SHA-256$ROUNDS:SALT$STOREDKEY:SERVERKEY" (RFC 5803), as password_make() writes it, or
 * "$id$..." of crypt(3); {SCHEME} in front, as Dovecot writes them, is understood. Neither tells the password.
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_PASSWORD_H
#define NET_PASSWORD_H

#include "base/base.h"
#include "base/buf.h"

enum { PASSWORD_KEY = 32, PASSWORD_SALT = 16, PASSWORD_SALT_MAX = 64, PASSWORD_ROUNDS = 4096,
       PASSWORD_ROUNDS_MAX = 1000000, PASSWORD_MAX = 256 };

struct password_scram {
    unsigned rounds;
    uint8_t salt[PASSWORD_SALT_MAX];
    size_t salt_n;
    uint8_t stored[PASSWORD_KEY], server[PASSWORD_KEY]; /* RFC 5802: StoredKey, ServerKey */
};

/* Before the jail, when entries of crypt(3) are to be understood. */
void password_init(void);
/* OK; NONE: it is of another form, which only password_check() understands; PERM: none of ours. */
enum result password_parse(struct str entry, struct password_scram *out) MUST;
/* The entry as text. */
void password_print(const struct password_scram *p, struct buf *out);
/* Keys of a password with this salt; salt and rounds are set. TEMP: the library failed. */
enum result password_keys(struct str password, struct password_scram *p) MUST;
/* Is it this password? OK; NONE: it is not; PERM: the entry is none of ours. The time it takes does not tell how much
 * of a wrong one is right. */
enum result password_check(struct str entry, struct str password) MUST;

#endif
