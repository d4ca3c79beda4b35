/* postconf.c - show and change main.cf and master.cf
 *
 * Options, output and warnings as postconf(1) of Postfix.
 * Runs as: whoever calls it; editing needs write access to the directory.
 * Parameters: any, as text.  Feature: POSTCONF.
 * Tests: tests/param/test_postconf.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "deliver/template.h"
#include "map/map.h"
#include "net/tls.h"
#include "tool/postconf.h"

enum { TEMPLATE_MAX = 256 * 1024 };

static const char letters[] = "aAbdefFhHjlmMnpPqtxX#vc:C:o:T:";
static const char usage_text[] = "usage: postconf [-aAbdefFhHjlmMnpPqtvxX#] [-c config_dir] [-C class,...] "
                                 "[-o name=value] [-T mode] [name...] [name=value...]";

/* At most one letter of each set. */
static const char *const exclusive[] = { "eX#", "dn", "de", "dX", "d#", "ne", "nX", "n#", "eh", "eH", "ef", "ex", "ej",
                                         "hX", "HX", "h#", "H#", "xX", "x#", "hH", "aAbFlmMpPtT" };

struct options {
    bool given[128];
    unsigned flags, classes;
    enum postconf_edit edit;
    char mode; /* a A b l m M F P t T, or p */
    const char *tls_what;
    char **overrides;
    size_t n_overrides;
};

static void check_exclusive(const struct options *o)
{
    for (size_t i = 0; i < ARRAY_LEN(exclusive); i++) {
        char first = 0;

        for (const char *c = exclusive[i]; *c; c++) {
            if (!o->given[(unsigned char)*c])
                continue;
            if (first)
                log_fatal("specify one of -%c -%c", first, *c);
            first = *c;
        }
    }
    if (o->mode == 'M' || o->mode == 'F' || o->mode == 'P')
        for (const char *c = o->mode == 'M' ? "dnhHC" : "dnC"; *c; c++)
            if (o->given[(unsigned char)*c])
                log_fatal("with option -%c, do not specify -%c", o->mode, *c);
}

static unsigned parse_classes(const char *text)
{
    struct str rest = str_of(text), word;
    unsigned classes = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        if (str_eq(word, "builtin"))
            classes |= POSTCONF_BUILTIN;
        else if (str_eq(word, "service"))
            classes |= POSTCONF_SERVICE;
        else if (str_eq(word, "user"))
            classes |= POSTCONF_USER;
        else if (str_eq(word, "all"))
            classes |= POSTCONF_BUILTIN | POSTCONF_SERVICE | POSTCONF_USER;
        else
            log_fatal("unknown -C option value \"%.*s\" in \"%s\"", (int)word.n, word.p, text);
    }
    return classes;
}

static unsigned flag_of(int c)
{
    static const struct {
        char letter;
        unsigned char flag;
    } flags[] = {
        { 'd', POSTCONF_DEFAULTS }, { 'n', POSTCONF_EXPLICIT }, { 'f', POSTCONF_FOLD }, { 'h', POSTCONF_NO_NAME },
        { 'H', POSTCONF_NO_VALUE }, { 'x', POSTCONF_EXPAND },   { 'j', POSTCONF_JSON },
    };

    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (flags[i].letter == c)
            return flags[i].flag;
    return 0;
}

static void take_option(struct options *o, int c)
{
    o->given[c & 127] = true;
    o->flags |= flag_of(c);
    if (strchr("aAblmMFPtTp", c))
        o->mode = (char)c;
    switch (c) {
    case 'e':
        o->edit = POSTCONF_SET;
        break;
    case 'X':
        o->edit = POSTCONF_REMOVE;
        break;
    case '#':
        o->edit = POSTCONF_COMMENT;
        break;
    case 'c':
        setenv("MAIL_CONFIG", optarg, 1);
        break;
    case 'C':
        o->classes = parse_classes(optarg);
        break;
    case 'o':
        o->overrides = mem_resize(o->overrides, (o->n_overrides + 1) * sizeof *o->overrides);
        o->overrides[o->n_overrides++] = optarg;
        break;
    case 'T':
        o->tls_what = optarg;
        break;
    case 'v':
        log_verbose++;
        break;
    case '?':
        log_fatal("%s", usage_text);
    }
}

const char *postconf_dir(void)
{
    const char *dir = getenv("MAIL_CONFIG");

    return dir ? dir : CONFIG_CONFIG_DIR;
}

static void list_tables(void)
{
    const char *name;

    for (size_t at = 0; map_each_type(&at, &name);)
        puts(name);
}

static void tls_information(const char *what)
{
    if (!ENABLE_TLS)
        return; /* as Postfix without TLS: no output */
    if (strcmp(what, "compile-version") == 0 || strcmp(what, "run-version") == 0)
        puts(tls_version());
    else if (strcmp(what, "public-key-algorithms") == 0)
        puts("rsa\nec");
    else
        log_fatal("bad mode: -T %s", what);
}

