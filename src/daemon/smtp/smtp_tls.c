/* smtp_tls.c - what TLS towards a server must be, and whether it was that
 *
 * Level and attributes come from smtp_tls_policy_maps by next hop, else from
 * the old per-site table, else from smtp_tls_security_level. A level that this build
 * cannot provide becomes one that is at least as strict, or mail waits; never less.
 * RFC 3207, 6125 (names), 8446 and 5246.  Input: tables; certificates of anybody.
 * Runs in: smtp, lmtp; files are read before the jail.  Feature: TLS.
 * Parameters: smtp_tls_*, smtp_use_tls, smtp_enforce_tls.
 * Tests: tests/unit/smtp_dest_test.c, tests/client/
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
#include "service/tls_settings.h"

enum {
    CONFIGS_MAX = 8,   /* combinations of protocols and ciphers */
    RESUME_MAX = 8,    /* servers whose sessions can be resumed */
    TICKET_MAX = 8192,
    NAMES_MAX = 16,
};

struct config {
    char *key;          /* protocols, ciphers, exclude */
    struct tls_config *config;
};

struct resumable {
    char key[SMTP_NAMADDR + 300];
    struct buf session;
    int64_t until;      /* clock_ms */
};

static struct {
    struct maps *policy, *per_site;
    struct config configs[CONFIGS_MAX];
    size_t config_n;
    struct resumable *resume;
    size_t resume_next;
    bool unusable;       /* files could not be read */
} tls;

static const struct { const char *name; enum smtp_tls_level level; } levels[] = {
    { "none", LEVEL_NONE }, { "may", LEVEL_MAY }, { "encrypt", LEVEL_ENCRYPT }, { "fingerprint", LEVEL_FINGERPRINT },
    { "verify", LEVEL_VERIFY }, { "secure", LEVEL_SECURE }, { "dane", LEVEL_DANE }, { "dane-only", LEVEL_DANE_ONLY },
};

const char *smtp_tls_level_name(enum smtp_tls_level level)
{
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (levels[i].level == level)
            return levels[i].name;
    return "invalid";
}

static enum smtp_tls_level level_of(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (str_eq_case(name, levels[i].name))
            return levels[i].level;
    return LEVEL_INVALID;
}

/* --- settings --- */

static enum smtp_tls_level default_level(void)
{
    const char *text = smtp_str(P_smtp_tls_security_level);
    enum smtp_tls_level level;

    if (*text) {
        level = level_of(str_of(text));
        if (level == LEVEL_INVALID)
            log_fatal("invalid tls security level: \"%s\"", text);
        return level;
    }
    if (smtp_bool(P_smtp_enforce_tls))
        return smtp_bool(P_smtp_tls_enforce_peername) ? LEVEL_VERIFY : LEVEL_ENCRYPT;
    return smtp_bool(P_smtp_use_tls) ? LEVEL_MAY : LEVEL_NONE;
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

/* smtp_tls_trust_anchor_file takes the place of the other two; the system's store only fills a gap. */
static void set_cas(struct tls_options *opt)
{
    const char *anchors = smtp_str(P_smtp_tls_trust_anchor_file);

    if (*anchors) {
        opt->ca_file = anchors;
        return;
    }
    opt->ca_file = or_null(smtp_str(P_smtp_tls_CAfile));
    opt->ca_path = or_null(smtp_str(P_smtp_tls_CApath));
}

/* What this library cannot do at all is said once. */
static void warn_dsa(void)
{
    if (*smtp_str(P_smtp_tls_dcert_file) || *smtp_str(P_smtp_tls_dkey_file))
        log_warn("%s: DSA certificates are not supported, ignored", smtp_par_name(P_smtp_tls_dcert_file));
}

/* NULL when the files cannot be used; that has been logged. */
static struct tls_config *get_config(const char *protocols, const char *ciphers, const char *exclude)
{
    char *key = mem_printf("%s|%s|%s", protocols, ciphers, exclude);
    struct tls_options opt = { .verify = TLS_VERIFY_OPTIONAL, .protocols = protocols, .ciphers = ciphers,
                               .exclude_ciphers = exclude, .depth = (int)smtp_num(P_smtp_tls_scert_verifydepth) + 3 };
    struct tls_config *c;
    struct why why = { .dsn = "" };

