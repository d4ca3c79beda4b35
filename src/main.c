/* main.c - one binary, many names
 *
 * "postlet APPLET ARGS", or a link named after the applet. The table is made
 * from the rows in tool/tool.def and daemon/daemon.def; a feature that is
 * switched off has no row here.
 * Runs in: every process.  Parameters: none.  Tests: tests/build/test_install.sh
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/base.h"
#include "param/param.h"
#include "route/own_addr.h"

struct applet {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    bool daemon;
};

#define APPLET(name, entry, usage) int entry(int argc, char **argv);
#define DAEMON(name, entry) int entry(int argc, char **argv);
#include "tool/tool.def"
#include "daemon/daemon.def"
#undef APPLET
#undef DAEMON

static const struct applet applets[] = {
    { "postlet", NULL, "", true },
#define APPLET(name, entry, usage) { name, entry, usage, false },
#define DAEMON(name, entry) { name, entry, "is started by master", true },
#include "tool/tool.def"
#include "daemon/daemon.def"
#undef APPLET
#undef DAEMON
};

static const struct applet *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(applets); i++)
        if (applets[i].run && strcmp(applets[i].name, name) == 0)
            return &applets[i];
    return NULL;
}

static int usage(FILE *to, int status)
{
    fprintf(to, "postlet %s\nusage: postlet APPLET [ARGUMENTS], or through a link named after the applet\napplets:",
            CONFIG_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(applets); i++)
        if (!applets[i].daemon)
            fprintf(to, " %s", applets[i].name);
    fputc('\n', to);
    return status;
}

static int run(const struct applet *a, int argc, char **argv)
{
    if (!a->daemon && argc > 1 && strcmp(argv[1], "--version") == 0)
        return printf("postlet %s (%s)\n", CONFIG_VERSION, a->name) < 0;
    if (!a->daemon && argc > 1 && strcmp(argv[1], "--help") == 0)
        return printf("usage: %s %s\n", a->name, a->usage) < 0;
    if (a->daemon)
        (void)prctl(PR_SET_NAME, a->name, 0, 0, 0); /* for ps: it was started as /proc/self/exe */
    return a->run(argc, argv);
}

int main(int argc, char **argv)
{
    const char *slash = argc ? strrchr(argv[0], '/') : NULL;
    const char *name = slash ? slash + 1 : argc ? argv[0] : "postlet";
    const struct applet *a = find(name);

    param_host_lookup(own_addr_lookup);
    if (a)
        return run(a, argc, argv);
    if (argc < 2 || strcmp(argv[1], "--help") == 0)
        return usage(argc < 2 ? stderr : stdout, argc < 2 ? 64 : 0);
    if (strcmp(argv[1], "--version") == 0)
        return printf("postlet %s\n", CONFIG_VERSION) < 0;
    a = find(argv[1]);
    if (a)
        return run(a, argc - 1, argv + 1);
    fprintf(stderr, "postlet: no applet \"%s\" in this build; see postlet --help\n", argv[1]);
    return 64;
}
