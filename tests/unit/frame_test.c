/* frame_test.c - src/net/frame.c: records, descriptors, hostile peers */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "net/frame.h"
#include "net/frame_in.h"
#include "test.h"

static int ours, theirs;

static void begin(void)
{
    int p[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0)
        abort();
    ours = p[0];
    theirs = p[1];
}

static void end(void)
{
    close(ours);
    close(theirs);
}

static void records_arrive_as_sent(void)
{
    struct frame out, in;

    begin();
    frame_init(&out, 1000);
    frame_init(&in, 1000);
    frame_begin(&out, 7);
    frame_put_u32(&out, 0xDEADBEEF);
    frame_put_u64(&out, 0x0123456789ABCDEF);
    frame_put_str(&out, STR("a\0b"));
    frame_put_text(&out, "text");
    frame_put_text(&out, NULL);
    CHECK(frame_send(theirs, &out, 1000) == OK);
    frame_begin(&out, 8);
    CHECK(frame_send(theirs, &out, 1000) == OK);
    CHECK(frame_recv(ours, &in, 1000) == OK && in.type == 7 && in.fd == -1);
    CHECK(frame_get_u32(&in) == 0xDEADBEEF && frame_get_u64(&in) == 0x0123456789ABCDEF);
    CHECK(str_same(frame_get_str(&in), STR("a\0b")));
    CHECK_STR(frame_get_text(&in), "text");
    CHECK(!frame_end(&in)); /* not all was read */
    CHECK_STR(frame_get_text(&in), "");
    CHECK(frame_end(&in));
    CHECK(frame_get_u32(&in) == 0 && !frame_end(&in));
    CHECK(frame_recv(ours, &in, 1000) == OK && in.type == 8 && frame_end(&in));
    close(theirs);
    CHECK(frame_recv(ours, &in, 1000) == NONE);
    close(ours);
    frame_done(&out);
    frame_done(&in);
}

static void a_descriptor_travels_along(void)
{
    struct frame out, in;
    struct stat a, b;
    int p[2];

    begin();
    CHECK(pipe(p) == 0);
    frame_init(&out, 100);
    frame_init(&in, 100);
    frame_begin(&out, 1);
    out.fd = p[0];
    frame_put_u32(&out, 1);
    CHECK(frame_send(theirs, &out, 1000) == OK && out.fd == -1);
    CHECK(frame_recv(ours, &in, 1000) == OK && in.fd >= 0 && in.fd != p[0]);
    CHECK(fstat(p[0], &a) == 0 && fstat(in.fd, &b) == 0 && a.st_ino == b.st_ino);
    frame_begin(&out, 2);
    CHECK(frame_send(theirs, &out, 1000) == OK);
    int old = in.fd;
    CHECK(frame_recv(ours, &in, 1000) == OK && in.fd == -1); /* the old one was not taken, so it is closed */
    CHECK(fcntl(old, F_GETFD) < 0 && errno == EBADF);
    CHECK(fcntl(p[0], F_GETFD) >= 0);
    frame_done(&out);
    frame_done(&in);
    close(p[0]);
    close(p[1]);
    end();
}

static void two_descriptors_are_refused(void)
{
    union {
        char raw[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = { { 0 } };
    char head[] = "\0\0\0\0\0\1";
    struct iovec iov = { head, 6 };
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.raw, .msg_controllen = sizeof control.raw
    };
    int two[2] = { 0, 1 }, before, after;
    struct frame in;

    begin();
    frame_init(&in, 100);
    CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
    CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
    CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof two);
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), two, sizeof two);
    before = dup(0);
    close(before);
    CHECK(sendmsg(theirs, &m, 0) == 6);
    CHECK(frame_recv(ours, &in, 1000) == TEMP);
    frame_done(&in);
    after = dup(0);
    close(after);
    CHECK(before == after); /* none leaked */
    end();
}

/* Raw bytes from the peer, and what receiving them must give. */
static void hostile(const void *bytes, size_t n, bool then_close, enum result want)
{
    struct frame in;

    begin();
    frame_init(&in, 64);
    CHECK(write(theirs, bytes, n) == (ssize_t)n);
    if (then_close)
        shutdown(theirs, SHUT_WR);
    CHECK(frame_recv(ours, &in, 50) == want);
    if (want == OK) {
        (void)frame_get_str(&in);
        CHECK(!frame_end(&in) && in.bad);
        CHECK_STR(frame_get_text(&in), "");
    }
    frame_done(&in);
    end();
}

static void nonsense_is_refused(void)
{
    hostile("\0\0\0", 3, true, TEMP);                       /* ends in the head */
    hostile("\0\0\0", 3, false, TEMP);                      /* stops in the head */
    hostile("\0\0\0\5\0\1ab", 8, true, TEMP);               /* ends in the payload */
    hostile("\0\0\0\5\0\1ab", 8, false, TEMP);              /* stops in the payload */
    hostile("\0\0\0\101\0\1ab", 8, false, TEMP);            /* longer than agreed */
    hostile("\377\377\377\377\0\1", 6, false, TEMP);        /* much longer */
    hostile("\0\0\0\4\0\1\377\377\377\377", 10, false, OK); /* text longer than the record */
    hostile("\0\0\0\4\0\1\0\0\0\0", 10, false, OK);         /* no terminator */
    hostile("\0\0\0\6\0\1\0\0\0\1ab", 12, false, OK);       /* another byte for it */
    hostile("\0\0\0\3\0\1\0\0\0", 9, false, OK);            /* cut length */
}

