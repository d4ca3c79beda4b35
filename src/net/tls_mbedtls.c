/* tls_mbedtls.c - TLS for streams, by mbedTLS
 *
 * Runs in: smtpd, smtp, lmtp, postscreen, posttls-finger.  Parameters: none (struct tls_options).
 * Feature: TLS.  Tests: tests/unit/tls_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls.h"

#include <stdlib.h>

#include <mbedtls/ssl.h>

struct tls_session {
    mbedtls_ssl_context ssl;
};

/* What the library answered, in the words of stream.c. */
static long outcome(int r)
{
    switch (r) {
    case MBEDTLS_ERR_SSL_WANT_READ: return -2;
    case MBEDTLS_ERR_SSL_WANT_WRITE: return -3;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return 0;
    default: return r < 0 ? -1 : r;
    }
}

long tls_read(struct tls_session *t, void *p, size_t n)
{
    return outcome(mbedtls_ssl_read(&t->ssl, p, n));
}

long tls_write(struct tls_session *t, const void *p, size_t n)
{
    return outcome(mbedtls_ssl_write(&t->ssl, p, n));
}

size_t tls_pending(struct tls_session *t)
{
    return mbedtls_ssl_get_bytes_avail(&t->ssl);
}

void tls_close(struct tls_session *t, bool polite)
{
    if (polite)
        (void)mbedtls_ssl_close_notify(&t->ssl);
    mbedtls_ssl_free(&t->ssl);
    free(t);
}