    for (size_t i = 0; i < tls.config_n; i++) {
        if (!strcmp(tls.configs[i].key, key)) {
            free(key);
            return tls.configs[i].config;
        }
    }
    if (tls.config_n) {
        opt.files_of = tls.configs[0].config;
    } else {
        set_cas(&opt);
        opt.chain_files = tls_settings_files(smtp_str(P_smtp_tls_chain_files));
        opt.cert_file = or_null(smtp_str(P_smtp_tls_cert_file));
        opt.key_file = or_null(smtp_str(P_smtp_tls_key_file));
        opt.eccert_file = or_null(smtp_str(P_smtp_tls_eccert_file));
        opt.eckey_file = or_null(smtp_str(P_smtp_tls_eckey_file));
    }
    tls_settings(&opt);
    c = tls.unusable || tls.config_n == CONFIGS_MAX ? NULL : tls_config_new(&opt, &why);
    if (!c) {
        log_warn("%s: disabling TLS support", why.text[0] ? why.text : "too many combinations of TLS settings");
        free(key);
        return NULL;
    }
    tls.configs[tls.config_n++] = (struct config){ key, c };
    return c;
}

/* Protocols and ciphers for a policy: its own, else the global ones of its kind. */
static struct tls_config *config_for(const struct smtp_policy *p)
{
    bool must = p->level > LEVEL_MAY;
    const char *protocols = smtp_str(must ? P_smtp_tls_mandatory_protocols : P_smtp_tls_protocols);
    const char *ciphers = smtp_str(must ? P_smtp_tls_mandatory_ciphers : P_smtp_tls_ciphers);
    char *exclude = mem_printf("%s %s %s", smtp_str(P_smtp_tls_exclude_ciphers),
                               must ? smtp_str(P_smtp_tls_mandatory_exclude_ciphers) : "", p->exclude);
    struct tls_config *c = get_config(p->protocols[0] ? p->protocols : protocols, p->ciphers[0] ? p->ciphers : ciphers,
                                      *str_trim(str_of(exclude)).p ? exclude : "");

    free(exclude); /* tls_config_new has taken what it needs */
    return c;
}

bool smtp_tls_ready(const struct smtp_policy *p)
{
    return config_for(p) != NULL;
}

void smtp_tls_init(void)
{
    const char *policy = smtp_str(P_smtp_tls_policy_maps), *site = smtp_str(P_smtp_tls_per_site);
    enum smtp_tls_level level = default_level();
    struct smtp_policy p = { .level = level };
    struct tls_config *c;

    if (*policy)
        tls.policy = maps_open(smtp_par_name(P_smtp_tls_policy_maps), policy, MAP_FOLD);
    else if (*site)
        tls.per_site = maps_open(smtp_par_name(P_smtp_tls_per_site), site, MAP_FOLD);
    if (level == LEVEL_NONE && !tls.policy && !tls.per_site)
        return;
    if (level == LEVEL_DANE || level == LEVEL_DANE_ONLY)
        log_warn("%s: DANE is not in this build: %s", smtp_par_name(P_smtp_tls_security_level),
                 level == LEVEL_DANE ? "TLS is required without it" : "mail is deferred");
    warn_dsa();
    c = config_for(&p);
    tls.unusable = c == NULL;
    if (c)
        tls_settings_ignored(c);
    if (*smtp_str(P_smtp_tls_session_cache_database))
        tls.resume = mem_new_array(RESUME_MAX, sizeof *tls.resume);
}

/* --- policy --- */

void smtp_tls_nexthop_domain(const char *nexthop, char out[DNS_NAME])
{
    struct str rest = str_of(nexthop), first, host, port;
    bool literal;

    if (str_word(&rest, STR_LIST_SEPS, &first) != OK || sock_split(first, &host, &port, &literal) != OK)
        host = (struct str){ nexthop, 0 };
    snprintf(out, DNS_NAME, "%.*s", (int)host.n, host.p);
}

static enum result store(char *to, size_t size, struct str value, bool add, char sep)
{
    size_t n = add ? strlen(to) : 0;

