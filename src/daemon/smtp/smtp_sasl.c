/* smtp_sasl.c - SASL mechanisms of the client: the choice, PLAIN, LOGIN
 *
 * Messages in, messages out, no connection. RFC 4616 (PLAIN); LOGIN was never
 * written down. Those that need digests are in smtp_scram.c.
 * Input: hostile (challenges).  Runs in: smtp, lmtp.  Feature: SMTP_SASL.
 * Tests: tests/unit/smtp_sasl_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_sasl_int.h"

enum { MESSAGE_MAX = 2048 };

/* --- PLAIN --- */

static enum result plain_first(struct smtp_sasl *s, struct buf *out)
{
    buf_reset(out);
    if (par_send_cyrus_sasl_authzid())
        buf_puts(out, s->user);
    buf_putc(out, 0);
    buf_puts(out, s->user);
    buf_putc(out, 0);
    buf_puts(out, s->password);
    return OK;
}

static enum result plain_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason)
{
    if (s->step++ || challenge.n) {
        *reason = "unexpected challenge";
        return PERM;
    }
    return plain_first(s, out);
}

/* --- LOGIN --- */

enum result smtp_sasl_no_first(struct smtp_sasl *s UNUSED, struct buf *out UNUSED)
{
    return NONE;
}

static enum result login_next(struct smtp_sasl *s, struct str challenge UNUSED, struct buf *out, const char **reason)
{
    buf_reset(out);
    switch (s->step++) {
    case 0: buf_puts(out, s->user); return OK;
    case 1: buf_puts(out, s->password); return OK;
    default: *reason = "unexpected challenge"; return PERM;
    }
}

/* --- choice --- */

enum { ALWAYS_WEAK = SASL_NODICTIONARY | SASL_FORWARD_SECRECY };

/* Strongest first. */
static const struct smtp_sasl_mech mechs[] = {
    IF_TLS({ "SCRAM-SHA-256", ALWAYS_WEAK, CRYPTO_SHA256, smtp_scram_first, smtp_scram_next, true },)
    IF_TLS({ "SCRAM-SHA-1", ALWAYS_WEAK, CRYPTO_SHA1, smtp_scram_first, smtp_scram_next, true },)
    IF_TLS({ "CRAM-MD5", ALWAYS_WEAK | SASL_NOACTIVE | SASL_MUTUAL, CRYPTO_MD5, smtp_sasl_no_first, smtp_cram_next,
             false },)
    { "PLAIN", ALWAYS_WEAK | SASL_NOPLAINTEXT | SASL_NOACTIVE | SASL_MUTUAL, CRYPTO_MD5, plain_first, plain_next,
      false },
    { "LOGIN", ALWAYS_WEAK | SASL_NOPLAINTEXT | SASL_NOACTIVE | SASL_MUTUAL, CRYPTO_MD5, smtp_sasl_no_first,
      login_next, false },
};

static bool offers(const char *list, const char *name)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, " \t", &word) == OK)
        if (str_eq_case(word, name))
            return true;
    return false;
}

enum result smtp_sasl_init(struct smtp_sasl *s, const char *offered, unsigned options, const char *user,
                           const char *password)
{
    *s = (struct smtp_sasl){ .user = user, .password = password };
    buf_init(&s->first, MESSAGE_MAX);
    for (size_t i = 0; i < ARRAY_LEN(mechs) && !s->mech; i++)
        if (!(mechs[i].fails & options) && offers(offered, mechs[i].name))
            s->mech = &mechs[i];
    return s->mech ? OK : NONE;
}

const char *smtp_sasl_name(const struct smtp_sasl *s)
{
    return s->mech->name;
}

void smtp_sasl_done(struct smtp_sasl *s)
{
    buf_done(&s->first);
    mem_wipe(s, sizeof *s);
}

enum result smtp_sasl_first(struct smtp_sasl *s, struct buf *out)
{
    enum result r = s->mech->first(s, out);

    if (r == OK && s->mech->first == plain_first)
        s->step = 1;
    return r;
}

enum result smtp_sasl_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason)
{
    return s->mech->next(s, challenge, out, reason);
}

bool smtp_sasl_complete(const struct smtp_sasl *s)
{
    return !s->mech->proves_server || s->step == SCRAM_DONE;
}
