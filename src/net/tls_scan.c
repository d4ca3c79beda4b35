/* tls_scan.c - what a server's unencrypted handshake messages tell
 *
 * The library does not say which group was agreed on, nor whether a session was
 * resumed. Both are on the wire in plain sight: RFC 8446 section 4.1.3 (key_share,
 * pre_shared_key in ServerHello), RFC 5246 section 7.3 (no Certificate message).
 * For the log only: nothing is trusted because of it, except that a resumed
 * session's certificate is looked up where it was kept.
 * Runs in: smtpd, smtp, posttls-finger, while a handshake lasts.  Parameters: none.  Feature: TLS.
 * Tests: tests/unit/tls_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "net/tls_int.h"

enum {
    RECORD_CCS = 20, RECORD_HANDSHAKE = 22,
    SERVER_HELLO = 2, CERTIFICATE = 11,
    EXT_PSK = 41, EXT_VERSIONS = 43, EXT_KEY_SHARE = 51,
};

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static void extension(struct tls_scan *s, unsigned type, const uint8_t *p, size_t n)
{
    if (type == EXT_PSK)
        s->psk = true;
    if (type == EXT_VERSIONS && n == 2)
        s->v13 = get16(p) == 0x0304;
    if (type == EXT_KEY_SHARE && n >= 2)
        s->group = get16(p); /* also in a HelloRetryRequest */
}

static void server_hello(struct tls_scan *s)
{
    const uint8_t *p = s->body;
    size_t n = s->body_n, at = 2 + 32;

    s->psk = false;
    if (n < at + 1)
        return;
    at += 1 + (size_t)p[at] + 2 + 1 + 2; /* session id, cipher, compression, length of extensions */
    while (at + 4 <= n) {
        size_t len = get16(p + at + 2);

        if (len > n - at - 4)
            return;
        extension(s, get16(p + at), p + at + 4, len);
        at += 4 + len;
    }
}

static void message_end(struct tls_scan *s)
{
    if (s->message[0] == SERVER_HELLO)
        server_hello(s);
    if (s->message[0] == CERTIFICATE)
        s->certificate = true;
    s->message_n = 0;
    s->body_n = 0;
}

/* Bytes of handshake messages. */
static void feed_messages(struct tls_scan *s, const uint8_t *p, size_t n)
{
    while (n) {
        size_t part = 1;

        if (s->message_n < 4) {
            s->message[s->message_n++] = *p;
            s->message_left = (size_t)s->message[1] << 16 | get16(s->message + 2);
        } else {
            part = n < s->message_left ? n : s->message_left;
            for (size_t i = 0; i < part && s->body_n < sizeof s->body; i++)
                s->body[s->body_n++] = p[i];
            s->message_left -= part;
        }
        p += part;
        n -= part;
        if (s->message_n == 4 && !s->message_left)
            message_end(s);
    }
}

/* A record's head is complete: is there anything more to learn? */
static void record_start(struct tls_scan *s)
{
    s->record_left = get16(s->head + 3);
    if (s->head[0] == RECORD_CCS && s->v13)
        return; /* only for show; a second ServerHello may follow */
    if (s->head[0] != RECORD_HANDSHAKE)
        s->done = true; /* encrypted from here on */
}

void tls_scan_feed(struct tls_scan *s, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;

    while (n && !s->done) {
        size_t part = 1;

        if (s->head_n < 5) {
            s->head[s->head_n++] = *p;
            if (s->head_n == 5)
                record_start(s);
        } else {
            part = n < s->record_left ? n : s->record_left;
            if (s->head[0] == RECORD_HANDSHAKE)
                feed_messages(s, p, part);
            s->record_left -= part;
        }
        p += part;
        n -= part;
        if (s->head_n == 5 && !s->record_left)
            s->head_n = 0;
    }
}

bool tls_scan_resumed(const struct tls_scan *s)
{
    return s->v13 ? s->psk : !s->certificate;
}
