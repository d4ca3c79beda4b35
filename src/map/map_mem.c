/* map_mem.c - a fixed set of keys and values in memory, small per entry
 *
 * All text lies in one block; an open hash table holds offsets into it, eight
 * bytes per slot beside the text.
 * Runs in: every process that opens tables.  Parameters: none.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/map_mem.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

/* In text: key length and value length (4 bytes each), key, value. Offset 0 is never an entry. */
struct map_mem {
    struct buf text;
    uint32_t *slots;
    size_t cap, used;
};

enum { HEAD = 2 * sizeof(uint32_t) };

static void entry(const struct map_mem *t, uint32_t at, struct str *key, struct str *value)
{
    uint32_t n[2];

    memcpy(n, t->text.p + at, HEAD);
    *key = (struct str){ t->text.p + at + HEAD, n[0] };
    *value = (struct str){ key->p + n[0], n[1] };
}

static uint32_t *find(const struct map_mem *t, struct str key)
{
    for (size_t i = num_hash(key);; i++) {
        uint32_t *slot = &t->slots[i & (t->cap - 1)];
        struct str have, value;

        if (!*slot)
            return slot;
        entry(t, *slot, &have, &value);
        if (str_same(have, key))
            return slot;
    }
}

static void grow(struct map_mem *t)
{
    uint32_t *old = t->slots;
    size_t n = t->cap;

    t->cap *= 2;
    t->slots = mem_new_array(t->cap, sizeof *t->slots);
    for (size_t i = 0; i < n; i++) {
        struct str key, value;

        if (!old[i])
            continue;
        entry(t, old[i], &key, &value);
        *find(t, key) = old[i];
    }
    free(old);
}

struct map_mem *map_mem_new(void)
{
    struct map_mem *t = mem_new(sizeof *t);

    buf_init(&t->text, MAP_MEM_MAX);
    buf_putc(&t->text, 0);
    t->cap = 16;
    t->slots = mem_new_array(t->cap, sizeof *t->slots);
    return t;
}

void map_mem_free(struct map_mem *t)
{
    if (!t)
        return;
    buf_done(&t->text);
    free(t->slots);
    free(t);
}

enum result map_mem_add(struct map_mem *t, struct str key, struct str value, bool fold)
{
    size_t at = t->text.n;
    uint32_t n[2] = { (uint32_t)key.n, (uint32_t)value.n };
    uint32_t *slot;

    if (key.n > MAP_MEM_MAX || value.n > MAP_MEM_MAX || !buf_reserve(&t->text, HEAD + key.n + value.n))
        return TEMP;
    if ((t->used + 1) * 4 > t->cap * 3)
        grow(t);
    buf_add(&t->text, n, HEAD);
    buf_str(&t->text, key);
    if (fold)
        for (size_t i = 0; i < key.n; i++)
            t->text.p[at + HEAD + i] = (char)chr_lower((unsigned char)t->text.p[at + HEAD + i]);
    slot = find(t, (struct str){ t->text.p + at + HEAD, key.n });
    if (*slot) {
        buf_cut(&t->text, at);
        return NONE;
    }
    buf_str(&t->text, value);
    *slot = (uint32_t)at;
    t->used++;
    return OK;
}

static enum result mem_get(struct map *m, struct str key, struct buf *out)
{
    const struct map_mem *t = m->state;
    uint32_t *slot = find(t, key);
    struct str have, value;

    if (!*slot)
        return NONE;
    entry(t, *slot, &have, &value);
    return buf_str(out, value) ? OK : TEMP;
}

static enum result mem_each(struct map *m, size_t *at, struct str *key, struct str *value)
{
    const struct map_mem *t = m->state;

    if (*at == 0)
        *at = 1;
    if (*at >= t->text.n)
        return NONE;
    entry(t, (uint32_t)*at, key, value);
    *at += HEAD + key->n + value->n;
    return OK;
}

const struct map_ops map_mem_ops = { mem_get, mem_each };
