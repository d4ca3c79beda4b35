/* tls_mbedtls.c - TLS for streams, by mbedTLS: handshake and records
 *
 * The library does the handshake and the records. Whether a peer is to be trusted is decided after the handshake, in
 * tls_mbedtls_peer.c.
 * Runs in: smtpd, smtp, lmtp, posttls-finger.  Parameters: none (struct tls_options).
 * Trust: everything from the peer is hostile; files are the administrator's.
 * RFC 5246, RFC 8446, RFC 3207 section 6 (no plain text survives STARTTLS).
 * Feature: TLS.  Tests: tests/unit/tls_test.c, tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls_mbedtls_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <mbedtls/net_sockets.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/sock.h"

enum { CLOSE_MS = 10000 };

const char *tls_version(void)
{
    return MBEDTLS_VERSION_STRING_FULL;
}

static int send_bytes(void *arg, const unsigned char *p, size_t n)
{
    struct tls_session *t = arg;
    ssize_t r;

    do
        r = send(t->fd_out, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
    if (t->scan && t->config->server)
        tls_scan_feed(t->scan, p, (size_t)r);
    return (int)r;
}

static int recv_bytes(void *arg, unsigned char *p, size_t n)
{
    struct tls_session *t = arg;
    ssize_t r;

    if (t->raw_at == t->raw_n) {
        do
            r = recv(t->fd, t->raw, sizeof t->raw, MSG_DONTWAIT);
        while (r < 0 && errno == EINTR);
        if (r < 0 && errno == EAGAIN) {
            t->blocked = true;
            return MBEDTLS_ERR_SSL_WANT_READ;
        }
        if (r < 0)
            return MBEDTLS_ERR_NET_RECV_FAILED;
        if (r == 0)
            return 0;
        if (t->scan && !t->config->server)
            tls_scan_feed(t->scan, t->raw, (size_t)r);
        t->raw_at = 0;
        t->raw_n = (size_t)r;
    }
    if (n > t->raw_n - t->raw_at)
        n = t->raw_n - t->raw_at;
    memcpy(p, t->raw + t->raw_at, n);
    t->raw_at += n;
    return (int)n;
}

/* What the library answered, in the words of stream.c. */
static long outcome(int r)
{
    switch (r) {
    case MBEDTLS_ERR_SSL_WANT_READ: return -2;
    case MBEDTLS_ERR_SSL_WANT_WRITE: return -3;
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return 0;
    default: return r < 0 ? -1 : r;
    }
}

/* The library came back without an answer, but there is nothing to wait for: call it again. It says "want read" after
 * each message that is none of data (TLS 1.3 tickets), while the next one may already be in our hands. */
static bool go_on(struct tls_session *t, int r)
{
    bool blocked = t->blocked;

    t->blocked = false;
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    if (r == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) {
        (void)tls_saved_keep(t);
        return true;
    }
#endif
    return r == MBEDTLS_ERR_SSL_WANT_READ && !blocked;
}

long tls_read(struct tls_session *t, void *p, size_t n)
{
    int r;

    do
        r = mbedtls_ssl_read(&t->ssl, p, n);
    while (go_on(t, r));
    return outcome(r);
}

long tls_write(struct tls_session *t, const void *p, size_t n)
{
    int r;

    do
        r = mbedtls_ssl_write(&t->ssl, p, n);
    while (go_on(t, r));
    return outcome(r);
}

size_t tls_pending(struct tls_session *t)
{
    return mbedtls_ssl_get_bytes_avail(&t->ssl) + (t->raw_n - t->raw_at);
}

/* Until the other side has said that it ends TLS too. */
static void await_close(struct tls_session *t)
{
    int64_t deadline = clock_ms() + CLOSE_MS;
    char rest[64];
    long n;

    do
        n = tls_read(t, rest, sizeof rest);
    while (n > 0 || (n == -2 && io_wait(t->fd, false, deadline) == OK));
}

void tls_close(struct tls_session *t, bool polite)
{
    if (polite && mbedtls_ssl_close_notify(&t->ssl) == 0 && t->config->slow_shutdown)
        await_close(t);
    mbedtls_ssl_free(&t->ssl);
    if (t->have_saved)
        mbedtls_ssl_session_free(&t->saved);
    free(t->scan);
    free(t->cert);
    free(t->key);
    free(t);
}

static void look_at_peer(struct tls_session *t, const struct tls_start *start)
{
    mbedtls_x509_crt *leaf = (mbedtls_x509_crt *)mbedtls_ssl_get_peer_cert(&t->ssl);

    if (!t->config->server && t->peer.reused) {
        tls_saved_recall(t, start);
    } else if (leaf && leaf->raw.len) {
        tls_peer_describe(t, leaf, t->config->server ? NULL : start->names);
        t->peer.chain_trusted = tls_peer_trusted(t, leaf);
    }
    tls_peer_judge(t, start->names);
}

/* --- handshake --- */

