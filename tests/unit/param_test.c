/* param_test.c - src/param: reading main.cf, the expression language, typed values, every row */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "param/param.h"
#include "param/param_int.h"
#include "test.h"

static char dir[] = "/tmp/param_test.XXXXXX";
static char seen[4096]; /* warnings and errors */

static void note(enum log_level level, const char *text)
{
    (void)level;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s\n", text);
}

static void write_main_cf(const char *text)
{
    char path[64];
    FILE *f;

    snprintf(path, sizeof path, "%s/main.cf", dir);
    f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

static void load(const char *text)
{
    write_main_cf(text);
    seen[0] = 0;
    param_load(dir, false);
}

/* Exit status of f in a child: the faults that end a process. */
static int status_of(void (*f)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        log_hook = NULL;
        freopen("/dev/null", "w", stderr);
        f();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static void lines_and_settings(void)
{
    size_t at = 0;
    const char *name, *raw;
    int line;

    load("a = b\n  c\n# x\n\n   d   \n\tq\nfoo=1\nfoo =  2 \nbar =\n");
    CHECK_STR(param_lookup("a"), "b  c   d   \tq");
    CHECK_STR(param_lookup("foo"), "2");
    CHECK_STR(param_lookup("bar"), "");
    CHECK(param_lookup("nobody") == NULL);
    CHECK(strstr(seen, "main.cf, line 8: overriding earlier entry: foo=1"));
    CHECK(param_raw(STR("foo"), &line) && line == 8);
    CHECK(param_each_set(&at, &name, &raw) && strcmp(name, "a") == 0);
    CHECK(param_each_set(&at, &name, &raw) && strcmp(name, "foo") == 0 && strcmp(raw, "2") == 0);
    CHECK(param_each_set(&at, &name, &raw) && !param_each_set(&at, &name, &raw));
    load(" x = y\nz = 1");
    CHECK(strstr(seen, "must not start with whitespace") && !param_lookup("x"));
    CHECK_STR(param_lookup("z"), "1");
}

static const struct {
    const char *text, *want; /* NULL: refused */
    const char *why;
} expressions[] = {
    { "$a", "A", "" },
    { "${a}$(a)$$a", "AA$a", "" },
    { "$a.b-$a:c", "A.b-A:c", "" },
    { "$nobody.", ".", "" },
    { "${ a }", "A", "" },
    { "${a?yes}${nobody?yes}${e?yes}", "yes", "" },
    { "${a:no}${nobody:no}", "no", "" },
    { "${a?{ b }:{c}}${nobody?{b}:{ c }}", " b  c ", "" },
    { "${a?{b}: c }${nobody?{b}: c }", "b c ", "" },
    { "${a?b:c}", "b:c", "" },
    { "${a?}", "", "" },
    { "${a?{$a$a}}", "AA", "" },
    { "${a?b}c}", "bc}", "" },
    { "$(a?(b))", "(b)", "" },
    { "${{$a} == {A} ? {x$a} : {y}}", "xA", "" },
    { "${{3} < {10}}", "true", "" },
    { "${{3} > {10}}", "", "" },
    { "${{a3} < {a10} ? {y}:{n}}", "n", "" },
    { "${{1} == {01} ? {y}:{n}}", "y", "" },
    { "${{99999999999999999999999} > {1} ? {y}:{n}}", "y", "" },
    { "${{a}!={b}}.", "true.", "" },
    { "${{a}=={b}:{c}}", "c", "" },
    { "${{2}<={2}}${{2}>={3}}", "true", "" },
    { "${{3.9} <level {3.10} ?{y}:{n}}", "y", "" },
    { "${{3.9} ==level {3.9.0} ?{y}:{n}}", "y", "" },
    { "${{2} <level{1}}", "", "" },
    { "${{1} <=level {1} ? a : b}", " a : b", "" },
    { "${{A} == {B} ? {b} : c }", " c ", "" },
    { "${domain_to_ascii{example.$a}}", "example.A", "" },
    { "${a", NULL, "truncated macro reference" },
    { "$(a}", NULL, "truncated macro reference" },
    { "$", NULL, "empty macro name" },
    { "$-", NULL, "empty macro name" },
    { "${}", NULL, "empty macro name" },
    { "${a b}", NULL, "attribute name syntax error" },
    { "${a.b}", NULL, "attribute name syntax error" },
    { "${$a}", NULL, "attribute name syntax error" },
    { "${foo{bar}}", NULL, "unknown function" },
    { "${a?{b}z}", NULL, "\":\" expected at" },
    { "${a?{b}:{c}z}", NULL, "unexpected input" },
    { "${a:{b}z}", NULL, "unexpected input" },
    { "${{a} ! {b}}", NULL, "expected at" },
    { "${{a} == b}", NULL, "\"{expression}\" expected" },
    { "${{a} == {b} x}", NULL, "\"?\" or \":\" expected" },
    { "${{x} <level {1}}", NULL, "malformed compatibility level" },
    { "${{1.2.3.4} <level {1}}", NULL, "malformed compatibility level" },
    { "$loop", NULL, "unreasonable macro call nesting" },
};

static void expands(void)
{
    load("a = A\ne =\nloop = $pool\npool = x$loop\n");
    for (size_t i = 0; i < ARRAY_LEN(expressions); i++) {
        const char *bad = "", *want = expressions[i].want;
        struct buf out;
        enum result r;

        buf_init(&out, 1000);
        r = param_expand_with(expressions[i].text, NULL, NULL, NULL, &out, &bad);
        CHECK((r == OK) == (want != NULL));
        CHECK_STR(r == OK ? out.p : "", want ? want : "");
        if (!strstr(bad, expressions[i].why))
            CHECK_STR(bad, expressions[i].why);
        buf_done(&out);
    }
}

static const char *caller_name(const char *name, void *arg)
{
    return strcmp(name, "user") == 0 ? arg : NULL;
}

static void callers_names_come_first(void)
{
    struct buf out;

    load("user = never\nother = o;\n");
    buf_init(&out, 1000);
    CHECK(param_expand_with("<$user> ${other}!", caller_name, (void *)(intptr_t) "a;$b", "abo$", &out, NULL) == OK);
    CHECK_STR(out.p, "<a_$b> o_!");
    buf_done(&out);
}

static void typed_values(void)
{
    load("hopcount_limit = 7\nmaximal_queue_lifetime = 2\nminimal_backoff_time = 5m\nsoft_bounce = YES\n"
         "message_size_limit = 20m\ncompatibility_level = 3.6\nluser_relay = $user@x\n"
         "myhostname = mail.example.com\nsmtp_destination_concurrency_limit = 9\n"
         "relay_destination_recipient_limit = 3\nslow_destination_concurrency_limit = 1\n");
    CHECK(par_hopcount_limit() == 7);
    CHECK(par_maximal_queue_lifetime() == 2 * 86400);
    CHECK(par_minimal_backoff_time() == 300);
    CHECK(par_soft_bounce());
    CHECK(par_message_size_limit() == 20 << 20);
    CHECK_STR(par_luser_relay(), "$user@x");
    CHECK_STR(par_mydomain(), "example.com");
    CHECK_STR(par_mydestination(), "mail.example.com, localhost.example.com, localhost");
    CHECK_STR(par_mynetworks_style(), "host");
    CHECK(!par_append_dot_mydomain());
    CHECK(param_transport_num("smtp", P_transport_destination_concurrency_limit) == 9);
    CHECK(param_transport_num("slow", P_transport_destination_concurrency_limit) == 1);
    CHECK(param_transport_num("fast", P_transport_destination_concurrency_limit) == 20);
    CHECK(param_transport_num("local", P_transport_destination_concurrency_limit) == 2);
    CHECK_STR(param_transport_str("fast", P_transport_destination_concurrency_positive_feedback), "1");
    CHECK(param_lmtp(P_smtp_connect_timeout) == P_lmtp_connect_timeout);
    CHECK(param_lmtp(P_smtp_fallback_relay) != P_lmtp_connect_timeout);
    param_override("hopcount_limit=8");
    param_override("{ user_defined = $hopcount_limit  x }");
    CHECK(par_hopcount_limit() == 8);
    CHECK_STR(param_lookup("user_defined"), "8  x");
    load("hopcount_limit = 9\n");
    CHECK(par_hopcount_limit() == 8); /* -o wins whatever the order */
    param_override("hopcount_limit=50");
    CHECK_STR(par_mynetworks_style(), "subnet");
    CHECK(param_check() == OK);
    CHECK(*par_mynetworks());
}

static void zero_hops(void)
{
    param_override("hopcount_limit = 0");
    (void)par_hopcount_limit();
}

static void word_for_number(void)
{
    param_override("hopcount_limit = many");
    (void)par_hopcount_limit();
}

static void maybe(void)
{
    param_override("soft_bounce = maybe");
    (void)par_soft_bounce();
}

static void no_equals_sign(void)
{
    load("bad line\n");
}

static void no_file(void)
{
    param_load("/nonexistent", false);
}

static void faults_end_the_process(void)
{
    CHECK(status_of(zero_hops) != 0 && status_of(word_for_number) != 0 && status_of(maybe) != 0);
    CHECK(status_of(no_equals_sign) != 0 && status_of(no_file) != 0);
}

static void check_names_every_fault(void)
{
    load("bounce_size_limit = 0\nqueue_run_delay = soon\nmyorigin = ${x\ndelay_logging_resolution_limit = 7\nfoo = $(\n"
         "default_verp_delimiters = +\nsmtputf8_enable = 1\ncompatibility_level = 3.x\n");
    CHECK(param_check() == CONF);
    CHECK(strstr(seen, "main.cf, line 1: bounce_size_limit = 0: must be at least 1\n"));
    CHECK(strstr(seen, "main.cf, line 2: queue_run_delay = soon: must be digits"));
    CHECK(strstr(seen, "main.cf, line 3: myorigin = ${x: truncated macro reference"));
    CHECK(strstr(seen, "main.cf, line 4: delay_logging_resolution_limit = 7: must be from 0 to 6\n"));
    CHECK(strstr(seen, "main.cf, line 5: foo = $(: truncated macro reference"));
    CHECK(strstr(seen, "main.cf, line 6: default_verp_delimiters = +: must be from 2 to 2 characters long\n"));
    CHECK(strstr(seen, "main.cf, line 8: compatibility_level = 3.x: must be major"));
    CHECK(strstr(seen, "main.cf, line 7: smtputf8_enable = 1: must be yes or no\n"));
}

/* Every row: found by its name, its default is valid, and it can be set and read again. */
static void every_row(void)
{
    char why[200];

    load("");
    CHECK(PAR_COUNT == 958);
    for (int i = 0; i < PAR_COUNT; i++) {
        struct param_row row;
        enum par_id id;
        int64_t num;

        param_row((enum par_id)i, &row);
        CHECK(param_find(str_of(row.name), &id) == OK && id == (enum par_id)i);
        if (i && strcmp(row.name, "mynetworks") != 0) {
            const char *text = param_text_why(row.name, why, sizeof why);

            if (row.type == 'r' || strchr("nog", row.type))
                text = row.dflt;
            if (!text || (row.type != 's' && param_row_problem(id, text, &num)))
                CHECK_STR(row.name, "a valid default");
        }
        if (i) {
            struct param_row before;

            param_row((enum par_id)(i - 1), &before);
            CHECK(strcmp(before.name, row.name) < 0);
        }
    }
}

static const char *sample_of(const struct param_row *row)
{
    static char text[64];

    switch (row->type) {
    case 'b':
        return strcmp(row->dflt, "yes") == 0 ? "no" : "yes";
    case 'i':
    case 'z':
        snprintf(text, sizeof text, "%lld", (long long)(row->max ? row->max : row->min + 3));
        return text;
    case 't':
        snprintf(text, sizeof text, "%llds", (long long)(row->max ? row->max : row->min + 3));
        return text;
    }
    snprintf(text, sizeof text, "%.*s", row->max ? (int)row->max : 12, "sample-value");
    return text;
}

static void every_row_set_and_read(void)
{
    for (int i = 0; i < PAR_COUNT; i++) {
        struct param_row row;
        char line[200];
        const char *value;
        int64_t num;

        param_row((enum par_id)i, &row);
        if (strcmp(row.name, "hopcount_limit") == 0)
            continue; /* an override of above */
        value = sample_of(&row);
        snprintf(line, sizeof line, "%s = %s\n", row.name, value);
        load(line);
        CHECK_STR(param_lookup(row.name), value);
        if (param_row_problem((enum par_id)i, value, &num))
            CHECK_STR(row.name, "accepts its sample");
        else if (row.type == 's' || row.type == 'r')
            CHECK_STR(param_str((enum par_id)i), value);
        else if (!strchr("nog", row.type))
            CHECK(param_num((enum par_id)i) == num);
        if (row.type != 'b' && !strchr("nog", row.type) && row.min > 0) {
            char low[64] = "";

            if (row.type != 's' && row.type != 'r')
                snprintf(low, sizeof low, "%lld%s", (long long)row.min - 1, row.type == 't' ? "s" : "");
            CHECK(param_row_problem((enum par_id)i, low, &num) != NULL);
        }
        if (!strchr("nog", row.type) && row.max > 0) {
            char high[64];

            snprintf(high, sizeof high, "%lld%s", (long long)row.max + 1, row.type == 't' ? "s" : "");
            if (row.type == 's' || row.type == 'r')
                strcpy(high, "123");
            CHECK(param_row_problem((enum par_id)i, high, &num) != NULL);
        }
    }
}

int main(void)
{
    CHECK(mkdtemp(dir) != NULL);
    log_hook = note;
    lines_and_settings();
    expands();
    callers_names_come_first();
    typed_values();
    faults_end_the_process();
    check_names_every_fault();
    every_row();
    every_row_set_and_read();
    write_main_cf("");
    return TEST_END();
}
