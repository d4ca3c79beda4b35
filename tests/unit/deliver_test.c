/* deliver_test.c - requests, outcomes and replies between queue manager and agents; the numbers of the log */
/* SPDX-License-Identifier: ISC */
#include "deliver/deliver.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "net/frame.h"
#include "param/param.h"
#include "service/service.h"
#include "test.h"

/* --- the log --- */

static char last_line[4096];
static int log_pipe[2];

/* The newest line of the log, without its stamp. */
static const char *logged(void)
{
    ssize_t n = read(log_pipe[0], last_line, sizeof last_line - 1);
    char *text;

    last_line[n > 0 ? n : 0] = 0;
    text = strstr(last_line, "]: ");
    last_line[strcspn(last_line, "\n")] = 0;
    return text ? text + 3 : last_line;
}

static void test_delays(void)
{
    static const struct { int64_t ms; const char *text; } cases[] = {
        { 0, "0" }, { -5, "0" }, { 4, "0" }, { 5, "0.01" }, { 49, "0.05" }, { 100, "0.1" }, { 123, "0.12" },
            { 999, "1" },
        { 1000, "1" }, { 1049, "1" }, { 1050, "1.1" }, { 3210, "3.2" }, { 9960, "10" }, { 12345, "12" },
            { 99600, "100" },
        { 120000, "120" }, { 400000000, "400000" },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[32];

        deliver_format_delay(out, cases[i].ms);
        CHECK_STR(out, cases[i].text);
    }
}

/* --- records --- */

static struct qfile_env env = {
    .arrival = { 1000, 5 }, .size = 77, .flags = QF_BODY_8BIT, .sender = "a@b", .ret = 1, .content_offset = 96,
    .content_len = 100, .client_name = "client",
};

static void make(struct delivery *d, struct delivery_rcpt *rcpts, size_t n)
{
    memset(rcpts, 0, n * sizeof *rcpts);
    for (size_t i = 0; i < n; i++)
        rcpts[i].r = (struct qfile_rcpt){ .addr = "x@y", .orig = "X", .orcpt = "rfc822;x", .notify = 2,
                                          .offset = (uint32_t)i };
    *d = (struct delivery){ .queue_id = "ABC", .fd = -1, .flags = DELIVER_TRACE, .env = &env, .transport = "smtp",
                            .nexthop = "hop", .rcpts = rcpts, .n = n, .queued_ms = 1, .picked_ms = 2 };
}

static void test_request(void)
{
    struct delivery_rcpt rcpts[2];
    struct delivery d, got;
    struct qfile_env got_env;
    struct frame f;

    make(&d, rcpts, 2);
    frame_init(&f, FRAME_MAX);
    deliver_put_request(&f, &d);
    f.fd = dup(2);
    CHECK(deliver_get_request(&f, &got, &got_env) == OK);
    CHECK_STR(got.queue_id, "ABC");
    CHECK_STR(got.nexthop, "hop");
    CHECK(got.n == 2 && got.flags == DELIVER_TRACE && got.queued_ms == 1 && got.picked_ms == 2 && got.fd == f.fd);
    CHECK_STR(got.rcpts[1].r.orcpt, "rfc822;x");
    CHECK(got.rcpts[1].r.offset == 1 && got.rcpts[1].r.notify == 2);
    CHECK_STR(got_env.sender, "a@b");
    CHECK_STR(got_env.client_name, "client");
    CHECK_STR(got_env.sasl_user, "");
    CHECK(got_env.content_offset == 96 && got_env.content_len == 100 && got_env.flags == QF_BODY_8BIT);
    free(got.rcpts);
    f.at = 0;
    f.buf.n--;
    CHECK(deliver_get_request(&f, &got, &got_env) == TEMP); /* cut */
    frame_done(&f);
}

/* --- an agent that runs --- */

static void handle(struct service *s, struct delivery *d)
{
    struct why why;

    d->conn_use = 2;
    d->tls = "may";
    deliver_sent(d, &d->rcpts[0], "h[1]:25", "2.0.0", "250 ok");
    d->rcpts[0].remote_mta = deliver_keep(d, "h");
    if (d->n > 2)
        deliver_failed(d, &d->rcpts[1], "h[1]:25", why_set(&why, "5.1.1", "no %s", "body"), &why);
    d->dest_failed = true;
    (void)why_set(&d->dest_why, "4.4.1", "down");
}