/* Modes that look at no configuration file. */
static bool show_fixed(const struct options *o)
{
    switch (o->mode) {
    case 'a':
        puts("dovecot");
        return true;
    case 'A':
        puts("cyrus"); /* the value of smtp_sasl_type that the built-in client answers to */
        return true;
    case 'l':
        puts("flock\nfcntl\ndotlock");
        return true;
    case 'm':
        list_tables();
        return true;
    case 'T':
        tls_information(o->tls_what);
        return true;
    }
    return false;
}

static void show_template(const struct template *t, bool expanded)
{
    struct buf body;

    if (expanded) {
        buf_init(&body, TEMPLATE_MAX);
        template_body(t, &body);
        printf("expanded_%s_text = <<EOF\n%sEOF\n", t->name, body.p);
        buf_done(&body);
        return;
    }
    printf("%s_template = <<EOF\nCharset: %s\nFrom: %s\nSubject: %s\n", t->name, t->charset, t->from, t->subject);
    if (t->postmaster_subject)
        printf("Postmaster-Subject: %s\n", t->postmaster_subject);
    printf("\n%sEOF\n", t->body);
}

static void show_templates(const struct options *o, char **args)
{
    const char *file;

    if (args[0] && args[1])
        log_fatal("options -b and -t require at most one template file");
    param_load(NULL, false);
    file = args[0] ? args[0] : par_bounce_template_file();
    if (*file && access(file, R_OK) < 0)
        log_fatal("open %s: %s", file, strerror(errno));
    template_init(file);
    for (int kind = 0; kind < NOTICE_KINDS; kind++) {
        if (kind)
            putchar('\n');
        show_template(template_get((enum notice_kind)kind), o->mode == 'b');
    }
}

static bool has_assignment(char **args)
{
    for (; *args; args++)
        if (strchr(*args, '='))
            return true;
    return false;
}

static bool is_master_mode(char mode)
{
    return mode == 'M' || mode == 'F' || mode == 'P';
}

static void edit(struct options *o, char **args)
{
    if (!*args)
        log_fatal("-%c requires %s argument", o->edit == POSTCONF_SET ? 'e' : o->edit == POSTCONF_REMOVE ? 'X' : '#',
                  o->edit == POSTCONF_SET ? "name=value" : "name");
    if ((o->mode == 'F' && o->edit != POSTCONF_SET) || (o->mode == 'P' && o->edit == POSTCONF_COMMENT))
        log_fatal("%s", usage_text);
    if (is_master_mode(o->mode))
        postconf_edit_master(o->mode, o->edit, args);
    else
        postconf_edit_main(o->edit, args);
}

static void show(const struct options *o, char **args)
{
    bool defaults = o->flags & POSTCONF_DEFAULTS, master = is_master_mode(o->mode), quiet = o->given['q'];
    struct postconf_entry *list;

    if (!defaults)
        param_load(NULL, false);
    for (size_t i = 0; i < o->n_overrides; i++)
        param_override(o->overrides[i]);
    list = postconf_entries(master);
    postconf_names_find(list);
    if (!defaults && !quiet)
        postconf_warn_undefined();
    if (master)
        postconf_show_master(o->mode, o->flags, list, args);
    else
        postconf_show_main(o->flags, o->classes, list, args);
    if (fflush(stdout) != 0)
        log_fatal("write to standard output failed");
    if (!defaults && !quiet) {
        postconf_warn_unused(list, !master);
        if (!master) {
            postconf_warn_deprecated();
            param_check_names();
        }
    }
}

void postconf_check(void)
{
    struct postconf_entry *list = postconf_entries(true);

    postconf_names_find(list);
    postconf_warn_undefined();
    postconf_warn_unused(list, true);
    postconf_warn_deprecated();
}

int postconf_main(int argc, char **argv);

int postconf_main(int argc, char **argv)
{
    struct options o = { .mode = 'p', .classes = POSTCONF_BUILTIN | POSTCONF_SERVICE | POSTCONF_USER };
    int c;

    log_open(&(struct log_options){ .tag = "postconf", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    param_set_process("postconf", NULL);
    while ((c = getopt(argc, argv, letters)) != -1)
        take_option(&o, c);
    argv += optind;
    if (has_assignment(argv) && !o.given['X'] && !o.given['#'])
        take_option(&o, 'e');
    else if (has_assignment(argv) && (o.given['X'] || o.given['#']))
        log_fatal("specify one of -e -%c", o.given['X'] ? 'X' : '#');
    check_exclusive(&o);
    if (show_fixed(&o))
        return 0;
    if (o.mode == 'b' || o.mode == 't')
        show_templates(&o, argv);
    else if (o.edit != POSTCONF_SHOW)
        edit(&o, argv);
    else
        show(&o, argv);
    return 0;
}
