/* tls_ca.c - certificates of authorities, looked up when one is needed
 *
 * A distribution's bundle has 140 certificates: parsed they take a megabyte in every process. Here they stay
 * in their file, whose descriptor is kept across the jail; an index of 12 bytes each says where. A directory
 * (CApath) is gathered into one anonymous file first.
 * Runs in: smtpd, smtp, posttls-finger.  Parameters: none.  Feature: TLS.  Tests: tests/unit/tls_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/tls_int.h"

enum { MAX_BUNDLE = 16 << 20, MAX_FILES = 3, FILE_SHIFT = 30, DER_SEQUENCE = 0x30 };

struct entry {
    uint32_t subject; /* hash */
    uint32_t at, n;   /* the PEM block, and which file in the top bits of n */
};

struct tls_ca {
    int fd[MAX_FILES]; /* CAfile, CApath, the system's */
    struct entry *entries;
    size_t n, cap;
};

/* --- DER, as far as needed to find a certificate's subject --- */

/* Cuts one element off *rest. */
static bool der_next(struct str *rest, unsigned *tag, struct str *content, struct str *whole)
{
    const uint8_t *p = (const uint8_t *)rest->p;
    size_t head = 2, len;

    if (rest->n < 2)
        return false;
    *tag = p[0];
    len = p[1];
    if (len & 0x80) {
        size_t bytes = len & 0x7F;

        if (bytes < 1 || bytes > 3 || rest->n < 2 + bytes)
            return false;
        len = 0;
        for (size_t i = 0; i < bytes; i++)
            len = len << 8 | p[2 + i];
        head += bytes;
    }
    if (len > rest->n - head)
        return false;
    *content = (struct str){ rest->p + head, len };
    *whole = (struct str){ rest->p, head + len };
    *rest = (struct str){ rest->p + head + len, rest->n - head - len };
    return true;
}

/* RFC 5280 section 4.1: the sixth part, or the fifth when there is no version. */
static bool der_subject(struct str der, struct str *subject)
{
    struct str in, whole;
    unsigned tag;

    if (!der_next(&der, &tag, &in, &whole) || tag != DER_SEQUENCE)
        return false;
    der = in;
    if (!der_next(&der, &tag, &in, &whole) || tag != DER_SEQUENCE)
        return false;
    der = in;
    for (int left = der.n && (uint8_t)der.p[0] == 0xA0 ? 6 : 5; left; left--)
        if (!der_next(&der, &tag, &in, subject))
            return false;
    return tag == DER_SEQUENCE;
}

/* The same for names that compare equal: letter case, string types and spaces do not count. */
static uint32_t name_hash(struct str name, uint32_t h, int depth)
{
    struct str in, whole;
    unsigned tag;

    while (der_next(&name, &tag, &in, &whole)) {
        if (tag & 0x20) {
            h = depth < 8 ? name_hash(in, h, depth + 1) : h;
            continue;
        }
        for (size_t i = 0; i < in.n; i++)
            if (in.p[i] != ' ' && in.p[i] != 0)
                h = (h ^ (uint32_t)chr_lower((unsigned char)in.p[i])) * 16777619u;
    }
    return h;
}

/* --- PEM --- */

/* Position of text in s, or s.n. */
static size_t find(struct str s, const char *text)
{
    size_t n = strlen(text), at = 0;

    while (s.n - at >= n) {
        const char *p = memchr(s.p + at, text[0], s.n - at - n + 1);

        if (!p)
            break;
        at = (size_t)(p - s.p);
        if (memcmp(p, text, n) == 0)
            return at;
        at++;
    }
    return s.n;
}

static bool decode_body(struct buf *der, struct str body)
{
    struct buf digits;
    bool fine;

    buf_init(&digits, body.n + 1);
    fine = buf_reserve(&digits, body.n);
    for (size_t i = 0; fine && i < body.n; i++)
        if (!chr_is_space((unsigned char)body.p[i]))
            digits.p[digits.n++] = body.p[i];
    fine = fine && base64_decode(der, buf_view(&digits)) == OK;
    mem_wipe(digits.p, digits.cap);
    buf_done(&digits);
    return fine;
}

enum result tls_ca_pem(struct str *rest, struct str *label, struct str *block, struct buf *der)
{
    for (;;) {
        size_t at = find(*rest, "-----BEGIN "), end;
        struct str s = { rest->p + at, rest->n - at }, body;

        if (!s.n)
            return NONE;
        body = (struct str){ s.p + 11, s.n - 11 };
        *rest = body;
        at = find(body, "-----");
        if (at == body.n || memchr(body.p, '\n', at))
            continue;
        *label = (struct str){ body.p, at };
        body = (struct str){ body.p + at + 5, body.n - at - 5 };
        end = find(body, "-----END ");
        if (end == body.n)
            return NONE;
        *rest = (struct str){ body.p + end + 9, body.n - end - 9 };
        at = find(*rest, "-----");
        *rest = (struct str){ rest->p + at, rest->n - at };
        *block = (struct str){ s.p, (size_t)(rest->p - s.p) + (rest->n >= 5 ? 5 : 0) };
        buf_reset(der);
        if (find(*label, "PRIVATE KEY") < label->n) /* may be encrypted, with lines of headers: for the library */
            return OK;
        if (decode_body(der, (struct str){ body.p, end }))
            return OK;
    }
}

static bool is_certificate(struct str label)
{
    return str_eq(label, "CERTIFICATE") || str_eq(label, "X509 CERTIFICATE") || str_eq(label, "TRUSTED CERTIFICATE");
}

/* --- the store --- */

