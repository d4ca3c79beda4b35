/* kconf_menu.c - the menu of "make menuconfig": plain lines and numbers, for any terminal */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 500 };

struct screen {
    struct node *menu;
    struct node *entry[MAX_ENTRIES];
    int count;
};

static char *ask(const char *prompt)
{
    char line[1024];

    printf("%s", prompt);
    fflush(stdout);
    if (!fgets(line, sizeof(line), stdin))
        return NULL;
    line[strcspn(line, "\r\n")] = '\0';
    return kconf_copy(line, strlen(line));
}

static struct symbol *choice_value(struct node *choice)
{
    for (struct node *n = choice->child; n; n = n->next)
        if (n->sym && strcmp(kconf_value(n->sym), "y") == 0)
            return n->sym;
    return NULL;
}

static void show_entry(int number, struct node *n)
{
    struct symbol *on;

    if (n->kind == N_COMMENT) {
        printf("       --- %s ---\n", n->prompt);
    } else if (n->kind == N_MENU) {
        printf("  %3d  %s  -->\n", number, n->prompt);
    } else if (n->kind == N_CHOICE) {
        on = choice_value(n);
        printf("  %3d  %s (%s)  -->\n", number, n->prompt ? n->prompt : "choice", on ? on->node->prompt : "none");
    } else if (n->sym->type == T_BOOL) {
        printf("  %3d  [%c] %s\n", number, strcmp(kconf_value(n->sym), "y") == 0 ? '*' : ' ', n->prompt);
    } else {
        printf("  %3d  (%s) %s\n", number, kconf_value(n->sym), n->prompt);
    }
}

static void collect(struct screen *s, struct node *n)
{
    for (struct node *c = n->child; c; c = c->next) {
        if (c->kind == N_IF)
            collect(s, c);
        else if (s->count < MAX_ENTRIES && kconf_visible(c))
            s->entry[s->count++] = c;
    }
}

static void show(struct screen *s, struct node *menu)
{
    s->menu = menu;
    s->count = 0;
    collect(s, menu);
    printf("\n%s\n\n", menu->prompt ? menu->prompt : "choice");
    for (int i = 0; i < s->count; i++)
        show_entry(i + 1, s->entry[i]);
    printf("\nnumber: change or enter   ? number: help   %s   w: save and end   q: end without saving\n",
           menu->parent ? "b: back" : "/ word: find");
}

static void help(struct node *n)
{
    printf("\n%s\n", n->prompt ? n->prompt : "");
    if (n->sym)
        printf("symbol: %s\n", n->sym->name);
    if (n->all) {
        printf("depends on: ");
        kconf_expr_print(n->all, stdout);
        putchar('\n');
    }
    printf("%s\n", n->help ? n->help : "There is no help for this entry.");
}

static void change(struct node *n)
{
    struct symbol *s = n->sym;
    struct place here = { "menu", 0 };
    char *text;

    if (s->type == T_BOOL) {
        bool on = strcmp(kconf_value(s), "y") == 0;

        kconf_set(s, on && !s->choice ? "n" : "y", here);
        if (on && !s->choice && strcmp(kconf_value(s), "y") == 0)
            printf("%s stays on: another symbol selects it\n", s->name);
        return;
    }
    text = ask("new value: ");
    if (text && kconf_fits(s, text, here))
        kconf_set(s, text, here);
    kconf_faults = 0;
}

static struct node *block_of(struct node *n)
{
    for (n = n->parent; n && n->kind == N_IF; n = n->parent)
        ;
    return n;
}

static void find(struct node *n, const char *word)
{
    for (struct node *c = n->child; c; c = c->next) {
        struct node *in = block_of(c);

        if (c->sym && (strstr(c->sym->name, word) || (c->prompt && strstr(c->prompt, word))))
            printf("  %s: %s  (in: %s)%s\n", c->sym->name, c->prompt ? c->prompt : "",
                   in && in->prompt ? in->prompt : "top", kconf_visible(c) ? "" : "  not available now");
        find(c, word);
    }
}

bool kconf_menu(struct node *root)
{
    struct screen s;
    struct node *menu = root;
    char *line;
    int number;

    for (;;) {
        show(&s, menu);
        line = ask("> ");
        if (!line || strcmp(line, "q") == 0)
            return false;
        if (strcmp(line, "w") == 0)
            return true;
        number = (int)strtol(*line == '?' ? line + 1 : line, NULL, 10);
        if (strcmp(line, "b") == 0 && block_of(menu))
            menu = block_of(menu);
        else if (*line == '/')
            find(root, line + 1 + strspn(line + 1, " "));
        else if (number < 1 || number > s.count)
            printf("there is no such entry\n");
        else if (*line == '?')
            help(s.entry[number - 1]);
        else if (s.entry[number - 1]->kind == N_MENU || s.entry[number - 1]->kind == N_CHOICE)
            menu = s.entry[number - 1];
        else if (s.entry[number - 1]->kind == N_CONFIG)
            change(s.entry[number - 1]);
    }
}
