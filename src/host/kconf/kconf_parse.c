/* kconf_parse.c - reads Kconfig files into a tree of entries
 *
 * Known: mainmenu source rsource menu endmenu if endif choice endchoice comment
 * config menuconfig; bool int hex string def_bool prompt default depends
 * select imply range help visible. Anything else is refused with its place.
 */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SOURCE_DEPTH = 16 };

const char *kconf_title = "Configuration";

struct file {           /* one open Kconfig file */
    const char *text;   /* rest of it */
    struct place at;
    struct file *from;  /* who sourced it */
    int depth;
};

struct parser {
    const char *srctree;
    struct file *file;
    struct node *parent;  /* where new entries go */
    struct node *current; /* the entry whose attributes follow */
};

static char *next_line(struct file *f)
{
    const char *end;
    char *line;

    if (!*f->text)
        return NULL;
    end = f->text + strcspn(f->text, "\n");
    line = kconf_copy(f->text, (size_t)(end - f->text));
    f->text = *end ? end + 1 : end;
    f->at.line++;
    return line;
}

static void cut_comment(char *line)
{
    char quote = 0;

    for (char *p = line; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (quote ? *p == quote : (*p == '"' || *p == '\''))
            quote = quote ? 0 : *p;
        else if (*p == '#' && !quote)
            *p = '\0';
    }
    for (size_t n = strlen(line); n && strchr(" \t\r", line[n - 1]); n--)
        line[n - 1] = '\0';
}

static const char *skip(const char *p)
{
    return p + strspn(p, " \t");
}

/* Takes the first word off; *p is left at what follows it. */
static char *take_word(const char **p)
{
    const char *start = skip(*p);
    size_t n = strcspn(start, " \t\"");

    *p = skip(start + n);
    return kconf_copy(start, n);
}

static char *take_string(const char **p, struct place at)
{
    char *s;

    *p = skip(*p);
    if (**p != '"' && **p != '\'')
        kconf_die(at, "expected a text in quotes at \"%s\"", *p);
    s = kconf_unquote(p, at);
    *p = skip(*p);
    return s;
}

static struct expr *take_if(const char **p, struct place at)
{
    struct expr *e = NULL;

    *p = skip(*p);
    if (strncmp(*p, "if ", 3) == 0) {
        *p += 3;
        e = kconf_expr_parse(p, at);
    }
    if (*skip(*p))
        kconf_die(at, "unexpected \"%s\"", skip(*p));
    return e;
}

static struct node *add_node(struct parser *ps, enum kind kind)
{
    struct node *n = kconf_alloc(sizeof(*n));

    n->kind = kind;
    n->at = ps->file->at;
    n->parent = ps->parent;
    if (n->parent) {
        if (n->parent->last_child)
            n->parent->last_child->next = n;
        else
            n->parent->child = n;
        n->parent->last_child = n;
    }
    ps->current = n;
    return n;
}

static void open_block(struct parser *ps, enum kind kind)
{
    ps->parent = add_node(ps, kind);
}

static void close_block(struct parser *ps, enum kind kind, const char *word)
{
    if (!ps->parent->parent || ps->parent->kind != kind)
        kconf_die(ps->file->at, "%s without its beginning", word);
    if (ps->parent->at.file != ps->file->at.file)
        kconf_die(ps->file->at, "%s: the block was opened in %s", word, ps->parent->at.file);
    ps->parent = ps->parent->parent;
    ps->current = NULL;
}

static void push_file(struct parser *ps, const char *name)
{
    char *path = kconf_join(ps->srctree, "/", name);
    struct file *f = kconf_alloc(sizeof(*f));

    f->from = ps->file;
    f->depth = f->from ? f->from->depth + 1 : 0;
    f->at.file = name;
    f->text = kconf_read(path);
    if (!f->text)
        kconf_die(f->from ? f->from->at : (struct place){ NULL, 0 }, "cannot read %s", path);
    if (f->depth > MAX_SOURCE_DEPTH)
        kconf_die(f->from->at, "source goes in circles");
    ps->file = f;
    ps->current = NULL;
}

static void do_source(struct parser *ps, const char *rest, bool relative)
{
    char *name = take_string(&rest, ps->file->at);
    const char *slash = strrchr(ps->file->at.file, '/');

    if (relative && slash)
        name = kconf_join(kconf_copy(ps->file->at.file, (size_t)(slash - ps->file->at.file)), "/", name);
    push_file(ps, name);
}

