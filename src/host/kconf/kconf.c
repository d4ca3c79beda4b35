/* kconf.c - the configuration tool of the build: Kconfig files in, .config and autoconf.h out
 *
 *   kconf SRCTREE OUTDIR COMMAND [ARGUMENT...]
 *     defconfig [FILE]      defaults, or FILE on top of them; what FILE asks for must be possible
 *     olddefconfig          .config as far as it still holds, defaults for the rest
 *     savedefconfig FILE    the few lines of .config that differ from the defaults
 *     allyesconfig, allnoconfig
 *     set NAME=VALUE...     changes .config
 *     menuconfig            asks
 *     list                  names of all bool symbols that a person may change now, with their values
 *     help NAME             what a symbol is
 * Every command that changes .config also writes OUTDIR/autoconf.h.
 * Runs on: the build machine only.
 */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <stdlib.h>
#include <string.h>

static const struct place nowhere = { NULL, 0 };

struct job {
    struct node *root;
    const char *config, *header;
    char **argv;
    int argc;
};

static void write_all(struct job *j)
{
    if (kconf_faults)
        exit(1);
    kconf_save(j->config, j->root);
    kconf_save_header(j->header);
}

static void do_defconfig(struct job *j)
{
    if (j->argc > 0)
        kconf_load(j->argv[0], true);
    write_all(j);
}

static void do_olddefconfig(struct job *j)
{
    char *there = kconf_read(j->config);

    if (there)
        kconf_load(j->config, false);
    write_all(j);
}

static void do_savedefconfig(struct job *j)
{
    if (j->argc < 1)
        kconf_die(nowhere, "savedefconfig wants a file name");
    kconf_load(j->config, false);
    kconf_save_minimal(j->argv[0], j->root);
}

static void set_all(const char *value)
{
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        if (s->defined && s->type == T_BOOL && !s->choice)
            s->user = value;
    kconf_unsettle();
}

static void do_allyesconfig(struct job *j)
{
    set_all("y");
    write_all(j);
}

static void do_allnoconfig(struct job *j)
{
    set_all("n");
    write_all(j);
}

static void do_set(struct job *j)
{
    char *there = kconf_read(j->config);

    if (there)
        kconf_load(j->config, false);
    for (int i = 0; i < j->argc; i++) {
        char *equals = strchr(j->argv[i], '=');
        struct symbol *s;

        if (!equals)
            kconf_die(nowhere, "set wants NAME=VALUE");
        *equals = '\0';
        s = kconf_find(j->argv[i]);
        if (!s)
            kconf_die(nowhere, "there is no symbol %s", j->argv[i]);
        if (kconf_fits(s, equals + 1, nowhere))
            kconf_set(s, equals + 1, nowhere);
        if (!kconf_wanted_met(s))
            kconf_die(nowhere, "%s=%s is not possible with the other settings", s->name, equals + 1);
    }
    write_all(j);
}

static void do_menuconfig(struct job *j)
{
    char *there = kconf_read(j->config);

    if (there)
        kconf_load(j->config, false);
    if (!kconf_menu(j->root)) {
        puts("not saved");
        return;
    }
    kconf_faults = 0;
    write_all(j);
}

static void do_list(struct job *j)
{
    char *there = kconf_read(j->config);

    if (there)
        kconf_load(j->config, false);
    for (struct symbol *s = kconf_symbols; s; s = s->next)
        if (s->defined && s->type == T_BOOL && kconf_symbol_visible(s))
            printf("%s %s\n", s->name, kconf_value(s));
}

static void do_help(struct job *j)
{
    struct symbol *s = j->argc > 0 ? kconf_find(j->argv[0]) : NULL;

    if (!s)
        kconf_die(nowhere, "there is no symbol %s", j->argc > 0 ? j->argv[0] : "");
    printf("%s: %s\ndepends on: ", s->name, s->node->prompt ? s->node->prompt : "");
    kconf_expr_print(s->node->all, stdout);
    printf("\n%s\n", s->node->help ? s->node->help : "There is no help for this entry.");
}

static const struct {
    const char *name;
    void (*run)(struct job *j);
} commands[] = {
    { "defconfig", do_defconfig },       { "olddefconfig", do_olddefconfig }, { "savedefconfig", do_savedefconfig },
    { "allyesconfig", do_allyesconfig }, { "allnoconfig", do_allnoconfig },   { "set", do_set },
    { "menuconfig", do_menuconfig },     { "list", do_list },                 { "help", do_help },
};

int main(int argc, char **argv)
{
    struct job j = { 0 };
    const char *config = getenv("KCONFIG_CONFIG");

    if (argc < 4)
        kconf_die(nowhere, "usage: kconf SRCTREE OUTDIR COMMAND [ARGUMENT...]");
    j.root = kconf_parse(argv[1], "Kconfig");
    kconf_check(j.root);
    j.config = config && *config ? config : kconf_join(argv[2], "/", ".config");
    j.header = kconf_join(argv[2], "/", "autoconf.h");
    j.argv = argv + 4;
    j.argc = argc - 4;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(argv[3], commands[i].name) == 0) {
            commands[i].run(&j);
            return kconf_faults ? 1 : 0;
        }
    kconf_die(nowhere, "unknown command %s", argv[3]);
}
