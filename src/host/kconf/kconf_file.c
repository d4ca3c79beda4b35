/* kconf_file.c - .config, defconfig files and autoconf.h */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <stdlib.h>
#include <string.h>

struct text { /* a growing string */
    char *p;
    size_t n, room;
};

static void put(struct text *t, const char *s)
{
    size_t n = strlen(s);

    if (t->n + n + 1 > t->room) {
        char *more = kconf_alloc(t->room = (t->room + n + 1) * 2);

        memcpy(more, t->p ? t->p : "", t->n);
        free(t->p);
        t->p = more;
    }
    memcpy(t->p + t->n, s, n + 1);
    t->n += n;
}

/* "text" with its escapes undone, or the bare word. */
static const char *unquote(const char *p, struct place at)
{
    const char *s;

    if (*p != '"')
        return p;
    s = kconf_unquote(&p, at);
    if (*p)
        kconf_die(at, "unexpected \"%s\"", p);
    return s;
}

static void put_quoted(struct text *t, const char *value)
{
    put(t, "\"");
    for (; *value; value++) {
        char c[3] = { *value, 0, 0 };

        if (*value == '"' || *value == '\\') {
            c[0] = '\\';
            c[1] = *value;
        }
        put(t, c);
    }
    put(t, "\"");
}

static void take_setting(char *name, const char *value, struct place at, bool strict)
{
    struct symbol *s = kconf_find(name);

    if (!s) {
        if (strict)
            kconf_fault(at, "there is no symbol %s", name);
        else
            kconf_warn(at, "there is no symbol %s any more", name);
        return;
    }
    if (!kconf_fits(s, value, at))
        return;
    kconf_set(s, value, at);
}

static void load_line(char *line, struct place at, bool strict)
{
    static const char off[] = " is not set";
    size_t n = strlen(line);
    char *equals = strchr(line, '=');

    while (n && strchr(" \t\r", line[n - 1]))
        line[--n] = '\0';
    if (strncmp(line, "# CONFIG_", 9) == 0 && n > 9 + sizeof(off) - 1 && strcmp(line + n - sizeof(off) + 1, off) == 0) {
        line[n - sizeof(off) + 1] = '\0';
        take_setting(line + 9, "n", at, strict);
    } else if (*line == '#' || !*line) {
        return;
    } else if (strncmp(line, "CONFIG_", 7) != 0 || !equals) {
        kconf_fault(at, "not a setting: %s", line);
    } else {
        *equals = '\0';
        take_setting(line + 7, unquote(equals + 1, at), at, strict);
    }
}

static void explain_unmet(struct symbol *s, bool strict)
{
    char why[2048] = "";
    FILE *f = fmemopen(why, sizeof(why) - 1, "w");

    if (f && s->node->all) {
        fputs(" needs ", f);
        kconf_expr_print(s->node->all, f);
    } else if (f && s->choice) {
        fputs(": another one of the choice is on", f);
    }
    if (f)
        fclose(f);
    if (!*why)
        snprintf(why, sizeof(why), " another symbol selects it");
    if (strict)
        kconf_fault(s->set_at, "%s=%s cannot be:%s", s->name, s->user, why);
    else
        kconf_warn(s->set_at, "%s=%s is dropped:%s", s->name, s->user, why);
}

/* A selected symbol whose own dependencies do not hold is a combination that cannot be built. */
static void check_selected(struct symbol *s)
{
    if (s->type != T_BOOL || strcmp(kconf_value(s), "y") != 0 || kconf_true(s->node->all))
        return;
    for (struct prop *p = s->selected_by; p; p = p->next)
        if (strcmp(kconf_value(p->value->sym), "y") == 0 && kconf_true(p->when))
            kconf_fault(s->node->at, "%s is selected by %s, but what it depends on is off", s->name,
                        p->value->sym->name);
}

