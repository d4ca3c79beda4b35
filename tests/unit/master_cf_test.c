/* master_cf_test.c - src/param/master_cf.c */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "param/master_cf.h"
#include "param/param.h"
#include "test.h"

static char dir[] = "/tmp/master_cf_test.XXXXXX";
static char seen[4096];

static void note(enum log_level level, const char *text)
{
    (void)level;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s\n", text);
}

static enum result read_text(const char *text, struct master_entry **list)
{
    char path[64];
    FILE *f;

    snprintf(path, sizeof path, "%s/master.cf", dir);
    f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    seen[0] = 0;
    return master_cf_read(dir, list);
}

static void columns(void)
{
    struct master_entry *list;
    const struct master_entry *e;

    CHECK(read_text("# comment\nsmtp inet n - y - - smtpd\n"
                    "pickup unix n n - 60? 1 pickup -v\n  -o a=b\n# x\n\t-o { c = d  e } {} -oa=z argv -o a=y\n"
                    "tlsproxy unix-dgram - - n - 0 tlsproxy\n[::1]:25 pass - - n 5 - x", &list) == OK);
    e = list;
    CHECK_STR(e->name, "smtp");
    CHECK(e->type == SERVICE_INET && !e->private && e->unprivileged && e->chroot && !e->wakeup && e->maxproc == -1);
    CHECK(e->argc == 1 && !e->argv[1] && e->line == 2);
    e = e->next;
    CHECK(e->type == SERVICE_UNIX && !e->private && !e->unprivileged && e->wakeup == 60 && e->wakeup_if_used);
    CHECK(e->chroot); /* compatibility_level is below 1 */
    CHECK(e->maxproc == 1 && e->line == 3 && e->argc == 11);
    CHECK_STR(e->argv[1], "-v");
    CHECK_STR(e->argv[5], "c = d  e");
    CHECK_STR(e->argv[6], "");
    CHECK_STR(e->argv[10], "a=y");
    CHECK_STR(master_cf_option(e, "c"), "d  e");
    CHECK_STR(master_cf_option(e, "a"), "b"); /* the empty word ends the options */
    CHECK(!master_cf_option(e, "d"));
    e = e->next;
    CHECK(e->type == SERVICE_DGRAM && e->private && !e->chroot && e->maxproc == 0);
    e = e->next;
    CHECK(e->type == SERVICE_PASS && e->wakeup == 5 && !e->wakeup_if_used && !e->next);
    CHECK(master_cf_find(list, "smtp", SERVICE_INET) == list && !master_cf_find(list, "smtp", SERVICE_UNIX));
    master_cf_free(list);
}

static void a_repeated_service_replaces(void)
{
    struct master_entry *list;

    CHECK(read_text("a unix - - n - - one\nb unix - - n - - two\na unix - - n - - three\n", &list) == OK);
    CHECK_STR(list->argv[0], "three");
    CHECK_STR(list->next->name, "b");
    CHECK(!list->next->next && strstr(seen, "master.cf: line 3: duplicate entry for service a (unix)"));
    master_cf_free(list);
}

static const struct {
    const char *text, *why;
} faults[] = {
    { "smtp\n", "line 1: missing field \"transport type\"" },
    { "smtp inet n - y - -\n", "line 1: missing field \"command\"" },
    { "- inet n - y - - x\n", "field \"service\"" },
    { "\n\nsmtp inet n - y - - -\n", "line 3: missing field \"command\"" },
    { "smtp - n - y - - x\n", "field \"transport type\": bad value: \"-\"" },
    { "smtp inet y - y - - x\n", "field \"private\": bad value: \"y\"" },
    { "smtp inet n Y y - - x\n", "field \"unprivileged\": bad value: \"Y\"" },
    { "smtp inet n - no - - x\n", "field \"chroot\": bad value: \"no\"" },
    { "smtp inet n - - x? - x\n", "field \"wakeup_time\": bad value: \"x?\"" },
    { "smtp inet n - - ? - x\n", "field \"wakeup_time\": bad value: \"?\"" },
    { "smtp inet n - - - -1 x\n", "field \"process_limit\": bad value: \"-1\"" },
    { "smtp inet n - - - 99999999999 x\n", "field \"process_limit\"" },
    { "smtp inet n - - - - x -o {a\n", "missing or misplaced '}' in \"{a\"" },
    { "smtp inet n - - - - x -o {a}b\n", "missing or misplaced '}' in \"{a}b\"" },
};

static void faults_name_file_line_and_field(void)
{
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        struct master_entry *list;

        CHECK(read_text(faults[i].text, &list) == CONF && !list);
        if (!strstr(seen, faults[i].why))
            CHECK_STR(seen, faults[i].why);
    }
}

int main(void)
{
    CHECK(mkdtemp(dir) != NULL);
    log_hook = note;
    columns();
    a_repeated_service_replaces();
    faults_name_file_line_and_field();
    return TEST_END();
}
