/* tls.h - TLS for streams, and the hashes that come with it
 *
 * The only module that touches mbedTLS (tls_mbedtls*.c, with crypto.c). Without CONFIG_TLS the
 * functions are absent and callers are compiled out by if (ENABLE_TLS).
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/base.h"
#include "base/why.h"
#include "net/stream.h"

enum tls_verify { TLS_VERIFY_NONE, TLS_VERIFY_OPTIONAL, TLS_VERIFY_REQUIRED };

struct tls_config; /* keys, CAs and settings of one role; shared by sessions */

struct tls_options {
    bool server;
    enum tls_verify verify;       /* server: ask for a client certificate; the caller looks at tls_peer() and decides */
    const char *ca_file, *ca_path;
    const char *ca_more;          /* the system's, a file or a directory */
    const char *const *chain_files; /* NULL-terminated: PEM key(s) and certificates, first key before its chain */
    const char *cert_file, *key_file;       /* RSA or any */
    const char *eccert_file, *eckey_file;
    const char *protocols;        /* Postfix syntax: ">=TLSv1.2", "!SSLv3, TLSv1.3" */
    const char *ciphers;          /* grade: null export low medium high */
    const char *cipher_list;      /* what the grade stands for, as in ciphers(1); NULL = all that the library has */
    const char *groups;           /* "X25519 prime256v1", in order; NULL = the library's */
    const char *exclude_ciphers;
    const char *mandatory_protocols; /* in place of protocols, when set */
    /* server: the PEM for this name (its text, that in base64, or paths of files that can be read then, unless they
     * were given to tls_config_learn() before); NULL: the usual one */
    const char *(*sni_chain)(const char *name, void *arg);
    void *sni_arg;
    bool tickets;                 /* server; without effect when client certificates are asked for */
    int ticket_lifetime;          /* seconds; 0 = an hour */
    const uint8_t *ticket_key;    /* 32 bytes + 16 name shared by all processes, or NULL */
    int depth;                    /* 1 + certificates that may be above the peer's; 0 = 10 of them */
    bool client_order;            /* server: the client's order of ciphers counts */
    bool any_purpose;             /* server: a certificate for servers will do for a client */
    bool slow_shutdown;           /* wait for the other side to end TLS as well */
    bool wide_wildcards;          /* client: "*." stands for several labels */
    size_t max_fragment;          /* record buffer limit in bytes; 0 = the library's */
    /* Keys and CAs of this one, which must outlive the new one; no file is read: works in the jail. For the protocols
     * and ciphers of one entry of a policy table. */
    const struct tls_config *files_of;
};

/* Reads files now (before the jail). NULL + why when something cannot be used; says which file. */
struct tls_config *tls_config_new(const struct tls_options *opt, struct why *why);
void tls_config_free(struct tls_config *c);
/* Server: new keys for tickets, each as ticket_key above; what previous (or NULL) made is still accepted. */
void tls_config_tickets(struct tls_config *c, const uint8_t *current, const uint8_t *previous);
/* Reads now what sni_chain may answer later, in the jail. */
void tls_config_learn(struct tls_config *c, const char *source);
/* Settings this library cannot honour, as "ciphers=null"; NULL-terminated, logged by the caller once. */
const char *const *tls_config_ignored(const struct tls_config *c);

struct tls_peer {                 /* result of a handshake; text is owned by the session */
    const char *protocol;         /* "TLSv1.3" */
    const char *cipher;           /* "TLS_AES_256_GCM_SHA384" */
    int bits_used, bits_alg;
    bool cert_present;
    bool chain_trusted;           /* to a configured CA, dates good */
    bool name_matched;            /* one of names (client role) */
    const char *matched_name;     /* which of them; NULL = none */
    bool reused;                  /* session resumption */
    const char *subject_cn, *issuer_cn;
    const char *sni;              /* server role: name asked for */
    const char *kex, *kex_group;  /* "X25519" and NULL, "ECDHE" and "P-256"; both NULL before TLS 1.3 */
    const char *untrusted_reason; /* why chain_trusted or name_matched is false */
};

struct tls_start {
    struct tls_config *config;
    const char *sni;              /* client: server_name to send, NULL = none */
    const char *const *names;     /* client: acceptable names in the certificate; ".a.test": any below */
    const void *resume; size_t resume_n; /* client: saved session */
    int timeout_ms;
};

/* Handshake over s (its read buffer must be empty: anything there before is an injection and makes this fail).
 * OK: s->tls set. TEMP: failed, why says how; the connection is useless. */
enum result tls_handshake(struct stream *s, const struct tls_start *start, struct why *why) MUST;
const struct tls_peer *tls_peer(const struct stream *s);
/* " key-exchange X25519", " key-exchange ECDHE (P-256)" or "", for the log and the Received: header. */
enum { TLS_KEX_TEXT = 80 };
void tls_kex_text(const struct tls_peer *p, char out[TLS_KEX_TEXT]);
/* Fingerprint of the peer's certificate or public key, "AB:CD:..." ; digest "sha256", "sha1"... : PERM when unknown or
 * no certificate. */
enum result tls_fingerprint(const struct stream *s, const char *digest, bool public_key, char *out, size_t cap) MUST;
/* The peer's certificate, DER; empty when it has none. Valid while the session lives. */
struct str tls_peer_certificate(const struct stream *s);
/* Client: the session to resume later; bytes added to out. NONE when there is none. */
struct buf;
enum result tls_save_session(const struct stream *s, struct buf *out) MUST;
/* Used by stream.c only. As read/write: >0 bytes, 0 end, -1 error, -2 would block for reading, -3 for writing. */
long tls_read(struct tls_session *t, void *p, size_t n);
long tls_write(struct tls_session *t, const void *p, size_t n);
size_t tls_pending(struct tls_session *t);
void tls_close(struct tls_session *t, bool polite);
const char *tls_version(void);

#endif
