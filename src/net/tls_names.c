/* tls_names.c - names of protocols, ciphers and hosts as Postfix and OpenSSL spell them
 *
 * Pure functions.
 * Runs in: smtpd, smtp, posttls-finger.  Parameters: none.  Feature: TLS.  Tests: tests/unit/tls_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "net/tls_int.h"

#define SEPS ", :\t\r\n"

static const struct {
    const char *name;
    unsigned version, bit;
} protocols[] = {
    { "SSLv2", 0x0002, 0 },          { "SSLv3", 0x0300, 0 },   { "TLSv1", 0x0301, 0 },
    { "TLSv1.0", 0x0301, 0 },        { "TLSv1.1", 0x0302, 0 }, { "TLSv1.2", 0x0303, TLS_V1_2 },
    { "TLSv1.3", 0x0304, TLS_V1_3 },
};

/* A protocol's version number, also as four hexadecimal digits; 0 = unknown. */
static unsigned version_of(struct str word, const char **name)
{
    uint64_t n;

    for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
        if (str_eq_case(word, protocols[i].name)) {
            *name = protocols[i].name;
            return protocols[i].version;
        }
    }
    *name = NULL;
    return word.n == 4 && num_parse_hex(word, &n) == OK ? (unsigned)n : 0;
}

static unsigned bit_of(unsigned version)
{
    for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
        if (protocols[i].version == version)
            return protocols[i].bit;
    return 0;
}

/* Those of the set within the bounds. */
static unsigned between(unsigned low, unsigned high)
{
    unsigned set = 0;

    for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
        if (protocols[i].version >= low && protocols[i].version <= high)
            set |= protocols[i].bit;
    return set;
}

static struct str skip(struct str s, size_t n)
{
    return (struct str){ s.p + n, s.n - n };
}

enum result tls_names_protocols(const char *list, unsigned *set, const char **old, struct why *why)
{
    unsigned low = 0, high = 0xFFFF, include = 0, exclude = 0;
    struct str rest = str_of(list), word;
    bool any = false;

    *old = NULL;
    while (str_word(&rest, SEPS, &word) == OK) {
        size_t op = word.p[0] == '!' ? 1 : str_begins_case(word, ">=") || str_begins_case(word, "<=") ? 2 : 0;
        const char *name;
        unsigned version = version_of(skip(word, op), &name);

        if (!version) {
            why_set(why, "4.3.5", "Invalid TLS protocol list \"%s\": unknown protocol \"%.*s\"", list, (int)word.n,
                    word.p);
            return CONF;
        }
        if (op == 1) {
            exclude |= bit_of(version);
        } else if (op == 2 && word.p[0] == '>') {
            low = version;
        } else if (op == 2) {
            high = version;
        } else {
            any = true;
            include |= bit_of(version);
            if (!bit_of(version) && !*old)
                *old = name;
        }
    }
    *set = (any ? include : TLS_V1_2 | TLS_V1_3) & between(low, high) & ~exclude;
    if (*set)
        return OK;
    why_set(why, "4.3.5", "Invalid TLS protocol list \"%s\": neither TLSv1.2 nor TLSv1.3 is left", list);
    return CONF;
}

static void append(char *out, const char *text, size_t n)
{
    size_t have = strlen(out);

    snprintf(out + have, TLS_CIPHER_NAME - have, "%.*s", (int)n, text);
}

/* The encryption part: "AES-256-GCM-SHA384" to "AES256-GCM-SHA384", "AES-128-CBC-SHA" to "AES128-SHA". */
static void append_encryption(char *out, const char *from)
{
    static const char *const joined[] = { "AES-", "CAMELLIA-", "ARIA-" };
    const char *cbc;

    for (size_t i = 0; i < ARRAY_LEN(joined); i++) {
        size_t n = strlen(joined[i]);

        if (strncmp(from, joined[i], n) == 0) {
            append(out, from, n - 1);
            from += n;
            break;
        }
    }
    cbc = strstr(from, "-CBC-");
    if (cbc) {
        append(out, from, (size_t)(cbc - from));
        append(out, cbc + 4, strlen(cbc + 4));
    } else if (strncmp(from, "CHACHA20-POLY1305", 17) == 0) {
        append(out, from, 17);
    } else {
        append(out, from, strlen(from));
    }
}

