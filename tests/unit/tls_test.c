/* tls_test.c - src/net/tls*.c: names and lists, then a client here against a server in a child process */
/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "guard.h"
#include "net/crypto.h"
#include "net/tls.h"
#include "net/tls_int.h"
#include "test.h"

static void protocol_lists(void)
{
    static const struct {
        const char *list;
        unsigned set; /* 0 = refused */
    } rows[] = {
        { "", 3 },
        { ">=TLSv1.2", 3 },
        { ">=TLSv1", 3 },
        { "!SSLv2, !SSLv3", 3 },
        { "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1", 3 },
        { "TLSv1.3", 2 },
        { "TLSv1.2", 1 },
        { "TLSv1.2 TLSv1.3", 3 },
        { ">=TLSv1.3", 2 },
        { "<=TLSv1.2", 1 },
        { "!TLSv1.3", 1 },
        { ">=TLSv1.2, <=TLSv1.2", 1 },
        { "TLSv1, TLSv1.1, TLSv1.2", 1 },
        { "tlsv1.3", 2 },
        { ">=0303, <=0304", 3 },
        { "0304", 2 },
        { "TLSv1", 0 },
        { "SSLv3", 0 },
        { "<=TLSv1.1", 0 },
        { "!TLSv1.2, !TLSv1.3", 0 },
        { "TLSv1.4", 0 },
        { "all", 0 },
        { "!", 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct why why = { .dsn = "" };
        const char *old;
        unsigned set = 0;

        CHECK(tls_names_protocols(rows[i].list, &set, &old, &why) == (rows[i].set ? OK : CONF) &&
              (!rows[i].set || set == rows[i].set));
        CHECK((why.text[0] != 0) == (rows[i].set == 0));
    }
}

static void cipher_names(void)
{
    static const char *const pairs[][2] = {
        { "TLS1-3-AES-256-GCM-SHA384", "TLS_AES_256_GCM_SHA384" },
        { "TLS1-3-CHACHA20-POLY1305-SHA256", "TLS_CHACHA20_POLY1305_SHA256" },
        { "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384" },
        { "TLS-ECDHE-ECDSA-WITH-CHACHA20-POLY1305-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305" },
        { "TLS-ECDHE-RSA-WITH-AES-128-CBC-SHA", "ECDHE-RSA-AES128-SHA" },
        { "TLS-ECDHE-RSA-WITH-AES-128-CBC-SHA256", "ECDHE-RSA-AES128-SHA256" },
        { "TLS-RSA-WITH-AES-256-GCM-SHA384", "AES256-GCM-SHA384" },
        { "TLS-DHE-RSA-WITH-CAMELLIA-256-CBC-SHA", "DHE-RSA-CAMELLIA256-SHA" },
        { "TLS-PSK-WITH-AES-128-CBC-SHA", "PSK-AES128-SHA" },
    };
    char out[TLS_CIPHER_NAME];

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        tls_names_cipher(pairs[i][0], out);
        CHECK_STR(out, pairs[i][1]);
    }
    CHECK(tls_names_bits("ECDHE-RSA-AES128-SHA256") == 128 && tls_names_bits("TLS_AES_256_GCM_SHA384") == 256);
    CHECK(tls_names_bits("TLS_AES_128_GCM_SHA256") == 128 && tls_names_bits("TLS_CHACHA20_POLY1305_SHA256") == 256);
    CHECK(tls_names_unfit("PSK-AES128-SHA") && tls_names_unfit("ECDHE-RSA-NULL-SHA") && !tls_names_unfit("AES128-SHA"));
    CHECK(tls_names_excluded("ECDHE-RSA-AES128-SHA", "aNULL, SHA") &&
          tls_names_excluded("ECDHE-RSA-AES128-SHA", "SHA1"));
    CHECK(!tls_names_excluded("ECDHE-RSA-AES128-GCM-SHA256", "SHA256, aNULL, MD5:DES, kRSA, aECDSA"));
    CHECK(tls_names_excluded("ECDHE-RSA-AES128-GCM-SHA256", "AES128") && tls_names_excluded("AES128-SHA", "kRSA"));
    CHECK(tls_names_excluded("AES128-SHA", "AES128+kRSA") && !tls_names_excluded("AES128-SHA", "AES256+kRSA"));
    CHECK(tls_names_excluded("ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384"));
}

