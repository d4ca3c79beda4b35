/* smtpd_tls.c - STARTTLS and wrapper mode
 *
 * Nothing that came in plain text survives the handshake: HELO, transaction and
 * login are forgotten, buffered input is thrown away.
 * Runs in: smtpd; keys are read before the jail.  RFC 3207, RFC 8446.
 * Parameters: smtpd_tls.def.  Feature: TLS.  Tests: tests/smtp/starttls-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/smtp_text.h"
#include "map/map.h"
#include "net/crypto.h"
#include "net/tls.h"
#include "param/param.h"
#include "service/ticket.h"
#include "service/tls_settings.h"

enum { SNI_MAX = 64 * 1024 }; /* keys and certificates for a name, in base64 */

enum level { LEVEL_NONE, LEVEL_MAY, LEVEL_ENCRYPT };

static struct tls_config *config;
static enum level level;
static struct maps *sni_maps, *loglevel_maps;
static struct ticket_keys tickets;

/* The number in front of "1,trace". */
static int level_in(const char *text)
{
    return chr_is_digit(*text) ? *text - '0' : 0;
}

static enum level level_of(const char *text)
{
    if (!*text)
        return par_smtpd_enforce_tls() ? LEVEL_ENCRYPT : par_smtpd_use_tls() ? LEVEL_MAY : LEVEL_NONE;
    if (strcmp(text, "none") == 0)
        return LEVEL_NONE;
    if (strcmp(text, "may") == 0)
        return LEVEL_MAY;
    if (strcmp(text, "encrypt") == 0)
        return LEVEL_ENCRYPT;
    if (strcmp(text, "verify") == 0 || strcmp(text, "secure") == 0 || strcmp(text, "fingerprint") == 0 ||
        strcmp(text, "dane") == 0 || strcmp(text, "dane-only") == 0) {
        log_warn("smtpd_tls_security_level: unsupported level \"%s\", using \"encrypt\"", text);
        return LEVEL_ENCRYPT;
    }
    log_fatal("invalid TLS level \"%s\" for smtpd_tls_security_level", text);
}

static const char *file_or_null(const char *path)
{
    return *path && strcmp(path, "none") != 0 ? path : NULL;
}

/* The name, then its parents with a dot in front. */
static const char *sni_chain(const char *name, void *arg)
{
    static struct buf answer;
    enum result r;

    if (!answer.p)
        buf_init(&answer, SNI_MAX);
    do
        r = maps_get(sni_maps, str_of(name), &answer, NULL);
    while (r == NONE && (name = strchr(name + 1, '.')) != NULL);
    return r == OK ? answer.p : r == NONE ? NULL : ""; /* "" cannot be used, which ends the handshake */
}

/* Files that tables name are read while that is allowed. Tables that postmap makes have the content. */
static void learn_names(void)
{
    struct str rest = str_of(par_tls_server_sni_maps()), word, key, value;

    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        char *spec = mem_dup_n(word.p, word.n), *type = mem_dup_n(word.p, str_find(word, ':'));
        struct map *m = map_open(spec, MAP_FOLD);
        size_t at = 0;

        while (!map_is_cdb(type) && map_each(m, &at, &key, &value) == OK) {
            char *files = mem_dup_n(value.p, value.n);

            if (files[0] == '/')
                tls_config_learn(config, files);
            free(files);
        }
        free(type);
        free(spec);
    }
}

static const char *groups(void)
{
    const char *grade = par_smtpd_tls_eecdh_grade();

    if (strcmp(grade, "auto") != 0 && strcmp(grade, "strong") != 0 && strcmp(grade, "ultra") != 0 &&
        strcmp(grade, "none") != 0) {
        log_warn("smtpd_tls_eecdh_grade: invalid value \"%s\", using \"auto\"", grade);
        grade = "auto";
    }
    return tls_settings_groups(grade);
}

/* What is left out at this level; it lives as long as the process. */
static const char *exclusions(bool must)
{
    return mem_printf("%s %s %s", par_smtpd_tls_exclude_ciphers(),
                      must ? par_smtpd_tls_mandatory_exclude_ciphers() : "",
                      strcmp(par_smtpd_tls_eecdh_grade(), "none") == 0 ? "kEECDH" : "");
}

