/* param.c - main.cf and the rows: reading, lookup, typed values
 *
 * The rows are constant tables of offsets; main.cf stays in the one buffer it
 * was read into, with a small hash of the names it sets. Nothing is expanded
 * or converted before somebody asks for it.
 * Runs in: every process, after the options and before the jail.
 * Parameters: all of them.  Tests: tests/unit/param_test.c, tests/fuzz/fuzz_main_cf.c
 */
/* SPDX-License-Identifier: ISC */
#include "param/param.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "param/cf.h"
#include "param/param_int.h"

/* ---- the rows, as offsets into two blocks of text ---- */

#define FN(function) "\1" #function

#define EACH_ROW(name, ...) char n_##name[sizeof #name];
#define P_STR EACH_ROW
#define P_RAW EACH_ROW
#define P_INT EACH_ROW
#define P_SIZE EACH_ROW
#define P_TIME EACH_ROW
#define P_BOOL EACH_ROW
#define P_NONE EACH_ROW
#define P_OLD EACH_ROW
#define P_GONE EACH_ROW
struct names {
#include "param/rows.h"
};
#undef EACH_ROW

#define EACH_ROW(name, ...) #name,
#define P_STR EACH_ROW
#define P_RAW EACH_ROW
#define P_INT EACH_ROW
#define P_SIZE EACH_ROW
#define P_TIME EACH_ROW
#define P_BOOL EACH_ROW
#define P_NONE EACH_ROW
#define P_OLD EACH_ROW
#define P_GONE EACH_ROW
static const struct names names = {
#include "param/rows.h"
};
#undef EACH_ROW

#define EACH_ROW(name, dflt, ...) char d_##name[sizeof(dflt)];
#define P_STR EACH_ROW
#define P_RAW EACH_ROW
#define P_INT EACH_ROW
#define P_SIZE EACH_ROW
#define P_TIME EACH_ROW
#define P_BOOL EACH_ROW
#define P_NONE EACH_ROW
#define P_OLD EACH_ROW
#define P_GONE EACH_ROW
struct defaults {
#include "param/rows.h"
};
#undef EACH_ROW

#define EACH_ROW(name, dflt, ...) dflt,
#define P_STR EACH_ROW
#define P_RAW EACH_ROW
#define P_INT EACH_ROW
#define P_SIZE EACH_ROW
#define P_TIME EACH_ROW
#define P_BOOL EACH_ROW
#define P_NONE EACH_ROW
#define P_OLD EACH_ROW
#define P_GONE EACH_ROW
static const struct defaults defaults = {
#include "param/rows.h"
};
#undef EACH_ROW

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

enum type { TYPE_STR, TYPE_RAW, TYPE_INT, TYPE_SIZE, TYPE_BOOL, TYPE_NONE, TYPE_OLD, TYPE_GONE, TYPE_SECONDS, TYPE_MINUTES, TYPE_HOURS,
            TYPE_DAYS, TYPE_WEEKS };

static const char type_letters[] = "srizbnogttttt";
static const char type_units[] = "smhdw"; /* from TYPE_SECONDS on */

#define TIME_TYPE(unit) \
    ((unit) == 's' ? TYPE_SECONDS : (unit) == 'm' ? TYPE_MINUTES : (unit) == 'h' ? TYPE_HOURS : (unit) == 'd' ? TYPE_DAYS : TYPE_WEEKS)

struct row {
    uint16_t name, dflt; /* offsets */
    uint16_t min;        /* of the value, or of a string's length */
    uint8_t type;
    uint8_t feature;
    uint32_t max;        /* 0 = none */
};

