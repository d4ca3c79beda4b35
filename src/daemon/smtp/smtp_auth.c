/* smtp_auth.c - AUTH: whose credentials, which mechanism, the dialogue
 *
 * RFC 4954. Credentials are looked up by sender, server name, next hop. They
 * are neither logged nor sent by a mechanism that the security options of this
 * kind of connection (plain, TLS, verified TLS) rule out.
 * Input: hostile (challenges, replies).  Runs in: smtp, lmtp.  Feature: SMTP_SASL.
 * Parameters: smtp_sasl*.  Tests: tests/client/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "net/crypto.h"

enum { MAX_STEPS = 5, MESSAGE_MAX = 4096, CACHE_SIZE = 16 };

/* Logins that a server refused for good, so that it is not asked again with each message. */
struct failure {
    char key[DNS_NAME + 64];
    int64_t until;       /* clock_ms */
    struct why why;
};

static struct {
    struct maps *passwords;
    struct match *mechs;
    struct failure *failures;
    size_t next_failure;
} auth;

void smtp_auth_init(void)
{
    const char *list = smtp_str(P_smtp_sasl_password_maps), *filter = smtp_str(P_smtp_sasl_mechanism_filter);

    if (!smtp_bool(P_smtp_sasl_auth_enable))
        return;
    if (strcmp(smtp_str(P_smtp_sasl_type), "cyrus"))
        log_fatal("unsupported SASL client implementation: %s", smtp_str(P_smtp_sasl_type));
    if (!*list)
        log_fatal("specify a password table via the `%s' configuration parameter",
                  smtp_par_name(P_smtp_sasl_password_maps));
    auth.passwords = maps_open(smtp_par_name(P_smtp_sasl_password_maps), list, MAP_FOLD);
    if (*filter)
        auth.mechs = match_new(smtp_par_name(P_smtp_sasl_mechanism_filter), filter, 0);
    if (*smtp_str(P_smtp_sasl_auth_cache_name))
        auth.failures = mem_new_array(CACHE_SIZE, sizeof *auth.failures);
    if (ENABLE_TLS)
        (void)crypto_ready(); /* mbedTLS may want /dev/urandom, which the jail does not have */
}

bool smtp_auth_per_sender(void)
{
    return smtp_bool(P_smtp_sasl_auth_enable) && smtp_bool(P_smtp_sender_dependent_authentication);
}

/* --- credentials --- */

/* OK, NONE, TEMP. */
static enum result lookup(struct buf *out, const struct smtp_session *ss, const char *sender, const char *nexthop)
{
    enum result r = NONE;

    if (smtp_bool(P_smtp_sender_dependent_authentication) && *sender)
        r = maps_find_address(auth.passwords, str_of(sender), MAPS_EXT | MAPS_DOMAIN, NULL, out, NULL, NULL);
    if (r == NONE && ss->port)
        r = maps_get(auth.passwords, str_of(ss->host), out, NULL);
    if (r == NONE)
        r = maps_get(auth.passwords, str_of(nexthop), out, NULL);
    return r;
}

static unsigned security_options(const struct smtp_session *ss, bool *bad)
{
    static const struct { const char *name; unsigned bit; } names[] = {
        { "noplaintext", SASL_NOPLAINTEXT }, { "noactive", SASL_NOACTIVE }, { "nodictionary", SASL_NODICTIONARY },
        { "noanonymous", 0 }, { "forward_secrecy", SASL_FORWARD_SECRECY }, { "mutual_auth", SASL_MUTUAL },
    };
    enum par_id id = !ss->s.tls ? P_smtp_sasl_security_options
                   : ss->verified ? P_smtp_sasl_tls_verified_security_options : P_smtp_sasl_tls_security_options;
    struct str rest = str_of(smtp_str(id)), word;
    unsigned options = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        size_t i = 0;

        while (i < ARRAY_LEN(names) && !str_eq_case(word, names[i].name))
            i++;
        if (i == ARRAY_LEN(names)) {
            log_warn("%s: unknown SASL security option \"%.*s\"", smtp_par_name(id), (int)word.n, word.p);
            *bad = true;
            continue;
        }
        options |= names[i].bit;
    }
    return options;
}

