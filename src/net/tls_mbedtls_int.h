/* tls_mbedtls_int.h - what the files that touch mbedTLS share: configuration, session, keys, judgement of peers */
/* SPDX-License-Identifier: ISC */
#ifndef NET_TLS_MBEDTLS_INT_H
#define NET_TLS_MBEDTLS_INT_H

#include <mbedtls/build_info.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#if defined(MBEDTLS_SSL_TICKET_C)
#include <mbedtls/ssl_ticket.h>
#endif

#include "net/tls.h"
#include "net/tls_int.h"

enum {
    TLS_RAW = 4096,       /* bytes read ahead of the library, which asks for five and then for the rest */
    TLS_MAX_IGNORED = 8,
};

struct pair { /* a key and its certificates */
    mbedtls_pk_context key;
    mbedtls_x509_crt chain;
    struct pair *next;
};

struct named_pairs { /* for one server name */
    char *source;
    struct pair *pairs;
    bool learnt;      /* cannot be read again */
    struct named_pairs *next;
};

struct tls_config {
    mbedtls_ssl_config conf;
    bool server;
    struct tls_ca *ca;
    struct pair *pairs;
    bool borrowed;       /* ca and pairs are another configuration's */
    uint32_t id;         /* of the authorities: a saved session's trust holds only under the same */
    int *suites;
    uint16_t *groups;
    int depth;
    bool any_purpose, wide_wildcards, slow_shutdown;
    struct named_pairs *named;
    size_t named_n;
    const char *(*sni_chain)(const char *name, void *arg);
    void *sni_arg;
    char *ignored[TLS_MAX_IGNORED + 1];
    size_t ignored_n;
#if defined(MBEDTLS_SSL_TICKET_C)
    mbedtls_ssl_ticket_context ticket;
    bool tickets;
    uint32_t ticket_lifetime;
#endif
};

struct tls_session {
    mbedtls_ssl_context ssl;
    struct tls_config *config;
    int fd, fd_out;
    struct tls_scan *scan;  /* during the handshake */
    struct tls_peer peer;
    char cipher[TLS_CIPHER_NAME], subject[TLS_NAME], issuer[TLS_NAME], sni[TLS_NAME], reason[2 * TLS_NAME];
    uint8_t *cert, *key;    /* of a peer, DER: the certificate and its public key */
    size_t cert_n, key_n;
    mbedtls_ssl_session saved;
    bool have_saved;
    bool blocked;           /* the socket has nothing now */
    size_t raw_at, raw_n;
    uint8_t raw[TLS_RAW];
};

/* tls_mbedtls_keys.c: keys with their certificates */
int tls_random_bytes(void *arg, unsigned char *p, size_t n);
/* What the options name, checked to belong together. */
enum result tls_pairs_load(struct pair **list, const struct tls_options *o, struct why *why) MUST;
/* What sni_chain answered: names of files, their content, or their content in base64 (postmap -F). */
enum result tls_pairs_source(struct pair **list, const char *source, struct why *why) MUST;
void tls_pairs_free(struct pair *p);

/* tls_mbedtls_config.c */
void tls_config_ignore(struct tls_config *c, const char *what, const char *value);

/* tls_mbedtls_ticket.c: a server's session tickets */
enum result tls_tickets_set(struct tls_config *c, const struct tls_options *o, struct why *why) MUST;
void tls_tickets_done(struct tls_config *c);

/* tls_mbedtls_peer.c: what a certificate tells, and whether it may be believed */
void tls_peer_describe(struct tls_session *t, const mbedtls_x509_crt *leaf, const char *const *names);
/* Is there a way from the certificate to a configured authority, now, for this purpose? */
bool tls_peer_trusted(struct tls_session *t, mbedtls_x509_crt *leaf);
/* Says why not, from the flags of the library. */
void tls_peer_why(struct tls_session *t, const mbedtls_x509_crt *leaf, uint32_t flags);
void tls_peer_judge(struct tls_session *t, const char *const *names);

/* tls_mbedtls_saved.c: a client's sessions, to be resumed later */
bool tls_saved_keep(struct tls_session *t);
void tls_saved_offer(struct tls_session *t, const struct tls_start *start);
void tls_saved_recall(struct tls_session *t, const struct tls_start *start);

#endif