static void certificate_names(void)
{
    static const struct {
        const char *have, *want;
        bool match;
    } rows[] = {
        { "a.test", "a.test", true },
        { "A.Test", "a.tEST", true },
        { "a.test.", "a.test", true },
        { "a.test", "a.test.", true },
        { "a.test", "b.test", false },
        { "*.test", "a.test", true },
        { "*.test", "a.b.test", false },
        { "*.test", "test", false },
        { "*.a.test", ".test", true },
        { "x.a.test", ".a.test", true },
        { "x.y.a.test", ".a.test", true },
        { "a.test", ".a.test", false },
        { "xa.test", ".a.test", false },
        { "*.test", ".a.test", false },
        { "f*.test", "foo.test", false },
        { "*", "test", false },
        { "*.", "test", false },
        { "*.x", "x", false },
        { "", "", false },
        { "", "a", false },
        { "a.*.test", "a.b.test", false },
        { "*.a.test", ".a.test", true },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool match = tls_names_match(guard(rows[i].have), rows[i].want, false);

        CHECK(match == rows[i].match);
        if (match != rows[i].match)
            fprintf(stderr, "  %s %s\n", rows[i].have, rows[i].want);
    }
    CHECK(!tls_names_match(guard_bytes("a.test\0.b.test", 14), "a.test", false));
    CHECK(tls_names_match(guard("*.test"), "a.b.test", true) && tls_names_match(guard("*.test"), "a.test", true));
    CHECK(!tls_names_match(guard("*.test"), "test", true));
    CHECK(!tls_names_match(guard("*.a.test"), "xa.test", true) && !tls_names_match(guard("*.test"), "a.best", true));
}

