/* smtp_tx_test.c - dialogues with a scripted server: every reply path of a delivery, and what becomes of it
 *
 * A script is a list of lines: "S text" the server says it, "C text" the client must send a line that begins so,
 * "D" content up to the final dot, "X" the server closes, "W" a long wait, "A" accept another connection.
 */
/* SPDX-License-Identifier: ISC */
#include "smtp_client_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#define HELLO "S 220 there ESMTP\nC EHLO me.example.test\nS 250-there\nS 250-PIPELINING\nS 250 DSN\n"
#define PLAIN "S 220 there ESMTP\nC EHLO me.example.test\nS 250 there\n"
#define MAIL1 "C MAIL FROM:<a@b.test>\nC RCPT TO:<one@c.test>\nC DATA\n"
#define TAKEN "S 250 ok\nS 250 ok\nS 354 go\nD\nS 250 2.0.0 Ok: queued as X\n"

static const char content[] = "Subject: x\r\n\r\nbody\r\n..dot\r\n.\r\n";

/* --- the server --- */

static void fail_script(const char *want, const char *got)
{
    fprintf(stderr, "server: wanted \"%s\", got \"%s\"\n", want, got);
    _exit(1);
}

static bool read_line(FILE *f, char *line, size_t size)
{
    if (!fgets(line, (int)size, f))
        return false;
    line[strcspn(line, "\r\n")] = 0;
    return true;
}

static void one_step(int listener, FILE **f, const char *step)
{
    char line[4096];
    int fd;

    switch (*step) {
    case 'A':
        if (*f)
            fclose(*f);
        fd = accept(listener, NULL, NULL);
        *f = fd < 0 ? NULL : fdopen(fd, "r+");
        if (!*f)
            _exit(2);
        setvbuf(*f, NULL, _IONBF, 0);
        break;
    case 'S':
        fprintf(*f, "%s\r\n", step + 2);
        break;
    case 'C':
        if (!read_line(*f, line, sizeof line))
            fail_script(step + 2, "end of file");
        if (strncmp(line, step + 2, strlen(step + 2)))
            fail_script(step + 2, line);
        break;
    case 'D':
        do
            if (!read_line(*f, line, sizeof line))
                fail_script("content", "end of file");
        while (strcmp(line, "."));
        break;
    case 'W':
        sleep(10);
        break;
    case 'X':
        fclose(*f);
        *f = NULL;
        break;
    default:
        _exit(3);
    }
}

static void serve(int listener, const char *script)
{
    FILE *f = NULL;
    char step[1024];

    alarm(20);
    one_step(listener, &f, "A");
    while (*script) {
        size_t n = strcspn(script, "\n");

        snprintf(step, sizeof step, "%.*s", (int)n, script);
        one_step(listener, &f, step);
        script += n + (script[n] != 0);
    }
    _exit(0);
}

static pid_t start(const char *script, char nexthop[64])
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    pid_t pid;

    if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof in) || listen(fd, 5) ||
        getsockname(fd, (struct sockaddr *)&in, &len))
        abort();
    snprintf(nexthop, 64, "[127.0.0.1]:%u", ntohs(in.sin_port));
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        serve(fd, script);
    close(fd);
    return pid;
}