static void describe_session(struct tls_session *t)
{
    const char *group = tls_names_group(t->scan->group);
    const char *name = mbedtls_ssl_get_ciphersuite(&t->ssl);

    t->peer.protocol = mbedtls_ssl_get_version_number(&t->ssl) == MBEDTLS_SSL_VERSION_TLS1_3 ? "TLSv1.3" : "TLSv1.2";
    tls_names_cipher(name ? name : "", t->cipher);
    t->peer.cipher = t->cipher;
    t->peer.bits_used = t->peer.bits_alg = tls_names_bits(t->cipher);
    t->peer.reused = tls_scan_resumed(t->scan);
    t->peer.sni = t->sni[0] ? t->sni : NULL;
    if (!t->scan->v13 || !group)
        return;
    t->peer.kex = group[0] == 'X' ? group : group[0] == 'f' ? "DHE" : "ECDHE";
    t->peer.kex_group = group[0] == 'X' ? NULL : group;
}

static const char *error_text(int r, char text[40])
{
    static const struct { int code; const char *text; } known[] = {
        { MBEDTLS_ERR_SSL_CONN_EOF, "lost connection" },
        { MBEDTLS_ERR_NET_RECV_FAILED, "lost connection" },
        { MBEDTLS_ERR_NET_SEND_FAILED, "lost connection" },
        { MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, "the other side closed the session" },
        { MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, "the other side refused (alert)" },
        { MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE, "no shared cipher or parameters" },
        { MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, "unsupported protocol" },
        { MBEDTLS_ERR_SSL_INVALID_RECORD, "not a TLS record" },
        { MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, "unexpected message" },
        { MBEDTLS_ERR_SSL_DECODE_ERROR, "malformed message" },
        { MBEDTLS_ERR_SSL_BAD_CERTIFICATE, "bad certificate" },
        { MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER, "illegal parameter" },
        { MBEDTLS_ERR_SSL_ALLOC_FAILED, "out of memory" },
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (known[i].code == r)
            return known[i].text;
    snprintf(text, 40, "TLS library error -0x%04x", (unsigned)-r);
    return text;
}

static enum result shake_hands(struct tls_session *t, int timeout_ms, struct why *why)
{
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    char text[40];
    int r;

    while ((r = mbedtls_ssl_handshake(&t->ssl)) != 0) {
        if (go_on(t, r))
            continue;
        if (r != MBEDTLS_ERR_SSL_WANT_READ && r != MBEDTLS_ERR_SSL_WANT_WRITE)
            return why_set(why, "4.7.0", "%s", error_text(r, text));
        if (io_wait(r == MBEDTLS_ERR_SSL_WANT_READ ? t->fd : t->fd_out, r == MBEDTLS_ERR_SSL_WANT_WRITE, deadline) !=
            OK)
            return why_set(why, "4.7.0", "%s", errno == ETIMEDOUT ? "Connection timed out" : strerror(errno));
    }
    return OK;
}

static struct tls_session *session_new(const struct stream *s, const struct tls_start *start)
{
    struct tls_session *t = mem_new(sizeof *t);

    t->config = start->config;
    t->fd = s->fd;
    t->fd_out = s->fd_out;
    t->scan = mem_new(sizeof *t->scan);
    mbedtls_ssl_init(&t->ssl);
    mbedtls_ssl_set_user_data_p(&t->ssl, t);
    mbedtls_ssl_set_bio(&t->ssl, t, send_bytes, recv_bytes, NULL);
    return t;
}

enum result tls_handshake(struct stream *s, const struct tls_start *start, struct why *why)
{
    struct tls_session *t;
    struct sock_addr a;
    enum result r;

    if (stream_buffered(s)) /* RFC 3207 section 6: what came in plain text must not act as if it were protected */
        return s->err = STREAM_BROKEN, why_set(why, "4.7.0", "plain text after STARTTLS");
    if (stream_flush(s) != OK)
        return why_set(why, "4.7.0", "lost connection");
    t = session_new(s, start);
    if (mbedtls_ssl_setup(&t->ssl, &t->config->conf) != 0) {
        r = why_set(why, "4.3.0", "out of memory");
    } else {
        bool named = start->sni && !t->config->server && sock_parse_addr(str_of(start->sni), 0, &a) != OK;

        (void)mbedtls_ssl_set_hostname(&t->ssl, named ? start->sni : NULL);
        tls_saved_offer(t, start);
        r = shake_hands(t, start->timeout_ms > 0 ? start->timeout_ms : s->timeout_ms, why);
    }
    if (r != OK) {
        tls_close(t, false);
        s->err = STREAM_BROKEN;
        return r;
    }
    describe_session(t);
    look_at_peer(t, start);
    free(t->scan);
    t->scan = NULL;
    s->tls = t;
    return OK;
}

const struct tls_peer *tls_peer(const struct stream *s)
{
    return &s->tls->peer;
}

void tls_kex_text(const struct tls_peer *p, char out[TLS_KEX_TEXT])
{
    const char *group = p->kex_group;

    out[0] = 0;
    if (p->kex)
        snprintf(out, TLS_KEX_TEXT, " key-exchange %s%s%s%s", p->kex, group ? " (" : "", group ? group : "",
                 group ? ")" : "");
}
