/* posttls_finger.c - what TLS another server offers, and whether it would pass a policy
 *
 * Speaks to one server of the destination, up to the first that answers, as the
 * SMTP client would, sends no mail, and tells what it saw on standard error.
 * No tables, no policy: everything comes from the options.
 * Runs as: any user.  Trust: the server and its certificate are anybody's; what is shown is made printable.
 * RFC 3207, 5321.  Parameters: myhostname, smtp_tls_fingerprint_digest, those of service/tls_settings.h.
 * Feature: POSTTLS_FINGER.  Tests: tests/tls/test_finger.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "mail/smtp_text.h"
#include "net/crypto.h"
#include "net/dns.h"
#include "net/sock.h"
#include "net/stream.h"
#include "net/tls.h"
#include "param/param.h"
#include "service/service.h"
#include "service/tls_settings.h"

enum { LINE = 4096, REPLY = 64 * 1024, NAMES = 16, SERVERS = 64, TICKET = 8192, PRINT = 200, PEM_LINE = 48 };

enum level { LEVEL_NONE, LEVEL_MAY, LEVEL_ENCRYPT, LEVEL_FINGERPRINT, LEVEL_VERIFY, LEVEL_SECURE };

enum show { SHOW_SUMMARY = 1, SHOW_PEER = 2, SHOW_MATCH = 4, SHOW_CACHE = 8, SHOW_UNTRUSTED = 16 };

static struct finger {
    bool quiet, pem, lmtp, wrapper, use_dns, use_hosts;
    int family, connect_ms, command_ms, again_s, again_max;
    enum level level;
    unsigned show;
    const char *digest, *sni, *destination;
    char **match;
    struct tls_options opt;
    struct buf chain_files;
    struct tls_config *config;
    char *domain;               /* of the destination */
    char *host, *at;            /* whom we talk to: its name, and name[address]:port */
    struct stream s;
    struct buf reply;           /* the last one, a line each */
    struct buf session;         /* to resume */
    bool offers_tls;
    char server[256];           /* from its reply to EHLO */
} *f;

/* --- the dialogue --- */

static void show_line(const char *mark, struct str line)
{
    char *text = mem_dup_n(line.p, line.n);

    str_printable(text, true);
    if (!f->quiet)
        log_info("%s %s", mark, text);
    free(text);
}

/* The code of a whole reply, its lines in f->reply; 0: the connection is lost or this is no reply. */
static int get_reply(void)
{
    struct smtp_reply_line l;
    struct str line;
    bool crlf;

    buf_reset(&f->reply);
    do {
        if (stream_line(&f->s, &line, &crlf) != OK) {
            log_info("%s while talking to %s", f->s.err == STREAM_TIMEOUT ? "timeout" : "lost connection", f->at);
            return 0;
        }
        show_line("<", line);
        if (smtp_reply_parse(line, &l) != OK || !buf_str(&f->reply, line) || !buf_putc(&f->reply, '\n')) {
            log_info("no SMTP reply from %s", f->at);
            return 0;
        }
    } while (l.more);
    return l.code;
}

static int command(const char *verb, const char *arg)
{
    char *line = mem_printf("%s%s%s", verb, *arg ? " " : "", arg);

    show_line(">", str_of(line));
    stream_printf(&f->s, "%s\r\n", line);
    free(line);
    if (stream_flush(&f->s) != OK) {
        log_info("lost connection while talking to %s", f->at);
        return 0;
    }
    return get_reply();
}

static char *first_line(void)
{
    char *text = mem_dup_n(f->reply.p, str_find(buf_view(&f->reply), '\n'));

    str_printable(text, true);
    return text;
}

static bool refused(int code, const char *what)
{
    char *text;

    if (code / 100 == 2)
        return false;
    if (code) {
        text = first_line();
        log_info("%s: %s", what, text);
        free(text);
    }
    return true;
}

static bool hello(void)
{
    const char *verb = f->lmtp ? "LHLO" : "EHLO";
    struct str rest, line, word;
    bool first = true;

    if (refused(command(verb, par_myhostname()), f->lmtp ? "LHLO rejected" : "EHLO rejected"))
        return false;
    f->offers_tls = false;
    rest = buf_view(&f->reply);
    while (str_word(&rest, "\n", &line) == OK) {
        line = (struct str){ line.p + 4, line.n > 4 ? line.n - 4 : 0 };
        if (str_word(&line, " \r", &word) == OK && first)
            snprintf(f->server, sizeof f->server, "%.*s", (int)word.n, word.p);
        else if (str_eq_case(word, "STARTTLS"))
            f->offers_tls = true;
        first = false;
    }
    return true;
}