static void text_has_no_nul(void)
{
    struct frame f;

    frame_init(&f, 100);
    frame_begin(&f, 1);
    frame_put_str(&f, STR("a\0b"));
    CHECK_STR(frame_get_text(&f), "");
    CHECK(!frame_end(&f));
    frame_done(&f);
}

static void too_much_is_not_sent(void)
{
    struct frame f;
    char byte;

    begin();
    frame_init(&f, 10);
    frame_begin(&f, 1);
    frame_put_text(&f, "0123456789");
    CHECK(frame_send(theirs, &f, 100) == TEMP && errno == EMSGSIZE);
    CHECK(recv(ours, &byte, 1, MSG_DONTWAIT) < 0);
    frame_begin(&f, 1);
    CHECK(frame_send(theirs, &f, 100) == OK);
    frame_done(&f);
    end();
}

static void slow_pieces_make_one_record(void)
{
    static char big[500000];
    struct frame f;
    pid_t pid;

    begin();
    pid = fork();
    if (pid == 0) {
        frame_init(&f, FRAME_MAX);
        frame_begin(&f, 3);
        frame_put_str(&f, (struct str){ big, sizeof big });
        _exit(frame_send(theirs, &f, 5000) != OK);
    }
    frame_init(&f, FRAME_MAX);
    CHECK(frame_recv(ours, &f, 5000) == OK && f.type == 3);
    CHECK(frame_get_str(&f).n == sizeof big && frame_end(&f));
    frame_done(&f);
    waitpid(pid, NULL, 0);
    end();
}

/* Several records in one send, taken out of one buffer; the last one is cut. */
static void packed_records_come_apart(void)
{
    static char big[20000];
    struct frame_in in;
    struct frame f;
    struct buf out;

    begin();
    frame_init(&f, FRAME_MAX);
    buf_init(&out, 2 * sizeof big);
    frame_begin(&f, 1);
    frame_put_text(&f, "first");
    CHECK(frame_pack(&out, &f));
    frame_begin(&f, 2);
    CHECK(frame_pack(&out, &f));
    frame_begin(&f, 3);
    frame_put_str(&f, (struct str){ big, sizeof big });
    CHECK(frame_pack(&out, &f));
    CHECK(!frame_pack(&out, &f)); /* no room for another one, and nothing of it is there */
    frame_begin(&f, 4);
    frame_put_u32(&f, 7);
    CHECK(frame_pack(&out, &f));
    CHECK(frame_send_packed(theirs, (struct str){ out.p, out.n - 1 }, 1000) == OK);
    close(theirs);
    frame_in_init(&in, ours);
    CHECK(frame_in_next(&in, &f, 1000) == OK && f.type == 1);
    CHECK_STR(frame_get_text(&f), "first");
    CHECK(frame_end(&f));
    CHECK(frame_in_next(&in, &f, 1000) == OK && f.type == 2 && frame_end(&f));
    CHECK(frame_in_next(&in, &f, 1000) == OK && f.type == 3 && frame_get_str(&f).n == sizeof big && frame_end(&f));
    CHECK(frame_in_next(&in, &f, 1000) == PERM);
    frame_in_done(&in);
    buf_done(&out);
    frame_done(&f);
    close(ours);
}

/* A record longer than its reader allows; a peer that says nothing; one that has gone; a file. */
static void packed_nonsense_is_refused(void)
{
    static const uint8_t head[6] = { 0, 0, 4, 0, 0, 1 };
    struct frame_in in;
    struct frame f;

    begin();
    frame_init(&f, 1000);
    frame_in_init(&in, ours);
    CHECK(frame_in_next(&in, &f, 10) == TEMP && errno == ETIMEDOUT);
    CHECK(write(theirs, head, sizeof head) == sizeof head);
    CHECK(frame_in_next(&in, &f, 1000) == PERM);
    close(theirs);
    CHECK(frame_in_next(&in, &f, 1000) == NONE);
    frame_in_done(&in);
    close(ours);
    frame_in_init(&in, open("/dev/null", O_RDONLY));
    CHECK(frame_in_next(&in, &f, 1000) == NONE);
    close(in.fd);
    frame_in_done(&in);
    frame_done(&f);
}

int main(void)
{
    alarm(60);
    packed_records_come_apart();
    packed_nonsense_is_refused();
    records_arrive_as_sent();
    a_descriptor_travels_along();
    two_descriptors_are_refused();
    nonsense_is_refused();
    text_has_no_nul();
    too_much_is_not_sent();
    slow_pieces_make_one_record();
    return TEST_END();
}