/* An agent serves two requests, then ends because the queue manager hangs up. */
static void test_serve(size_t n)
{
    struct service s = { .program = "smtp", .max_idle = 5 };
    struct delivery_rcpt *rcpts = calloc(n, sizeof *rcpts);
    struct delivery d;
    struct frame f;
    size_t deferred = 0;
    int pair[2];
    pid_t pid;
    enum result r;

    if (!rcpts || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        abort();
    pid = fork();
    if (pid == 0) {
        const struct log_options quiet = { .tag = "smtp", .sinks = 0 };

        log_open(&quiet); /* nobody reads the pipe meanwhile */
        close(pair[0]);
        deliver_serve(&s, pair[1], handle);
        _exit(0);
    }
    close(pair[1]);
    frame_init(&f, FRAME_MAX);
    for (int turn = 0; turn < 2; turn++) {
        make(&d, rcpts, n);
        d.fd = fileno(tmpfile());
        deliver_put_request(&f, &d);
        CHECK(frame_send(pair[0], &f, 1000) == OK);
        f.fd = -1;
        do
            r = frame_recv(pair[0], &f, 5000) == OK ? deliver_get_reply(&f, &d) : TEMP;
        while (r == AGAIN);
        CHECK(r == OK);
        CHECK(rcpts[0].outcome == DELIVER_SENT && rcpts[0].relayed == 'd');
        CHECK(d.dest_failed);
        CHECK_STR(d.dest_why.text, "down");
        if (n > 2) {
            CHECK(rcpts[1].outcome == DELIVER_BOUNCED);
            CHECK_STR(rcpts[1].why.text, "no body");
        }
        for (size_t i = 2; i < n; i++)
            deferred += rcpts[i].outcome == DELIVER_DEFERRED;
    }
    CHECK(deferred == (n > 2 ? 2 * (n - 2) : 0));
    frame_done(&f);
    close(pair[0]);
    free(rcpts);
}

static void test_outcomes(void)
{
    struct delivery_rcpt rcpts[3];
    struct delivery d;
    struct why why;

    make(&d, rcpts, 3);
    d.queued_ms = 1200;
    d.tls = "may";
    d.conn_use = 3;
    deliver_sent(&d, &rcpts[0], "h[192.0.2.1]:25", "2.0.0", "250 ok");
    CHECK_STR(logged(),
              "ABC: to=<x@y>, orig_to=<X>, relay=h[192.0.2.1]:25, conn_use=3, delay=1.2, delays=1.2/0/0/0, tls=may, "
              "dsn=2.0.0, status=sent (250 ok)");
    d.tls = NULL;
    d.conn_use = 1;
    rcpts[1].r.orig = "x@Y";
    deliver_failed(&d, &rcpts[1], "none", why_set(&why, "4.4.1", "down"), &why);
    CHECK_STR(logged(), "ABC: to=<x@y>, relay=none, delay=1.2, delays=1.2/0/0/0, dsn=4.4.1, status=deferred (down)");
    rcpts[2].r.addr = "a b@y";
    deliver_failed(&d, &rcpts[2], "none", PERM, &why); /* the result decides, not the code */
    CHECK_STR(
        logged(),
        "ABC: to=<\"a b\"@y>, orig_to=<X>, relay=none, delay=1.2, delays=1.2/0/0/0, dsn=5.4.1, status=bounced (down)");
    make(&d, rcpts, 1);
    d.flags = DELIVER_PROBE;
    rcpts[0].r.orig = "";
    deliver_failed(&d, &rcpts[0], "none", TEMP, &why);
    CHECK(strstr(logged(), "status=undeliverable (down)") != NULL);
}

int main(void)
{
    char dir[] = "/tmp/deliver_test.XXXXXX";
    struct log_options opt = { .tag = "smtp", .sinks = LOG_TO_FILE };

    if (!mkdtemp(dir) || pipe(log_pipe))
        abort();
    param_load(dir, true);
    param_override("myhostname=h.test");
    opt.file_fd = log_pipe[1];
    log_open(&opt);
    deliver_init("smtp");
    test_delays();
    test_request();
    test_outcomes();
    test_serve(1);
    test_serve(600);
    rmdir(dir);
    return TEST_END();
}
