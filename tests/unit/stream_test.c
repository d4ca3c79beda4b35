/* stream_test.c - src/net/stream.c: lines, deadlines, whole writes, files */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stream.h"
#include "test.h"

static int other; /* the far end */

static void begin(struct stream *s, size_t in_cap, size_t out_cap, int timeout_ms)
{
    int p[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0)
        abort();
    other = p[1];
    stream_init(s, p[0], in_cap, out_cap, timeout_ms);
}

static void end(struct stream *s)
{
    stream_done(s);
    close(other);
}

static void say(const char *text)
{
    CHECK(write(other, text, strlen(text)) == (ssize_t)strlen(text));
}

/* The next line must be text, ended as crlf says. */
static void expect(struct stream *s, enum result want, const char *text, bool want_crlf)
{
    struct str line = { "", 0 };
    bool crlf;
    char copy[256];

    CHECK(stream_line(s, &line, &crlf) == want);
    snprintf(copy, sizeof copy, "%.*s", (int)line.n, line.p);
    CHECK_STR(copy, text);
    CHECK(crlf == want_crlf);
}

static void lines_end_with_lf_or_crlf(void)
{
    struct stream s;
    struct str line;
    bool crlf;

    begin(&s, 64, 64, 1000);
    say("one\r\ntwo\n\r\n\n\rthree\r\r\nrest");
    expect(&s, OK, "one", true);
    expect(&s, OK, "two", false);
    expect(&s, OK, "", true);
    expect(&s, OK, "", false);
    expect(&s, OK, "\rthree\r", true);
    CHECK(stream_buffered(&s) == 4 && stream_ready(&s));
    shutdown(other, SHUT_WR);
    CHECK(stream_line(&s, &line, &crlf) == TEMP && s.err == STREAM_EOF);
    CHECK(stream_line(&s, &line, &crlf) == TEMP);
    end(&s);
}

static void long_lines_come_in_pieces(void)
{
    struct stream s;

    begin(&s, 8, 64, 1000);
    say("0123456789abcde\r\nxyz\r\n1234567\r\nq\n");
    expect(&s, NONE, "01234567", false);
    expect(&s, NONE, "89abcde", false); /* its CR is kept for the next call */
    expect(&s, OK, "", true);
    expect(&s, OK, "xyz", true);
    expect(&s, NONE, "1234567", false);
    expect(&s, OK, "", true);
    expect(&s, OK, "q", false);
    end(&s);
}

static void silence_times_out(void)
{
    struct stream s;
    int64_t start = clock_ms();

    begin(&s, 64, 64, 60);
    say("partial");
    expect(&s, TEMP, "", false);
    CHECK(s.err == STREAM_TIMEOUT && clock_ms() - start >= 55 && clock_ms() - start < 2000);
    end(&s);

    begin(&s, 64, 64, 60000);
    s.deadline = clock_ms() + 50;
    CHECK(stream_fill(&s) == TEMP && s.err == STREAM_TIMEOUT);
    end(&s);
}

static void progress_moves_the_deadline(void)
{
    struct stream s;
    int64_t first;

    begin(&s, 64, 64, 10000);
    first = s.deadline = clock_ms() + 1000;
    s.min_rate = 10;
    say("0123456789"); /* worth one second */
    CHECK(stream_fill(&s) == OK && s.deadline == first + 1000);
    stream_eat(&s, 100);
    s.deadline = clock_ms() + 9990;
    say("0123456789");
    CHECK(stream_fill(&s) == OK && s.deadline <= clock_ms() + 10000);
    end(&s);
}

static void ready_does_not_wait(void)
{
    struct stream s;
    int64_t start = clock_ms();

    begin(&s, 64, 64, 5000);
    CHECK(!stream_ready(&s) && s.err == STREAM_FINE);
    say("x");
    CHECK(stream_ready(&s) && stream_buffered(&s) == 1);
    stream_eat(&s, 1);
    close(other);
    CHECK(!stream_ready(&s) && s.err == STREAM_EOF);
    CHECK(clock_ms() - start < 1000);
    end(&s);
}