static bool finish(pid_t pid)
{
    int status = -1;

    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* --- the request --- */

struct request {
    struct delivery d;
    struct qfile_env env;
    struct delivery_rcpt rcpts[3];
    FILE *file;
};

static void make_request(struct request *q, const char *nexthop, size_t n)
{
    static const char *const names[] = { "one@c.test", "two@c.test", "three@c.test" };

    memset(q, 0, sizeof *q);
    q->file = tmpfile();
    if (!q->file)
        abort();
    fwrite(content, 1, sizeof content - 1, q->file);
    fflush(q->file);
    q->env = (struct qfile_env){ .sender = "a@b.test", .content_len = sizeof content - 1, .envid = "" };
    q->d = (struct delivery){ .queue_id = "TEST", .fd = fileno(q->file), .env = &q->env, .transport = "smtp",
                              .nexthop = nexthop,
                              .rcpts = q->rcpts, .n = n };
    for (size_t i = 0; i < n; i++) {
        q->rcpts[i].r = (struct qfile_rcpt){ .addr = names[i], .orig = "", .orcpt = "",
                                             .offset = (uint32_t)(1000 + i) };
        q->rcpts[i].diag_type = 'P';
    }
}

static void end_request(struct request *q)
{
    deliver_done(&q->d);
    fclose(q->file);
}

/* --- cases --- */

static const struct {
    const char *name, *script;
    size_t n;
    const char *outcomes;  /* per recipient: S sent, D deferred, B bounced */
    const char *dsn, *text; /* of the first; text: a part of it */
    bool dest_failed;
} cases[] = {
    { "delivered, pipelined", HELLO MAIL1 TAKEN "C QUIT\n", 1, "S", "2.0.0", "250 2.0.0 Ok: queued as X", false },
    { "delivered, one by one",
        PLAIN "C MAIL FROM:<a@b.test>\nS 250 ok\nC RCPT TO:<one@c.test>\nS 250 ok\nC DATA\nS 354 go\nD\n"
      "S 250 done\nC QUIT\n", 1, "S", "2.0.0", "250 done", false },
    { "EHLO refused, HELO taken",
        "S 220 there\nC EHLO\nS 502 what\nC HELO me\nS 250 there\nC MAIL\nS 250 ok\nC RCPT\nS 250 ok\nC DATA\n"
      "S 354 go\nD\nS 250 done\nC QUIT\n", 1, "S", "2.0.0", "250 done", false },
    { "one of three refused for good, one for now",
        HELLO "C MAIL\nC RCPT\nC RCPT\nC RCPT\nC DATA\nS 250 ok\nS 250 ok\nS 550 5.1.1 no\n"
      "S 450 4.2.1 later\nS 354 go\nD\nS 250 done\nC QUIT\n", 3, "SBD", "2.0.0", "250 done", false },
    { "all refused, 354 all the same", HELLO MAIL1 "S 250 ok\nS 550 5.1.1 nobody\nS 354 go\nC .\nS 554 no\nC QUIT\n",
        1, "B", "5.1.1",
      "said: 550 5.1.1 nobody (in reply to RCPT TO command)", false },
    { "all refused, DATA too", HELLO MAIL1 "S 250 ok\nS 550 5.1.1 nobody\nS 503 no\nC RSET\nS 250 ok\nC QUIT\n", 1,
        "B", "5.1.1", "nobody", false },
    { "MAIL refused", HELLO MAIL1 "S 550 5.7.1 not you\nS 503 no\nS 503 no\nC RSET\nS 250 ok\nC QUIT\n", 1, "B",
        "5.7.1",
      "(in reply to MAIL FROM command)", false },
    { "MAIL refused, one by one", PLAIN "C MAIL\nS 450 4.7.1 not now\nC RSET\nS 250 ok\nC QUIT\n", 1, "D", "4.7.1",
        "said: 450 4.7.1 not now", false },
    { "DATA refused", HELLO MAIL1 "S 250 ok\nS 250 ok\nS 451 4.3.0 later\nC RSET\nS 250 ok\nC QUIT\n", 1, "D", "4.3.0",
      "(in reply to DATA command)", false },
    { "content refused", HELLO MAIL1 "S 250 ok\nS 250 ok\nS 354 go\nD\nS 554 5.7.1 spam\nC QUIT\n", 1, "B", "5.7.1",
      "(in reply to end of DATA command)", false },
    { "2xx to DATA makes no sense", HELLO MAIL1 "S 250 ok\nS 250 ok\nS 250 what\nC RSET\nS 250 ok\nC QUIT\n", 1, "B",
        "5.5.0", "Protocol error: host", false },
    { "greeting 4xx", "S 421 4.3.2 busy\n", 1, "D", "4.3.2", "refused to talk to me: 421 4.3.2 busy", true },
    { "greeting 5xx is not for good", "S 554 5.7.1 go away\nC QUIT\n", 1, "D", "4.7.1",
        "refused to talk to me: 554 5.7.1 go away", true },
    { "HELO refused for good", "S 220 x\nC EHLO\nS 550 no\nC HELO\nS 550 5.5.0 no\nC QUIT\n", 1, "B", "5.5.0",
        "refused to talk to me", false },
    { "closed before the greeting", "X\n", 1, "D", "4.4.2",
        "lost connection with 127.0.0.1[127.0.0.1] while receiving the initial server greeting", true },
    { "closed after MAIL", PLAIN "C MAIL\nX\n", 1, "D", "4.4.2", "while sending MAIL FROM", true },
    { "closed after the content", HELLO MAIL1 "S 250 ok\nS 250 ok\nS 354 go\nD\nX\n", 1, "D", "4.4.2",
      "while sending end of data -- message may be sent more than once", true },
    { "no answer to the content", HELLO MAIL1 "S 250 ok\nS 250 ok\nS 354 go\nD\nW\n", 1, "D", "4.4.2",
      "conversation with 127.0.0.1[127.0.0.1] timed out while sending end of data", true },
    { "garbage for a greeting", "S HTTP/1.1 400 Bad Request\n", 1, "D", "4.5.0", "Protocol error", true },
    { "garbage instead of an answer", HELLO MAIL1 "S 250 ok\nS oops\n", 1, "D", "4.5.0", "Protocol error", true },
    { "421 in the middle", HELLO MAIL1 "S 250 ok\nS 421 4.3.2 closing\nX\n", 1, "D", "4.3.2", "421 4.3.2 closing",
        true },
    { "our own name in EHLO",
        "S 220 x\nC EHLO\nS 250 me.example.test\nC MAIL\nS 250 ok\nC RCPT\nS 250 ok\nC DATA\nS 354 go\nD\nS 250 ok\n"
          "C QUIT\n",
      1, "S", "2.0.0", "250 ok", false }, /* another port than 25: no loop */
    { "too large for the server", "S 220 x\nC EHLO\nS 250-x\nS 250 SIZE 10\nC QUIT\n", 1, "B", "5.3.4",
        "exceeds size limit 10 of server", false },
};

static enum deliver_outcome outcome(char c)
{
    return c == 'S' ? DELIVER_SENT : c == 'D' ? DELIVER_DEFERRED : DELIVER_BOUNCED;
}

static void test_cases(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char nexthop[64];
        pid_t pid = start(cases[i].script, nexthop);
        struct request q;
        int before = test_failed;

        make_request(&q, nexthop, cases[i].n);
        smtp_deliver(&q.d);
        smtp_drop_kept();
        for (size_t k = 0; k < cases[i].n; k++)
            CHECK(q.rcpts[k].outcome == outcome(cases[i].outcomes[k]));
        CHECK_STR(q.rcpts[0].why.dsn, cases[i].dsn);
        CHECK(strstr(q.rcpts[0].why.text, cases[i].text) != NULL);
        CHECK(q.d.dest_failed == cases[i].dest_failed);
        if (strstr(cases[i].script, "\nW\n"))
            kill(pid, SIGKILL), finish(pid);
        else
            CHECK(finish(pid));
        if (test_failed != before)
            fprintf(stderr, "case: %s: %s %s\n", cases[i].name, q.rcpts[0].why.dsn, q.rcpts[0].why.text);
        end_request(&q);
    }
}