static void do_config(struct parser *ps, const char *rest)
{
    const char *name = take_word(&rest);
    struct symbol *s = kconf_symbol(name, false);
    struct node *n = add_node(ps, N_CONFIG), **at = &s->node;

    if (!*name || *rest || !kconf_is_name(name))
        kconf_die(ps->file->at, "a symbol name is letters, digits and _");
    n->sym = s;
    s->defined = true;
    while (*at)
        at = &(*at)->same;
    *at = n;
    if (ps->parent->kind == N_CHOICE)
        s->choice = ps->parent;
}

/* The top-level words. False: not one of them. */
static bool statement(struct parser *ps, const char *word, const char *rest)
{
    struct place at = ps->file->at;

    if (strcmp(word, "config") == 0 || strcmp(word, "menuconfig") == 0) {
        do_config(ps, rest);
    } else if (strcmp(word, "source") == 0 || strcmp(word, "rsource") == 0) {
        do_source(ps, rest, *word == 'r');
    } else if (strcmp(word, "menu") == 0) {
        open_block(ps, N_MENU);
        ps->current->prompt = take_string(&rest, at);
    } else if (strcmp(word, "endmenu") == 0) {
        close_block(ps, N_MENU, word);
    } else if (strcmp(word, "choice") == 0) {
        open_block(ps, N_CHOICE);
    } else if (strcmp(word, "endchoice") == 0) {
        close_block(ps, N_CHOICE, word);
    } else if (strcmp(word, "if") == 0) {
        open_block(ps, N_IF);
        ps->current->depends = kconf_expr_parse(&rest, at);
        if (*skip(rest))
            kconf_die(at, "unexpected \"%s\"", skip(rest));
        ps->current = NULL;
    } else if (strcmp(word, "endif") == 0) {
        close_block(ps, N_IF, word);
    } else if (strcmp(word, "comment") == 0) {
        add_node(ps, N_COMMENT)->prompt = take_string(&rest, at);
    } else if (strcmp(word, "mainmenu") == 0) {
        kconf_title = take_string(&rest, at);
    } else {
        return false;
    }
    return true;
}

static enum type type_named(const char *word)
{
    static const struct {
        const char *word;
        enum type type;
    } table[] = { { "bool", T_BOOL },     { "int", T_INT },         { "hex", T_HEX },     { "string", T_STRING },
                  { "def_bool", T_BOOL }, { "def_string", T_STRING }, { "def_int", T_INT } };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(word, table[i].word) == 0)
            return table[i].type;
    return T_UNKNOWN;
}

static struct prop *add_prop(struct prop **list)
{
    while (*list)
        list = &(*list)->next;
    return *list = kconf_alloc(sizeof(struct prop));
}

static void do_default(struct parser *ps, const char *rest)
{
    struct node *n = ps->current;
    struct prop *p = add_prop(n->kind == N_CHOICE ? &n->defaults : &n->sym->defaults);

    p->value = kconf_expr_parse(&rest, ps->file->at);
    p->when = take_if(&rest, ps->file->at);
}

static void do_type(struct parser *ps, const char *word, const char *rest)
{
    struct node *n = ps->current;
    enum type type = type_named(word);

    if (n->kind == N_CHOICE) {
        if (type != T_BOOL)
            kconf_die(ps->file->at, "a choice is bool");
    } else if (n->sym->type != T_UNKNOWN && n->sym->type != type) {
        kconf_die(ps->file->at, "%s has another type at %s:%d", n->sym->name, n->sym->node->at.file,
                  n->sym->node->at.line);
    } else {
        n->sym->type = type;
    }
    if (strncmp(word, "def_", 4) == 0) {
        do_default(ps, rest);
    } else if (*rest) {
        n->prompt = take_string(&rest, ps->file->at);
        n->prompt_when = take_if(&rest, ps->file->at);
    }
}

static void do_select(struct parser *ps, const char *rest, bool imply)
{
    struct symbol *target = kconf_symbol(take_word(&rest), false);
    struct symbol *from = ps->current->sym;
    struct prop *p = add_prop(imply ? &from->implies : &from->selects);
    struct prop *back = add_prop(imply ? &target->implied_by : &target->selected_by);

    p->value = kconf_expr_sym(target);
    p->when = back->when = take_if(&rest, ps->file->at);
    back->value = kconf_expr_sym(from);
}