/* --- the handshake and what it tells --- */

static bool fingerprint_matches(const char *cert, const char *key)
{
    for (char **m = f->match; *m; m++) {
        struct str rest = str_of(*m), word;

        while (str_word(&rest, "| \t", &word) == OK)
            if (str_eq_case(word, cert) || str_eq_case(word, key))
                return true;
    }
    return false;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void print_certificate(const char *cert, const char *key)
{
    struct str der = tls_peer_certificate(&f->s);
    const struct tls_peer *p = tls_peer(&f->s);
    struct buf line;

    buf_init(&line, 2 * PEM_LINE);
    printf("\n---\nCertificate chain\n 0 subject: /CN=%s\n    issuer: /CN=%s\n", or_empty(p->subject_cn),
           or_empty(p->issuer_cn));
    printf("   cert digest=%s\n   pkey digest=%s\n-----BEGIN CERTIFICATE-----\n", cert, key);
    for (size_t i = 0; i < der.n; i += PEM_LINE) {
        buf_reset(&line);
        if (base64_encode(&line, (struct str){ der.p + i, der.n - i < PEM_LINE ? der.n - i : PEM_LINE }))
            puts(line.p);
    }
    buf_done(&line);
    printf("-----END CERTIFICATE-----\n");
    fflush(stdout);
}

static void tell_why(const struct tls_peer *p, bool by_fingerprint)
{
    const char *reason = or_empty(p->untrusted_reason);

    if (by_fingerprint || (p->chain_trusted && !p->name_matched))
        log_info("server certificate verification failed for %s: %s", f->at,
                 by_fingerprint ? "no fingerprint matches" : "num=62:hostname mismatch");
    else if (strncmp(reason, "untrusted", 9) == 0)
        log_info("certificate verification failed for %s: untrusted issuer /CN=%s", f->at, or_empty(p->issuer_cn));
    else
        log_info("%scertificate verification failed for %s: %s", strncmp(reason, "self", 4) == 0 ? "" : "server ",
                 f->at, reason);
}

static void tell(void)
{
    const struct tls_peer *p = tls_peer(&f->s);
    char cert[PRINT] = "", key[PRINT] = "", kex[TLS_KEX_TEXT];
    bool names = f->level >= LEVEL_VERIFY, verified;

    if (p->cert_present && (tls_fingerprint(&f->s, f->digest, false, cert, sizeof cert) != OK ||
                            tls_fingerprint(&f->s, f->digest, true, key, sizeof key) != OK))
        log_fatal("digest \"%s\" is not known", f->digest);
    verified = names ? p->chain_trusted && p->name_matched
                     : f->level == LEVEL_FINGERPRINT && p->cert_present && fingerprint_matches(cert, key);
    if (p->reused && (f->show & SHOW_CACHE))
        log_info("%s: Reusing old session", f->at);
    if (!verified && (f->level >= LEVEL_FINGERPRINT || (f->show & SHOW_UNTRUSTED)) && p->cert_present)
        tell_why(p, f->level == LEVEL_FINGERPRINT);
    if (verified && (f->show & SHOW_MATCH))
        log_info("%s: matched %s: %s", f->at, names ? "peername" : "fingerprint",
                 names ? or_empty(p->matched_name) : fingerprint_matches(cert, "") ? cert : key);
    if (p->cert_present && (f->show & (SHOW_MATCH | SHOW_PEER)))
        log_info("%s: subject_CN=%s, issuer_CN=%s, fingerprint=%s, pkey_fingerprint=%s", f->at, or_empty(p->subject_cn),
                 or_empty(p->issuer_cn), cert, key);
    tls_kex_text(p, kex);
    if (f->show & SHOW_SUMMARY)
        log_info("%s TLS connection established to %s: %s with cipher %s (%d/%d bits)%s",
                 !p->cert_present ? "Anonymous" : verified ? "Verified" : p->chain_trusted && !names ? "Trusted"
                                                                                            : "Untrusted",
                 f->at, p->protocol, p->cipher, p->bits_used, p->bits_alg, kex);
    if (f->pem && p->cert_present)
        print_certificate(cert, key);
}

static bool handshake(void)
{
    const char *names[NAMES + 1] = { NULL };
    struct tls_start start = { .config = f->config, .sni = f->sni, .timeout_ms = f->command_ms };
    struct why why = { .dsn = "" };
    char *below = mem_printf(".%s", f->domain);
    bool ok;

    for (int i = 0; i < NAMES && f->match[i] && f->level >= LEVEL_VERIFY; i++)
        names[i] = f->match[i];
    if (!names[0] && f->level == LEVEL_VERIFY)
        names[0] = f->host;
    if (!names[0] && f->level == LEVEL_SECURE) {
        names[0] = f->domain;
        names[1] = below;
    }
    if (names[0])
        start.names = names;
    start.resume = f->session.n ? f->session.p : NULL;
    start.resume_n = f->session.n;
    ok = tls_handshake(&f->s, &start, &why) == OK;
    if (ok)
        tell();
    else
        log_info("SSL_connect error to %s: %s", f->at, why.text);
    free(below);
    return ok;
}

/* One session. True when there is something to be tried again with -r. */
static bool talk(int fd)
{
    bool again = false;

    stream_init(&f->s, fd, LINE, LINE, f->connect_ms);
    if (!f->quiet)
        log_info("Connected to %s", f->at);
    if (f->wrapper && !handshake())
        goto end;
    if (refused(get_reply(), f->lmtp ? "LMTP service not available" : "SMTP service not available"))
        goto end;
    f->s.timeout_ms = f->command_ms;
    if (!hello())
        goto end;
    if (f->offers_tls && !f->wrapper && f->level > LEVEL_NONE) {
        if (refused(command("STARTTLS", ""), "STARTTLS rejected") || !handshake() || !hello())
            goto end;
    }
    (void)command("QUIT", "");
    if (f->s.tls && f->again_s > 0) {
        buf_reset(&f->session);
        again = tls_save_session(&f->s, &f->session) == OK;
        if (!again)
            log_info("Server session cannot be resumed.  Done reconnecting.");
    }
end:
    stream_done(&f->s);
    return again;
}

/* --- finding the server --- */

static int by_preference(const void *a, const void *b)
{
    const struct dns_record *const *x = a, *const *y = b;

    return (int)(*x)->pref - (int)(*y)->pref;
}

/* The names of the destination's servers, best first; their number. */
static size_t servers(const char *domain, bool literal, char *names[SERVERS])
{
    struct dns_query q = { .name = domain, .type = DNS_MX };
    struct dns_record *sorted[SERVERS];
    size_t n = 0;

    if (literal || !f->use_dns || f->lmtp) {
        names[0] = mem_dup(domain);
        return 1;
    }
    dns_ask(&q, 1, f->connect_ms);
    if (q.result == TEMP || q.result == PERM || (q.result == NONE && q.nxdomain)) {
        log_info("Destination address lookup failed: %s", q.why.text);
        return 0;
    }
    for (struct dns_record *r = q.records; r && n < SERVERS; r = r->next)
        if (r->type == DNS_MX)
            sorted[n++] = r;
    qsort(sorted, n, sizeof sorted[0], by_preference);
    for (size_t i = 0; i < n; i++)
        names[i] = mem_dup(sorted[i]->data);
    dns_free(q.records);
    if (!n)
        names[n++] = mem_dup(domain);
    if (!*names[0]) {
        log_info("Destination address lookup failed: %s accepts no mail (null MX)", domain);
        return 0;
    }
    return n;
}

static int connect_host(char *host, uint16_t port)
{
    struct dns_query q = { .name = host };
    char text[SOCK_ADDR_TEXT];
    int fd = -1;

    dns_host(&q, f->family, f->use_dns, f->use_hosts, f->connect_ms);
    if (q.result != OK)
        log_info("Destination address lookup failed: %s", q.why.text);
    for (struct dns_record *r = q.records; r && fd < 0; r = r->next) {
        sock_set_port(&r->addr, port);
        sock_text(&r->addr, text);
        free(f->at);
        f->at = mem_printf("%s[%s]:%u", host, text, port);
        fd = sock_connect(&r->addr, NULL, f->connect_ms);
        if (fd < 0)
            log_info("Failed to establish session to %s via %s: connect to %s: %s", f->destination, host, f->at,
                     strerror(errno));
    }
    dns_free(q.records);
    f->host = host;
    return fd;
}

static int connect_path(const char *path)
{
    int fd = sock_connect_unix(path, f->connect_ms);

    f->host = f->domain = mem_dup(par_myhostname());
    free(f->at);
    f->at = mem_printf("%s[%s]", f->host, path);
    if (fd < 0)
        log_info("Failed to establish session to %s: connect to %s: %s", f->destination, f->at, strerror(errno));
    return fd;
}

static int connect_any(void)
{
    const char *text = strncmp(f->destination, "inet:", 5) == 0 ? f->destination + 5 : f->destination;
    struct str host, port_text;
    char *names[SERVERS];
    bool literal;
    uint16_t port = f->lmtp ? 24 : f->wrapper ? 465 : 25;
    int fd = -1;

    if (f->lmtp && strncmp(text, "unix:", 5) == 0)
        return connect_path(text + 5);
    if (sock_split(str_of(text), &host, &port_text, &literal) != OK || !host.n ||
        (port_text.n && sock_parse_port(port_text, &port) != OK))
        log_fatal("bad destination: %s", f->destination);
    free(f->domain);
    f->domain = mem_dup_n(host.p, host.n);
    for (size_t i = 0, n = servers(f->domain, literal, names); i < n && fd < 0; i++)
        fd = connect_host(names[i], port);
    return fd;
}

/* --- options --- */

static NORETURN void usage(void)
{
    fprintf(stderr, "usage: posttls-finger [options] [inet:]domain[:port]|unix:path [match ...]\n");
    exit(1);
}

static enum level level_of(const char *name)
{
    static const char *const levels[] = { "none", "may", "encrypt", "fingerprint", "verify", "secure" };

    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (str_cmp_case(name, levels[i]) == 0)
            return (enum level)i;
    if (strncmp(name, "dane", 4) == 0) {
        log_warn("DANE is not in this program: the level is secure instead");
        return LEVEL_SECURE;
    }
    log_fatal("Invalid TLS level \"%s\"", name);
}

static unsigned show_of(const char *list)
{
    static const struct {
        const char *name;
        unsigned show;
    } words[] = {
        { "0", 0 }, { "none", 0 }, { "1", SHOW_SUMMARY }, { "routine", SHOW_SUMMARY }, { "summary", SHOW_SUMMARY },
        { "untrusted", SHOW_UNTRUSTED }, { "peercert", SHOW_PEER }, { "certmatch", SHOW_MATCH },
        { "cache", SHOW_CACHE },
        { "verbose", SHOW_PEER | SHOW_MATCH | SHOW_CACHE | SHOW_UNTRUSTED },
        { "2", SHOW_SUMMARY | SHOW_PEER | SHOW_CACHE }, { "debug", SHOW_SUMMARY | SHOW_PEER | SHOW_CACHE },
    };
    struct str rest = str_of(list), word;
    unsigned show = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        size_t i = 0;

        while (i < ARRAY_LEN(words) && !str_eq_case(word, words[i].name))
            i++;
        if (i < ARRAY_LEN(words))
            show |= words[i].show;
        else if (str_begins_case(word, "ssl-") || str_eq(word, "3") || str_eq(word, "4"))
            log_warn("-L %.*s: mbedTLS in this build shows no packets", (int)word.n, word.p);
        else
            log_fatal("Invalid TLS log option: \"%.*s\"", (int)word.n, word.p);
    }
    return show;
}