/* What the server offers and smtp_sasl_mechanism_filter passes. */
static void usable(const struct smtp_session *ss, struct buf *out)
{
    struct str rest = str_of(ss->auth), word;
    char name[64];

    while (str_word(&rest, " \t", &word) == OK) {
        snprintf(name, sizeof name, "%.*s", (int)(word.n < sizeof name ? word.n : sizeof name - 1), word.p);
        if (!auth.mechs || match_string(auth.mechs, name) == OK)
            buf_printf(out, "%s%s", out->n ? " " : "", name);
    }
    if (!out->n)
        log_warn("%s offered %s%s", ss->namaddr,
                 ss->auth[0] ? "no supported AUTH mechanisms: " : "null AUTH mechanism list", ss->auth);
}

/* --- refused logins --- */

static void failure_key(char *out, size_t size, const struct smtp_session *ss, const char *user, const char *password)
{
    uint32_t sum = num_crc32(num_crc32(0, user, strlen(user) + 1), password, strlen(password));

    snprintf(out, size, "%s;%08lx;%.40s", ss->host, (unsigned long)sum, user);
}

static bool known_failure(const char *key, struct why *why)
{
    for (size_t i = 0; auth.failures && i < CACHE_SIZE; i++)
        if (auth.failures[i].until > clock_ms() && !strcmp(auth.failures[i].key, key)) {
            *why = auth.failures[i].why;
            return true;
        }
    return false;
}

static void remember_failure(const struct smtp_session *ss, const char *key)
{
    struct failure *f = auth.failures ? &auth.failures[auth.next_failure++ % CACHE_SIZE] : NULL;

    if (!f || ss->reply.code / 100 != 5)
        return;
    snprintf(f->key, sizeof f->key, "%s", key);
    f->until = clock_ms() + smtp_num(P_smtp_sasl_auth_cache_time) * 1000;
    (void)why_set(&f->why, smtp_bool(P_smtp_sasl_auth_soft_bounce) ? "4.7.0" : ss->reply.dsn,
                  "SASL [CACHED] authentication failed; server %s said: %s", ss->namaddr, ss->reply.text.p);
}

/* --- the dialogue --- */

static enum result cannot(const struct smtp_session *ss, struct why *why, const char *reason)
{
    return why_set(why, "4.7.0", "SASL authentication failed; cannot authenticate to server %s: %s", ss->namaddr,
                   reason);
}

/* Sends "prefix base64" or "prefix", reads the answer. */
static enum result say(struct smtp_session *ss, const char *prefix, const struct buf *message)
{
    struct buf line;
    enum result r;

    buf_init(&line, 2 * MESSAGE_MAX);
    buf_puts(&line, prefix);
    if (message && !message->n && *prefix)
        buf_putc(&line, '='); /* RFC 4954 section 4: an empty initial response */
    else if (message)
        (void)base64_encode(&line, buf_view(message));
    r = smtp_session_secret(ss, buf_view(&line));
    mem_wipe(line.p, line.n);
    buf_done(&line);
    return r;
}

static enum result begin(struct smtp_session *ss, struct smtp_sasl *s, struct buf *message)
{
    char prefix[64];
    enum result r = smtp_sasl_first(s, message);

    if (r == PERM)
        return PERM;
    snprintf(prefix, sizeof prefix, "AUTH %s%s", smtp_sasl_name(s), r == OK ? " " : "");
    return say(ss, prefix, r == OK ? message : NULL);
}

static enum result answer(struct smtp_session *ss, struct smtp_sasl *s, struct buf *message, struct why *why)
{
    const char *reason = "protocol error";
    struct str text = buf_view(&ss->reply.text);
    struct buf challenge;
    enum result r;