#define ROW(id, min, max, type, feature) \
    { offsetof(struct names, n_##id), offsetof(struct defaults, d_##id), min, type, FEATURE_##feature, max },
#define P_STR(id, dflt, min, max, feature, doc) ROW(id, min, max, TYPE_STR, feature)
#define P_RAW(id, dflt, min, max, feature, doc) ROW(id, min, max, TYPE_RAW, feature)
#define P_INT(id, dflt, min, max, feature, doc) ROW(id, min, max, TYPE_INT, feature)
#define P_SIZE(id, dflt, min, max, feature, doc) ROW(id, min, max, TYPE_SIZE, feature)
#define P_TIME(id, dflt, unit, min, max, feature, doc) ROW(id, min, max, TIME_TYPE(unit), feature)
#define P_BOOL(id, dflt, feature, doc) ROW(id, 0, 0, TYPE_BOOL, feature)
#define P_NONE(id, dflt, status, doc) ROW(id, 0, 0, TYPE_NONE, ALWAYS)
#define P_OLD(id, dflt, status, doc) ROW(id, 0, 0, TYPE_OLD, ALWAYS)
#define P_GONE(id, dflt, status, doc) ROW(id, 0, 0, TYPE_GONE, ALWAYS)
static const struct row rows[] = {
#include "param/rows.h"
};

static const uint16_t sorted[] = {
#include "gen/param_sorted.h"
};

static const char *row_name(enum par_id id)
{
    return (const char *)&names + rows[id].name;
}

static const char *row_default(enum par_id id)
{
    return (const char *)&defaults + rows[id].dflt;
}

/* ---- what is set ---- */

enum { LINE_OVERRIDE = 0, LINE_DEFAULT = -1 };

struct setting {
    const char *name, *raw;
    const char *text; /* expanded; NULL = not yet, in_progress = being expanded */
    int line;         /* in main.cf, or LINE_* */
};

static const char in_progress[] = "";

static struct {
    char *dir;
    struct buf main_cf;
    struct setting *set;
    size_t n, cap;
    uint16_t *index; /* open addressing: position in set + 1 */
    size_t index_cap;
} pc;

/* Values that have been asked for: text for strings, a number for the rest. */
static union {
    int64_t num;
    const char *str;
} values[PAR_COUNT];
static uint8_t known[PAR_COUNT / 8 + 1];

enum { SETTINGS_MAX = 30000 };

static uint16_t *slot_of(struct str name)
{
    size_t mask = pc.index_cap - 1, i = num_hash(name) & mask;

    while (pc.index[i] && !str_eq(name, pc.set[pc.index[i] - 1].name))
        i = (i + 1) & mask;
    return &pc.index[i];
}

static struct setting *find_setting(struct str name)
{
    uint16_t at = pc.index_cap ? *slot_of(name) : 0;

    return at ? &pc.set[at - 1] : NULL;
}

static void grow(void)
{
    pc.cap = pc.cap ? pc.cap * 2 : 32;
    pc.set = mem_resize(pc.set, pc.cap * sizeof *pc.set);
    pc.index_cap = pc.cap * 2;
    free(pc.index);
    pc.index = mem_new_array(pc.index_cap, sizeof *pc.index);
    for (size_t i = 0; i < pc.n; i++)
        *slot_of(str_of(pc.set[i].name)) = (uint16_t)(i + 1);
}

static struct setting *add_setting(const char *name, const char *raw, int line)
{
    if (pc.n == pc.cap)
        grow();
    if (pc.n == SETTINGS_MAX)
        log_fatal("%s/main.cf: more than %d settings", param_dir(), SETTINGS_MAX);
    *slot_of(str_of(name)) = (uint16_t)(pc.n + 1);
    pc.set[pc.n] = (struct setting){ .name = name, .raw = raw, .line = line };
    return &pc.set[pc.n++];
}

/* Values worked out so far may depend on what has changed. Texts handed out stay valid. */
static void forget_values(void)
{
    for (size_t i = 0; i < pc.n; i++)
        pc.set[i].text = NULL;
    memset(known, 0, sizeof known);
}

/* ---- text of a name ---- */

static enum result text_of_name(struct expand *e, const char *name, const char **value);

/* The expanded text of a setting, kept. NULL after setting e->bad. */
static const char *setting_text(size_t i, struct expand *e)
{
    struct expand inner = { .get = text_of_name };
    struct buf out;
    enum result r;

    if (pc.set[i].text == in_progress) {
        snprintf(e->bad, sizeof e->bad, "unreasonable macro call nesting: \"%s\"", pc.set[i].name);
        return NULL;
    }
    if (pc.set[i].text)
        return pc.set[i].text;
    if (!strchr(pc.set[i].raw, '$') && pc.set[i].raw[0] != PARAM_COMPUTED)
        return pc.set[i].text = pc.set[i].raw;
    pc.set[i].text = in_progress;
    if (pc.set[i].line == LINE_DEFAULT && pc.set[i].raw[0] == PARAM_COMPUTED) {
        const char *bad, *text = param_host_value(pc.set[i].raw + 1, &bad);

        if (!text)
            snprintf(e->bad, sizeof e->bad, "%s", bad);
        return pc.set[i].text = text;
    }
    buf_init(&out, PARAM_TEXT_MAX);
    r = param_expand_run(&inner, str_of(pc.set[i].raw), &out);
    if (r != OK) {
        pc.set[i].text = NULL;
        memcpy(e->bad, inner.bad, sizeof e->bad);
        buf_done(&out);
        return NULL;
    }
    return pc.set[i].text = buf_take(&out);
}

/* The setting of a row; when there is none, its default becomes one. */
static size_t setting_of_row(enum par_id id)
{
    struct setting *s = find_setting(str_of(row_name(id)));

    if (!s)
        s = add_setting(row_name(id), row_default(id), LINE_DEFAULT);
    return (size_t)(s - pc.set);
}

static bool is_plain_default(enum par_id id)
{
    const char *d = row_default(id);

    return d[0] != PARAM_COMPUTED && !strchr(d, '$');
}

static const char *row_text(enum par_id id, struct expand *e)
{
    struct setting *s = find_setting(str_of(row_name(id)));

    if (!s && (rows[id].type == TYPE_RAW || is_plain_default(id)))
        return row_default(id);
    if (s && rows[id].type == TYPE_RAW)
        return s->raw;
    return setting_text(setting_of_row(id), e);
}

/* ${old_name?{$old_name}:{default}} must see that nobody set the old name. */
static bool is_unset_old_name(enum par_id id)
{
    return rows[id].type == TYPE_OLD && is_plain_default(id);
}

static enum result text_of_name(struct expand *e, const char *name, const char **value)
{
    struct setting *s = find_setting(str_of(name));
    enum par_id id;

    if (s && param_find(str_of(name), &id) == OK && rows[id].type == TYPE_RAW)
        *value = s->raw;
    else if (s)
        *value = setting_text((size_t)(s - pc.set), e);
    else if (param_find(str_of(name), &id) == OK && !is_unset_old_name(id))
        *value = row_text(id, e);
    else
        return NONE;
    return *value ? OK : PERM;
}

/* ---- typed values ---- */

static enum result parse_size(struct str s, int64_t max, int64_t *num)
{
    static const char suffixes[] = "kmg";
    const char *at = s.n ? strchr(suffixes, chr_lower((unsigned char)s.p[s.n - 1])) : NULL;
    enum result r;

    if (!at || !*at)
        return num_parse(s, 0, max, num);
    s.n--;
    r = num_parse(s, 0, max >> 10 * (at - suffixes + 1), num);
    if (r == OK)
        *num <<= 10 * (at - suffixes + 1);
    return r;
}

static const char *out_of_range(const struct row *row, const char *unit)
{
    static char text[96];

    if (row->max)
        snprintf(text, sizeof text, "must be from %u to %u%s", row->min, (unsigned)row->max, unit);
    else
        snprintf(text, sizeof text, "must be at least %u%s", row->min, unit);
    return text;
}

static const char *length_problem(const struct row *row, size_t n)
{
    return n < row->min || (row->max && n > row->max) ? out_of_range(row, " characters long") : NULL;
}

static const char *bool_problem(const char *text, int64_t *num)
{
    *num = str_eq_case(str_of(text), "yes");
    return *num || str_eq_case(str_of(text), "no") ? NULL : "must be yes or no";
}

const char *param_row_problem(enum par_id id, const char *text, int64_t *num)
{
    const struct row *row = &rows[id];
    bool is_time = row->type >= TYPE_SECONDS;
    enum result r;

    *num = 0;
    if (row->type == TYPE_STR || row->type == TYPE_RAW)
        return length_problem(row, strlen(text));
    if (row->type == TYPE_NONE || row->type == TYPE_OLD || row->type == TYPE_GONE)
        return NULL;
    if (row->type == TYPE_BOOL)
        return bool_problem(text, num);
    if (is_time)
        r = num_parse_time(str_of(text), type_units[row->type - TYPE_SECONDS], num);
    else if (row->type == TYPE_SIZE)
        r = parse_size(str_of(text), INT64_MAX, num);
    else
        r = num_parse(str_of(text), 0, INT32_MAX, num);
    if (r == PERM)
        return is_time ? "must be digits and an optional s, m, h, d or w" : "must be a decimal number";
    if (r == CONF || (is_time && *num > INT32_MAX))
        return row->max || *num < row->min ? out_of_range(row, is_time ? " seconds" : "") : "is too large";
    if (*num < row->min || (row->max && *num > (int64_t)row->max))
        return out_of_range(row, is_time ? " seconds" : "");
    return NULL;
}

static void NORETURN bad_value(enum par_id id, const char *text, const char *what)
{
    const struct setting *s = find_setting(str_of(row_name(id)));

    if (s && s->line > 0)
        log_fatal("%s/main.cf, line %d: %s = %s: %s", param_dir(), s->line, row_name(id), text, what);
    if (s && s->line == LINE_OVERRIDE)
        log_fatal("-o %s=%s: %s", row_name(id), text, what);
    log_fatal("default of %s = %s: %s", row_name(id), text, what);
}

/* The checked value of a row. */
static const char *value_of(enum par_id id, int64_t *num)
{
    struct expand e = { .get = text_of_name };
    const char *text = row_text(id, &e), *bad;

    if (!text) {
        struct setting *s = find_setting(str_of(row_name(id)));

        bad_value(id, s ? s->raw : row_default(id), e.bad);
    }
    bad = param_row_problem(id, text, num);
    if (bad && (rows[id].type > TYPE_RAW || param_raw(str_of(row_name(id)), NULL)))
        bad_value(id, text, bad); /* an empty default that a setting may not have is "not set" */
    return text;
}

static bool is_known(enum par_id id)
{
    return known[id / 8] >> (id % 8) & 1;
}

const char *param_str(enum par_id id)
{
    int64_t unused;

    if (!is_known(id)) {
        values[id].str = value_of(id, &unused);
        known[id / 8] |= (uint8_t)(1u << id % 8);
    }
    return values[id].str;
}

int64_t param_num(enum par_id id)
{
    if (!is_known(id)) {
        int64_t num;

        value_of(id, &num);
        values[id].num = num;
        known[id / 8] |= (uint8_t)(1u << id % 8);
    }
    return values[id].num;
}

/* ---- main.cf ---- */

const char *param_dir(void)
{
    return pc.dir ? pc.dir : CONFIG_CONFIG_DIR;
}

/* NULL, or what is wrong with the line. */
static const char *take_line(char *line, int number)
{
    char *name, *value;
    const char *bad = cf_split(line, &name, &value);
    struct setting *old;

    if (bad)
        return bad;
    old = find_setting(str_of(name));
    if (!old) {
        add_setting(name, value, number);
    } else if (old->line != LINE_OVERRIDE) {
        log_warn("%s/main.cf, line %d: overriding earlier entry: %s=%s", param_dir(), number, name, old->raw);
        old->raw = value;
        old->line = number;
    }
    return NULL;
}

const char *param_load_text(char *text, size_t n, int *line, const char **at)
{
    struct cf cf;
    const char *bad = NULL;
    char *next;

    cf_init(&cf, text, n);
    while (!bad && (next = cf_next(&cf))) {
        if (cf.orphan)
            log_warn("%s/main.cf, line %d: logical line must not start with whitespace: \"%.60s\"", param_dir(), cf.first,
                     next);
        else
            bad = take_line(next, cf.first);
        *line = cf.first;
        *at = next;
    }
    return bad;
}

/* Keeps what -o has set. */
static void drop_settings(void)
{
    size_t kept = 0;

    forget_values();
    for (size_t i = 0; i < pc.n; i++)
        if (pc.set[i].line == LINE_OVERRIDE)
            pc.set[kept++] = pc.set[i];
    pc.n = kept;
    if (pc.index_cap)
        memset(pc.index, 0, pc.index_cap * sizeof *pc.index);
    for (size_t i = 0; i < pc.n; i++)
        *slot_of(str_of(pc.set[i].name)) = (uint16_t)(i + 1);
    buf_init(&pc.main_cf, PARAM_FILE_MAX); /* texts handed out stay valid */
}

void param_load(const char *dir, bool optional)
{
    const char *bad, *at = "";
    int line = 0;
    enum result r;
    char *path;

    if (!dir)
        dir = getenv("MAIL_CONFIG");
    if (!dir)
        dir = CONFIG_CONFIG_DIR;
    pc.dir = mem_dup(dir);
    drop_settings();
    path = mem_printf("%s/main.cf", dir);
    r = io_read_file(AT_FDCWD, path, &pc.main_cf);
    if (r == NONE && !optional)
        log_fatal("open %s: %s", path, strerror(ENOENT));
    if (r != OK && r != NONE)
        log_fatal("open %s: %s", path, strerror(errno));
    free(path);
    bad = pc.main_cf.n ? param_load_text(pc.main_cf.p, pc.main_cf.n, &line, &at) : NULL;
    if (bad)
        log_fatal("%s/main.cf, line %d: %s: \"%.80s\"", dir, line, bad, at);
}

void param_reset(void)
{
    for (size_t i = 0; i < pc.n; i++)
        if (pc.set[i].text != pc.set[i].raw && pc.set[i].text != in_progress)
            free((char *)(uintptr_t)pc.set[i].text);
    pc.n = 0;
    if (pc.index_cap)
        memset(pc.index, 0, pc.index_cap * sizeof *pc.index);
    memset(known, 0, sizeof known);
}

void param_override(const char *name_is_value)
{
    struct str inside;
    char *copy, *name, *value;
    const char *bad;
    struct setting *old;
    enum result r = str_unbrace(str_of(name_is_value), &inside);

    if (r == PERM)
        log_fatal("-o %s: missing or misplaced '}'", name_is_value);
    copy = mem_dup_n(inside.p, inside.n);
    bad = cf_split(copy, &name, &value);
    if (bad)
        log_fatal("-o %s: %s", name_is_value, bad);
    for (size_t n = strlen(value); n && chr_is_space((unsigned char)value[n - 1]); n--)
        value[n - 1] = 0;
    forget_values();
    old = find_setting(str_of(name));
    if (!old)
        old = add_setting(name, value, LINE_OVERRIDE);
    old->raw = value;
    old->line = LINE_OVERRIDE;
}

const char *param_lookup(const char *name)
{
    struct expand e = { .get = text_of_name };
    const char *value;
    enum result r = text_of_name(&e, name, &value);
    struct setting *s;

    if (r == OK)
        return value;
    if (r == NONE)
        return NULL;
    s = find_setting(str_of(name));
    if (s && s->line > 0)
        log_fatal("%s/main.cf, line %d: %s = %s: %s", param_dir(), s->line, name, s->raw, e.bad);
    log_fatal("%s: %s", name, e.bad);
}

char *param_expand(const char *text)
{
    struct expand e = { .get = text_of_name };
    struct buf out;

    buf_init(&out, PARAM_TEXT_MAX);
    if (param_expand_run(&e, str_of(text), &out) != OK)
        log_fatal("%.100s: %s", text, e.bad);
    return buf_take(&out);
}

/* ---- names that depend on another ---- */

enum { NAME_ROOM = 256, TRANSPORT_PREFIX = sizeof "transport" - 1 };

/* NULL when nothing of that name is set or built in. */
static const char *transport_text(const char *transport, enum par_id pattern, enum par_id *id)
{
    char name[NAME_ROOM];

    snprintf(name, sizeof name, "%s%s", transport, row_name(pattern) + TRANSPORT_PREFIX);
    if (param_find(str_of(name), id) == OK)
        return "";
    *id = pattern;
    return param_lookup(name);
}

const char *param_transport_str(const char *transport, enum par_id pattern)
{
    enum par_id id;
    const char *text = transport_text(transport, pattern, &id);

    return text && id == pattern ? text : param_str(id);
}

int64_t param_transport_num(const char *transport, enum par_id pattern)
{
    enum par_id id;
    const char *text = transport_text(transport, pattern, &id), *bad;
    int64_t num;

    if (!text || id != pattern)
        return param_num(id);
    bad = param_row_problem(pattern, text, &num);
    if (bad)
        log_fatal("%s/main.cf: %s%s = %s: %s", param_dir(), transport, row_name(pattern) + TRANSPORT_PREFIX, text, bad);
    return num;
}

enum par_id param_lmtp(enum par_id smtp_id)
{
    char name[NAME_ROOM];
    enum par_id id;

    snprintf(name, sizeof name, "l%s", row_name(smtp_id) + 1);
    name[1] = 'm';
    name[2] = 't';
    name[3] = 'p';
    return param_find(str_of(name), &id) == OK ? id : smtp_id;
}

/* ---- for postconf, checks and tests ---- */

void param_row(enum par_id id, struct param_row *row)
{
    row->name = row_name(id);
    row->dflt = row_default(id);
    row->type = type_letters[rows[id].type];
    row->in_build = features[rows[id].feature].enabled;
    row->feature = features[rows[id].feature].name;
    row->min = rows[id].min;
    row->max = rows[id].max;
    row->unit = rows[id].type >= TYPE_SECONDS ? type_units[rows[id].type - TYPE_SECONDS] : 0;
}

bool param_row_known_feature(enum par_id id)
{
    return features[rows[id].feature].known;
}

enum par_id param_sorted(size_t i)
{
    return (enum par_id)sorted[i];
}

enum result param_find(struct str name, enum par_id *id)
{
    size_t low = 0, high = ARRAY_LEN(sorted);

    while (low < high) {
        size_t mid = (low + high) / 2;
        const char *at = row_name((enum par_id)sorted[mid]);
        int d = name.n ? strncmp(name.p, at, name.n) : -1;

        if (d == 0 && at[name.n])
            d = -1;
        if (d == 0) {
            *id = (enum par_id)sorted[mid];
            return OK;
        }
        if (d < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NONE;
}

const char *param_raw(struct str name, int *line)
{
    struct setting *s = find_setting(name);

    if (!s || s->line == LINE_DEFAULT)
        return NULL;
    if (line)
        *line = s->line;
    return s->raw;
}

bool param_each_set(size_t *at, const char **name, const char **raw)
{
    for (; *at < pc.n; (*at)++)
        if (pc.set[*at].line != LINE_DEFAULT) {
            *name = pc.set[*at].name;
            *raw = pc.set[*at].raw;
            (*at)++;
            return true;
        }
    return false;
}

const char *param_text_why(const char *name, char *why, size_t room)
{
    struct expand e = { .get = text_of_name };
    const char *value = NULL;

    if (text_of_name(&e, name, &value) == OK)
        return value;
    snprintf(why, room, "%s", e.bad);
    return NULL;
}