/* ciphers(1), as "openssl ciphers" prints them for the same four. */
static void cipher_lists(void)
{
    static const char *const names[] = { "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                                         "ECDHE-RSA-AES256-SHA", "AES128-SHA" };
    static const struct { const char *list, *want; } rows[] = {
        { "ALL", "0123" }, { "HIGH:@STRENGTH", "1203" }, { "aNULL:-aNULL:HIGH:MEDIUM:!SEED:+RC4:@STRENGTH", "1203" },
        { "ALL:!aRSA", "1" }, { "ALL:-AES128:AES128", "1203" }, { "ALL:!AES128:AES128", "12" }, { "kRSA", "3" },
        { "ALL:+ECDHE", "3012" }, { "AES256+SHA:AESGCM", "201" }, { "AES128-SHA,ECDHE", "3012" }, { "eNULL:!MD5", "" },
        { "ALL:@SECLEVEL=2", "0123" }, { "", "" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t order[4];
        char got[5] = "";
        size_t n = tls_names_order(names, 4, rows[i].list, order);

        for (size_t k = 0; k < n; k++)
            got[k] = (char)('0' + order[k]);
        CHECK_STR(got, rows[i].want);
    }
    CHECK(tls_names_group_id(STR("X25519")) == 29 && tls_names_group_id(STR("prime256v1")) == 23);
    CHECK(tls_names_group_id(STR("P-521")) == 25 && tls_names_group_id(STR("")) == 0 && !tls_names_group_id(STR("x")));
}

/* Every way to cut the bytes gives the same results. */
static void wire_scanning(void)
{
    static const char hello[] = "\x16\3\3\0\x3e\2\0\0\x3a\3\3" "01234567890123456789012345678901" "\0\x13\2\0\0\x12"
                                "\0\x2b\0\2\3\4" "\0\x33\0\x4\0\x1d\0\0" "\0\x29\0\0" "\x14\3\3\0\1\1\x17\3\3\0\5xxxxx";
    struct tls_scan s;

    for (size_t step = 1; step < sizeof hello; step++) {
        memset(&s, 0, sizeof s);
        for (size_t at = 0; at < sizeof hello - 1; at += step) {
            struct str part = guard_bytes(hello + at, sizeof hello - 1 - at < step ? sizeof hello - 1 - at : step);

            tls_scan_feed(&s, part.p, part.n);
        }
        CHECK(s.v13 && s.psk && s.group == 29 && s.done && tls_scan_resumed(&s));
    }
}

/* --- with certificates --- */

static char dir[] = "/tmp/tls_test.XXXXXX";

static const char *in_dir(const char *name)
{
    static char paths[8][100];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

/* openssl makes what the tests need: an authority with an intermediate, and certificates of several kinds. */
static bool make_certificates(void)
{
    static const char script[] =
        "exec >log 2>&1; set -e\n"
        "ca() { openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout $1.key -out "
        "$1.pem -days 30"
        " -subj \"/O=Test/CN=$2\" -addext basicConstraints=critical,CA:TRUE; }\n"
        "issue() { n=$1; ca=$2; cn=$3; ext=$4; days=$5; shift 5\n"
        " openssl req -new -nodes \"$@\" -keyout $n.key -out $n.csr -subj \"/CN=$cn\"; printf \"$ext\" >$n.ext\n"
        " openssl x509 -req -in $n.csr -CA $ca.pem -CAkey $ca.key -CAcreateserial -days $days -extfile $n.ext -out "
        "$n.pem; }\n"
        "rsa='-newkey rsa:2048'; ec='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1'\n"
        "ca root 'Test Root'; ca other 'Other Root'\n"
        "issue inter root 'Test Intermediate' 'basicConstraints=critical,CA:TRUE\\n' 30 $ec\n"
        "san='subjectAltName=DNS:mx.example.test,DNS:*.wild.test\\n'\n"
        "issue rsa root mx.example.test \"$san\" 30 $rsa\n"
        "issue ec root mx.example.test \"$san\" 30 $ec\n"
        "issue leaf inter mx.example.test \"$san\" 30 $ec\n"
        "issue cnonly root mx.example.test 'basicConstraints=CA:FALSE\\n' 30 $ec\n"
        "issue expired root mx.example.test \"$san\" -1 $ec\n"
        "issue serveronly root client.example.test \"${san}extendedKeyUsage=serverAuth\\n\" 30 $ec\n"
        "issue client root client.example.test 'subjectAltName=DNS:client.example.test\\n' 30 $ec\n"
        "openssl req -x509 -new -nodes $ec -keyout self.key -out self.pem -days 30 -subj /CN=mx.example.test\n"
        "cat rsa.key rsa.pem >rsa.chain; cat ec.key ec.pem >ec.chain; cat rsa.chain ec.chain >both.chain\n"
        "cat leaf.key leaf.pem inter.pem >leaf.chain; cat rsa.pem rsa.key >certfirst.chain; cat rsa.key ec.pem "
        ">wrong.chain\n"
        "cat ec.pem ec.key >combined.pem; cat other.pem root.pem >bundle.pem; echo nothing >empty.pem\n"
        "openssl pkcs8 -topk8 -in ec.key -out enc.key -passout pass:x; cat enc.key ec.pem >enc.chain\n"
        "mkdir cas nocas; cp root.pem cas/root.pem; ln -s root.pem cas/12345678.0; cp other.pem nocas/x.pem\n"
        "openssl x509 -in ec.pem -noout -fingerprint -sha256 | cut -d= -f2 >ec.sha256\n"
        "openssl x509 -in ec.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha1 -c | sed "
        "'s/.*= //' >ec.sha1key\n"
        "touch done\n";
    char *command;
    int status;

    if (!mkdtemp(dir))
        abort();
    command = mem_printf("cd %s && sh -c '. ./script'", dir);
    FILE *f = fopen(in_dir("script"), "w");
    if (!f || fputs(script, f) < 0 || fclose(f))
        abort();
    status = system(command);
    free(command);
    return status == 0 && access(in_dir("done"), R_OK) == 0;
}

static void end_of_line(char *text)
{
    text[strcspn(text, "\r\n")] = 0;
}

static void read_line(const char *name, char *out, size_t n)
{
    FILE *f = fopen(in_dir(name), "r");

    if (!f || !fgets(out, (int)n, f))
        abort();
    fclose(f);
    end_of_line(out);
}

struct run { /* one connection: what both sides are told, and what came of it */
    struct tls_options server, client;
    struct tls_start start;
    /* results */
    enum result result;
    struct tls_peer peer;      /* text is copied below */
    char cipher[64], subject[64], reason[200], protocol[16];
    char told[300];            /* the server's view */
    char why[200];
    struct buf *save;
    int lines;                 /* to exchange; 1 when 0 */
};

static struct tls_config *shared; /* the server's, when several runs use one */

static void serve(struct run *r, int fd)
{
    struct why why = { .dsn = "" };
    struct tls_config *c = shared ? shared : tls_config_new(&r->server, &why);
    struct tls_start start = { .config = c, .timeout_ms = 5000 };
    struct stream s;
    struct str line;
    bool crlf;

    alarm(30);
    if (!c) {
        fprintf(stderr, "server: %s\n", why.text);
        _exit(1);
    }
    stream_init(&s, fd, 4096, 1024, 5000);
    if (tls_handshake(&s, &start, &why) == OK) {
        const struct tls_peer *p = tls_peer(&s);

        stream_printf(&s, "%s %s cert=%d trusted=%d cn=%s sni=%s reused=%d kex=%s %s\r\n", p->protocol, p->cipher,
                      p->cert_present, p->chain_trusted, p->subject_cn ? p->subject_cn : "-", p->sni ? p->sni : "-",
                      p->reused, p->kex ? p->kex : "-", p->untrusted_reason ? p->untrusted_reason : "");
        (void)!stream_flush(&s);
        while (stream_line(&s, &line, &crlf) == OK) {
            stream_put(&s, line.p, line.n);
            stream_puts(&s, "\r\n");
            (void)!stream_flush(&s);
        }
    }
    stream_done(&s);
    _exit(0);
}

static void talk(struct run *r, struct stream *s)
{
    static char big[50000];
    struct str line;
    bool crlf;

    CHECK(stream_line(s, &line, &crlf) == OK && crlf);
    snprintf(r->told, sizeof r->told, "%.*s", (int)line.n, line.p);
    for (int i = 0; i < (r->lines ? r->lines : 1); i++) {
        stream_puts(s, "hello\r\n");
        CHECK(stream_flush(s) == OK);
        CHECK(stream_line(s, &line, &crlf) == OK && str_eq(line, "hello"));
    }
    memset(big, 'x', sizeof big);
    for (size_t at = 0; at < sizeof big; at += 1000)
        memcpy(big + at, "\r\n", 2);
    stream_put(s, big, sizeof big);
    CHECK(stream_flush(s) == OK);
    CHECK(stream_line(s, &line, &crlf) == OK && line.n == 0);
    CHECK(stream_line(s, &line, &crlf) == OK && line.n == 998);
    for (int i = 0; i < 48; i++)
        CHECK(stream_line(s, &line, &crlf) == OK);
    if (r->save)
        CHECK(tls_save_session(s, r->save) == OK);
}

static void keep_results(struct run *r, const struct tls_peer *p)
{
    r->peer = *p;
    snprintf(r->cipher, sizeof r->cipher, "%s", p->cipher);
    snprintf(r->protocol, sizeof r->protocol, "%s", p->protocol);
    snprintf(r->subject, sizeof r->subject, "%s", p->subject_cn ? p->subject_cn : "");
    snprintf(r->reason, sizeof r->reason, "%s", p->untrusted_reason ? p->untrusted_reason : "");
}

static char print256[CRYPTO_MAX_HASH * 3], print1key[CRYPTO_MAX_HASH * 3];

static void run(struct run *r)
{
    struct why why = { .dsn = "" };
    struct tls_config *c = r->start.config ? r->start.config : tls_config_new(&r->client, &why);
    struct tls_start start = r->start;
    struct stream s;
    int p[2];
    pid_t pid;

    if (!c || socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0) {
        CHECK(!"client configuration");
        fprintf(stderr, "%s\n", why.text);
        return;
    }
    pid = fork();
    if (pid == 0) {
        close(p[0]);
        serve(r, p[1]);
    }
    close(p[1]);
    start.config = c;
    start.timeout_ms = 5000;
    stream_init(&s, p[0], 4096, 4096, 5000);
    r->result = tls_handshake(&s, &start, &why);
    snprintf(r->why, sizeof r->why, "%.199s", why.text);
    if (r->result == OK) {
        keep_results(r, tls_peer(&s));
        if (tls_fingerprint(&s, "SHA256", false, print256, sizeof print256) != OK)
            print256[0] = 0;
        if (tls_fingerprint(&s, "sha1", true, print1key, sizeof print1key) != OK)
            print1key[0] = 0;
        CHECK(tls_fingerprint(&s, "sha3", false, r->told, sizeof r->told) == PERM);
        CHECK(tls_fingerprint(&s, "md5", false, r->told, 10) == PERM);
        talk(r, &s);
    } else {
        CHECK(s.err == STREAM_BROKEN && !s.tls); /* nothing can be sent in the clear by mistake */
    }
    stream_done(&s);
    waitpid(pid, NULL, 0);
    if (!r->start.config)
        tls_config_free(c);
}

/* The usual: RSA and EC certificates, the client knows the root and wants the server's name. */
static const char *const want_mx[] = { "mx.example.test", NULL };
static const char *const *chains(const char *name)
{
    static const char *list[2];

    list[0] = mem_dup(in_dir(name));
    return list;
}

static struct run usual(const char *chain)
{
    return (struct run){ .server = { .server = true, .chain_files = chains(chain) },
                         .client = { .ca_file = mem_dup(in_dir("root.pem")) },
                         .start = { .names = want_mx } };
}

static void sessions_of_both_versions(void)
{
    struct run r = usual("both.chain");
    char want[200];

    run(&r);
    CHECK(r.result == OK && r.peer.chain_trusted && r.peer.name_matched && r.peer.cert_present && !r.peer.reused);
    CHECK_STR(r.protocol, "TLSv1.3");
    CHECK_STR(r.subject, "mx.example.test");
    CHECK_STR(r.peer.kex ? r.peer.kex : "", "X25519");
    snprintf(want, sizeof want, "TLSv1.3 %s cert=0 trusted=0 cn=- sni=- reused=0 kex=X25519 no certificate", r.cipher);
    CHECK_STR(r.told, want);

    r = usual("both.chain");
    r.client.protocols = "TLSv1.2";
    run(&r);
    CHECK(r.result == OK && r.peer.chain_trusted && r.peer.name_matched && !r.peer.reused && !r.peer.kex);
    CHECK_STR(r.protocol, "TLSv1.2");
    CHECK(strncmp(r.cipher, "ECDHE-", 6) == 0 && r.peer.bits_used >= 128);

    r = usual("rsa.chain");
    r.client.protocols = "TLSv1.2";
    r.client.exclude_ciphers = "CHACHA20, AES256, AESCCM";
    run(&r);
    CHECK(r.result == OK && r.peer.bits_used == 128);
    CHECK_STR(r.cipher, "ECDHE-RSA-AES128-GCM-SHA256");
}

static void protocols_that_do_not_meet(void)
{
    struct run r = usual("rsa.chain");

    r.server.protocols = "TLSv1.2";
    r.client.protocols = ">=TLSv1.3";
    run(&r);
    CHECK(r.result == TEMP && r.why[0]);
}

static void trust_needs_an_authority(void)
{
    static const struct {
        const char *chain, *ca, *reason; /* NULL reason: trusted */
    } rows[] = {
        { "rsa.chain", "root.pem", NULL },
        { "ec.chain", "bundle.pem", NULL },
        { "leaf.chain", "root.pem", NULL },
        { "ec.chain", "other.pem", "untrusted issuer Test Root" },
        { "leaf.chain", "other.pem", "untrusted issuer Test Intermediate" },
        { "ec.chain", NULL, "untrusted issuer Test Root" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r = usual(rows[i].chain);

        r.client.ca_file = rows[i].ca ? in_dir(rows[i].ca) : NULL;
        run(&r);
        CHECK(r.result == OK && r.peer.chain_trusted == !rows[i].reason && r.peer.name_matched);
        CHECK_STR(r.reason, rows[i].reason ? rows[i].reason : "");
    }
    for (int i = 0; i < 2; i++) {
        struct run r = usual("ec.chain");

        r.client.ca_file = NULL;
        r.client.ca_path = in_dir(i ? "nocas" : "cas");
        run(&r);
        CHECK(r.result == OK && r.peer.chain_trusted == !i);
    }
}

static void bad_certificates(void)
{
    static const struct {
        const char *name, *reason;
    } rows[] = {
        { "expired", "certificate has expired" }, { "self", "self-signed certificate" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *cert = mem_printf("%s/%s.pem", dir, rows[i].name), *key = mem_printf("%s/%s.key", dir, rows[i].name);
        struct run r = usual("rsa.chain");

        r.server = (struct tls_options){ .server = true, .cert_file = cert, .key_file = key };
        run(&r);
        CHECK(r.result == OK && !r.peer.chain_trusted && r.peer.cert_present);
        CHECK_STR(r.reason, rows[i].reason);
        free(cert);
        free(key);
    }
}

static void wanted_names(void)
{
    static const char *const sets[][3] = {
        { "other.test", "mx.example.test", NULL }, { ".example.test", NULL }, { "a.wild.test", NULL },
        { "other.test", NULL }, { "example.test", NULL }, { "a.b.wild.test", NULL }, { NULL },
    };

    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        struct run r = usual("ec.chain");

        r.start.names = sets[i];
        run(&r);
        CHECK(r.result == OK && r.peer.chain_trusted && r.peer.name_matched == (i < 3));
        CHECK_STR(r.reason, i < 3 ? "" : "certificate name mismatch: certificate is for mx.example.test");
    }
    for (int i = 0; i < 2; i++) { /* only a common name */
        struct run r = usual("rsa.chain");
        static const char *const wrong[] = { "x.example.test", NULL };

        r.server =
            (struct tls_options){ .server = true, .cert_file = in_dir("cnonly.pem"), .key_file = in_dir("cnonly.key") };
        r.start.names = i ? wrong : want_mx;
        run(&r);
        CHECK(r.result == OK && r.peer.chain_trusted && r.peer.name_matched == !i);
    }
}

static void fingerprints(void)
{
    struct run r = usual("ec.chain");
    char want[200];

    run(&r);
    read_line("ec.sha256", want, sizeof want);
    CHECK_STR(print256, want);
    read_line("ec.sha1key", want, sizeof want);
    CHECK(str_eq_case(str_of(print1key), want));
}

static void client_certificates(void)
{
    for (int i = 0; i < 8; i++) {
        struct run r = usual("ec.chain");
        bool has = i & 1, knows = i & 2;

        r.server.verify = TLS_VERIFY_OPTIONAL;
        r.server.ca_file = in_dir(knows ? "root.pem" : "other.pem");
        r.server.tickets = true;
        r.client.protocols = i & 4 ? "TLSv1.2" : "TLSv1.3";
        if (has) {
            r.client.cert_file = in_dir("client.pem");
            r.client.key_file = in_dir("client.key");
        }
        run(&r);
        CHECK(r.result == OK);
        CHECK(strstr(r.told, has ? " cert=1" : " cert=0") &&
              strstr(r.told, has && knows ? " trusted=1" : " trusted=0"));
        CHECK(strstr(r.told, has ? " cn=client.example.test" : " cn=-"));
    }
}

static void a_server_is_no_client(void)
{
    struct run r = usual("ec.chain");

    r.server.verify = TLS_VERIFY_OPTIONAL;
    r.server.ca_file = in_dir("root.pem");
    r.client.cert_file = in_dir("serveronly.pem");
    r.client.key_file = in_dir("serveronly.key");
    run(&r);
    CHECK(r.result == OK && strstr(r.told, "cert=1 trusted=0") &&
          strstr(r.told, "certificate is not for this purpose"));
}

static const char *sni_chain(const char *name, void *arg)
{
    static struct buf text;

    if (!strcmp(name, "self.example.test"))
        return in_dir("leaf.chain");
    if (strcmp(name, "text.example.test"))
        return NULL;
    buf_init(&text, 10000);
    FILE *f = fopen(in_dir("rsa.chain"), "r");
    for (int c; (c = getc(f)) != EOF;)
        buf_putc(&text, c);
    fclose(f);
    if (arg) { /* in base64 */
        struct buf raw = text;

        buf_init(&text, 20000);
        base64_encode(&text, buf_view(&raw));
    }
    return text.p;
}

static void server_names(void)
{
    static const struct {
        const char *sni, *told, *issuer;
        bool arg;
    } rows[] = {
        { "self.example.test", "sni=self.example.test", "Test Intermediate", false },
        { "SELF.Example.Test", "sni=self.example.test", "Test Intermediate", false },
        { "text.example.test", "sni=text.example.test", "Test Root", false },
        { "text.example.test", "sni=text.example.test", "Test Root", true },
        { "else.example.test", "sni=else.example.test", "Test Root", false },
        { "192.0.2.1", "sni=-", "Test Root", false },
        { NULL, "sni=-", "Test Root", false },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r = usual("ec.chain");

        r.server.sni_chain = sni_chain;
        r.server.sni_arg = rows[i].arg ? &r : NULL;
        r.start.sni = rows[i].sni;
        run(&r);
        CHECK(r.result == OK && r.peer.chain_trusted && strstr(r.told, rows[i].told));
    }
}

/* Two servers with one ticket key, as processes of one service. */
static void sessions_are_resumed(const char *protocol)
{
    struct run r = usual("ec.chain");
    struct why why = { .dsn = "" };
    uint8_t key[48];
    struct buf saved;
    struct run again;

    crypto_random(key, sizeof key);
    buf_init(&saved, 10000);
    r.server.tickets = true;
    r.server.ticket_key = key;
    r.client.protocols = protocol;
    r.save = &saved;
    run(&r);
    CHECK(r.result == OK && !r.peer.reused && saved.n > 100);
    print256[0] = 0;
    again = r;
    again.save = NULL;
    again.start.resume = saved.p;
    again.start.resume_n = saved.n;
    run(&again);
    CHECK(again.result == OK && again.peer.reused && again.peer.chain_trusted && again.peer.name_matched &&
          again.peer.cert_present);
    CHECK(strstr(again.told, "reused=1") && print256[0]);
    CHECK_STR(again.subject, "mx.example.test");
    { /* another name is not matched by resuming */
        static const char *const wrong[] = { "other.test", NULL };

        again.start.names = wrong;
        run(&again);
        CHECK(again.result == OK && again.peer.reused && !again.peer.name_matched);
        again.start.names = want_mx;
    }
    /* other authorities: what was trusted then says nothing now */
    again.client.ca_file = in_dir("other.pem");
    run(&again);
    CHECK(again.result == OK && !again.peer.reused && !again.peer.chain_trusted);
    again.client.ca_file = r.client.ca_file;
    /* another key: a full handshake */
    crypto_random(key, sizeof key);
    run(&again);
    CHECK(again.result == OK && !again.peer.reused && again.peer.chain_trusted);
    /* damaged */
    for (size_t at = 0; at < saved.n; at += 37) {
        saved.p[at] ^= 0x41;
        if (at < 16 || at > saved.n - 300) {
            run(&again);
            CHECK(again.result == OK || again.why[0]);
        }
        saved.p[at] ^= 0x41;
    }
    again.start.resume_n = 10;
    run(&again);
    CHECK(again.result == OK && !again.peer.reused);
    buf_done(&saved);
    (void)why;
}

static void one_set_of_files_for_several(void)
{
    struct why why = { .dsn = "" };
    struct tls_options o = { .ca_file = in_dir("root.pem") };
    struct tls_config *first = tls_config_new(&o, &why), *second;
    struct run r = usual("ec.chain");

    o = (struct tls_options){ .files_of = first, .protocols = "TLSv1.2" };
    second = tls_config_new(&o, &why);
    r.start.config = second;
    run(&r);
    CHECK(r.result == OK && r.peer.chain_trusted);
    CHECK_STR(r.protocol, "TLSv1.2");
    tls_config_free(second);
    tls_config_free(first);
}

static void small_records(void)
{
    struct run r = usual("ec.chain");

    r.client.max_fragment = 1024;
    run(&r);
    CHECK(r.result == OK);
}

static void plain_text_is_not_carried_over(void)
{
    struct why why = { .dsn = "" };
    struct tls_options o = { .ca_file = in_dir("root.pem") };
    struct tls_start start = { .config = tls_config_new(&o, &why), .timeout_ms = 100 };
    struct stream s;
    int p[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, p) == 0 && write(p[1], "RCPT TO:<x>\r\n", 13) == 13);
    stream_init(&s, p[0], 100, 100, 100);
    CHECK(stream_fill(&s) == OK);
    CHECK(tls_handshake(&s, &start, &why) == TEMP && s.err == STREAM_BROKEN);
    CHECK_STR(why.text, "plain text after STARTTLS");
    stream_done(&s);
    close(p[1]);

    /* silence, end of file, another protocol */
    for (int i = 0; i < 3; i++) {
        static const char *const texts[] = { "Connection timed out", "lost connection", "not a TLS record" };

        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, p) == 0);
        stream_init(&s, p[0], 100, 100, 100);
        if (i == 1)
            shutdown(p[1], SHUT_WR);
        if (i == 2)
            CHECK(write(p[1], "220 hello there\r\n", 17) == 17);
        CHECK(tls_handshake(&s, &start, &why) == TEMP);
        CHECK_STR(why.text, texts[i]);
        stream_done(&s);
        close(p[1]);
    }
    tls_config_free(start.config);
}

static void refused_files(void)
{
    static const struct {
        const char *chain, *cert, *key, *ca, *text;
    } rows[] = {
        { "certfirst.chain", NULL, NULL, NULL, "without its private key" },
        { "wrong.chain", NULL, NULL, NULL, "not that of the certificate" },
        { "empty.pem", NULL, NULL, NULL, "no private key in it" },
        { "missing", NULL, NULL, NULL, "No such file" },
        { "enc.chain", NULL, NULL, NULL, "encrypted" },
        { "rsa.key", NULL, NULL, NULL, "a private key without a certificate" },
        { NULL, "rsa.pem", NULL, NULL, "no private key in it" },
        { NULL, "rsa.pem", "ec.key", NULL, "not that of the certificate" },
        { NULL, "missing", "ec.key", NULL, "No such file" },
        { NULL, NULL, NULL, "empty.pem", "no certificate in it" },
        { NULL, NULL, NULL, "missing", "No such file" },
        { NULL, "combined.pem", NULL, "bundle.pem", NULL },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct why why = { .dsn = "" };
        struct tls_options o = { .server = true, .chain_files = rows[i].chain ? chains(rows[i].chain) : NULL };
        struct tls_config *c;

        o.cert_file = rows[i].cert ? in_dir(rows[i].cert) : NULL;
        o.key_file = rows[i].key ? in_dir(rows[i].key) : NULL;
        o.ca_file = rows[i].ca ? in_dir(rows[i].ca) : NULL;
        c = tls_config_new(&o, &why);
        CHECK((c == NULL) == (rows[i].text != NULL));
        if (rows[i].text && !strstr(why.text, rows[i].text))
            fprintf(stderr, "row %zu: %s\n", i, why.text);
        CHECK(!rows[i].text ||
              (strstr(why.text, rows[i].text) && strstr(why.text, rows[i].chain ? rows[i].chain : "")));
        tls_config_free(c);
    }
}

static void refused_settings(void)
{
    static const struct { const char *protocols, *ciphers, *exclude, *ignored; bool fine;
    } rows[] = {
        { "TLSv1.9", NULL, NULL, NULL, false },
        { NULL, "strong", NULL, NULL, false },
        { NULL, "high", "aNULL", NULL, true },
        { NULL, "null", NULL, "ciphers=null", true },
        { "TLSv1, TLSv1.2", NULL, NULL, "protocol=TLSv1", true },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct why why = { .dsn = "" };
        struct tls_options o = { .protocols = rows[i].protocols,
                                 .ciphers = rows[i].ciphers,
                                 .exclude_ciphers = rows[i].exclude };
        struct tls_config *c = tls_config_new(&o, &why);

        CHECK((c != NULL) == rows[i].fine && (why.text[0] != 0) == !rows[i].fine);
        if (c && rows[i].ignored)
            CHECK_STR(tls_config_ignored(c)[0], rows[i].ignored);
        else if (c)
            CHECK(!tls_config_ignored(c)[0]);
        tls_config_free(c);
    }
}

int main(void)
{
    char *rm;

    if (!ENABLE_TLS) {
        printf("tls_test: skipped: this build has no TLS\n");
        return 0;
    }
    signal(SIGPIPE, SIG_IGN);
    alarm(200);
    setvbuf(stderr, NULL, _IOLBF, 0);
    protocol_lists();
    cipher_names();
    certificate_names();
    cipher_lists();
    wire_scanning();
    refused_settings();
    if (make_certificates()) {
        refused_files();
        sessions_of_both_versions();
        protocols_that_do_not_meet();
        trust_needs_an_authority();
        bad_certificates();
        wanted_names();
        fingerprints();
        client_certificates();
        a_server_is_no_client();
        server_names();
        sessions_are_resumed("TLSv1.2");
        sessions_are_resumed("TLSv1.3");
        one_set_of_files_for_several();
        small_records();
        plain_text_is_not_carried_over();
    } else {
        printf("tls_test: sessions skipped: openssl made no certificates, see %s/log\n", dir);
        return TEST_END();
    }
    rm = mem_printf("rm -rf %s", dir);
    if (getenv("KEEP") == NULL && system(rm) != 0)
        return 1;
    return TEST_END();
}