    if (n + value.n + 2 > size)
        return PERM;
    if (n)
        to[n++] = sep;
    memcpy(to + n, value.p, value.n);
    to[n + value.n] = 0;
    return OK;
}

static bool attribute_fits(struct str name, enum smtp_tls_level level)
{
    if (str_eq_case(name, "match"))
        return level == LEVEL_FINGERPRINT || level == LEVEL_VERIFY || level == LEVEL_SECURE;
    return level > LEVEL_NONE;
}

static enum result set_attribute(struct smtp_policy *out, struct str name, struct str value)
{
    if (str_eq_case(name, "protocols"))
        return store(out->protocols, sizeof out->protocols, value, false, 0);
    if (str_eq_case(name, "ciphers"))
        return store(out->ciphers, sizeof out->ciphers, value, false, 0);
    if (str_eq_case(name, "exclude"))
        return store(out->exclude, sizeof out->exclude, value, false, 0);
    if (str_eq_case(name, "servername"))
        return store(out->servername, sizeof out->servername, value, false, 0);
    if (str_eq_case(name, "match"))
        return store(out->names, sizeof out->names, value, true, out->level == LEVEL_FINGERPRINT ? '|' : ':');
    if (str_eq_case(name, "connection_reuse")) {
        out->reuse = str_eq_case(value, "yes");
        return out->reuse || str_eq_case(value, "no") ? OK : PERM;
    }
    if (str_eq_case(name, "enable_rpk") || str_begins_case(name, "policy_") || str_eq_case(name, "mx_host_pattern"))
        return OK; /* MTA-STS plugins describe themselves here */
    return NONE;
}

enum result smtp_tls_parse_policy(const char *table, const char *key, const char *value, struct smtp_policy *out)
{
    struct str rest = str_of(value), word;
    enum result r = OK;

    if (str_word(&rest, STR_LIST_SEPS, &word) != OK) {
        log_warn("%s: invalid empty policy", table);
        return PERM;
    }
    out->level = level_of(word);
    if (out->level == LEVEL_INVALID) {
        log_warn("%s: invalid security level \"%.*s\"", table, (int)word.n, word.p);
        return PERM;
    }
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        struct str inside = word, name, attr;
        size_t at;

        if (str_unbrace(word, &inside) == OK)
            word = inside;
        at = str_find(word, '=');
        name = str_trim((struct str){ word.p, at });
        attr = at < word.n ? str_trim((struct str){ word.p + at + 1, word.n - at - 1 }) : (struct str){ word.p, 0 };
        if (!attr.n)
            log_warn("%s: attribute \"%.*s\" has empty value", table, (int)name.n, name.p);
        else if (!attribute_fits(name, out->level))
            log_warn("%s: attribute \"%.*s\" invalid at security level \"%s\"", table, (int)name.n, name.p,
                     smtp_tls_level_name(out->level));
        else if ((r = set_attribute(out, name, attr)) == NONE)
            log_warn("%s: invalid attribute name: \"%.*s\"", table, (int)name.n, name.p);
        else if (r != OK)
            log_warn("%s: attribute \"%.*s\" has bad value: \"%.*s\"", table, (int)name.n, name.p, (int)attr.n, attr.p);
        else
            continue;
        log_warn("%s: the policy for %s cannot be used", table, key);
        return PERM;
    }
    return OK;
}

/* The next hop as it is written, then ".parent" of it: OK, NONE, TEMP (also for a policy that cannot be read). */
static enum result find_policy(const char *nexthop, struct smtp_policy *out)
{
    const char *key = nexthop, *from = NULL;
    struct buf value;
    enum result r;

