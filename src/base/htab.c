/* htab.c - text keys to pointers, in memory
 *
 * Open addressing, kept at most three quarters full; a removed slot keeps a
 * tombstone until the next growth.
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/htab.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

struct slot {
    char *key; /* NULL = never used */
    uint32_t hash;
    bool gone; /* tombstone; key is freed but marks the chain */
    void *value;
};

struct htab {
    struct slot *slots;
    size_t cap;  /* power of two */
    size_t used; /* with tombstones */
    size_t live;
};

static char tombstone[1];

struct htab *htab_new(void)
{
    struct htab *t = mem_new(sizeof *t);

    t->cap = 16;
    t->slots = mem_new_array(t->cap, sizeof *t->slots);
    return t;
}

void htab_free(struct htab *t, void (*drop)(void *value))
{
    if (!t)
        return;
    for (size_t i = 0; i < t->cap; i++) {
        if (!t->slots[i].key || t->slots[i].gone)
            continue;
        if (drop)
            drop(t->slots[i].value);
        free(t->slots[i].key);
    }
    free(t->slots);
    free(t);
}

/* The slot of key, or the empty one where it would go. */
static struct slot *find(const struct htab *t, struct str key, uint32_t hash)
{
    for (size_t i = hash;; i++) {
        struct slot *s = &t->slots[i & (t->cap - 1)];

        if (!s->key || (!s->gone && s->hash == hash && str_eq_case(key, s->key)))
            return s;
    }
}

static void grow(struct htab *t)
{
    struct slot *old = t->slots;
    size_t n = t->cap;

    if (t->live * 2 >= t->cap)
        t->cap *= 2;
    t->slots = mem_new_array(t->cap, sizeof *t->slots);
    t->used = t->live;
    for (size_t i = 0; i < n; i++)
        if (old[i].key && !old[i].gone)
            *find(t, str_of(old[i].key), old[i].hash) = old[i];
    free(old);
}

void *htab_get(const struct htab *t, struct str key)
{
    struct slot *s = find(t, key, num_hash(key));

    return s->key ? s->value : NULL;
}

void *htab_put(struct htab *t, struct str key, void *value)
{
    uint32_t hash = num_hash(key);
    struct slot *s;
    void *old;

    if ((t->used + 1) * 4 > t->cap * 3)
        grow(t);
    s = find(t, key, hash);
    old = s->key ? s->value : NULL;
    if (!s->key) {
        s->key = mem_dup_n(key.p, key.n);
        s->hash = hash;
        t->used++;
        t->live++;
    }
    s->value = value;
    return old;
}

void *htab_remove(struct htab *t, struct str key)
{
    struct slot *s = find(t, key, num_hash(key));
    void *old = s->value;

    if (!s->key)
        return NULL;
    free(s->key);
    *s = (struct slot){ .key = tombstone, .gone = true };
    t->live--;
    return old;
}

size_t htab_count(const struct htab *t)
{
    return t->live;
}

bool htab_each(const struct htab *t, size_t *at, const char **key, void **value)
{
    for (; *at < t->cap; (*at)++) {
        const struct slot *s = &t->slots[*at];

        if (!s->key || s->gone)
            continue;
        *key = s->key;
        *value = s->value;
        (*at)++;
        return true;
    }
    return false;
}
