/* param_pack.c - the parameter table, packed: names, defaults, bounds
 *
 * Reads the rows as C, sorts them by name and writes gen/param_pack.h. Names
 * and defaults are 37 kB of text with much repetition. Of a name only what
 * differs from the name before is kept, and the byte values that the text does
 * not use stand for the pairs that occur most, pairs of pairs included. "$" and
 * a parameter's name in a default is its number. A third of the text remains.
 * src/param/param_rows.c has the reverse.
 * Runs on the build machine.
 */
/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autoconf.h"

#define FN(function) "\1" #function

enum { CODES = 256, TEXT_MAX = 200000, NAME_MAX_LENGTH = 63, DEFAULT_MAX_LENGTH = 4095, BOUNDS_MAX = 255, BLOCK = 16,
       KINDS_MAX = 256, REFERENCE = 2, /* the byte before a parameter's number */
       RAW = 256 };   /* added to a byte that pairs must leave alone */

struct row {
    const char *name, *dflt, *type, *feature;
    long min, max;
};

#define P_STR(name, dflt, min, max, feature, doc) { #name, dflt, "STR", #feature, min, max },
#define P_RAW(name, dflt, min, max, feature, doc) { #name, dflt, "RAW", #feature, min, max },
#define P_INT(name, dflt, min, max, feature, doc) { #name, dflt, "INT", #feature, min, max },
#define P_SIZE(name, dflt, min, max, feature, doc) { #name, dflt, "SIZE", #feature, min, max },
#define UNIT_TYPE(u) ((u) == 's' ? "SECONDS" : (u) == 'm' ? "MINUTES" : (u) == 'h' ? "HOURS" : (u) == 'd' ? "DAYS" : \
                        "WEEKS")
#define P_TIME(name, dflt, unit, min, max, feature, doc) { #name, dflt, UNIT_TYPE(unit), #feature, min, max },
#define P_BOOL(name, dflt, feature, doc) { #name, dflt, "BOOL", #feature, 0, 0 },
#define P_NONE(name, dflt, status, doc) { #name, dflt, "NONE", "ALWAYS", 0, 0 },
#define P_OLD(name, dflt, status, doc) { #name, dflt, "OLD", "ALWAYS", 0, 0 },
#define P_GONE(name, dflt, status, doc) { #name, dflt, "GONE", "ALWAYS", 0, 0 },
#define P_VOID(name, dflt, reason, doc) { #name, dflt, "NONE", "ALWAYS", 0, 0 },
static struct row rows[] = {
#include "param/rows.h"
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static unsigned short text[TEXT_MAX];
static size_t length;
static unsigned char pairs[CODES][2];
static unsigned counts[CODES][CODES];
static long bounds[BOUNDS_MAX + 1][2];
static int bounds_n;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static void add_byte(unsigned c)
{
    if (length == TEXT_MAX) {
        fprintf(stderr, "param_pack: too much text\n");
        exit(1);
    }
    text[length++] = (unsigned short)c;
}

static void add(const char *s)
{
    for (; *s; s++)
        add_byte((unsigned char)*s);
    add_byte(RAW);
}

/* Length of the name at s when it is a parameter's, with its number. */
static size_t reference(const char *s, size_t *id)
{
    struct row key, *found;
    char name[NAME_MAX_LENGTH + 1];
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    if (!n || n > NAME_MAX_LENGTH)
        return 0;
    memcpy(name, s, n);
    name[n] = 0;
    key.name = name;
    found = bsearch(&key, rows, ROWS, sizeof rows[0], by_name);
    *id = found ? (size_t)(found - rows) : 0;
    return found ? n : 0;
}

static void add_default(const char *s)
{
    while (*s) {
        size_t id, n = *s == '$' ? reference(s + 1, &id) : 0;

        if (n) { /* neither byte may be the end of text */
            add_byte(RAW + REFERENCE);
            add_byte((unsigned)(RAW + 1 + id / 255));
            add_byte((unsigned)(RAW + 1 + id % 255));
            s += n + 1;
        } else if (*s == 1) {
            add_byte(RAW + 1);
            s++;
        } else {
            add_byte((unsigned char)*s++);
        }
    }
    add_byte(RAW);
}

/* What the name shares with the one before it in its block. */
static size_t shared_with_last(size_t i)
{
    size_t n = 0;

    if (i % BLOCK)
        while (rows[i].name[n] && rows[i].name[n] == rows[i - 1].name[n])
            n++;
    return n;
}

/* All names, then all defaults. */
static void gather(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strlen(rows[i].name) > NAME_MAX_LENGTH || strlen(rows[i].dflt) > DEFAULT_MAX_LENGTH) {
            fprintf(stderr, "param_pack: name or default too long: %s\n", rows[i].name);
            exit(1);
        }
        add(rows[i].name + shared_with_last(i));
    }
    for (size_t i = 0; i < ROWS; i++)
        add_default(rows[i].dflt);
}

