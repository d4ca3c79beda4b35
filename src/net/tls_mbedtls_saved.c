/* tls_mbedtls_saved.c - a client's sessions, saved to be resumed
 *
 * Saved is: magic, id of the authorities, trusted or not, length of the certificate, the certificate, the library's
 * own form. The certificate was judged when the session was made; a resumed session has the same peer.
 * Runs in: smtp, lmtp.  Parameters: none.  Feature: TLS.  Tests: tests/unit/tls_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls_mbedtls_int.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
    SAVED_HEAD = 16,
    SAVED_MAGIC = 0x504C5431, /* what tls_save_session writes begins with it */
    MAX_SESSION = 1 << 16,
};

bool tls_saved_keep(struct tls_session *t)
{
    if (t->have_saved)
        mbedtls_ssl_session_free(&t->saved);
    mbedtls_ssl_session_init(&t->saved);
    t->have_saved = mbedtls_ssl_get_session(&t->ssl, &t->saved) == 0;
    return t->have_saved;
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(struct buf *out, uint32_t v)
{
    uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

    buf_add(out, b, 4);
}

enum result tls_save_session(const struct stream *s, struct buf *out)
{
    struct tls_session *t = s->tls;
    uint8_t *text;
    size_t n = 0;
    bool fine;

    if (!t || t->config->server || (!t->have_saved && (t->peer.protocol[6] == '3' || !tls_saved_keep(t))))
        return NONE;
    (void)mbedtls_ssl_session_save(&t->saved, NULL, 0, &n);
    if (!n || n > MAX_SESSION)
        return NONE;
    text = mem_new(n);
    fine = mbedtls_ssl_session_save(&t->saved, text, n, &n) == 0 && buf_reserve(out, SAVED_HEAD + t->cert_n + n);
    if (fine) {
        put32(out, SAVED_MAGIC);
        put32(out, t->config->id);
        put32(out, t->peer.chain_trusted);
        put32(out, (uint32_t)t->cert_n);
        buf_add(out, t->cert, t->cert_n);
        buf_add(out, text, n);
    }
    mem_wipe(text, n);
    free(text);
    return fine ? OK : NONE;
}

/* The parts of a saved session; false when it is none of ours. */
static bool saved_parts(const struct tls_start *start, struct str *cert, struct str *session)
{
    const uint8_t *p = start->resume;
    size_t n;

    if (!p || start->resume_n < SAVED_HEAD || get32(p) != SAVED_MAGIC || get32(p + 4) != start->config->id)
        return false;
    n = get32(p + 12);
    if (n > start->resume_n - SAVED_HEAD)
        return false;
    *cert = (struct str){ (const char *)p + SAVED_HEAD, n };
    *session = (struct str){ (const char *)p + SAVED_HEAD + n, start->resume_n - SAVED_HEAD - n };
    return true;
}

void tls_saved_offer(struct tls_session *t, const struct tls_start *start)
{
    struct str cert, session;
    mbedtls_ssl_session saved;

    if (t->config->server || !saved_parts(start, &cert, &session))
        return;
    mbedtls_ssl_session_init(&saved);
    if (mbedtls_ssl_session_load(&saved, (const unsigned char *)session.p, session.n) == 0)
        (void)mbedtls_ssl_set_session(&t->ssl, &saved); /* when it does not fit, the handshake is a full one */
    mbedtls_ssl_session_free(&saved);
}

/* A resumed session's peer is the one whose certificate was checked when the session was made. */
void tls_saved_recall(struct tls_session *t, const struct tls_start *start)
{
    struct str cert, session;
    mbedtls_x509_crt leaf;

    if (!saved_parts(start, &cert, &session) || !cert.n)
        return;
    mbedtls_x509_crt_init(&leaf);
    if (mbedtls_x509_crt_parse_der(&leaf, (const unsigned char *)cert.p, cert.n) == 0) {
        tls_peer_describe(t, &leaf, start->names);
        t->peer.chain_trusted = get32((const uint8_t *)start->resume + 8) == 1;
        if (!t->peer.chain_trusted)
            tls_peer_why(t, &leaf, MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    }
    mbedtls_x509_crt_free(&leaf);
}
