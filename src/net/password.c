/* password.c - stored passwords: SCRAM-SHA-256 keys, or a form of crypt(3)
 *
 * Who knows an entry must guess the password, each guess at the cost of the entry's rounds.
 * Copies of passwords and keys are wiped.
 * Runs in: smtpd, postpasswd.  Trust: entries are the administrator's, passwords anybody's.
 * RFC 5802, 5803, 7677.  Feature: SASL_USERS; SASL_CRYPT for crypt(3).  Parameters: none.
 * Tests: tests/unit/password_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/password.h"

#include <stdlib.h>
#include <string.h>

/* With glibc it is a library of its own, which only a process that checks passwords should have to load. */
#if ENABLE_SASL_CRYPT && defined(__GLIBC__) && !ENABLE_STATIC
#include <dlfcn.h>
#elif ENABLE_SASL_CRYPT
#include <crypt.h>
#endif

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/crypto.h"

static const char name[] = "SCRAM-SHA-256";

static struct str bytes(const uint8_t *p, size_t n)
{
    return (struct str){ (const char *)p, n };
}

static bool decode(struct str text, uint8_t *out, size_t min, size_t max, size_t *n)
{
    struct buf b;
    bool good;

    buf_init(&b, max);
    good = base64_decode(&b, text) == OK && b.n >= min;
    if (good)
        memcpy(out, b.p, *n = b.n);
    mem_wipe(b.p, b.cap);
    buf_done(&b);
    return good;
}

/* Cuts off what stands before the separator, or everything when there is none. */
static struct str cut(struct str *rest, char sep)
{
    size_t at = str_find(*rest, sep);
    struct str part = { rest->p, at };

    *rest = at < rest->n ? (struct str){ rest->p + at + 1, rest->n - at - 1 } : (struct str){ rest->p + at, 0 };
    return part;
}

/* ROUNDS:SALT$STORED:SERVER, or with Dovecot's commas. */
static enum result parse_fields(struct str rest, bool commas, struct password_scram *out)
{
    struct str rounds = cut(&rest, commas ? ',' : ':'), salt = cut(&rest, commas ? ',' : '$'),
               stored = cut(&rest, commas ? ',' : ':');
    int64_t number;
    size_t n;

    if (num_parse(rounds, 1, PASSWORD_ROUNDS_MAX, &number) != OK ||
        !decode(salt, out->salt, 1, PASSWORD_SALT_MAX, &out->salt_n) ||
        !decode(stored, out->stored, PASSWORD_KEY, PASSWORD_KEY, &n) ||
        !decode(rest, out->server, PASSWORD_KEY, PASSWORD_KEY, &n))
        return PERM;
    out->rounds = (unsigned)number;
    return OK;
}

/* Takes {SCHEME} off; "" when there is none. */
static struct str take_scheme(struct str *entry)
{
    struct str scheme = { entry->p, 0 };

    if (entry->n && entry->p[0] == '{') {
        scheme = cut(entry, '}');
        scheme = (struct str){ scheme.p + 1, scheme.n - 1 };
    }
    return scheme;
}

static bool is_crypt(struct str scheme, struct str entry)
{
    if (scheme.n)
        return scheme.n >= 5 && str_eq_case((struct str){ scheme.p + scheme.n - 5, 5 }, "CRYPT");
    return entry.n > 3 && entry.p[0] == '$';
}

enum result password_parse(struct str entry, struct password_scram *out)
{
    struct str scheme = take_scheme(&entry);
    size_t n = sizeof name - 1;

    if (str_eq_case(scheme, name))
        return parse_fields(entry, true, out);
    if (!scheme.n && entry.n > n && memcmp(entry.p, name, n) == 0 && entry.p[n] == '$')
        return parse_fields((struct str){ entry.p + n + 1, entry.n - n - 1 }, false, out);
    return ENABLE_SASL_CRYPT && is_crypt(scheme, entry) ? NONE : PERM;
}

void password_print(const struct password_scram *p, struct buf *out)
{
    buf_printf(out, "%s$%u:", name, p->rounds);
    base64_encode(out, bytes(p->salt, p->salt_n));
    buf_putc(out, '$');
    base64_encode(out, bytes(p->stored, PASSWORD_KEY));
    buf_putc(out, ':');
    base64_encode(out, bytes(p->server, PASSWORD_KEY));
}

enum result password_keys(struct str password, struct password_scram *p)
{
    uint8_t salted[PASSWORD_KEY] = { 0 }, client[PASSWORD_KEY];
    struct str key = bytes(salted, sizeof salted);
    enum result r = TEMP;

    if (crypto_pbkdf2(CRYPTO_SHA256, password, bytes(p->salt, p->salt_n), p->rounds, salted) == OK &&
        crypto_hmac(CRYPTO_SHA256, key, STR("Client Key"), client) == OK &&
        crypto_hash(CRYPTO_SHA256, bytes(client, sizeof client), p->stored) == OK &&
        crypto_hmac(CRYPTO_SHA256, key, STR("Server Key"), p->server) == OK)
        r = OK;
    mem_wipe(salted, sizeof salted);
    mem_wipe(client, sizeof client);
    return r;
}

static enum result check_scram(const struct password_scram *p, struct str password)
{
    struct password_scram given = *p;
    enum result r = password_keys(password, &given);

    if (r == OK && !crypto_same(given.stored, p->stored, PASSWORD_KEY))
        r = NONE;
    mem_wipe(&given, sizeof given);
    return r;
}

static char *(*hash)(const char *phrase, const char *setting);

#if ENABLE_SASL_CRYPT && defined(__GLIBC__) && !ENABLE_STATIC
void password_init(void)
{
    static const char *const names[] = { "libcrypt.so.1", "libcrypt.so.2" };
    void *lib = NULL, *found = NULL;

    for (size_t i = 0; i < ARRAY_LEN(names) && !lib; i++)
        lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (lib && (found = dlsym(lib, "crypt")) != NULL)
        memcpy(&hash, &found, sizeof hash);
}
#elif ENABLE_SASL_CRYPT
void password_init(void)
{
    hash = crypt;
}
#else
void password_init(void)
{
}
#endif

/* The C library's word for a form it does not know: "*...", or in musl the oldest form, which has no "$name$". */
static bool is_hash(const char *made, struct str entry)
{
    size_t n = 1;

    if (!made || made[0] == '*')
        return false;
    while (n < entry.n && entry.p[n] != '$')
        n++;
    return !entry.n || entry.p[0] != '$' || !strncmp(made, entry.p, n);
}

static enum result check_crypt(struct str entry, struct str password)
{
    char *setting, *phrase, *made;
    enum result r = PERM;

    if (!hash)
        return PERM;
    setting = mem_dup_n(entry.p, entry.n);
    phrase = mem_dup_n(password.p, password.n);
    made = hash(phrase, setting);
    if (is_hash(made, entry))
        r = strlen(made) == entry.n && crypto_same(made, entry.p, entry.n) ? OK : NONE;
    mem_wipe(phrase, password.n);
    free(phrase);
    free(setting);
    return r;
}

enum result password_check(struct str entry, struct str password)
{
    struct password_scram p;
    enum result r;

    if (password.n > PASSWORD_MAX || memchr(password.p, 0, password.n))
        return NONE;
    r = password_parse(entry, &p);
    if (r == OK)
        r = check_scram(&p, password);
    else if (r == NONE) {
        (void)take_scheme(&entry);
        r = check_crypt(entry, password);
    }
    mem_wipe(&p, sizeof p);
    return r;
}