static void fill_options(struct tls_options *o)
{
    bool must = level == LEVEL_ENCRYPT;

    o->server = true;
    o->verify = must && par_smtpd_tls_req_ccert() ? TLS_VERIFY_REQUIRED
              : par_smtpd_tls_ask_ccert() || par_smtpd_tls_req_ccert() ? TLS_VERIFY_OPTIONAL : TLS_VERIFY_NONE;
    o->ca_file = file_or_null(par_smtpd_tls_CAfile());
    o->ca_path = file_or_null(par_smtpd_tls_CApath());
    o->chain_files = tls_settings_files(par_smtpd_tls_chain_files());
    if (!o->chain_files) {
        o->cert_file = file_or_null(par_smtpd_tls_cert_file());
        o->key_file = file_or_null(par_smtpd_tls_key_file());
        o->eccert_file = file_or_null(par_smtpd_tls_eccert_file());
        o->eckey_file = file_or_null(par_smtpd_tls_eckey_file());
    }
    o->protocols = par_smtpd_tls_protocols();
    o->mandatory_protocols = must ? par_smtpd_tls_mandatory_protocols() : NULL;
    o->ciphers = must ? par_smtpd_tls_mandatory_ciphers() : par_smtpd_tls_ciphers();
    o->exclude_ciphers = exclusions(must);
    o->groups = groups();
    o->depth = (int)par_smtpd_tls_ccert_verifydepth() + 3; /* one between counts as none, nor does the root */
    o->any_purpose = par_tls_trust_server_ccerts();
    o->ticket_lifetime = (int)par_smtpd_tls_session_cache_timeout();
    o->tickets = o->ticket_lifetime > 0 && *par_tls_session_ticket_cipher();
    tls_settings(o);
    if (*par_tls_server_sni_maps()) {
        sni_maps = maps_open("tls_server_sni_maps", par_tls_server_sni_maps(), MAP_FOLD);
        o->sni_chain = sni_chain;
    }
}

/* The processes of a service share the keys, so that a client can go on with any of them. */
static void renew_tickets(void)
{
    int lifetime = (int)par_smtpd_tls_session_cache_timeout();

    if (lifetime > 0 && ticket_keys(&tickets, lifetime))
        tls_config_tickets(config, tickets.current, tickets.has_previous ? tickets.previous : NULL);
}

/* Settings that ask for what cannot be. */
static void check_settings(void)
{
    if (par_smtpd_tls_req_ccert() && level != LEVEL_ENCRYPT)
        log_warn("Can't require client certs unless TLS is required");
    if (*par_smtpd_tls_dcert_file() || *par_smtpd_tls_dkey_file())
        log_warn("smtpd_tls_dcert_file: DSA certificates are not supported by the TLS library, ignored");
    if (*par_tls_session_ticket_cipher() && strcmp(par_tls_session_ticket_cipher(), "aes-256-cbc") != 0)
        log_warn("tls_session_ticket_cipher = %s: tickets are encrypted with AES-256-GCM",
                 par_tls_session_ticket_cipher());
}

void smtpd_tls_init(void)
{
    struct tls_options o = { .server = true };
    struct why why = { .dsn = "" };

    level = level_of(par_smtpd_tls_security_level());
    if (par_smtpd_tls_wrappermode() && level == LEVEL_NONE)
        level = LEVEL_ENCRYPT;
    if (level == LEVEL_NONE)
        return;
    check_settings();
    if (*par_smtpd_tls_loglevel_maps())
        loglevel_maps = maps_open("smtpd_tls_loglevel_maps", par_smtpd_tls_loglevel_maps(), MAP_FOLD);
    if (level_in(par_smtpd_tls_loglevel()) > 1)
        log_info("initializing the server-side TLS engine");
    fill_options(&o);
    if (!o.chain_files && !o.cert_file && !o.eccert_file) {
        log_warn("No server certs available. TLS won't be enabled");
        return;
    }
    config = tls_config_new(&o, &why);
    if (!config) {
        log_warn("TLS is not available: %s", why.text);
        return;
    }
    tls_settings_ignored(config);
    if (o.sni_chain)
        learn_names();
}

bool smtpd_tls_active(const struct smtpd *s)
{
    return s->io.tls != NULL;
}

