/* smtpd_dovecot.c - logins checked by Dovecot's auth server
 *
 * One connection per process, kept between sessions and made anew once when it
 * is lost. Lines of TAB-separated fields; what passes through is base64.
 * Runs in: smtpd, in the jail.  Trust: the server decides about logins, its lines are bounded.
 * Parameters: smtpd_sasl_path (given by smtpd_auth.c).  Tests: tests/smtp/auth-*.t with a real Dovecot
 */
/* SPDX-License-Identifier: ISC */
#include "daemon/smtpd/smtpd_sasl.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/endpoint.h"
#include "net/sock.h"
#include "net/stream.h"

enum { LINE_MAX_BYTES = 16 * 1024, TIMEOUT_MS = 10000, ANSWER_MS = 60000, MAX_MECHS = 24 };

static struct {
    const char *path;
    bool open;
    struct stream io;
    struct sasl_mech mech[MAX_MECHS];
    size_t mechs;
    unsigned id;
} dc;

static void init(const char *path)
{
    dc.path = path;
}

static void drop(void)
{
    if (dc.open)
        stream_done(&dc.io);
    dc.open = false;
    dc.mechs = 0;
}

static const struct { const char *name; unsigned bit; } flags[] = {
    { "plaintext", MECH_PLAINTEXT }, { "anonymous", MECH_ANONYMOUS }, { "dictionary", MECH_DICTIONARY },
    { "active", MECH_ACTIVE }, { "forward-secrecy", MECH_FORWARD_SECRECY }, { "mutual-auth", MECH_MUTUAL_AUTH },
    { "private", MECH_PRIVATE },
};

static void add_mech(struct str rest)
{
    struct sasl_mech *m = &dc.mech[dc.mechs];
    struct str word;

    if (dc.mechs == MAX_MECHS || str_word(&rest, "\t", &word) != OK || word.n >= sizeof m->name)
        return;
    snprintf(m->name, sizeof m->name, "%.*s", (int)word.n, word.p);
    m->flags = 0;
    while (str_word(&rest, "\t", &word) == OK)
        for (size_t i = 0; i < ARRAY_LEN(flags); i++)
            if (str_eq(word, flags[i].name))
                m->flags |= flags[i].bit;
    if (!(m->flags & MECH_PRIVATE))
        dc.mechs++;
}

static enum result handshake_line(struct str line)
{
    struct str word, major;
    int64_t version;

    if (str_word(&line, "\t", &word) != OK)
        return AGAIN;
    if (str_eq(word, "VERSION"))
        return str_word(&line, "\t", &major) == OK && num_parse(major, 1, 1, &version) == OK ? AGAIN : PERM;
    if (str_eq(word, "MECH"))
        add_mech(line);
    return str_eq(word, "DONE") ? OK : AGAIN;
}

static enum result handshake(void)
{
    struct str line;
    bool crlf;
    enum result r = AGAIN;

    stream_printf(&dc.io, "VERSION\t1\t0\nCPID\t%d\n", (int)getpid());
    if (stream_flush(&dc.io) != OK)
        return TEMP;
    while (r == AGAIN) {
        if (stream_line(&dc.io, &line, &crlf) != OK)
            return TEMP;
        r = handshake_line(line);
    }
    return r == OK ? OK : TEMP;
}

static enum result connected(void)
{
    int fd;

    if (dc.open)
        return OK;
    if (strncmp(dc.path, "inet:", 5) == 0 || strncmp(dc.path, "unix:", 5) == 0)
        fd = endpoint_connect(dc.path, TIMEOUT_MS);
    else
        fd = sock_connect_unix(dc.path, TIMEOUT_MS);
    if (fd < 0) {
        log_warn("SASL: Connect to %s failed: %m", dc.path);
        return TEMP;
    }
    stream_init(&dc.io, fd, LINE_MAX_BYTES, 4096, ANSWER_MS);
    dc.open = true;
    if (handshake() == OK)
        return OK;
    log_warn("SASL: %s does not speak the auth protocol", dc.path);
    drop();
    return TEMP;
}