/* Two messages through one session; then a third after the server has closed it. */
static void test_reuse(void)
{
    char nexthop[64];
    pid_t pid = start(HELLO MAIL1 TAKEN MAIL1 TAKEN "X\nA\n" HELLO MAIL1 TAKEN "C QUIT\n", nexthop);

    for (int i = 0; i < 3; i++) {
        struct request q;

        if (i == 2)
            usleep(50000);
        make_request(&q, nexthop, 1);
        smtp_deliver(&q.d);
        CHECK(q.rcpts[0].outcome == DELIVER_SENT);
        CHECK(smtp_agent->kept && smtp_agent->kept->uses == (i == 2 ? 1 : i + 1));
        end_request(&q);
    }
    smtp_drop_kept();
    CHECK(finish(pid));
}

/* Two servers: what the first puts off goes to the second. */
static void test_next_server(void)
{
    char first[64], second[64], both[160];
    pid_t one = start(HELLO "C MAIL\nC RCPT TO:<one\nC RCPT TO:<two\nC DATA\nS 250 ok\nS 450 later\nS 250 ok\n"
      "S 354 go\nD\nS 250 ok\nC QUIT\n", first);
    pid_t two = start(HELLO MAIL1 TAKEN "C QUIT\n", second);
    struct request q;

    snprintf(both, sizeof both, "%s, %s", first, second);
    make_request(&q, both, 2);
    smtp_deliver(&q.d);
    smtp_drop_kept();
    CHECK(q.rcpts[0].outcome == DELIVER_SENT && q.rcpts[1].outcome == DELIVER_SENT);
    CHECK(!q.d.dest_failed);
    CHECK(finish(one) && finish(two));
    end_request(&q);
}

