/* tls_int.h - parts of the TLS module that know no library: names, certificate store, what the wire tells */
/* SPDX-License-Identifier: ISC */
#ifndef NET_TLS_INT_H
#define NET_TLS_INT_H

#include "base/buf.h"
#include "base/why.h"

enum { TLS_V1_2 = 1, TLS_V1_3 = 2 }; /* protocol versions, as a set */
enum { TLS_NAME = 256, TLS_CIPHER_NAME = 64 };

/* tls_names.c */

/* Postfix's protocol list to a set of TLS_V1_*: OK; CONF + why: unknown word, or nothing is left. *old: the first
 * protocol that the list names expressly and nobody offers any more, else NULL. */
enum result tls_names_protocols(const char *list, unsigned *set, const char **old, struct why *why) MUST;
/* "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384" to "ECDHE-RSA-AES256-GCM-SHA384". */
void tls_names_cipher(const char *library_name, char out[TLS_CIPHER_NAME]);
/* Is this (OpenSSL) name one that no grade offers: no authentication, no encryption, pre-shared keys? */
bool tls_names_unfit(const char *name);
/* Does a list like "aNULL, MD5, AES256+SHA" name this cipher? */
bool tls_names_excluded(const char *name, const char *list);
/* A list of ciphers(1) ("HIGH:!aRSA:+AES128:@STRENGTH") for ciphers of these names: their indexes, in order. */
size_t tls_names_order(const char *const *names, size_t n, const char *list, uint8_t *out);
int tls_names_bits(const char *name);
/* Does a name in a certificate cover the wanted one (".example.com": any below it)? many: "*." stands for several
 * labels. */
bool tls_names_match(struct str in_certificate, const char *wanted, bool many);
/* "X25519", "prime256v1" to its number in TLS; 0: unknown. */
unsigned tls_names_group_id(struct str name);
/* A TLS group's name: "X25519", "P-256"; NULL. */
const char *tls_names_group(unsigned id);

/* tls_scan.c: reads along while a server's first, unencrypted messages pass. */

struct tls_scan {
    uint8_t head[5], message[4];
    unsigned head_n, message_n;
    size_t record_left, message_left;
    uint8_t body[512];   /* of a ServerHello */
    size_t body_n;
    bool done;
    /* results */
    bool v13, psk, certificate;
    unsigned group;      /* TLS 1.3 */
};

void tls_scan_feed(struct tls_scan *s, const void *p, size_t n);
/* The session was resumed. */
bool tls_scan_resumed(const struct tls_scan *s);

/* tls_ca.c: certificates of authorities; stays in files until one is needed. */

struct tls_ca;

/* NULL + why: a file cannot be read, or holds no certificate. All may be NULL: an empty store. more: a file or a
 * directory. */
struct tls_ca *tls_ca_new(const char *file, const char *path, const char *more, struct why *why) MUST;
void tls_ca_free(struct tls_ca *ca);
size_t tls_ca_count(const struct tls_ca *ca);
/* Visits the DER form of each certificate whose subject is this name (DER), and perhaps others. */
void tls_ca_find(const struct tls_ca *ca, struct str name, void (*visit)(struct str der, void *arg), void *arg);
/* The next PEM block: its label and decoded content. NONE at the end. Broken blocks are skipped.
 * block is the whole of it, from its first dash on. */
enum result tls_ca_pem(struct str *rest, struct str *label, struct str *block, struct buf *der) MUST;

#endif
