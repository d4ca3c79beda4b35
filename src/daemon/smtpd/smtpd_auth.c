/* smtpd_auth.c - AUTH: who is offered what, and the conversation
 *
 * Runs in: smtpd.  RFC 4954.  Secrets pass through as base64 and are never logged.
 * Parameters: smtpd_sasl.def, smtpd_tls_auth_only.  Feature: SMTPD_SASL.
 * Tests: tests/smtp/auth-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "daemon/smtpd/smtpd_sasl.h"
#include "map/match.h"
#include "param/param.h"

enum { CHALLENGE_MAX = 16 * 1024 };

static struct match *mech_filter;
static const struct smtpd_sasl *sasl;

static const struct smtpd_sasl *const types[] = {
    IF_SASL_DOVECOT(&smtpd_sasl_dovecot,)
    IF_SASL_USERS(&smtpd_sasl_users,)
    NULL,
};

/* What other systems and builds have. */
static const struct { const char *type, *advice; } foreign[] = {
    { "cyrus", "is not in postlet; use dovecot or postlet" },
    { "dovecot", "is not in this build (CONFIG_SASL_DOVECOT)" },
    { "postlet", "is not in this build (CONFIG_SASL_USERS)" },
};

/* smtpd_sasl_security_options: mechanisms that have one of these flags are not offered, ... */
static const struct { const char *name; unsigned forbids, requires; } options[] = {
    { "noplaintext", MECH_PLAINTEXT, 0 }, { "noactive", MECH_ACTIVE, 0 }, { "nodictionary", MECH_DICTIONARY, 0 },
    { "noanonymous", MECH_ANONYMOUS, 0 }, { "forward_secrecy", 0, MECH_FORWARD_SECRECY },
    { "mutual_auth", 0, MECH_MUTUAL_AUTH },
};

static void read_options(const char *param, const char *text, unsigned *forbids, unsigned *requires)
{
    struct str rest = str_of(text), word;

    *forbids = *requires = 0;
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        size_t i = 0;

        while (i < ARRAY_LEN(options) && !str_eq_case(word, options[i].name))
            i++;
        if (i == ARRAY_LEN(options))
            log_fatal("%s: unknown SASL security option \"%.*s\"", param, (int)word.n, word.p);
        *forbids |= options[i].forbids;
        *requires |= options[i].requires;
    }
}

static const struct smtpd_sasl *find_type(const char *type)
{
    for (size_t i = 0; types[i]; i++)
        if (strcmp(type, types[i]->type) == 0)
            return types[i];
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
        if (strcmp(type, foreign[i].type) == 0)
            log_fatal("smtpd_sasl_type: %s %s", type, foreign[i].advice);
    log_fatal("unsupported SASL server implementation: smtpd_sasl_type = %s", type);
}

void smtpd_auth_init(void)
{
    unsigned forbids, requires;

    if (!par_smtpd_sasl_auth_enable())
        return;
    sasl = find_type(par_smtpd_sasl_type());
    read_options("smtpd_sasl_security_options", par_smtpd_sasl_security_options(), &forbids, &requires);
    read_options("smtpd_sasl_tls_security_options", par_smtpd_sasl_tls_security_options(), &forbids, &requires);
    mech_filter = match_new("smtpd_sasl_mechanism_filter", par_smtpd_sasl_mechanism_filter(), 0);
    sasl->init(par_smtpd_sasl_path());
}

static bool is_taken(struct smtpd *s)
{
    return par_smtpd_sasl_auth_enable() && !s->stand_alone && (smtpd_tls_active(s) || !par_smtpd_tls_auth_only());
}

/* A client of smtpd_sasl_exceptions_networks may log in, but does not hear of it. */
bool smtpd_auth_offered(struct smtpd *s)
{
    return is_taken(s) && !(smtpd_lists.sasl_exceptions &&
                            match_host(smtpd_lists.sasl_exceptions, s->peer.name, s->peer.addr) != NONE);
}

static bool allowed(struct smtpd *s, const struct sasl_mech *m)
{
    unsigned forbids, requires;

    if (smtpd_tls_active(s))
        read_options("smtpd_sasl_tls_security_options", par_smtpd_sasl_tls_security_options(), &forbids, &requires);
    else
        read_options("smtpd_sasl_security_options", par_smtpd_sasl_security_options(), &forbids, &requires);
    return !(m->flags & forbids) && (m->flags & requires) == requires;
}

void smtpd_auth_mechanisms(struct smtpd *s, struct buf *out)
{
    const struct sasl_mech *m;
    size_t n;

    if (sasl->mechanisms(&m, &n) != OK)
        return;
    for (size_t i = 0; i < n; i++)
        if (allowed(s, &m[i]) && match_string(mech_filter, m[i].name) == OK)
            buf_printf(out, " %s", m[i].name);
    if (!out->n)
        log_warn("%s: no SASL authentication mechanisms", par_smtpd_sasl_path());
}

static bool mech_known(struct smtpd *s, struct str name)
{
    const struct sasl_mech *m;
    size_t n;

    if (sasl->mechanisms(&m, &n) != OK)
        return false;
    for (size_t i = 0; i < n; i++)
        if (str_eq_case(name, m[i].name))
            return allowed(s, &m[i]);
    return false;
}