void tls_names_cipher(const char *name, char out[TLS_CIPHER_NAME])
{
    const char *with = strstr(name, "-WITH-");

    out[0] = 0;
    if (strncmp(name, "TLS1-3-", 7) == 0) {
        append(out, "TLS_", 4);
        append(out, name + 7, strlen(name + 7));
        for (char *p = out; *p; p++)
            *p = *p == '-' ? '_' : *p;
        return;
    }
    if (strncmp(name, "TLS-", 4) != 0 || !with) {
        append(out, name, strlen(name));
        return;
    }
    if (strncmp(name, "TLS-RSA-WITH", 12) != 0) {
        append(out, name + 4, (size_t)(with - name) - 4);
        append(out, "-", 1);
    }
    append_encryption(out, with + 6);
}

bool tls_names_unfit(const char *name)
{
    static const char *const parts[] = { "PSK", "NULL", "RC4", "DES-", "3DES", "ECJPAKE", "TLS-" };

    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (strstr(name, parts[i]))
            return true;
    return strncmp(name, "ECDH-", 5) == 0;
}

static bool ends(const char *name, const char *tail)
{
    size_t n = strlen(name), m = strlen(tail);

    return n >= m && strcmp(name + n - m, tail) == 0;
}

static bool is_aead(const char *name)
{
    return strstr(name, "GCM") || strstr(name, "CCM") || strstr(name, "POLY1305");
}

/* One keyword of ciphers(1) and the ciphers it stands for. */
static bool keyword_covers(const char *word, const char *name)
{
    bool ecdhe = strncmp(name, "ECDHE-", 6) == 0, dhe = strncmp(name, "DHE-", 4) == 0,
         ecdsa = strstr(name, "ECDSA") != NULL;
    struct { const char *word; bool covers; } rows[] = {
        { "kECDHE", ecdhe }, { "kEECDH", ecdhe }, { "ECDHE", ecdhe }, { "EECDH", ecdhe }, { "ECDH", ecdhe },
        { "kDHE", dhe }, { "kEDH", dhe }, { "DHE", dhe }, { "EDH", dhe }, { "DH", dhe }, { "kRSA", !ecdhe && !dhe },
        { "aRSA", !ecdsa }, { "RSA", !ecdsa }, { "aECDSA", ecdsa }, { "ECDSA", ecdsa },
        { "AES", strstr(name, "AES") != NULL }, { "AES128", strstr(name, "AES128") != NULL },
        { "AES256", strstr(name, "AES256") != NULL }, { "AESGCM", strstr(name, "GCM") != NULL },
        { "AESCCM", strstr(name, "CCM") != NULL }, { "AESCCM8", strstr(name, "CCM8") || strstr(name, "CCM-8") },
        { "CHACHA20", strstr(name, "CHACHA20") != NULL }, { "CAMELLIA", strstr(name, "CAMELLIA") != NULL },
        { "CAMELLIA128", strstr(name, "CAMELLIA128") != NULL }, { "CAMELLIA256", strstr(name, "CAMELLIA256") != NULL },
        { "ARIA", strstr(name, "ARIA") != NULL }, { "CBC", !is_aead(name) },
        { "SHA", ends(name, "-SHA") }, { "SHA1", ends(name, "-SHA") },
        { "SHA256", !is_aead(name) && ends(name, "-SHA256") }, { "SHA384", !is_aead(name) && ends(name, "-SHA384") },
        { "HIGH", true }, { "ALL", true }, { "DEFAULT", true },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(word, rows[i].word) == 0)
            return rows[i].covers;
    return strcmp(word, name) == 0;
}

/* "AES256+SHA": all of the keywords at once. */
static bool word_covers(struct str word, const char *name)
{
    struct str part;
    char text[TLS_CIPHER_NAME];

    while (str_word(&word, "+", &part) == OK) {
        snprintf(text, sizeof text, "%.*s", (int)part.n, part.p);
        if (!keyword_covers(text, name))
            return false;
    }
    return true;
}

bool tls_names_excluded(const char *name, const char *list)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, SEPS, &word) == OK)
        if (word_covers(word, name))
            return true;
    return false;
}

/* --- cipher lists of ciphers(1) --- */

enum { TABLE_MAX = 128 };
enum state { AWAY, ACTIVE, KILLED };

struct order {
    const char *const *names;
    size_t n;
    uint8_t state[TABLE_MAX];
    uint8_t list[TABLE_MAX]; /* those that are active, in order */
    size_t active;
};

