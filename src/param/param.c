/* param.c - main.cf and the rows: reading, lookup, typed values
 *
 * main.cf stays in the one buffer it was read into, with a small hash of the
 * names it sets; the rows are a packed constant table (param_rows.c). Nothing
 * is expanded or converted before somebody asks for it.
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

/* ---- what is set ---- */

enum { LINE_OVERRIDE = 0, LINE_DEFAULT = -1 };

struct setting {
    const char *name, *raw;
    const char *text; /* expanded; NULL = not yet, in_progress = being expanded */
    int line;         /* in main.cf, or LINE_* */
    int below_line;   /* of what main.cf has and -o hides; 0 = nothing */
    const char *below;
    int row;          /* enum par_id, or -1 for a user-defined name */
};

static const char in_progress[] = "";

/* All that is known; another service's view is another one of these. */
struct param_view {
    char *dir;
    struct buf main_cf;
    struct setting *set;
    size_t n, cap;
    uint16_t *index; /* open addressing: position in set + 1 */
    size_t index_cap;
    union {
        int64_t num;
        const char *str;
    } values[PAR_COUNT];               /* that have been asked for: text for strings, a number for the rest */
    uint8_t known[PAR_COUNT / 8 + 1];
    uint8_t in_set[PAR_COUNT / 8 + 1]; /* there is a setting of this row: most have none */
};

static struct param_view own, *st = &own;

static bool has_bit(const uint8_t *bits, enum par_id id)
{
    return bits[id / 8] >> (id % 8) & 1;
}

static void set_bit(uint8_t *bits, enum par_id id)
{
    bits[id / 8] |= (uint8_t)(1u << id % 8);
}

enum { SETTINGS_MAX = 30000 };

static uint16_t *slot_of(struct str name)
{
    size_t mask = st->index_cap - 1, i = num_hash(name) & mask;

    while (st->index[i] && !str_eq(name, st->set[st->index[i] - 1].name))
        i = (i + 1) & mask;
    return &st->index[i];
}

static struct setting *find_setting(struct str name)
{
    uint16_t at = st->index_cap ? *slot_of(name) : 0;

    return at ? &st->set[at - 1] : NULL;
}

static void grow(void)
{
    st->cap = st->cap ? st->cap * 2 : 32;
    st->set = mem_resize(st->set, st->cap * sizeof *st->set);
    st->index_cap = st->cap * 2;
    free(st->index);
    st->index = mem_new_array(st->index_cap, sizeof *st->index);
    for (size_t i = 0; i < st->n; i++)
        *slot_of(str_of(st->set[i].name)) = (uint16_t)(i + 1);
}

static void enter(size_t i)
{
    enum par_id id;

    *slot_of(str_of(st->set[i].name)) = (uint16_t)(i + 1);
    st->set[i].row = -1;
    if (param_find(str_of(st->set[i].name), &id) == OK) {
        st->set[i].row = (int)id;
        set_bit(st->in_set, id);
    }
}

static struct setting *add_setting(const char *name, const char *raw, int line)
{
    if (st->n == st->cap)
        grow();
    if (st->n == SETTINGS_MAX)
        log_fatal("%s/main.cf: more than %d settings", param_dir(), SETTINGS_MAX);
    st->set[st->n] = (struct setting){ .name = name, .raw = raw, .line = line };
    enter(st->n);
    return &st->set[st->n++];
}

/* Values worked out so far may depend on what has changed. Texts handed out stay valid. */
static void forget_values(void)
{
    for (size_t i = 0; i < st->n; i++)
        st->set[i].text = NULL;
    memset(st->known, 0, sizeof st->known);
}

/* ---- text of a name ---- */

static enum result text_of_name(struct expand *e, const char *name, const char **value);

