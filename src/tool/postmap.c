/* postmap.c - postmap: options, which postalias shares
 *
 * Runs as: any user; as root it works with the rights of the source's owner.
 * Parameters: default_database_type, smtputf8_enable, and those of the table types.
 * Feature: POSTMAP, POSTALIAS.  Tests: tests/tables/
 */
/* SPDX-License-Identifier: ISC */
#include "tool/postmap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map.h"
#include "param/param.h"
#include "service/service.h"

int postmap_main(int argc, char **argv);

struct command {
    struct postmap_options o;
    const char *dir, *query, *delete;
    bool list, force_utf8;
};

char *postmap_spec(const char *arg)
{
    return strchr(arg, ':') ? mem_dup(arg) : mem_printf("%s:%s", par_default_database_type(), arg);
}

unsigned postmap_flags(const struct postmap_options *o)
{
    return MAP_FATAL | (o->fold ? MAP_FOLD : 0) | (o->bytes ? MAP_BYTES : 0);
}

static void usage(const struct command *c) NORETURN;

static void usage(const struct command *c)
{
    log_fatal_status(1, "usage: %s [-%s] [-c config_dir] [-d key] [-q key] [map_type:]file...", c->o.tool,
                     c->o.alias ? "fijnNoprsuvw" : "bfFhijmnNoprsuUvw");
}

static void only_one(const struct command *c, int letter)
{
    if (c->list + (c->query != NULL) + (c->delete != NULL) > 1)
        log_fatal_status(1, "specify only one of -s %s-q or -d", letter == 's' ? "or " : "");
}

static void option(struct command *c, int letter, const char *arg)
{
    switch (letter) {
    case 'b': c->o.body = true; break;
    case 'c': c->dir = arg; break;
    case 'd':
        if (c->delete)
            log_fatal_status(1, "specify only one of -s -q or -d");
        c->delete = arg;
        break;
    case 'F': c->o.files = true; break;
    case 'f': c->o.fold = false; break;
    case 'h': c->o.header = true; break;
    case 'i': c->o.incremental = true; break;
    case 'j': c->o.json = true; break;
    case 'm': c->o.mime = true; break;
    case 'N': c->o.with_nul = true; break;
    case 'n': c->o.with_nul = false; break;
    case 'o': c->o.as_owner = false; break;
    case 'p': c->o.same_mode = false; break;
    case 'q':
        if (c->query)
            log_fatal_status(1, "specify only one of -s -q or -d");
        c->query = arg;
        break;
    case 'r': c->o.doubles = CDB_DOUBLE_REPLACE; break;
    case 's': c->list = true; break;
    case 'u': c->o.bytes = true; break;
    case 'U': c->force_utf8 = true; break;
    case 'v': log_verbose++; break;
    case 'w': c->o.doubles = CDB_DOUBLE_IGNORE; break;
    default: usage(c);
    }
    only_one(c, letter);
}

static int run(struct command *c, char *const *args, int n)
{
    struct postmap_options *o = &c->o;

    if (c->list) {
        postmap_list(o, args, n);
        return 0;
    }
    if (c->query)
        return !(strcmp(c->query, "-") == 0 ? postmap_query_stdin(o, args, n) : postmap_query(o, args, n, c->query));
    if (c->delete)
        return !postmap_delete(o, args, n, c->delete);
    for (int i = 0; i < n; i++)
        postmap_build(o, args[i]);
    return 0;
}

static int command(struct command *c, int argc, char **argv)
{
    int letter;

    log_open(&(struct log_options){ .tag = c->o.tool, .sinks = LOG_TO_STDERR, .exit_status = 1 });
    c->o.fold = c->o.as_owner = c->o.same_mode = true;
    optind = 1;
    while ((letter = getopt(argc, argv, c->o.alias ? "c:d:fijnNopq:rsuvw" : "bc:d:fFhijmnNopq:rsuUvw")) > 0)
        option(c, letter, optarg);
    if ((c->o.header || c->o.body || c->o.mime) && (!c->query || strcmp(c->query, "-") != 0))
        log_fatal_status(1, "specify -b -h or -m only with \"-q -\"");
    if (c->o.mime && !c->o.header && !c->o.body)
        log_fatal_status(1, "specify -m only with -b or -h");
    if (c->o.json && !c->query && !c->list)
        log_fatal_status(1, "specify -j only with -q or -s");
    if (optind >= argc)
        usage(c);
    param_set_process(c->o.tool, c->o.tool);
    param_load(c->dir, false);
    service_log_open(c->o.tool, false);
    c->o.bytes |= !par_smtputf8_enable() || ((c->o.header || c->o.body) && !c->force_utf8);
    return run(c, argv + optind, argc - optind);
}

int postmap_command(const char *tool, bool alias, int argc, char **argv)
{
    struct command c = { .o = { .tool = tool, .alias = alias } };

    return command(&c, argc, argv);
}

int postmap_main(int argc, char **argv)
{
    return postmap_command("postmap", false, argc, argv);
}