static void do_range(struct parser *ps, const char *rest)
{
    struct prop *p = add_prop(&ps->current->sym->ranges);

    p->low = kconf_symbol(take_word(&rest), true);
    p->high = kconf_symbol(take_word(&rest), true);
    p->when = take_if(&rest, ps->file->at);
}

static int indent_of(const char *line)
{
    int column = 0;

    for (; *line == ' ' || *line == '\t'; line++)
        column = *line == '\t' ? (column | 7) + 1 : column + 1;
    return column;
}

/* Lines indented as deep as the first; blank lines inside belong to it. */
static void do_help(struct parser *ps)
{
    struct file *f = ps->file;
    size_t room = strlen(f->text) + 2;
    char *help = kconf_alloc(room), *out = help;
    int margin = -1;

    for (;;) {
        struct file before = *f;
        char *line = next_line(f);

        if (!line || (*skip(line) && margin >= 0 && indent_of(line) < margin) ||
            (*skip(line) && margin < 0 && indent_of(line) == 0)) {
            *f = before;
            break;
        }
        if (margin < 0 && *skip(line))
            margin = indent_of(line);
        if (margin >= 0)
            out += snprintf(out, room - (size_t)(out - help), "%s\n", skip(line));
    }
    while (out > help + 1 && out[-1] == '\n' && out[-2] == '\n')
        *--out = '\0';
    ps->current->help = help;
}

/* The words that describe the current entry. False: not one of them. */
static bool attribute(struct parser *ps, const char *word, const char *rest)
{
    struct place at = ps->file->at;
    struct node *n = ps->current;
    bool config = n && n->kind == N_CONFIG;

    if (!n)
        return false;
    if ((config || n->kind == N_CHOICE) && type_named(word) != T_UNKNOWN) {
        do_type(ps, word, rest);
    } else if ((config || n->kind == N_CHOICE) && strcmp(word, "default") == 0) {
        do_default(ps, rest);
    } else if ((config || n->kind == N_CHOICE) && strcmp(word, "prompt") == 0) {
        n->prompt = take_string(&rest, at);
        n->prompt_when = take_if(&rest, at);
    } else if (strcmp(word, "depends") == 0 && strncmp(rest, "on ", 3) == 0) {
        rest += 3;
        n->depends = kconf_and(n->depends, kconf_expr_parse(&rest, at));
        take_if(&rest, at);
    } else if (config && (strcmp(word, "select") == 0 || strcmp(word, "imply") == 0)) {
        do_select(ps, rest, *word == 'i');
    } else if (config && strcmp(word, "range") == 0) {
        do_range(ps, rest);
    } else if (strcmp(word, "help") == 0) {
        do_help(ps);
    } else if (n->kind == N_MENU && strcmp(word, "visible") == 0) {
        n->prompt_when = kconf_and(n->prompt_when, take_if(&rest, at));
    } else {
        return false;
    }
    return true;
}

static void parse_line(struct parser *ps, char *line)
{
    const char *rest;
    char *word;

    cut_comment(line);
    rest = line;
    word = take_word(&rest);
    if (*word && !statement(ps, word, rest) && !attribute(ps, word, rest))
        kconf_die(ps->file->at, "\"%s\" has no meaning here", word);
}

static void inherit(struct node *n)
{
    n->all = kconf_and(n->parent ? n->parent->all : NULL, n->depends);
    if (n->kind == N_MENU && n->parent)
        n->all = kconf_and(n->all, n->prompt_when);
    for (struct node *c = n->child; c; c = c->next)
        inherit(c);
}

struct node *kconf_parse(const char *srctree, const char *top)
{
    struct node *root = kconf_alloc(sizeof(*root));
    struct parser ps = { .srctree = srctree, .parent = root };

    root->kind = N_MENU;
    push_file(&ps, top);
    while (ps.file) {
        char *line = next_line(ps.file);

        if (line) {
            parse_line(&ps, line);
        } else {
            if (ps.parent->at.file == ps.file->at.file)
                kconf_die(ps.parent->at, "this block is not closed in its file");
            ps.file = ps.file->from;
            ps.current = NULL;
        }
    }
    root->prompt = kconf_title;
    inherit(root);
    return root;
}