void kconf_load(const char *path, bool strict)
{
    char *text = kconf_read(path), *line;
    struct place at = { path, 0 };

    if (!text)
        kconf_die((struct place){ NULL, 0 }, "cannot read %s", path);
    for (line = text; line;) {
        char *end = strchr(line, '\n');

        if (end)
            *end = '\0';
        at.line++;
        load_line(line, at, strict);
        line = end ? end + 1 : NULL;
    }
    for (struct symbol *s = kconf_symbols; s; s = s->next) {
        if (!s->defined)
            continue;
        if (s->user && strcmp(s->user, "n") != 0 && !kconf_wanted_met(s))
            explain_unmet(s, strict);
        check_selected(s);
    }
}

static void put_symbol(struct text *t, struct symbol *s)
{
    const char *v = kconf_value(s);

    if (s->type == T_BOOL && strcmp(v, "y") != 0) {
        put(t, "# CONFIG_");
        put(t, s->name);
        put(t, " is not set\n");
        return;
    }
    put(t, "CONFIG_");
    put(t, s->name);
    put(t, "=");
    if (s->type == T_STRING)
        put_quoted(t, v);
    else
        put(t, v);
    put(t, "\n");
}

static bool worth_writing(struct symbol *s)
{
    return kconf_true(s->node->all) || strcmp(kconf_value(s), "y") == 0;
}

static void put_node(struct text *t, struct node *n)
{
    if (n->kind == N_MENU && n->parent && kconf_true(n->all)) {
        put(t, "\n#\n# ");
        put(t, n->prompt);
        put(t, "\n#\n");
    }
    if (n->kind == N_CONFIG && !n->sym->written && worth_writing(n->sym)) {
        put_symbol(t, n->sym);
        n->sym->written = true;
    }
    for (struct node *c = n->child; c; c = c->next)
        put_node(t, c);
}

void kconf_save(const char *path, struct node *root)
{
    struct text t = { NULL, 0, 0 };

    for (struct symbol *s = kconf_symbols; s; s = s->next)
        s->written = false;
    put(&t, "# Written by the configuration tool; \"make menuconfig\" changes it.\n");
    put_node(&t, root);
    kconf_write(path, t.p);
}

/* Keeps only the settings without which the result would differ. */
static void put_minimal(struct text *t, struct node *n, char **want)
{
    if (n->kind == N_CONFIG && n->sym->node == n && kconf_symbol_visible(n->sym)) {
        char *w = want[0];

        for (struct symbol *s = kconf_symbols; s != n->sym; s = s->next)
            w = *++want;
        if (strcmp(kconf_value(n->sym), w) != 0) {
            kconf_set(n->sym, w, n->at);
            put_symbol(t, n->sym);
        }
        return;
    }
    for (struct node *c = n->child; c; c = c->next)
        put_minimal(t, c, want);
}

void kconf_save_minimal(const char *path, struct node *root)
{
    struct text t = { NULL, 0, 0 };
    size_t n = 0;
    char **want;

    for (struct symbol *s = kconf_symbols; s; s = s->next)
        n++;
    want = kconf_alloc((n + 1) * sizeof(*want));
    n = 0;
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        want[n++] = s->defined ? kconf_copy(kconf_value(s), strlen(kconf_value(s))) : NULL;
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        s->user = NULL;
    kconf_unsettle();
    put(&t, "");
    put_minimal(&t, root, want);
    kconf_write(path, t.p);
}

static void put_header(struct text *t, struct symbol *s)
{
    bool on = s->type == T_BOOL && strcmp(kconf_value(s), "y") == 0;
    char line[512];

    if (s->type != T_BOOL) {
        put(t, "#define CONFIG_");
        put(t, s->name);
        put(t, " ");
        if (s->type == T_STRING)
            put_quoted(t, kconf_value(s));
        else
            put(t, kconf_value(s));
        put(t, "\n");
        return;
    }
    snprintf(line, sizeof(line), "%s%s%s#define ENABLE_%s %d\n#define IF_%s(...)%s\n", on ? "#define CONFIG_" : "",
             on ? s->name : "", on ? " 1\n" : "", s->name, on, s->name, on ? " __VA_ARGS__" : "");
    put(t, line);
}

void kconf_save_header(const char *path)
{
    struct text t = { NULL, 0, 0 };

    put(&t, "/* autoconf.h - made from .config; CONFIG_X, ENABLE_X and IF_X() of every symbol */\n");
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        if (s->defined)
            put_header(&t, s);
    kconf_write(path, t.p);
}