bool smtpd_tls_offered(const struct smtpd *s)
{
    return level != LEVEL_NONE && config && !s->io.tls && !s->stand_alone;
}

bool smtpd_tls_required(void)
{
    return level == LEVEL_ENCRYPT;
}

/* This client's smtpd_tls_loglevel. */
static int log_level(const struct smtpd *s)
{
    static struct buf found;
    enum result r = NONE;

    if (loglevel_maps) {
        if (!found.p)
            buf_init(&found, 64);
        r = maps_get(loglevel_maps, str_of(s->peer.name), &found, NULL);
        if (r == NONE)
            r = maps_get(loglevel_maps, str_of(s->peer.addr), &found, NULL);
    }
    return level_in(r == OK ? found.p : par_smtpd_tls_loglevel());
}

static void log_certificate(struct smtpd *s, const struct tls_peer *p)
{
    char cert[3 * CRYPTO_MAX_HASH + 1], key[3 * CRYPTO_MAX_HASH + 1];

    if (p->cert_present && smtpd_tls_fingerprint(s, false, cert, sizeof cert) == OK &&
        smtpd_tls_fingerprint(s, true, key, sizeof key) == OK)
        log_info("%s: subject_CN=%s, issuer=%s, fingerprint=%s, pkey_fingerprint=%s", s->peer.label,
                 p->subject_cn ? p->subject_cn : "", p->issuer_cn ? p->issuer_cn : "", cert, key);
}

/* log_formats section 7 */
static void log_established(struct smtpd *s, const struct tls_peer *p)
{
    char kex[TLS_KEX_TEXT];

    tls_kex_text(p, kex);
    log_info("%s TLS connection %s from %s: %s with cipher %s (%d/%d bits)%s",
             !p->cert_present   ? "Anonymous"
             : p->chain_trusted ? "Trusted"
                                : "Untrusted",
             p->reused ? "reused" : "established", s->peer.label, p->protocol, p->cipher, p->bits_used, p->bits_alg,
             kex);
}

/* With req_ccert at level encrypt a session without a trusted certificate is of no use. */
static bool certificate_missing(const struct tls_peer *p)
{
    return level == LEVEL_ENCRYPT && par_smtpd_tls_req_ccert() && (!p->cert_present || !p->chain_trusted);
}

enum result smtpd_tls_accept(struct smtpd *s)
{
    struct tls_start start = { .config = config, .timeout_ms = (int)(par_smtpd_starttls_timeout() * 1000) };
    struct why why = { .dsn = "" };
    const struct tls_peer *p;
    int verbosity = log_level(s);

    if (config)
        renew_tickets();
    if (verbosity > 1)
        log_info("setting up TLS connection from %s", s->peer.label);
    if (!config || tls_handshake(&s->io, &start, &why) != OK) {
        log_info("SSL_accept error from %s: %s", s->peer.label, config ? why.text : "no certificate");
        s->reason = "lost connection";
        s->hangup = true;
        return TEMP;
    }
    p = tls_peer(&s->io);
    if (verbosity > 1)
        log_certificate(s, p);
    if (verbosity > 0)
        log_established(s, p);
    if (!p->reused && !s->stand_alone && smtpd_limits_count(s, LIMIT_TLS) != OK) {
        smtpd_reply(s, "421 4.7.0 %s Error: too many new TLS sessions from %s", par_myhostname(), s->peer.label);
        return TEMP;
    }
    if (certificate_missing(p)) {
        log_info("NOQUEUE: abort: TLS from %s: %s", s->peer.label,
                 p->cert_present ? "Client certificate not trusted" : "No client certificate presented");
        smtpd_reply(s, "421 4.7.1 %s Error: TLS client certificate required", par_myhostname());
        return TEMP;
    }
    return OK;
}

static int fail(struct smtpd *s, const char *reply)
{
    smtpd_reply(s, "%s", reply);
    return -1;
}