    buf_init(&value, 4096);
    do
        r = maps_get(tls.policy, str_of(key), &value, &from);
    while (r == NONE && (key = strchr(key + 1, '.')) != NULL);
    if (r == OK && smtp_tls_parse_policy(from, key, value.p, out) != OK)
        r = TEMP;
    buf_done(&value);
    return r;
}

/* smtp_tls_per_site: the stricter of the answers for host and next hop. */
static enum result site_level(const char *key, enum smtp_tls_level *level)
{
    static const struct { const char *word; enum smtp_tls_level level; } words[] = {
        { "NONE", LEVEL_NONE }, { "MAY", LEVEL_MAY }, { "MUST_NOPEERMATCH", LEVEL_ENCRYPT }, { "MUST", LEVEL_VERIFY },
    };
    struct buf value;
    enum result r;

    buf_init(&value, 256);
    r = maps_get(tls.per_site, str_of(key), &value, NULL);
    for (size_t i = 0; r == OK && i < ARRAY_LEN(words); i++)
        if (str_eq_case(buf_view(&value), words[i].word) && words[i].level > *level)
            *level = words[i].level;
    if (r == OK && *level == LEVEL_INVALID) {
        log_warn("%s: unknown TLS policy '%s' for %s", smtp_par_name(P_smtp_tls_per_site), value.p, key);
        r = TEMP;
    }
    buf_done(&value);
    return r;
}

static enum result find_site(const char *nexthop, const char *host, struct smtp_policy *out)
{
    char domain[DNS_NAME];
    enum smtp_tls_level level = LEVEL_INVALID;
    enum result by_hop, by_host;

    smtp_tls_nexthop_domain(nexthop, domain);
    by_hop = site_level(domain, &level);
    by_host = site_level(host, &level);
    if (by_hop == TEMP || by_host == TEMP)
        return TEMP;
    if (level == LEVEL_INVALID)
        return NONE;
    out->level = level;
    return OK;
}

static enum result misconfigured(struct why *why)
{
    return why_set(why, "4.7.5", "client TLS configuration problem");
}

/* Levels that this build has not, and combinations that make no sense. */
static enum result settle(struct smtp_policy *p, const char *nexthop, bool unix_path, struct why *why)
{
    if (p->level == LEVEL_DANE) {
        log_warn("%s: dane configured, but no requisite library support", nexthop);
        p->level = LEVEL_ENCRYPT;
    }
    if (p->level == LEVEL_DANE_ONLY) {
        log_warn("%s: dane-only configured, but no requisite library support", nexthop);
        return misconfigured(why);
    }
    if (unix_path && p->level == LEVEL_MAY)
        p->level = LEVEL_NONE; /* nobody listens on a socket of this machine */
    if (!unix_path && p->level < LEVEL_ENCRYPT && smtp_bool(P_smtp_tls_wrappermode)) {
        log_warn("SMTPS wrappermode (TCP port 465) requires setting \"%s = yes\", and \"%s = encrypt\" (or stronger)",
                 smtp_par_name(P_smtp_tls_wrappermode), smtp_par_name(P_smtp_tls_security_level));
        return misconfigured(why);
    }
    if (p->level == LEVEL_FINGERPRINT && !p->names[0])
        snprintf(p->names, sizeof p->names, "%s", smtp_str(P_smtp_tls_fingerprint_cert_match));
    if (p->level == LEVEL_FINGERPRINT && !p->names[0]) {
        log_warn("nexthop domain %s: configured at fingerprint security level, but with no fingerprints to match.",
                 nexthop);
        return misconfigured(why);
    }
    if ((p->level == LEVEL_VERIFY || p->level == LEVEL_SECURE) && !p->names[0])
        snprintf(p->names, sizeof p->names, "%s",
                 smtp_str(p->level == LEVEL_VERIFY ? P_smtp_tls_verify_cert_match : P_smtp_tls_secure_cert_match));
    return OK;
}

enum result smtp_tls_policy(const char *nexthop, const char *host, bool unix_path, struct smtp_policy *out,
                            struct why *why)
{
    enum result r = NONE;