static int fail(struct smtpd *s, const char *reply)
{
    smtpd_reply(s, "%s", reply);
    return -1;
}

/* Everything that is wrong before a mechanism is looked at; 0 = go on. */
static int refused(struct smtpd *s, struct str rest)
{
    if (par_smtpd_helo_required() && !s->helo.n)
        return fail(s, "503 5.5.1 Error: send HELO/EHLO first");
    if (!is_taken(s) || (smtpd_verb_hidden(s) & EHLO_AUTH))
        return fail(s, "503 5.5.1 Error: authentication not enabled");
    if (s->tx)
        return fail(s, "503 5.5.1 Error: MAIL transaction in progress");
    if (s->auth.done)
        return fail(s, "503 5.5.1 Error: already authenticated");
    if (!rest.n)
        return fail(s, "501 5.5.4 Syntax: AUTH mechanism");
    if (smtpd_limits_count(s, LIMIT_AUTH) != OK) {
        smtpd_reply(s, "450 4.7.1 Error: too many AUTH commands from %s", s->peer.addr);
        return -1;
    }
    return 0;
}

static int report(struct smtpd *s, enum result r, const char *reason, const struct buf *user)
{
    const char *name = user->n ? user->p : "(unavailable)";

    if (!*reason)
        reason = r == TEMP ? "Connection lost to authentication server" : "(reason unavailable)";
    log_warn("%s: SASL %s authentication failed: %s, sasl_username=%s", s->peer.label, s->auth.method, reason, name);
    if (r == TEMP)
        smtpd_reply(s, "454 4.7.0 Temporary authentication failure: %s", reason);
    else
        smtpd_reply(s, "535 5.7.8 Error: authentication failed: %s", reason);
    return -1;
}

/* Challenges and responses until the server has decided. */
static enum result converse(struct smtpd *s, struct buf *text, struct buf *user, bool *aborted)
{
    size_t limit = (size_t)par_smtpd_sasl_response_limit();
    enum result r = AGAIN;
    struct str line;

    while (r == AGAIN) {
        smtpd_reply(s, "334 %s", text->p);
        smtpd_request_begins(s);
        if (smtpd_get_line(s, limit, &line) != OK)
            return NONE; /* the session has ended, or the line end was refused */
        if (line.n >= limit) {
            smtpd_reply(s, "500 5.5.6 SASL response limit exceeded");
            return NONE;
        }
        if (str_eq(line, "*")) {
            *aborted = true;
            return NONE;
        }
        r = sasl->more(line, text, user);
    }
    return r;
}

static enum result authenticate(struct smtpd *s, struct str initial, struct buf *text, struct buf *user, bool *aborted)
{
    char remote[SOCK_ADDR_TEXT];
    struct sasl_request q = { .mech = s->auth.method, .service = par_smtpd_sasl_service(),
                                 .local_ip = s->peer.local_addr, .remote_ip = remote, .secured = smtpd_tls_active(s),
                                 .initial = initial };
    enum result r;

    snprintf(remote, sizeof remote, "%s", s->peer.addr);
    if (str_eq(initial, "="))
        q.initial.n = 0;
    r = sasl->begin(&q, text, user);
    return r == AGAIN ? converse(s, text, user, aborted) : r;
}

static int run(struct smtpd *s, struct str initial, struct buf *text)
{
    bool aborted = false;
    enum result r = authenticate(s, initial, text, &s->auth.user, &aborted);

    sasl->end();
    if (r == NONE) {
        if (!aborted)
            return -1;
        log_warn("%s: SASL %s authentication aborted", s->peer.label, s->auth.method);
        return fail(s, "501 5.7.0 Authentication aborted");
    }
    if (r != OK)
        return report(s, r, text->p, &s->auth.user);
    s->auth.done = true;
    smtpd_reply(s, "235 2.7.0 Authentication successful");
    return 0;
}

int smtpd_auth(struct smtpd *s, struct str rest)
{
    struct str mech, initial = { NULL, 0 };
    struct buf text;
    int failed;

    if (refused(s, rest) != 0)
        return -1;
    (void)!str_word(&rest, " \t", &mech);
    if (str_word(&rest, " \t", &initial) == OK && str_trim(rest).n)
        return fail(s, "501 5.5.4 Syntax: AUTH mechanism");
    snprintf(s->auth.method, sizeof s->auth.method, "%.*s", (int)mech.n, mech.p);
    for (char *p = s->auth.method; *p; p++)
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    buf_init(&text, CHALLENGE_MAX);
    if (mech.n >= sizeof s->auth.method || !mech_known(s, mech))
        failed = report(s, PERM, "Invalid authentication mechanism", &s->auth.user);
    else
        failed = run(s, initial, &text);
    mem_wipe(text.p, text.cap);
    buf_done(&text);
    if (!s->auth.done)
        smtpd_auth_forget(s);
    return failed;
}

void smtpd_auth_forget(struct smtpd *s)
{
    s->auth.done = false;
    s->auth.method[0] = 0;
    buf_reset(&s->auth.user);
}