int smtpd_starttls(struct smtpd *s, struct str rest)
{
    if (rest.n)
        return fail(s, "501 5.5.4 Syntax: STARTTLS");
    if (s->stand_alone || level == LEVEL_NONE || (smtpd_verb_hidden(s) & EHLO_STARTTLS))
        return fail(s, "502 5.5.1 Error: command not implemented");
    if (s->io.tls)
        return fail(s, "554 5.5.1 Error: TLS already active");
    if (!config)
        return fail(s, "454 4.7.0 TLS not available due to local problem");
    if (smtpd_limits_look(s, LIMIT_TLS) != OK) {
        smtpd_reply(s, "454 4.7.0 Error: too many new TLS sessions from %s", s->peer.label);
        return -1;
    }
    smtpd_reply(s, "220 2.0.0 Ready to start TLS");
    if (stream_flush(&s->io) != OK) {
        s->hangup = true;
        return -1;
    }
    s->io.in_at = s->io.in_n = 0; /* injected plain text */
    if (smtpd_tls_accept(s) != OK) {
        s->hangup = true;
        return -1;
    }
    smtpd_forget(s);
    return 0;
}

void smtpd_tls_received(struct smtpd *s, struct buf *out)
{
    const struct tls_peer *p = s->io.tls ? tls_peer(&s->io) : NULL;
    char kex[TLS_KEX_TEXT];

    if (!p)
        return;
    buf_printf(out, "\t(using %s with cipher %s (%d/%d bits)", p->protocol, p->cipher, p->bits_used, p->bits_alg);
    tls_kex_text(p, kex);
    if (kex[0])
        buf_printf(out, "\r\n\t%s", kex);
    buf_puts(out, ")\r\n");
    if (p->cert_present) {
        buf_puts(out, "\t(Client CN \"");
        smtpd_parse_comment(out, p->subject_cn);
        buf_puts(out, "\", Issuer \"");
        smtpd_parse_comment(out, p->issuer_cn);
        buf_printf(out, "\" (%s))\r\n", p->chain_trusted ? "verified OK" : "not verified");
    } else {
        buf_printf(out, "\t(%s)\r\n",
                   par_smtpd_tls_ask_ccert() || par_smtpd_tls_req_ccert() ? "Client did not present a certificate"
                                                                          : "No client certificate requested");
    }
}

enum result smtpd_tls_fingerprint(const struct smtpd *s, bool public_key, char *out, size_t cap)
{
    if (!s->io.tls)
        return PERM;
    if (param_compat(P_smtpd_tls_fingerprint_digest, "3.6"))
        log_info("using backwards-compatible default setting smtpd_tls_fingerprint_digest=md5 to compute certificate "
                 "fingerprints");
    return tls_fingerprint(&s->io, par_smtpd_tls_fingerprint_digest(), public_key, out, cap);
}

bool smtpd_tls_trusted(const struct smtpd *s)
{
    return s->io.tls && tls_peer(&s->io)->chain_trusted;
}

/* The name in a certificate that a configured authority vouches for. */
static void policy_name(struct buf *b, void (*attr)(struct buf *b, const char *name, const char *value),
                        const char *attribute, const struct tls_peer *p, const char *name)
{
    struct buf text;

    buf_init(&text, 1024);
    if (p && p->chain_trusted && name)
        xtext_encode(&text, str_of(name), false);
    attr(b, attribute, text.n ? text.p : "");
    buf_done(&text);
}

void smtpd_tls_policy(const struct smtpd *s, struct buf *b,
                      void (*attr)(struct buf *b, const char *name, const char *value))
{
    const struct tls_peer *p = s->io.tls ? tls_peer(&s->io) : NULL;
    char bits[16], print[256];

    policy_name(b, attr, "ccert_subject", p, p ? p->subject_cn : NULL);
    policy_name(b, attr, "ccert_issuer", p, p ? p->issuer_cn : NULL);
    attr(b, "ccert_fingerprint", smtpd_tls_fingerprint(s, false, print, sizeof print) == OK ? print : "");
    attr(b, "ccert_pubkey_fingerprint", smtpd_tls_fingerprint(s, true, print, sizeof print) == OK ? print : "");
    snprintf(bits, sizeof bits, "%d", p ? p->bits_used : 0);
    attr(b, "encryption_protocol", p ? p->protocol : "");
    attr(b, "encryption_cipher", p ? p->cipher : "");
    attr(b, "encryption_keysize", bits);
    attr(b, "tls_sni", p && p->sni ? p->sni : "");
}
