/* param_rows.c - the constant table of all parameters
 *
 * Packed by src/host/param_pack.c: a name is what differs from the name
 * before it in its block of 16, a byte may stand for a pair of bytes (which
 * may be such bytes again), and "$name" in a default is the row's number.
 * Text is unpacked when it is asked for; nothing is kept.
 * Runs in: every process.  Parameters: all of them.  Tests: tests/unit/param_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"
#include "param/param_int.h"

enum feature {
#define FEATURE(name, enabled, known) FEATURE_##name,
#include "gen/param_feature.h"
#undef FEATURE
};

static const struct {
    char name[12];
    bool enabled, known;
} features[] = {
#define FEATURE(name, enabled, known) { #name, enabled, known },
#include "gen/param_feature.h"
#undef FEATURE
};

struct row { /* so many parameters have one in common */
    uint8_t type;
    uint8_t feature;
    uint8_t bounds; /* index: the same few pairs of numbers occur again and again */
};

#include "gen/param_pack.h"

enum { REFERENCE = 2, PAIR_DEPTH = 256 };

static const char type_letters[] = "srizbnogttttt";
static const char type_units[] = "smhdw"; /* from TYPE_SECONDS on */

/* One byte of packed text: itself, or the pair it stands for. The packer has seen that there is room. */
static char *unpack_byte(uint8_t c, char *to)
{
    uint8_t stack[PAIR_DEPTH];
    size_t n = 0;

    for (;;) {
        while (pairs[c][0]) { /* a pair is older than what it stands in, so the depth is limited */
            stack[n++] = pairs[c][1];
            c = pairs[c][0];
        }
        *to++ = (char)c;
        if (!n)
            return to;
        c = stack[--n];
    }
}

/* Up to the end of this text; returns where the next one begins. */
static const uint8_t *unpack(const uint8_t *p, char **to)
{
    while (*p) {
        if (*p == REFERENCE) {
            *(*to)++ = '$';
            *to += param_name((enum par_id)((p[1] - 1) * 255 + p[2] - 1), *to);
            p += 3;
        } else {
            *to = unpack_byte(*p++, *to);
        }
    }
    **to = 0;
    return p + 1;
}

/* The next name of a block: its length; name holds the one before it. */
static size_t next_name(const uint8_t **p, char *name)
{
    char *to = name + **p;

    *p = unpack(*p + 1, &to);
    return (size_t)(to - name);
}

size_t param_name(enum par_id id, char name[PARAM_NAME_ROOM])
{
    const uint8_t *p = names + names_blocks[id / BLOCK];
    size_t n = 0;

    for (unsigned i = 0; i <= id % BLOCK; i++)
        n = next_name(&p, name);
    return n;
}

size_t param_default(enum par_id id, char text[PARAM_DEFAULT_ROOM])
{
    const uint8_t *p = defaults + defaults_blocks[id / BLOCK];
    char *to = text;

    for (unsigned i = 0; i < id % BLOCK; i++)
        p += strlen((const char *)p) + 1;
    (void)unpack(p, &to);
    return (size_t)(to - text);
}

static int compare(struct str name, const char *with)
{
    int d = name.n ? strncmp(name.p, with, name.n) : 0;

    return d ? d : with[name.n] ? -1 : 0;
}

/* The block whose first name is not behind name. */
static size_t find_block(struct str name)
{
    size_t low = 0, high = ARRAY_LEN(names_blocks);

    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        char first[PARAM_NAME_ROOM];

        param_name((enum par_id)(mid * BLOCK), first);
        if (compare(name, first) < 0)
            high = mid;
        else
            low = mid;
    }
    return low;
}

enum result param_find(struct str name, enum par_id *id)
{
    size_t i = find_block(name) * BLOCK, end = i + BLOCK < PAR_COUNT ? i + BLOCK : PAR_COUNT;
    const uint8_t *p = names + names_blocks[i / BLOCK];
    char at[PARAM_NAME_ROOM];

    if (!name.n || name.n >= PARAM_NAME_ROOM)
        return NONE;
    for (; i < end; i++) {
        (void)next_name(&p, at);
        if (str_eq(name, at)) {
            *id = (enum par_id)i;
            return OK;
        }
    }
    return NONE;
}

enum param_type param_type(enum par_id id)
{
    return (enum param_type)rows[row_of[id]].type;
}

char param_unit(enum par_id id)
{
    return rows[row_of[id]].type >= TYPE_SECONDS ? type_units[rows[row_of[id]].type - TYPE_SECONDS] : 0;
}

void param_bounds(enum par_id id, int64_t *min, int64_t *max)
{
    *min = bounds[rows[row_of[id]].bounds].min;
    *max = bounds[rows[row_of[id]].bounds].max;
}

bool param_row_known_feature(enum par_id id)
{
    return features[rows[row_of[id]].feature].known;
}

void param_row(enum par_id id, struct param_row *row)
{
    static struct {
        char *name, *dflt;
    } *kept; /* only what prints or checks the table comes here */

    if (!kept)
        kept = mem_new_array(PAR_COUNT, sizeof *kept);
    if (!kept[id].name) {
        char name[PARAM_NAME_ROOM], dflt[PARAM_DEFAULT_ROOM];
        size_t n = param_name(id, name);

        kept[id].name = mem_dup_n(name, n);
        n = param_default(id, dflt);
        kept[id].dflt = mem_dup_n(dflt, n);
    }
    row->name = kept[id].name;
    row->dflt = kept[id].dflt;
    row->type = type_letters[rows[row_of[id]].type];
    row->in_build = features[rows[row_of[id]].feature].enabled;
    row->feature = features[rows[row_of[id]].feature].name;
    row->unit = param_unit(id);
    param_bounds(id, &row->min, &row->max);
}