    *out = (struct smtp_policy){ .level = LEVEL_NONE };
    if (!ENABLE_TLS) {
        out->wanted = LEVEL_NONE;
        return OK;
    }
    out->reuse = smtp_bool(P_smtp_tls_connection_reuse);
    if (tls.policy)
        r = find_policy(nexthop, out);
    else if (tls.per_site)
        r = find_site(nexthop, host, out);
    if (r == TEMP)
        return misconfigured(why);
    if (r == NONE)
        out->level = default_level();
    r = settle(out, nexthop, unix_path, why);
    out->wanted = out->level;
    if (!out->servername[0])
        snprintf(out->servername, sizeof out->servername, "%s", smtp_str(P_smtp_tls_servername));
    out->loglevel = smtp_str(P_smtp_tls_loglevel)[0] - '0'; /* one digit, perhaps ",trace" */
    return r;
}

/* --- names and fingerprints --- */

/* "hostname, nexthop, dot-nexthop, .example.com" to what a certificate may contain. list is NULL-terminated, text
 * holds it. */
static void expand_names(const struct smtp_session *ss, const char *nexthop, const char **list, char *text, size_t size)
{
    struct str rest = str_of(ss->tls.names), word;
    char domain[DNS_NAME];
    size_t n = 0;

    smtp_tls_nexthop_domain(nexthop, domain);
    while (n < NAMES_MAX && str_word(&rest, ":, \t\r\n", &word) == OK) {
        int len;

        if (str_eq_case(word, "hostname"))
            len = snprintf(text, size, "%s", ss->host);
        else if (str_eq_case(word, "nexthop"))
            len = snprintf(text, size, "%s", domain);
        else if (str_eq_case(word, "dot-nexthop"))
            len = snprintf(text, size, ".%s", domain);
        else
            len = snprintf(text, size, "%.*s", (int)word.n, word.p);
        if (len <= 0 || (size_t)len >= size)
            break;
        list[n++] = text;
        text += len + 1;
        size -= (size_t)len + 1;
    }
    list[n] = NULL;
}

static bool fingerprint_matches(const struct smtp_session *ss)
{
    const char *digest = smtp_str(P_smtp_tls_fingerprint_digest);
    char found[2][CRYPTO_MAX_HASH * 3 + 1];
    bool have[2];
    struct str rest = str_of(ss->tls.names), word;

    if (param_compat(P_smtp_tls_fingerprint_digest, "3.6"))
        log_info("using backwards-compatible default setting smtp_tls_fingerprint_digest=md5 to compute certificate "
                 "fingerprints");
    for (int key = 0; key < 2; key++)
        have[key] = tls_fingerprint(&ss->s, digest, key, found[key], sizeof found[key]) == OK;
    while (str_word(&rest, "|, \t\r\n", &word) == OK)
        for (int key = 0; key < 2; key++)
            if (have[key] && str_eq_case(word, found[key]))
                return true;
    return false;
}

/* --- resumption --- */

/* Only a session that was checked in the same way may be resumed. */
static void resume_key(const struct smtp_session *ss, char *out, size_t size)
{
    snprintf(out, size, "%s %d %08lx %s", ss->relay, ss->tls.level,
             (unsigned long)num_crc32(0, ss->tls.names, strlen(ss->tls.names)),
             ss->tls.servername);
}

static struct resumable *find_resumable(const char *key)
{
    for (size_t i = 0; tls.resume && i < RESUME_MAX; i++)
        if (!strcmp(tls.resume[i].key, key))
            return &tls.resume[i];
    return NULL;
}

void smtp_tls_remember(const struct smtp_session *ss)
{
    char key[sizeof ((struct resumable *)0)->key];
    struct resumable *r;

    if (!tls.resume || ss->dead)
        return;
    resume_key(ss, key, sizeof key);
    r = find_resumable(key);
    if (!r)
        r = &tls.resume[tls.resume_next++ % RESUME_MAX];
    if (!r->session.max)
        buf_init(&r->session, TICKET_MAX);
    buf_reset(&r->session);
    snprintf(r->key, sizeof r->key, "%s", key);
    r->until = clock_ms() + smtp_num(P_smtp_tls_session_cache_timeout) * 1000;
    if (tls_save_session(&ss->s, &r->session) != OK)
        r->key[0] = 0;
}