static int seconds_of(char option, const char *text, int min)
{
    int64_t n;

    if (num_parse(str_of(text), min, 1000000, &n) != OK)
        log_fatal("invalid -%c option value: %s", option, text);
    return (int)n;
}

static void set_family(const char *text)
{
    f->family = strcmp(text, "ipv4") == 0 ? AF_INET : strcmp(text, "ipv6") == 0 ? AF_INET6 : AF_UNSPEC;
    if (f->family == AF_UNSPEC && strcmp(text, "any") != 0)
        log_fatal("bad '-a' option value: %s", text);
}

static void set_lookup(const char *list)
{
    struct str rest = str_of(list), word;

    f->use_dns = f->use_hosts = false;
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        f->use_dns = f->use_dns || str_eq_case(word, "dns");
        f->use_hosts = f->use_hosts || str_eq_case(word, "native");
        if (!str_eq_case(word, "dns") && !str_eq_case(word, "native"))
            log_fatal("invalid -h option value: %s", list);
    }
    f->use_dns = f->use_dns || f->use_hosts; /* "native" is both */
}

static void take_option(int c, char *arg)
{
    switch (c) {
    case 'a': set_family(arg); break;
    case 'A':
        if (f->opt.ca_file)
            log_fatal("one file of certificate authorities is all that -A and -F may name");
        f->opt.ca_file = arg;
        break;
    case 'c': f->quiet = true; break;
    case 'C': f->pem = true; break;
    case 'd': f->digest = arg; break;
    case 'F': f->opt.ca_file = arg; break;
    case 'g': f->opt.ciphers = arg; break;
    case 'h': set_lookup(arg); break;
    case 'H': buf_printf(&f->chain_files, "%s ", arg); break;
    case 'k': f->opt.cert_file = arg; break;
    case 'K': f->opt.key_file = arg; break;
    case 'l': f->level = level_of(arg); break;
    case 'L': f->show = show_of(arg); break;
    case 'm': f->again_max = seconds_of('m', arg, 1); break;
    case 'p': f->opt.protocols = arg; break;
    case 'P': f->opt.ca_path = arg; break;
    case 'r': f->again_s = seconds_of('r', arg, 1); break;
    case 's': f->sni = arg; break;
    case 'S': f->lmtp = true; break;
    case 't': f->connect_ms = seconds_of('t', arg, 1) * 1000; break;
    case 'T': f->command_ms = seconds_of('T', arg, 1) * 1000; break;
    case 'v': log_verbose++; break;
    case 'w': f->wrapper = true; break;
    case 'f': case 'M': log_warn("-%c is about DANE, which is not in this program", c); break;
    case 'x': log_warn("-x: mbedTLS has no raw public keys"); break;
    case 'X': log_fatal("-X: there is no tlsproxy to go through");
    default: usage();
    }
}