static void test_refused_connection(void)
{
    struct sock_addr a;
    struct request q;
    char text[160];

    /* What strerror() says of it; qemu-user before 8 gives a guest of MIPS the host's number. */
    CHECK(sock_parse_addr(STR("127.0.0.1"), 1, &a) == OK && sock_connect(&a, NULL, 1000) < 0);
    snprintf(text, sizeof text, "connect to 127.0.0.1[127.0.0.1]:1: %s", strerror(errno));
    make_request(&q, "[127.0.0.1]:1", 1);
    smtp_deliver(&q.d);
    CHECK(q.rcpts[0].outcome == DELIVER_DEFERRED && q.d.dest_failed);
    CHECK_STR(q.rcpts[0].why.dsn, "4.4.1");
    CHECK_STR(q.rcpts[0].why.text, text);
    end_request(&q);
}

/* A line end in an address must not become a command. */
static void test_injection(void)
{
    char nexthop[64];
    pid_t pid = start(HELLO "C QUIT\n", nexthop);
    struct request q;

    make_request(&q, nexthop, 1);
    q.rcpts[0].r.addr = "x>\r\nRSET\r\n@c.test";
    q.env.sender = "a\nb@c.test";
    smtp_deliver(&q.d);
    smtp_drop_kept();
    CHECK(q.rcpts[0].outcome == DELIVER_BOUNCED);
    CHECK_STR(q.rcpts[0].why.dsn, "5.1.3");
    CHECK(finish(pid));
    end_request(&q);
}

static void test_lmtp(void)
{
    char nexthop[64];
    pid_t pid = start("S 220 x\nC LHLO me\nS 250-x\nS 250 PIPELINING\nC MAIL\nC RCPT TO:<one\nC RCPT TO:<two\n"
      "C RCPT TO:<three\nC DATA\n"
                      "S 250 ok\nS 250 ok\nS 550 5.1.1 no\nS 250 ok\nS 354 go\nD\nS 250 2.0.0 one\n"
                        "S 452 4.2.2 full\nC QUIT\n", nexthop);
    struct request q;

    smtp_agent->lmtp = true;
    make_request(&q, nexthop, 3);
    smtp_deliver(&q.d);
    smtp_agent->lmtp = false;
    smtp_drop_kept();
    CHECK(q.rcpts[0].outcome == DELIVER_SENT && q.rcpts[1].outcome == DELIVER_BOUNCED &&
          q.rcpts[2].outcome == DELIVER_DEFERRED);
    CHECK_STR(q.rcpts[2].why.dsn, "4.2.2");
    CHECK(finish(pid));
    end_request(&q);
}

static const char *const settings[] = { "smtp_data_done_timeout=1s", "smtp_tls_security_level=none",
                                        "inet_interfaces=127.0.0.1", NULL };

int main(void)
{
    const struct log_options quiet = { .tag = "smtp", .sinks = 0 };

    signal(SIGPIPE, SIG_IGN);
    smtp_test_begin(settings);
    log_open(&quiet);
    smtp_content_init();
    test_cases();
    test_reuse();
    test_next_server();
    test_refused_connection();
    test_injection();
    test_lmtp();
    return TEST_END();
}