/* The expanded text of a setting, kept. NULL after setting e->bad. */
static const char *setting_text(size_t i, struct expand *e)
{
    struct expand inner = { .get = text_of_name };
    struct buf out;
    enum result r;

    if (st->set[i].text == in_progress) {
        snprintf(e->bad, sizeof e->bad, "unreasonable macro call nesting: \"%s\"", st->set[i].name);
        return NULL;
    }
    if (st->set[i].text)
        return st->set[i].text;
    if (!strchr(st->set[i].raw, '$') && st->set[i].raw[0] != PARAM_COMPUTED)
        return st->set[i].text = st->set[i].raw;
    st->set[i].text = in_progress;
    if (st->set[i].line == LINE_DEFAULT && st->set[i].raw[0] == PARAM_COMPUTED) {
        const char *bad, *text = param_host_value((enum par_id)st->set[i].row, &bad);

        if (!text)
            snprintf(e->bad, sizeof e->bad, "%s", bad);
        return st->set[i].text = text;
    }
    buf_init(&out, PARAM_TEXT_MAX);
    r = param_expand_run(&inner, str_of(st->set[i].raw), &out);
    if (r != OK) {
        st->set[i].text = NULL;
        memcpy(e->bad, inner.bad, sizeof e->bad);
        buf_done(&out);
        return NULL;
    }
    return st->set[i].text = buf_take(&out);
}

static struct setting *setting_of_row(enum par_id id)
{
    for (size_t i = 0; has_bit(st->in_set, id) && i < st->n; i++)
        if (st->set[i].row == (int)id)
            return &st->set[i];
    return NULL;
}

/* A default that refers to something, or that several may ask for by name, becomes a setting. */
static size_t default_as_setting(enum par_id id)
{
    char name[PARAM_NAME_ROOM];
    char text[PARAM_DEFAULT_ROOM];
    size_t n = param_name(id, name), len = param_default(id, text);

    return (size_t)(add_setting(mem_dup_n(name, n), mem_dup_n(text, len), LINE_DEFAULT) - st->set);
}

static bool is_plain(const char *text)
{
    return text[0] != PARAM_COMPUTED && !strchr(text, '$');
}

/* The text of a row as it is to be used: OK with *text, which stays, or PERM after setting e->bad. */
static enum result row_text(enum par_id id, struct expand *e, const char **text)
{
    struct setting *s = setting_of_row(id);

    if (param_type(id) == TYPE_RAW)
        *text = s ? s->raw : st->set[default_as_setting(id)].raw;
    else
        *text = setting_text(s ? (size_t)(s - st->set) : default_as_setting(id), e);
    return *text ? OK : PERM;
}

/* ${old_name?{$old_name}:{default}} must see that nobody set the old name. */
static bool is_unset_old_name(enum par_id id)
{
    char text[PARAM_DEFAULT_ROOM];

    if (param_type(id) != TYPE_OLD)
        return false;
    (void)param_default(id, text);
    return is_plain(text);
}

static enum result text_of_name(struct expand *e, const char *name, const char **value)
{
    struct setting *s = find_setting(str_of(name));
    enum par_id id = s && s->row >= 0 ? (enum par_id)s->row : PAR_COUNT;