static void remove_active(struct order *o, size_t at)
{
    memmove(o->list + at, o->list + at + 1, o->active - at - 1);
    o->active--;
}

/* What ! - or + in front of a word does to the ciphers it covers; without any of them they are added. */
static void apply(struct order *o, char op, struct str word)
{
    size_t was = o->active;

    for (size_t at = 0, seen = 0; op && seen < was; seen++) {
        uint8_t i = o->list[at];

        if (!word_covers(word, o->names[i])) {
            at++;
            continue;
        }
        remove_active(o, at);
        o->state[i] = AWAY;
        if (op == '+') {
            o->list[o->active++] = i;
            o->state[i] = ACTIVE;
        }
    }
    for (size_t i = 0; i < o->n; i++) {
        if (op == '+' || op == '-' || !word_covers(word, o->names[i]))
            continue;
        if (op == '!') {
            o->state[i] = KILLED;
        } else if (o->state[i] == AWAY) {
            o->list[o->active++] = (uint8_t)i;
            o->state[i] = ACTIVE;
        }
    }
}

/* Stable, the strongest first. */
static void by_strength(struct order *o)
{
    for (size_t i = 1; i < o->active; i++) {
        uint8_t moved = o->list[i];
        size_t k = i;

        for (; k && tls_names_bits(o->names[o->list[k - 1]]) < tls_names_bits(o->names[moved]); k--)
            o->list[k] = o->list[k - 1];
        o->list[k] = moved;
    }
}

size_t tls_names_order(const char *const *names, size_t n, const char *list, uint8_t *out)
{
    struct order o = { .names = names, .n = n < TABLE_MAX ? n : TABLE_MAX };
    struct str rest = str_of(list), word;

    while (str_word(&rest, SEPS, &word) == OK) {
        char op = strchr("!-+", word.p[0]) ? word.p[0] : 0;

        if (str_eq(word, "@STRENGTH"))
            by_strength(&o);
        else if (word.p[0] != '@')
            apply(&o, op, op ? skip(word, 1) : word);
    }
    memcpy(out, o.list, o.active);
    return o.active;
}

int tls_names_bits(const char *name)
{
    return strstr(name, "256_GCM") || strstr(name, "AES256") || strstr(name, "CHACHA20") ||
                   strstr(name, "CAMELLIA256") || strstr(name, "ARIA256")
               ? 256
               : 128;
}

/* RFC 6125 section 6.4.3: a wildcard is the whole left label and stands for one label, or for several (many). */
bool tls_names_match(struct str have, const char *wanted, bool many)
{
    struct str want = str_of(wanted);
    size_t dot;

    if (!have.n || memchr(have.p, 0, have.n))
        return false; /* "good.example\0.bad.example" */
    if (have.p[have.n - 1] == '.')
        have.n--;
    if (want.n && want.p[want.n - 1] == '.' && want.n > 1)
        want.n--;
    if (want.n > 1 && want.p[0] == '.')
        return have.n > want.n && str_same_case(skip(have, have.n - want.n), want);
    if (have.n > 2 && have.p[0] == '*' && have.p[1] == '.') {
        if (many)
            return want.n >= have.n && want.p[0] != '.' &&
                   str_same_case(skip(have, 1), skip(want, want.n - have.n + 1));
        dot = str_find(want, '.');
        return dot > 0 && dot < want.n && str_same_case(skip(have, 1), skip(want, dot));
    }
    return want.n && str_same_case(have, want);
}

static const struct { unsigned id; const char *name, *other; } groups[] = {
    { 23, "P-256", "prime256v1" }, { 24, "P-384", "secp384r1" }, { 25, "P-521", "secp521r1" },
    { 26, "brainpoolP256r1", "" }, { 27, "brainpoolP384r1", "" }, { 28, "brainpoolP512r1", "" }, { 29, "X25519", "" },
    { 30, "X448", "" }, { 256, "ffdhe2048", "" }, { 257, "ffdhe3072", "" }, { 258, "ffdhe4096", "" },
    { 259, "ffdhe6144", "" }, { 260, "ffdhe8192", "" },
};

unsigned tls_names_group_id(struct str name)
{
    if (str_eq_case(name, "secp256r1"))
        return 23;
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        if (str_eq_case(name, groups[i].name) || (name.n && str_eq_case(name, groups[i].other)))
            return groups[i].id;
    return 0;
}

const char *tls_names_group(unsigned id)
{
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        if (groups[i].id == id)
            return groups[i].name;
    return NULL;
}