    text = text.n > 4 ? str_trim((struct str){ text.p + 4, text.n - 4 }) : (struct str){ text.p, 0 };
    buf_init(&challenge, MESSAGE_MAX);
    r = base64_decode(&challenge, text);
    /* LOGIN's prompts are whatever their author liked. */
    if (r == OK || !strcmp(smtp_sasl_name(s), "LOGIN"))
        r = smtp_sasl_next(s, buf_view(&challenge), message, &reason);
    buf_done(&challenge);
    if (r != OK)
        return cannot(ss, why, reason);
    return say(ss, "", message) == OK ? OK : smtp_session_lost(ss, why);
}

static enum result refused(struct smtp_session *ss, const char *key, struct why *why)
{
    enum result r = smtp_reply_why(&ss->reply, why, "SASL authentication failed; server %s said: %s", ss->namaddr,
                                   ss->reply.text.p);

    remember_failure(ss, key);
    if (r == PERM && smtp_bool(P_smtp_sasl_auth_soft_bounce)) {
        why_class(why, '4');
        r = TEMP;
    }
    return r;
}

static enum result dialogue(struct smtp_session *ss, struct smtp_sasl *s, const char *key, struct why *why)
{
    struct buf message;
    enum result r;
    int steps = 0;

    buf_init(&message, MESSAGE_MAX);
    r = begin(ss, s, &message);
    if (r == PERM)
        r = cannot(ss, why, "user name too long");
    else if (r != OK)
        r = smtp_session_lost(ss, why);
    while (r == OK && ss->reply.code / 100 == 3) {
        if (++steps > MAX_STEPS)
            r = why_set(why, "4.7.0", "SASL authentication failed; authentication protocol loop with server %s",
                        ss->namaddr);
        else
            r = answer(ss, s, &message, why);
    }
    mem_wipe(message.p, message.n);
    buf_done(&message);
    if (r == OK && ss->reply.code / 100 != 2)
        r = refused(ss, key, why);
    if (r == OK && !smtp_sasl_complete(s))
        r = cannot(ss, why, "server did not prove its identity");
    return r;
}

static enum result login(struct smtp_session *ss, const char *user, const char *password, struct why *why)
{
    char key[sizeof ((struct failure *)0)->key];
    struct smtp_sasl s;
    struct buf mechs;
    bool bad = false;
    unsigned options = security_options(ss, &bad);
    enum result r;

    failure_key(key, sizeof key, ss, user, password);
    if (known_failure(key, why))
        return why->dsn[0] == '5' ? PERM : TEMP;
    buf_init(&mechs, 1024);
    usable(ss, &mechs);
    if (!mechs.n)
        r = why_set(why, "4.7.0",
                    "SASL authentication failed: server %s offered no compatible authentication mechanisms for this"
                    " type of connection security", ss->namaddr);
    else if (bad || smtp_sasl_init(&s, mechs.p, options, user, password) != OK)
        r = cannot(ss, why, bad ? "bad per-session SASL security properties" : "no mechanism available");
    else {
        smtp_session_limit(ss, P_smtp_helo_timeout, "performing SASL authentication");
        r = dialogue(ss, &s, key, why);
        smtp_sasl_done(&s);
    }
    buf_done(&mechs);
    ss->authenticated = r == OK;
    return r;
}

enum result smtp_auth(struct smtp_session *ss, const struct delivery *d, const char *nexthop, struct why *why)
{
    const char *delimiter = smtp_str(P_smtp_sasl_password_result_delimiter);
    struct buf found;
    enum result r;
    char *password;

    buf_init(&found, 1024);
    r = lookup(&found, ss, d->env->sender, nexthop);
    if (r == OK) {
        password = strchr(found.p, *delimiter);
        if (password)
            *password++ = 0;
        r = login(ss, found.p, password ? password : "", why);
    } else if (r == NONE) {
        r = OK; /* no credentials: we talk as strangers */
    } else {
        r = why_set(why, "4.3.0", "%s lookup error for %s", smtp_par_name(P_smtp_sasl_password_maps), nexthop);
    }
    mem_wipe(found.p, found.n);
    buf_done(&found);
    return r;
}