    if (!s && param_find(str_of(name), &id) != OK)
        return NONE;
    if (s && s->line != LINE_DEFAULT)
        *value = id != PAR_COUNT && param_type(id) == TYPE_RAW ? s->raw : setting_text((size_t)(s - st->set), e);
    else if (is_unset_old_name(id))
        return NONE;
    else
        return row_text(id, e, value);
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

static const char *out_of_range(enum par_id id, const char *unit)
{
    static char text[96];
    int64_t min, max;

    param_bounds(id, &min, &max);
    if (max)
        snprintf(text, sizeof text, "must be from %lld to %lld%s", (long long)min, (long long)max, unit);
    else
        snprintf(text, sizeof text, "must be at least %lld%s", (long long)min, unit);
    return text;
}

static bool in_range(enum par_id id, int64_t n)
{
    int64_t min, max;

    param_bounds(id, &min, &max);
    return n >= min && (!max || n <= max);
}

static const char *bool_problem(const char *text, int64_t *num)
{
    *num = str_eq_case(str_of(text), "yes");
    return *num || str_eq_case(str_of(text), "no") ? NULL : "must be yes or no";
}

static const char *number_problem(enum par_id id, const char *text, int64_t *num)
{
    const char *unit = param_unit(id) ? " seconds" : "";
    enum result r;

    if (param_unit(id))
        r = num_parse_time(str_of(text), param_unit(id), num);
    else if (param_type(id) == TYPE_SIZE)
        r = parse_size(str_of(text), INT64_MAX, num);
    else
        r = num_parse(str_of(text), 0, INT64_MAX, num);
    if (r == PERM)
        return param_unit(id) ? "must be digits and an optional s, m, h, d or w" : "must be a decimal number";
    if (!in_range(id, *num))
        return out_of_range(id, unit);
    return r == CONF || (param_type(id) != TYPE_SIZE && *num > INT32_MAX) ? "is too large" : NULL;
}

const char *param_row_problem(enum par_id id, const char *text, int64_t *num)
{
    *num = 0;
    switch (param_type(id)) {
    case TYPE_STR:
    case TYPE_RAW:
        return in_range(id, (int64_t)strlen(text)) ? NULL : out_of_range(id, " characters long");
    case TYPE_NONE:
    case TYPE_OLD:
    case TYPE_GONE:
        return NULL;
    case TYPE_BOOL:
        return bool_problem(text, num);
    default:
        return number_problem(id, text, num);
    }
}

static void NORETURN bad_value(enum par_id id, const char *text, const char *what)
{
    const struct setting *s = setting_of_row(id);
    char name[PARAM_NAME_ROOM];

    (void)param_name(id, name);
    if (s && s->line > 0)
        log_fatal("%s/main.cf, line %d: %s = %s: %s", param_dir(), s->line, name, text, what);
    if (s && s->line == LINE_OVERRIDE)
        log_fatal("-o %s=%s: %s", name, text, what);
    log_fatal("default of %s = %s: %s", name, text, what);
}

static bool is_set(const struct setting *s)
{
    return s && s->line != LINE_DEFAULT;
}

/* The checked value of a row that is set, or whose default refers to something. */
static const char *value_of(enum par_id id, int64_t *num)
{
    struct expand e = { .get = text_of_name };
    const char *text = NULL, *bad;

    if (row_text(id, &e, &text) != OK)
        bad_value(id, setting_of_row(id)->raw, e.bad);
    bad = param_row_problem(id, text, num);
    if (bad && (param_unit(id) || param_type(id) > TYPE_RAW || is_set(setting_of_row(id))))
        bad_value(id, text, bad); /* an empty default that a setting may not have is "not set" */
    return text;
}

/* Most values are plain defaults: no setting is made of them. false when this one is not. */
static bool plain_default(enum par_id id, char text[PARAM_DEFAULT_ROOM])
{
    if (has_bit(st->in_set, id))
        return false;
    (void)param_default(id, text);
    return is_plain(text) || param_type(id) == TYPE_RAW;
}

const char *param_str(enum par_id id)
{
    char text[PARAM_DEFAULT_ROOM];
    int64_t unused;

    if (has_bit(st->known, id))
        return st->values[id].str;
    if (!plain_default(id, text))
        st->values[id].str = value_of(id, &unused);
    else
        st->values[id].str = text[0] ? mem_dup(text) : "";
    set_bit(st->known, id);
    return st->values[id].str;
}

int64_t param_num(enum par_id id)
{
    char text[PARAM_DEFAULT_ROOM];
    int64_t num;

    if (has_bit(st->known, id))
        return st->values[id].num;
    if (!plain_default(id, text))
        value_of(id, &num);
    else if (param_row_problem(id, text, &num))
        bad_value(id, text, "is not a valid default");
    st->values[id].num = num;
    set_bit(st->known, id);
    return num;
}

/* ---- main.cf ---- */

const char *param_dir(void)
{
    return st->dir ? st->dir : CONFIG_CONFIG_DIR;
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
    } else {
        old->below = value;
        old->below_line = number;
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
            log_warn("%s/main.cf, line %d: logical line must not start with whitespace: \"%.60s\"", param_dir(),
                     cf.first, next);
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
    for (size_t i = 0; i < st->n; i++)
        if (st->set[i].line == LINE_OVERRIDE)
            st->set[kept++] = st->set[i];
    st->n = kept;
    if (st->index_cap)
        memset(st->index, 0, st->index_cap * sizeof *st->index);
    memset(st->in_set, 0, sizeof st->in_set);
    for (size_t i = 0; i < st->n; i++)
        enter(i);
    buf_init(&st->main_cf, PARAM_FILE_MAX); /* texts handed out stay valid */
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
    st->dir = mem_dup(dir);
    drop_settings();
    path = mem_printf("%s/main.cf", dir);
    r = io_read_file(AT_FDCWD, path, &st->main_cf);
    if (r == NONE && !optional)
        log_fatal("open %s: %s", path, strerror(ENOENT));
    if (r != OK && r != NONE)
        log_fatal("open %s: %s", path, strerror(errno));
    free(path);
    bad = st->main_cf.n ? param_load_text(st->main_cf.p, st->main_cf.n, &line, &at) : NULL;
    if (bad)
        log_fatal("%s/main.cf, line %d: %s: \"%.80s\"", dir, line, bad, at);
}

void param_reset(void)
{
    for (size_t i = 0; i < st->n; i++)
        if (st->set[i].text != st->set[i].raw && st->set[i].text != in_progress)
            free((char *)(uintptr_t)st->set[i].text);
    st->n = 0;
    if (st->index_cap)
        memset(st->index, 0, st->index_cap * sizeof *st->index);
    memset(st->known, 0, sizeof st->known);
    memset(st->in_set, 0, sizeof st->in_set);
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
    if (old->line > 0) {
        old->below = old->raw;
        old->below_line = old->line;
    }
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
    char name[NAME_ROOM], of_row[PARAM_NAME_ROOM];

    (void)param_name(pattern, of_row);
    snprintf(name, sizeof name, "%s%s", transport, of_row + TRANSPORT_PREFIX);
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
    if (bad) {
        char of_row[PARAM_NAME_ROOM];

        (void)param_name(pattern, of_row);
        log_fatal("%s/main.cf: %s%s = %s: %s", param_dir(), transport, of_row + TRANSPORT_PREFIX, text, bad);
    }
    return num;
}

/* LMTP has LHLO, which shows in the names of four rows. */
static enum result find_twin(enum par_id smtp_id, enum par_id *id)
{
    char name[PARAM_NAME_ROOM];
    char *hello;

