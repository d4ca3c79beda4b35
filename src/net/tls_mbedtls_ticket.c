/* tls_mbedtls_ticket.c - session tickets of a server
 *
 * Runs in: smtpd.  Parameters: none.  RFC 5077, RFC 8446 section 4.6.1.  Feature: TLS.
 * Tests: tests/unit/tls_test.c, tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls_mbedtls_int.h"

enum { TICKET_LIFETIME = 3600 };

enum result tls_tickets_set(struct tls_config *c, const struct tls_options *o, struct why *why)
{
#if defined(MBEDTLS_SSL_TICKET_C)
    uint32_t lifetime = o->ticket_lifetime > 0 ? (uint32_t)o->ticket_lifetime : TICKET_LIFETIME;

    /* A TLS 1.3 ticket does not keep the client's certificate: who asks for one gets it each time. */
    if (!o->server || !o->tickets || o->verify != TLS_VERIFY_NONE) {
        if (o->server)
            mbedtls_ssl_conf_session_tickets(&c->conf, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
        return OK;
    }
    mbedtls_ssl_ticket_init(&c->ticket);
    c->tickets = true;
    c->ticket_lifetime = lifetime;
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    if (mbedtls_ssl_ticket_setup(&c->ticket, tls_random_bytes, NULL, MBEDTLS_CIPHER_AES_256_GCM, lifetime) != 0 ||
#else
    if (mbedtls_ssl_ticket_setup(&c->ticket, PSA_ALG_GCM, PSA_KEY_TYPE_AES, 256, lifetime) != 0 ||
#endif
        (o->ticket_key && mbedtls_ssl_ticket_rotate(&c->ticket, o->ticket_key + 32, MBEDTLS_SSL_TICKET_KEY_NAME_BYTES,
                                                    o->ticket_key, 32, lifetime) != 0)) {
        why_set(why, "4.3.0", "cannot set up TLS session tickets");
        return CONF;
    }
    mbedtls_ssl_conf_session_tickets_cb(&c->conf, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &c->ticket);
#else
    if (o->server && o->tickets)
        tls_config_ignore(c, "tickets", "yes");
#endif
    return OK;
}

void tls_config_tickets(struct tls_config *c, const uint8_t *current, const uint8_t *previous)
{
#if defined(MBEDTLS_SSL_TICKET_C)
    const uint8_t *keys[] = { previous, current };

    for (size_t i = 0; i < ARRAY_LEN(keys) && c->tickets; i++)
        if (keys[i])
            (void)mbedtls_ssl_ticket_rotate(&c->ticket, keys[i] + 32, MBEDTLS_SSL_TICKET_KEY_NAME_BYTES, keys[i], 32,
                                            c->ticket_lifetime);
#endif
}

void tls_tickets_done(struct tls_config *c)
{
#if defined(MBEDTLS_SSL_TICKET_C)
    if (c->tickets)
        mbedtls_ssl_ticket_free(&c->ticket);
#endif
}