/* The pair that occurs most; 0 when none is worth two bytes of table. */
static int best_pair(unsigned char best[2])
{
    unsigned most = 3;

    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i + 1 < length; i++)
        if (text[i] < RAW && text[i + 1] < RAW)
            counts[text[i]][text[i + 1]]++;
    for (int a = 0; a < CODES; a++)
        for (int b = 0; b < CODES; b++)
            if (counts[a][b] > most) {
                most = counts[a][b];
                best[0] = (unsigned char)a;
                best[1] = (unsigned char)b;
            }
    return most > 3;
}

static void replace(const unsigned char pair[2], unsigned char code)
{
    size_t to = 0;

    for (size_t i = 0; i < length; i++) {
        if (i + 1 < length && text[i] == pair[0] && text[i + 1] == pair[1]) {
            text[to++] = code;
            i++;
        } else {
            text[to++] = text[i];
        }
    }
    length = to;
}

static void pack(void)
{
    int used[CODES] = { 1, 1, 1 }; /* end of text, mark of a computed default, of a reference */

    for (size_t i = 0; i < length; i++)
        if (text[i] < RAW)
            used[text[i]] = 1;
    for (int code = CODES - 1; code > REFERENCE; code--) {
        if (used[code] || !best_pair(pairs[code]))
            continue;
        replace(pairs[code], (unsigned char)code);
    }
}

static void write_bytes(const unsigned short *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%d,", bytes[i] & 255);
    printf("\n");
}

/* One string per row; where every BLOCK-th begins goes to blocks. Names have the shared length in front. */
static const unsigned short *write_texts(const char *name, const unsigned short *p, int with_shared)
{
    size_t blocks[ROWS / BLOCK + 1], at = 0, n;

    printf("static const uint8_t %s[] = {\n", name);
    for (size_t i = 0; i < ROWS; i++, p += n) {
        unsigned short shared = (unsigned short)shared_with_last(i);

        if (i % BLOCK == 0)
            blocks[i / BLOCK] = at;
        if (with_shared)
            write_bytes(&shared, 1);
        for (n = 0; p[n] != RAW; n++)
            ;
        n++;
        write_bytes(p, n);
        at += n + (with_shared != 0);
    }
    if (at > UINT16_MAX) {
        fprintf(stderr, "param_pack: the packed text does not fit 16-bit offsets\n");
        exit(1);
    }
    printf("};\nstatic const uint16_t %s_blocks[] = {\n", name);
    for (size_t i = 0; i * BLOCK < ROWS; i++)
        printf("%zu,\n", blocks[i]);
    printf("};\n");
    return p;
}

/* Index of the pair of bounds. */
static int bounds_of(const struct row *r)
{
    int b = 0;

    while (b < bounds_n && (bounds[b][0] != r->min || bounds[b][1] != r->max))
        b++;
    if (b == BOUNDS_MAX) {
        fprintf(stderr, "param_pack: too many different bounds\n");
        exit(1);
    }
    bounds[b][0] = r->min;
    bounds[b][1] = r->max;
    bounds_n += b == bounds_n;
    return b;
}

/* Of rows that differ in name and default only, the first; its number among the first ones is given. */
static int kind_of(size_t i, size_t firsts[], int *n)
{
    for (int k = 0; k < *n; k++) {
        const struct row *r = &rows[firsts[k]];

        if (strcmp(r->type, rows[i].type) == 0 && strcmp(r->feature, rows[i].feature) == 0 && r->min == rows[i].min &&
            r->max == rows[i].max)
            return k;
    }
    if (*n == KINDS_MAX) {
        fprintf(stderr, "param_pack: too many different rows\n");
        exit(1);
    }
    firsts[*n] = i;
    return (*n)++;
}

static void write_rows(void)
{
    size_t firsts[KINDS_MAX];
    int n = 0;

    printf("static const uint8_t row_of[] = {\n");
    for (size_t i = 0; i < ROWS; i++)
        printf("%d, /* %s */\n", kind_of(i, firsts, &n), rows[i].name);
    printf("};\nstatic const struct row rows[] = {\n");
    for (int k = 0; k < n; k++) {
        const struct row *r = &rows[firsts[k]];

        printf("{ TYPE_%s, FEATURE_%s, %d },\n", r->type, r->feature, bounds_of(r));
    }
    printf("};\nstatic const struct { uint32_t min, max; } bounds[] = {\n");
    for (int b = 0; b < bounds_n; b++)
        printf("{ %ld, %ld },\n", bounds[b][0], bounds[b][1]);
    printf("};\n");
}

int main(void)
{
    const unsigned short *p;

    qsort(rows, ROWS, sizeof rows[0], by_name);
    gather();
    pack();
    printf("/* generated by src/host/param_pack.c */\nenum { BLOCK = %d };\n", BLOCK);
    write_rows();
    p = write_texts("names", text, 1);
    write_texts("defaults", p, 0);
    printf("static const uint8_t pairs[][2] = { /* 0, 0: the byte stands for itself */\n");
    for (int i = 0; i < CODES; i++)
        printf("{ %d, %d },\n", pairs[i][0], pairs[i][1]);
    printf("};\n");
    return 0;
}
