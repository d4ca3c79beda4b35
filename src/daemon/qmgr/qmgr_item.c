/* qmgr_item.c - every message the queue manager knows of
 *
 * A hash table by id and a heap by time. A message that waits for its next
 * attempt is an item and nothing else.
 * Runs in: qmgr.  Parameters: none.  Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/qmgr/qmgr_int.h"

static struct {
    struct item **bucket;
    size_t buckets, count;
    struct item **heap;
    size_t heap_n, heap_cap;
    struct item *wait_first, *wait_last;
} items;

/* Case counts in a long queue id. */
static size_t bucket_of(const char *id)
{
    uint32_t h = 2166136261u;

    for (; *id; id++)
        h = (h ^ (unsigned char)*id) * 16777619u;
    return (h ^ h >> 15) & (items.buckets - 1);
}

struct item *item_find(const char *id)
{
    struct item *it = items.buckets ? items.bucket[bucket_of(id)] : NULL;

    while (it && strcmp(it->id, id) != 0)
        it = it->chain;
    return it;
}

static void grow(void)
{
    struct item **old = items.bucket;
    size_t n = items.buckets;

    items.buckets = n ? n * 2 : 64;
    items.bucket = mem_new_array(items.buckets, sizeof *items.bucket);
    for (size_t i = 0; i < n; i++)
        while (old[i]) {
            struct item *it = old[i];
            size_t b = bucket_of(it->id);

            old[i] = it->chain;
            it->chain = items.bucket[b];
            items.bucket[b] = it;
        }
    free(old);
}

struct item *item_new(const char *id, enum item_place place)
{
    size_t n = strlen(id) + 1, b;
    struct item *it = mem_new(sizeof *it + n);

    if (items.count >= items.buckets)
        grow();
    memcpy(it->id, id, n);
    it->place = (uint8_t)place;
    b = bucket_of(id);
    it->chain = items.bucket[b];
    items.bucket[b] = it;
    items.count++;
    return it;
}

void item_free(struct item *it)
{
    struct item **at = &items.bucket[bucket_of(it->id)];

    item_untime(it);
    while (*at != it)
        at = &(*at)->chain;
    *at = it->chain;
    items.count--;
    free(it);
}

size_t item_count(void)
{
    return items.count;
}

bool item_each(size_t *at, struct item **it)
{
    if (*it)
        *it = (*it)->chain;
    while (!*it && *at < items.buckets)
        *it = items.bucket[(*at)++];
    return *it != NULL;
}

static void put(size_t i, struct item *it)
{
    items.heap[i] = it;
    it->slot = (uint32_t)i + 1;
}

static void up(size_t i)
{
    struct item *it = items.heap[i];

    for (; i && items.heap[(i - 1) / 2]->due > it->due; i = (i - 1) / 2)
        put(i, items.heap[(i - 1) / 2]);
    put(i, it);
}

static void down(size_t i)
{
    struct item *it = items.heap[i];

    for (;;) {
        size_t child = 2 * i + 1;

        if (child + 1 < items.heap_n && items.heap[child + 1]->due < items.heap[child]->due)
            child++;
        if (child >= items.heap_n || items.heap[child]->due >= it->due)
            break;
        put(i, items.heap[child]);
        i = child;
    }
    put(i, it);
}

void item_untime(struct item *it)
{
    size_t i = it->slot - 1;

    if (!it->slot)
        return;
    it->slot = 0;
    items.heap_n--;
    if (i == items.heap_n)
        return;
    put(i, items.heap[items.heap_n]);
    up(i);
    down(items.heap[i]->slot - 1);
}

void item_set_due(struct item *it, int64_t due)
{
    item_untime(it);
    it->due = due;
    if (items.heap_n == items.heap_cap) {
        items.heap_cap = items.heap_cap ? items.heap_cap * 2 : 64;
        items.heap = mem_resize(items.heap, items.heap_cap * sizeof(struct item *));
    }
    put(items.heap_n++, it);
    up(items.heap_n - 1);
}

struct item *item_first(void)
{
    return items.heap_n ? items.heap[0] : NULL;
}

void item_wait(struct item *it)
{
    if (it->waiting)
        return;
    it->waiting = true;
    it->next = NULL;
    if (items.wait_last)
        items.wait_last->next = it;
    else
        items.wait_first = it;
    items.wait_last = it;
}

struct item *item_unwait(void)
{
    struct item *it = items.wait_first;

    if (!it)
        return NULL;
    items.wait_first = it->next;
    if (!items.wait_first)
        items.wait_last = NULL;
    it->waiting = false;
    return it;
}