static void add_entry(struct tls_ca *ca, uint32_t hash, size_t at, size_t n, int file)
{
    if (ca->n == ca->cap) {
        ca->cap = ca->cap ? ca->cap * 2 : 8;
        ca->entries = mem_resize(ca->entries, ca->cap * sizeof *ca->entries);
    }
    ca->entries[ca->n++] = (struct entry){ hash, (uint32_t)at, (uint32_t)n | (uint32_t)file << FILE_SHIFT };
}

static size_t index_text(struct tls_ca *ca, int file, struct str text)
{
    struct str rest = text, label, block, subject;
    size_t before = ca->n;
    struct buf der;

    buf_init(&der, MAX_BUNDLE);
    while (tls_ca_pem(&rest, &label, &block, &der) == OK)
        if (is_certificate(label) && der_subject(buf_view(&der), &subject))
            add_entry(ca, name_hash(subject, 2166136261u, 0), (size_t)(block.p - text.p), block.n, file);
    buf_done(&der);
    return ca->n - before;
}

static bool open_file(struct tls_ca *ca, int i, const char *file, struct why *why)
{
    struct buf text;
    bool fine;

    buf_init(&text, MAX_BUNDLE);
    ca->fd[i] = open(file, O_RDONLY | O_CLOEXEC);
    fine = ca->fd[i] >= 0 && io_read_file(AT_FDCWD, file, &text) == OK;
    if (!fine)
        why_set(why, "4.3.5", "cannot load Certification Authority data, CAfile=\"%s\": %s", file, strerror(errno));
    else if (index_text(ca, i, buf_view(&text)) == 0) {
        why_set(why, "4.3.5", "cannot load Certification Authority data, CAfile=\"%s\": no certificate in it", file);
        fine = false;
    }
    buf_done(&text);
    return fine;
}

/* Adds a file of the directory to the text, once for all its links. */
static void gather(struct buf *text, int dir, const char *name, struct stat **seen, size_t *seen_n)
{
    struct stat st;

    if (name[0] == '.' || fstatat(dir, name, &st, 0) < 0 || !S_ISREG(st.st_mode))
        return;
    for (size_t i = 0; i < *seen_n; i++)
        if ((*seen)[i].st_ino == st.st_ino && (*seen)[i].st_dev == st.st_dev)
            return;
    *seen = mem_resize(*seen, (*seen_n + 1) * sizeof **seen);
    (*seen)[(*seen_n)++] = st;
    if (io_read_file(dir, name, text) == OK)
        buf_puts(text, "\n");
}

static bool open_path(struct tls_ca *ca, int i, const char *path, struct why *why)
{
    struct stat *seen = NULL;
    size_t seen_n = 0;
    struct dirent *e;
    struct buf text;
    DIR *d = opendir(path);
    bool fine;

    if (!d) {
        why_set(why, "4.3.5", "cannot load Certification Authority data, CApath=\"%s\": %s", path, strerror(errno));
        return false;
    }
    buf_init(&text, MAX_BUNDLE);
    while ((e = readdir(d)) != NULL)
        gather(&text, dirfd(d), e->d_name, &seen, &seen_n);
    closedir(d);
    free(seen);
    ca->fd[i] = memfd_create("CApath", MFD_CLOEXEC);
    fine = ca->fd[i] >= 0 && io_write(ca->fd[i], text.p, text.n) == OK;
    if (fine)
        (void)index_text(ca, i, buf_view(&text)); /* an empty directory is no error */
    else
        why_set(why, "4.3.5", "cannot keep the certificates of CApath=\"%s\": %s", path, strerror(errno));
    buf_done(&text);
    return fine;
}

static bool is_directory(const char *name)
{
    struct stat st;

    return stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

struct tls_ca *tls_ca_new(const char *file, const char *path, const char *more, struct why *why)
{
    struct tls_ca *ca = mem_new(sizeof *ca);

    for (int i = 0; i < MAX_FILES; i++)
        ca->fd[i] = -1;
    if ((file && !open_file(ca, 0, file, why)) || (path && !open_path(ca, 1, path, why)) ||
        (more && !(is_directory(more) ? open_path(ca, 2, more, why) : open_file(ca, 2, more, why)))) {
        tls_ca_free(ca);
        return NULL;
    }
    return ca;
}

void tls_ca_free(struct tls_ca *ca)
{
    if (!ca)
        return;
    for (int i = 0; i < MAX_FILES; i++)
        if (ca->fd[i] >= 0)
            close(ca->fd[i]);
    free(ca->entries);
    free(ca);
}

size_t tls_ca_count(const struct tls_ca *ca)
{
    return ca->n;
}

/* The file may have changed since: what is found there is a certificate or nothing. */
static void visit_entry(const struct tls_ca *ca, const struct entry *e, void (*visit)(struct str der, void *arg),
                        void *arg)
{
    size_t n = e->n & ((1u << FILE_SHIFT) - 1);
    struct str rest, label, block;
    struct buf text, der;

    buf_init(&text, MAX_BUNDLE);
    buf_init(&der, MAX_BUNDLE);
    if (buf_reserve(&text, n) && io_pread(ca->fd[e->n >> FILE_SHIFT], text.p, n, e->at) == OK) {
        rest = (struct str){ text.p, n };
        if (tls_ca_pem(&rest, &label, &block, &der) == OK && is_certificate(label))
            visit(buf_view(&der), arg);
    }
    buf_done(&text);
    buf_done(&der);
}

void tls_ca_find(const struct tls_ca *ca, struct str name, void (*visit)(struct str der, void *arg), void *arg)
{
    uint32_t h = name_hash(name, 2166136261u, 0);

    for (size_t i = 0; i < ca->n; i++)
        if (ca->entries[i].subject == h)
            visit_entry(ca, &ca->entries[i], visit, arg);
}
