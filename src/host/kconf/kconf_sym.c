/* kconf_sym.c - the symbols of the configuration, by name and in order */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <ctype.h>
#include <string.h>

struct symbol *kconf_symbols;
static struct symbol **last = &kconf_symbols;

struct symbol *kconf_symbol(const char *name, bool constant)
{
    struct symbol *s;

    for (s = kconf_symbols; s; s = s->next)
        if (s->constant == constant && strcmp(s->name, name) == 0)
            return s;
    s = kconf_alloc(sizeof(*s));
    s->name = name;
    s->constant = constant;
    if (constant)
        s->value = name;
    *last = s;
    last = &s->next;
    return s;
}

bool kconf_is_name(const char *text)
{
    for (; isalnum((unsigned char)*text) || *text == '_'; text++)
        ;
    return !*text;
}

struct symbol *kconf_find(const char *name)
{
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        if (s->defined && strcmp(s->name, name) == 0)
            return s;
    return NULL;
}