/* --- handshake --- */

static const char *trust_word(const struct smtp_session *ss, const struct tls_peer *p)
{
    if (!p->cert_present)
        return "Anonymous";
    if (ss->verified)
        return "Verified";
    return p->chain_trusted ? "Trusted" : "Untrusted";
}

static void log_session(const struct smtp_session *ss, const char *sni)
{
    const struct tls_peer *p = tls_peer(&ss->s);
    char kex[TLS_KEX_TEXT];

    if (ss->tls.loglevel < 1)
        return;
    tls_kex_text(p, kex);
    log_info("%s TLS connection %s to %s%s%s: %s with cipher %s (%d/%d bits)%s", trust_word(ss, p),
             p->reused ? "reused" : "established", ss->relay, sni ? ": " : "", sni ? sni : "", p->protocol, p->cipher,
             p->bits_used, p->bits_alg, kex);
}

/* What the level asks of the certificate. */
static enum result check_peer(struct smtp_session *ss, struct why *why)
{
    const struct tls_peer *p = tls_peer(&ss->s);
    bool by_name = ss->tls.level == LEVEL_VERIFY || ss->tls.level == LEVEL_SECURE;

    if (by_name)
        ss->verified = p->cert_present && p->chain_trusted && p->name_matched;
    else if (ss->tls.level == LEVEL_FINGERPRINT)
        ss->verified = p->cert_present && fingerprint_matches(ss);
    else
        return OK;
    if (ss->verified)
        return OK;
    log_info("certificate verification failed for %s: %s", ss->relay,
             p->untrusted_reason ? p->untrusted_reason : "not trusted by local policy");
    return why_set(why, "4.7.5", "Server certificate not verified");
}

static const char *server_name(const struct smtp_session *ss, const char *nexthop, char domain[DNS_NAME])
{
    const char *how = ss->tls.servername;
    struct sock_addr a;

    if (!*how)
        return NULL;
    if (!strcmp(how, "nexthop")) {
        smtp_tls_nexthop_domain(nexthop, domain);
        how = domain;
    } else if (!strcmp(how, "hostname"))
        how = ss->host;
    return sock_parse_addr(str_of(how), 0, &a) == OK ? NULL : how; /* RFC 6066 section 3: no literal addresses */
}

enum result smtp_tls_start(struct smtp_session *ss, const char *nexthop, struct why *why)
{
    const char *names[NAMES_MAX + 1] = { NULL };
    char text[2048], domain[DNS_NAME], key[sizeof ((struct resumable *)0)->key];
    struct tls_start start = { .config = config_for(&ss->tls), .timeout_ms = ss->s.timeout_ms };
    struct resumable *saved;
    struct why detail = { .dsn = "" };
    enum result r;

    if (!start.config)
        return why_set(why, "4.7.5", ss->tls.level > LEVEL_MAY ? "TLS is required, but our TLS engine is unavailable"
                                                               : "our TLS engine is unavailable");
    if (ss->tls.level == LEVEL_VERIFY || ss->tls.level == LEVEL_SECURE) {
        expand_names(ss, nexthop, names, text, sizeof text);
        start.names = names;
    }
    start.sni = server_name(ss, nexthop, domain);
    resume_key(ss, key, sizeof key);
    saved = find_resumable(key);
    if (saved && saved->until > clock_ms()) {
        start.resume = saved->session.p;
        start.resume_n = saved->session.n;
    }
    if (tls_handshake(&ss->s, &start, &detail) != OK) {
        log_info("SSL_connect error to %s: %s", ss->relay, detail.text);
        return why_set(why, "4.7.5", "Cannot start TLS: handshake failure");
    }
    r = check_peer(ss, why);
    log_session(ss, start.sni);
    return r;
}