static const char option_letters[] = "a:A:cCd:fF:g:h:H:k:K:l:L:m:M:o:p:P:r:s:St:T:vwxX";

/* Parameters first: -o, and then what has a default in them. */
static void read_parameters(int argc, char **argv)
{
    int c;

    param_set_process("posttls-finger", "posttls-finger");
    param_load(NULL, true);
    optind = 1;
    while ((c = getopt(argc, argv, option_letters)) > 0)
        if (c == 'o')
            param_override(optarg);
}

static void make_config(void)
{
    struct why why = { .dsn = "" };

    if (f->opt.cert_file && !f->opt.key_file)
        f->opt.key_file = f->opt.cert_file;
    if (f->opt.key_file && !f->opt.cert_file)
        f->opt.cert_file = f->opt.key_file;
    if (f->chain_files.n && f->opt.cert_file)
        log_fatal("-H excludes -k and -K");
    f->opt.chain_files = f->chain_files.n ? tls_settings_files(f->chain_files.p) : NULL;
    tls_settings(&f->opt);
    f->config = tls_config_new(&f->opt, &why);
    if (!f->config)
        log_fatal("%s", why.text);
    tls_settings_ignored(f->config);
}

/* -r: the same again until a server is met that was met before. */
static void run(void)
{
    char known[256];

    for (int i = 0;; i++) {
        int fd = connect_any();

        snprintf(known, sizeof known, "%s", f->server);
        if (fd < 0 || !talk(fd))
            return;
        if (i > 0 && strcmp(known, f->server) == 0) {
            log_info("Found a previously used server.  Done reconnecting.");
            return;
        }
        if (i >= f->again_max) {
            log_info("Maximum reconnect count reached.");
            return;
        }
        log_info("Reconnecting after %d seconds", f->again_s);
        sleep((unsigned)f->again_s);
        f->show = (f->show & ~(unsigned)(SHOW_PEER | SHOW_MATCH)) | SHOW_SUMMARY | SHOW_CACHE;
    }
}

int posttls_finger_main(int argc, char **argv);

int posttls_finger_main(int argc, char **argv)
{
    int c;

    f = mem_new(sizeof *f);
    log_open(&(struct log_options){ .tag = "posttls-finger", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    f->level = LEVEL_SECURE;
    f->show = SHOW_SUMMARY | SHOW_MATCH;
    f->use_dns = true;
    f->connect_ms = f->command_ms = 30000;
    f->again_max = 5;
    f->opt.verify = TLS_VERIFY_OPTIONAL;
    f->opt.protocols = ">=TLSv1";
    f->opt.ciphers = "medium";
    buf_init(&f->chain_files, REPLY);
    buf_init(&f->reply, REPLY);
    buf_init(&f->session, TICKET);
    opterr = 0;
    read_parameters(argc, argv);
    f->digest = par_smtp_tls_fingerprint_digest();
    optind = 1;
    while ((c = getopt(argc, argv, option_letters)) > 0)
        if (c != 'o')
            take_option(c, optarg);
    if (optind >= argc)
        usage();
    f->destination = argv[optind];
    f->match = argv + optind + 1;
    signal(SIGPIPE, SIG_IGN);
    dns_init(NULL);
    make_config();
    run();
    return 0;
}
