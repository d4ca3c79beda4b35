/* conf.h - a test with parameters of its own: a child process with a main.cf in a directory that goes away */
/* SPDX-License-Identifier: ISC */
#ifndef TESTS_UNIT_CONF_H
#define TESTS_UNIT_CONF_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "param/param.h"
#include "test.h"

/* Is every kind of table that the text names in this build? */
static inline bool conf_possible(const char *main_cf)
{
    static const struct {
        const char *type;
        bool there;
    } rows[] = {
        { "inline:", ENABLE_MAP_INLINE }, { "regexp:", ENABLE_MAP_REGEXP }, { "fail:", ENABLE_MAP_FAIL },
        { "proxy:unix:", ENABLE_MAP_UNIX },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (!rows[i].there && strstr(main_cf, rows[i].type)) {
            printf("skipped: %s tables are not in this build\n", rows[i].type);
            return false;
        }
    return true;
}

/* Runs fn in a child whose current directory holds main.cf with this text; its counts are added to ours. */
static inline void with_conf(const char *main_cf, void (*fn)(void))
{
    char dir[] = "/tmp/postlet-unit-XXXXXX", command[64];
    int counts[2] = { 0, 1 }, ends[2], status;
    FILE *f;
    pid_t pid;

    if (!conf_possible(main_cf))
        return;
    if (!mkdtemp(dir) || pipe(ends) < 0)
        abort();
    pid = fork();
    if (pid == 0) {
        if (chdir(dir) < 0 || !(f = fopen("main.cf", "w")))
            _exit(1);
        fputs("compatibility_level = 3.6\nmyhostname = mail.example.test\nmydomain = example.test\n", f);
        fputs(main_cf, f);
        fclose(f);
        param_load(dir, false);
        if (!getenv("TEST_LOG"))
            log_open(&(struct log_options){ .tag = "test" });
        test_passed = test_failed = 0;
        fn();
        counts[0] = test_passed;
        counts[1] = test_failed;
        fflush(NULL);
        if (write(ends[1], counts, sizeof(counts)) != sizeof(counts))
            _exit(1);
        _exit(0);
    }
    close(ends[1]);
    if (read(ends[0], counts, sizeof(counts)) != sizeof(counts) || waitpid(pid, &status, 0) < 0 || status)
        counts[1]++;
    close(ends[0]);
    test_passed += counts[0];
    test_failed += counts[1];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    if (system(command))
        test_failed++;
}

#endif
