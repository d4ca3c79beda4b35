/* kconf_value.c - settles every symbol: what a person set, defaults, dependencies, select, imply, choice */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <stdlib.h>
#include <string.h>

static bool is_yes(const char *v)
{
    return v && strcmp(v, "y") == 0;
}

bool kconf_visible(const struct node *n)
{
    return n->prompt && kconf_true(n->all) && kconf_true(n->prompt_when);
}

bool kconf_symbol_visible(const struct symbol *s)
{
    for (const struct node *n = s->node; n; n = n->same)
        if (kconf_visible(n))
            return true;
    return false;
}

static bool dependencies_met(const struct symbol *s)
{
    for (const struct node *n = s->node; n; n = n->same)
        if (kconf_true(n->all))
            return true;
    return false;
}

static const char *default_of(struct symbol *s)
{
    for (struct prop *p = s->defaults; p; p = p->next)
        if (kconf_true(p->when))
            return s->type == T_BOOL ? (kconf_true(p->value) ? "y" : "n") : kconf_value(p->value->sym);
    return s->type == T_BOOL ? "n" : s->type == T_STRING ? "" : s->type == T_HEX ? "0x0" : "0";
}

static bool reached(const struct prop *p)
{
    for (; p; p = p->next)
        if (is_yes(kconf_value(p->value->sym)) && kconf_true(p->when))
            return true;
    return false;
}

static struct symbol *visible_member(struct node *choice, bool (*fits)(struct symbol *s))
{
    for (struct node *n = choice->child; n; n = n->next)
        if (n->kind == N_CONFIG && kconf_visible(n) && fits(n->sym))
            return n->sym;
    return NULL;
}

static bool wanted(struct symbol *s)
{
    return is_yes(s->user);
}

static bool any(struct symbol *s)
{
    return s != NULL;
}

/* The one member of a choice that is on. */
static struct symbol *chosen(struct node *choice)
{
    struct symbol *s;

    if (!kconf_visible(choice))
        return NULL;
    s = visible_member(choice, wanted);
    for (struct prop *p = choice->defaults; p && !s; p = p->next)
        if (kconf_true(p->when) && kconf_symbol_visible(p->value->sym))
            s = p->value->sym;
    return s ? s : visible_member(choice, any);
}

static const char *bool_value(struct symbol *s)
{
    const char *v = "n";

    if (s->choice)
        return chosen(s->choice) == s ? "y" : "n";
    if (kconf_symbol_visible(s) && s->user)
        v = s->user;
    else if (dependencies_met(s))
        v = is_yes(default_of(s)) || reached(s->implied_by) ? "y" : "n";
    return is_yes(v) || reached(s->selected_by) ? "y" : "n";
}

const char *kconf_value(struct symbol *s)
{
    if (s->constant || s->settled)
        return s->value;
    if (s->settling)
        kconf_die(s->node->at, "%s depends on itself", s->name);
    s->settling = true;
    if (!s->defined)
        s->value = "n";
    else if (s->type == T_BOOL)
        s->value = bool_value(s);
    else
        s->value = s->user && kconf_symbol_visible(s) ? s->user : default_of(s);
    s->settling = false;
    s->settled = true;
    return s->value;
}

void kconf_unsettle(void)
{
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        s->settled = false;
}

bool kconf_wanted_met(struct symbol *s)
{
    return !s->user || strcmp(kconf_value(s), s->user) == 0;
}

static bool number_fits(struct symbol *s, const char *text, struct place at)
{
    char *end;
    long long v = strtoll(text, &end, s->type == T_HEX ? 16 : 10);

    if (!*text || *end) {
        kconf_fault(at, "%s: \"%s\" is not a number", s->name, text);
        return false;
    }
    for (struct prop *p = s->ranges; p; p = p->next) {
        if (!kconf_true(p->when))
            continue;
        if (v < strtoll(kconf_value(p->low), NULL, 0) || v > strtoll(kconf_value(p->high), NULL, 0)) {
            kconf_fault(at, "%s: %s is not within %s to %s", s->name, text, kconf_value(p->low), kconf_value(p->high));
            return false;
        }
        break;
    }
    return true;
}

bool kconf_fits(struct symbol *s, const char *text, struct place at)
{
    if (s->type == T_INT || s->type == T_HEX)
        return number_fits(s, text, at);
    if (s->type == T_BOOL && strcmp(text, "y") != 0 && strcmp(text, "n") != 0) {
        kconf_fault(at, "%s: \"%s\" is neither y nor n", s->name, text);
        return false;
    }
    return true;
}

void kconf_set(struct symbol *s, const char *text, struct place at)
{
    if (s->choice && is_yes(text))
        for (struct node *n = s->choice->child; n; n = n->next)
            if (n->sym)
                n->sym->user = NULL;
    s->user = text;
    s->set_at = at;
    kconf_unsettle();
}

/* Checks of the Kconfig files themselves. */

static void check_known(struct symbol *s, void *arg)
{
    const struct node *n = arg;

    if (!s->constant && !s->defined)
        kconf_die(n->at, "%s is used here and defined nowhere", s->name);
}

static void check_props(struct prop *p, struct node *n)
{
    for (; p; p = p->next) {
        kconf_each_symbol(p->value, check_known, n);
        kconf_each_symbol(p->when, check_known, n);
    }
}

static void check_node(struct node *n)
{
    kconf_each_symbol(n->depends, check_known, n);
    kconf_each_symbol(n->prompt_when, check_known, n);
    check_props(n->defaults, n);
    if (n->kind == N_CONFIG) {
        if (n->sym->type == T_UNKNOWN)
            kconf_die(n->at, "%s has no type", n->sym->name);
        if ((n->sym->selects || n->sym->implies) && n->sym->type != T_BOOL)
            kconf_die(n->at, "only a bool can select or imply");
        check_props(n->sym->defaults, n);
        check_props(n->sym->selects, n);
        check_props(n->sym->implies, n);
    }
    for (struct node *c = n->child; c; c = c->next)
        check_node(c);
}

void kconf_check(struct node *root)
{
    check_node(root);
    kconf_unsettle();
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        if (s->defined && !s->constant)
            (void)kconf_value(s);
}