/* A server that went away while nobody asked leaves a connection at end of file. */
static void check_idle(void)
{
    if (dc.open && stream_ready(&dc.io))
        drop();
}

static enum result mechanisms(const struct sasl_mech **list, size_t *n)
{
    check_idle();
    if (connected() != OK)
        return TEMP;
    *list = dc.mech;
    *n = dc.mechs;
    return OK;
}

/* "name=value" among the fields of an answer; false when it is not there. */
static bool field(struct str rest, const char *name, struct buf *out)
{
    struct str word;
    size_t n = strlen(name);

    buf_reset(out);
    while (str_word(&rest, "\t", &word) == OK)
        if (word.n > n && memcmp(word.p, name, n) == 0 && word.p[n] == '=') {
            buf_add(out, word.p + n + 1, word.n - n - 1);
            return true;
        }
    return false;
}

static enum result answer_line(struct str line, struct buf *out, struct buf *user)
{
    struct str word, id, fields;
    int64_t number;

    if (str_word(&line, "\t", &word) != OK || str_word(&line, "\t", &id) != OK ||
        num_parse(id, 0, UINT32_MAX, &number) != OK || number != dc.id)
        return NONE; /* news of no interest, or of an older request */
    fields = line;
    buf_reset(out);
    if (str_eq(word, "CONT")) {
        if (str_word(&line, "\t", &word) == OK)
            buf_str(out, word);
        return AGAIN;
    }
    if (str_eq(word, "OK"))
        return field(fields, "user", user) ? OK : TEMP;
    if (!str_eq(word, "FAIL"))
        return NONE;
    (void)field(fields, "user", user);
    (void)field(fields, "reason", out);
    return PERM;
}

static enum result answer(struct buf *out, struct buf *user)
{
    struct str line;
    bool crlf;
    enum result r = NONE;

    while (r == NONE) {
        if (stream_line(&dc.io, &line, &crlf) != OK) {
            drop();
            return TEMP;
        }
        r = answer_line(line, out, user);
    }
    return r;
}

static bool is_base64(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!chr_is_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '/' && s.p[i] != '=')
            return false;
    return true;
}

static enum result malformed(struct buf *out, const char *what)
{
    buf_reset(out);
    buf_printf(out, "Invalid base64 data in %s response", what);
    return PERM;
}

static void put_request(const struct sasl_request *q)
{
    stream_printf(&dc.io, "AUTH\t%u\t%s\tservice=%s\tnologin\tlip=%s\trip=%s", ++dc.id, q->mech, q->service,
                  q->local_ip, q->remote_ip);
    if (q->secured)
        stream_puts(&dc.io, "\tsecured");
    if (q->initial.p) {
        stream_puts(&dc.io, "\tresp="); /* last, whatever follows belongs to it */
        stream_put(&dc.io, q->initial.p, q->initial.n);
    }
    stream_puts(&dc.io, "\n");
}

static enum result begin(const struct sasl_request *q, struct buf *out, struct buf *user)
{
    enum result r = TEMP;

    if (q->initial.p && !is_base64(q->initial))
        return malformed(out, "initial");
    check_idle();
    for (int i = 0; i < 2 && r == TEMP && connected() == OK; i++) {
        put_request(q);
        r = stream_flush(&dc.io) == OK ? answer(out, user) : TEMP;
        if (r == TEMP)
            drop();
    }
    return r;
}

static enum result more(struct str response, struct buf *out, struct buf *user)
{
    if (!is_base64(response)) {
        drop(); /* ends the request on the other side as well */
        return malformed(out, "continued");
    }
    if (!dc.open)
        return TEMP;
    stream_printf(&dc.io, "CONT\t%u\t", dc.id);
    stream_put(&dc.io, response.p, response.n);
    stream_puts(&dc.io, "\n");
    if (stream_flush(&dc.io) != OK) {
        drop();
        return TEMP;
    }
    return answer(out, user);
}

static void end(void)
{
}

const struct smtpd_sasl smtpd_sasl_dovecot = { "dovecot", init, mechanisms, begin, more, end };
