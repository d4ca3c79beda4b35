/* postmap_query.c - postmap and postalias: asking and listing tables
 *
 * Runs as: any user.  Parameters: default_database_type and those of the table types.
 * Tests: tests/tables/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map.h"
#include "net/crypto.h"
#include "tool/postmap.h"

enum { ANSWER_MAX = 64 << 20 };

struct query {
    const struct postmap_options *o;
    struct map **v;
    int n;
    struct buf answer, decoded;
    bool found;
};

static void query_init(struct query *q, const struct postmap_options *o, char *const *args, int n)
{
    *q = (struct query){ .o = o, .n = n };
    q->v = mem_new_array((size_t)n, sizeof *q->v);
    buf_init(&q->answer, ANSWER_MAX);
    buf_init(&q->decoded, ANSWER_MAX);
    for (int i = 0; i < n; i++) {
        char *spec = postmap_spec(args[i]);

        q->v[i] = map_open(spec, postmap_flags(o));
        free(spec);
    }
}

static void query_done(struct query *q)
{
    buf_done(&q->answer);
    buf_done(&q->decoded);
    free(q->v);
    if (fflush(stdout) != 0)
        log_fatal_status(1, "write error");
}

/* -F: what the base64 text stands for. NONE: warned. */
static enum result plain(struct query *q, const struct map *m, struct str key, struct str *value)
{
    if (!q->o->files)
        return OK;
    buf_reset(&q->decoded);
    if (base64_decode(&q->decoded, *value) == OK) {
        *value = buf_view(&q->decoded);
        return OK;
    }
    log_warn("table %s: key %.*s: malformed BASE64 value: %.*s", map_name(m), (int)key.n, key.p,
             (int)(value->n > 100 ? 100 : value->n), value->p);
    return NONE;
}

/* First answer of all tables; a failure ends the program. */
static enum result ask(struct query *q, struct str key, struct str *value)
{
    for (int i = 0; i < q->n; i++) {
        enum result r = map_get(q->v[i], key, &q->answer);

        if (r == OK) {
            *value = buf_view(&q->answer);
            r = plain(q, q->v[i], key, value) == OK ? OK : TEMP;
        }
        if (r != OK && r != NONE)
            log_fatal_status(1, "table %s: query error", map_name(q->v[i]));
        if (r == NONE)
            continue;
        if (!value->n) {
            log_warn("table %s: key %.*s: empty string result is not allowed", map_name(q->v[i]), (int)key.n, key.p);
            log_warn("table %s should return NO RESULT in case of NOT FOUND", map_name(q->v[i]));
        }
        return OK;
    }
    return NONE;
}

static void print_text(struct str s)
{
    fwrite(s.p, 1, s.n, stdout);
}

/* RFC 8259 section 7. */
static void print_json_string(struct str s)
{
    bool utf8 = str_is_utf8(s);

    putchar('"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c == '\n')
            fputs("\\n", stdout);
        else if (c == '\t')
            fputs("\\t", stdout);
        else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8))
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void print_pair(const struct postmap_options *o, struct str key, struct str value)
{
    if (o->json) {
        putchar('{');
        print_json_string(key);
        fputs(": ", stdout);
        print_json_string(value);
        fputs("}\n", stdout);
    } else {
        print_text(key);
        putchar('\t');
        print_text(value);
        putchar('\n');
    }
}

bool postmap_query(const struct postmap_options *o, char *const *args, int n, const char *key)
{
    struct query q;
    struct str value;

    query_init(&q, o, args, n);
    q.found = ask(&q, str_of(key), &value) == OK;
    if (q.found && o->json) {
        print_pair(o, str_of(key), value);
    } else if (q.found) {
        print_text(value);
        putchar('\n');
    }
    query_done(&q);
    return q.found;
}

static void ask_one(struct str key, void *arg)
{
    struct query *q = arg;
    struct str value;

    if (ask(q, key, &value) != OK)
        return;
    q->found = true;
    print_pair(q->o, key, value);
}

bool postmap_query_stdin(const struct postmap_options *o, char *const *args, int n)
{
    struct query q;
    char *line = NULL;
    size_t cap = 0;
    ssize_t got;

    query_init(&q, o, args, n);
    if (o->header || o->body)
        postmap_message(o, ask_one, &q);
    else
        while ((got = getline(&line, &cap, stdin)) > 0)
            ask_one((struct str){ line, (size_t)got - (line[got - 1] == '\n') }, &q);
    free(line);
    query_done(&q);
    return q.found;
}

void postmap_list(const struct postmap_options *o, char *const *args, int n)
{
    struct query q;

    query_init(&q, o, args, n);
    for (int i = 0; i < n; i++) {
        struct str key, value;
        size_t at = 0;
        enum result r;

        while ((r = map_each(q.v[i], &at, &key, &value)) == OK)
            if (plain(&q, q.v[i], key, &value) == OK)
                print_pair(o, key, value);
        if (r == PERM)
            log_fatal_status(1, "table %s: sequence operation is not supported", map_name(q.v[i]));
        if (r != NONE)
            log_fatal_status(1, "table %s: sequence error", map_name(q.v[i]));
    }
    query_done(&q);
}