    (void)param_name(smtp_id, name);
    memcpy(name, "lmtp", 4);
    if (param_find(str_of(name), id) == OK)
        return OK;
    hello = strstr(name, "helo_");
    if (!hello)
        hello = strstr(name, "ehlo_");
    if (!hello)
        return NONE;
    memcpy(hello, "lhlo", 4);
    return param_find(str_of(name), id);
}

enum par_id param_lmtp(enum par_id smtp_id)
{
    static uint16_t *twins; /* id + 1; 0 = not looked for yet */
    enum par_id id;

    if (!twins)
        twins = mem_new_array(PAR_COUNT, sizeof *twins);
    if (!twins[smtp_id])
        twins[smtp_id] = (uint16_t)((find_twin(smtp_id, &id) == OK ? id : smtp_id) + 1);
    return (enum par_id)(twins[smtp_id] - 1);
}

/* ---- as another service sees it ---- */

static bool any_override(void)
{
    for (size_t i = 0; i < st->n; i++)
        if (st->set[i].line == LINE_OVERRIDE)
            return true;
    return false;
}

/* What main.cf has, without our own -o. */
static struct param_view *main_cf_only(void)
{
    struct param_view *v = mem_new(sizeof *v), *from = param_view_use(v);

    v->dir = from->dir;
    for (size_t i = 0; i < from->n; i++) {
        const struct setting *s = &from->set[i];

        if (s->line > 0)
            add_setting(s->name, s->raw, s->line);
        else if (s->below)
            add_setting(s->name, s->below, s->below_line);
    }
    (void)param_view_use(from);
    return v;
}

struct param_view *param_view_new(char **options)
{
    struct param_view *v, *before;

    if (!*options && !any_override())
        return NULL;
    v = main_cf_only();
    before = param_view_use(v);
    for (; *options; options++)
        param_override(*options);
    (void)param_view_use(before);
    return v;
}

struct param_view *param_view_use(struct param_view *view)
{
    struct param_view *before = st;

    st = view ? view : st;
    return before;
}

/* ---- for postconf, checks and tests ---- */

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
    for (; *at < st->n; (*at)++)
        if (st->set[*at].line != LINE_DEFAULT) {
            *name = st->set[*at].name;
            *raw = st->set[*at].raw;
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
