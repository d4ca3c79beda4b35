/* param_check.c - what is wrong or without effect in main.cf
 *
 * Faults (syntax, value, range) are errors. Names are warnings at most:
 * unknown, left out of this build, or read by no code yet are three different
 * messages.
 * Runs in: master at start, postfix check, postconf.
 * Parameters: every one that is set.  Tests: tests/unit/param_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "param/param.h"
#include "param/param_int.h"

static const uint8_t used[] = {
#include "gen/param_used.h"
};

bool param_row_used(enum par_id id)
{
    return used[id / 8] >> (id % 8) & 1;
}

enum param_effect param_effect(enum par_id id)
{
    struct param_row row;

    param_row(id, &row);
    if (row.type == 'n' || row.type == 'g')
        return PARAM_GONE;
    if (!row.in_build && param_row_known_feature(id))
        return PARAM_LEFT_OUT;
    return param_row_used(id) ? PARAM_READ : PARAM_NOT_READ;
}

static void where(const char *name, char *text, size_t room)
{
    int line = 0;

    (void)param_raw(str_of(name), &line);
    if (line > 0)
        snprintf(text, room, "%s/main.cf, line %d", param_dir(), line);
    else
        snprintf(text, room, "-o");
}

static bool level_is_valid(void)
{
    struct buf out;
    const char *bad;
    enum result r;

    buf_init(&out, 16);
    r = param_expand_with("${{$compatibility_level} ==level {1}}", NULL, NULL, NULL, &out, &bad);
    buf_done(&out);
    return r == OK;
}

static bool check_value(const char *name, const char *raw)
{
    char why[200], at[400];
    const char *text, *bad;
    enum par_id id = PAR_COUNT;
    int64_t num;

    where(name, at, sizeof at);
    if (param_find(str_of(name), &id) == OK) {
        struct param_row row;

        param_row(id, &row);
        text = row.type == 'r' ? raw : param_text_why(name, why, sizeof why);
        bad = text ? param_row_problem(id, text, &num) : why;
        if (!text)
            text = raw;
    } else {
        text = raw;
        bad = strchr(raw, '$') && !param_text_why(name, why, sizeof why) ? why : NULL;
    }
    if (!bad && id == P_compatibility_level && !level_is_valid())
        bad = "must be major, major.minor or major.minor.patch";
    if (bad)
        log_error("%s: %s = %s: %s", at, name, text, bad);
    return !bad;
}

/* Why a parameter cannot exist here, or no longer does anywhere; NULL for all others. */
static const char *void_reason(enum par_id id)
{
    static const struct { uint16_t id; const char *reason; } rows[] = {
#define P_GONE(name, dflt, status, doc) { P_##name, status },
#define P_VOID(name, dflt, reason, doc) { P_##name, reason },
#include "param/rows.h"
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].id == id)
            return rows[i].reason;
    return NULL;
}

static void check_void(const char *name, const char *raw, enum par_id id)
{
    const char *reason = void_reason(id);
    char usual[PARAM_DEFAULT_ROOM];

    (void)param_default(id, usual);
    if (reason && strcmp(raw, usual) != 0)
        log_warn("%s/main.cf: %s has no effect: %s", param_dir(), name, reason);
}

static void check_name(const char *name, const char *raw)
{
    struct param_row row;
    enum par_id id;

    if (param_find(str_of(name), &id) != OK)
        return; /* user-defined names are legal; postconf knows which are used */
    param_row(id, &row);
    switch (param_effect(id)) {
    case PARAM_LEFT_OUT:
        log_warn("%s/main.cf: %s has no effect: this build was configured without CONFIG_%s", param_dir(), name,
                 row.feature);
        break;
    case PARAM_NOT_READ:
        log_warn("%s/main.cf: %s has no effect: it is not implemented in this version", param_dir(), name);
        break;
    case PARAM_GONE:
        check_void(name, raw, id);
        break;
    case PARAM_READ:
        break;
    }
}

void param_check_names(void)
{
    const char *name, *raw;

    for (size_t at = 0; param_each_set(&at, &name, &raw);)
        check_name(name, raw);
}

enum result param_check(void)
{
    const char *name, *raw;
    bool good = true;

    for (size_t at = 0; param_each_set(&at, &name, &raw);)
        good &= check_value(name, raw);
    return good ? OK : CONF;
}