/* A child that writes what it reads from the far end to a pipe's worth of checksum: bytes and their sum. */
static pid_t count_bytes(const struct stream *s, int *result)
{
    int p[2];
    pid_t pid;

    if (pipe(p) < 0)
        abort();
    *result = p[0];
    pid = fork();
    if (pid == 0) {
        unsigned long sum[2] = { 0, 0 };
        unsigned char b[4096];
        ssize_t n;

        alarm(30);
        if (s)
            close(s->fd);
        while ((n = read(other, b, sizeof b)) > 0)
            for (ssize_t i = 0; i < n; i++, sum[0]++)
                sum[1] += b[i];
        _exit(write(p[1], sum, sizeof sum) != sizeof sum);
    }
    close(p[1]);
    close(other);
    return pid;
}

static void check_bytes(int result, unsigned long bytes, unsigned long sum)
{
    unsigned long got[2] = { 0, 0 };

    CHECK(read(result, got, sizeof got) == sizeof got);
    CHECK(got[0] == bytes && got[1] == sum);
    close(result);
    wait(NULL);
}

static void big_output_is_whole(void)
{
    static char big[300000];
    struct stream s;
    int result, file;
    char name[] = "/tmp/stream_test.XXXXXX";

    memset(big, 1, sizeof big);
    file = mkstemp(name);
    unlink(name);
    CHECK(write(file, big, sizeof big) == sizeof big);

    begin(&s, 64, 1000, 5000);
    count_bytes(&s, &result);
    stream_printf(&s, "%s%d", "\1\1", 0); /* '0' is 48 */
    for (int i = 0; i < 500; i++)
        stream_put(&s, big, 7);
    stream_put(&s, big, sizeof big);
    stream_puts(&s, "\1");
    CHECK(stream_send_file(&s, file, 100, 200) == OK);     /* gathered */
    CHECK(stream_send_file(&s, file, 0, 300000) == OK);    /* sendfile */
    stream_puts(&s, "\1");
    CHECK(stream_flush(&s) == OK);
    stream_done(&s);
    check_bytes(result, 2 + 1 + 3500 + 300000 + 1 + 200 + 300000 + 1, 2 + 48 + 3500 + 300000 + 1 + 200 + 300000 + 1);

    begin(&s, 64, 1000, 5000);
    CHECK(stream_send_file(&s, file, 299000, 5000) == TEMP && s.err == STREAM_BROKEN); /* file too short */
    end(&s);
    close(file);
}

static void nobody_reads(void)
{
    static char big[1 << 20];
    struct stream s;

    begin(&s, 64, 64, 50);
    stream_put(&s, big, sizeof big);
    CHECK(stream_flush(&s) == TEMP && s.err == STREAM_TIMEOUT);
    end(&s);
    begin(&s, 64, 64, 50);
    close(other);
    stream_puts(&s, "x");
    CHECK(stream_flush(&s) == TEMP && s.err == STREAM_BROKEN);
    stream_puts(&s, "y");
    CHECK(stream_flush(&s) == TEMP);
    stream_done(&s);
}

/* As sendmail -bs has them: two pipes. */
static void pipes_work_as_well(void)
{
    static char big[100000];
    struct stream s;
    int in[2], out[2], result;

    CHECK(pipe(in) == 0 && pipe(out) == 0);
    stream_init(&s, in[0], 64, 64, 200);
    s.fd_out = out[1];
    CHECK(!stream_ready(&s));
    CHECK(write(in[1], "hi\r\n", 4) == 4);
    expect(&s, OK, "hi", true);
    other = out[0];
    memset(big, 2, sizeof big);
    fcntl(out[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(30);
        close(out[0]);
        stream_put(&s, big, sizeof big);
        _exit(stream_flush(&s) != OK);
    }
    stream_done(&s);
    count_bytes(NULL, &result);
    check_bytes(result, sizeof big, 2 * sizeof big);
    wait(NULL);
    close(in[1]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    alarm(60);
    lines_end_with_lf_or_crlf();
    long_lines_come_in_pieces();
    silence_times_out();
    progress_moves_the_deadline();
    ready_does_not_wait();
    big_output_is_whole();
    nobody_reads();
    pipes_work_as_well();
    return TEST_END();
}
