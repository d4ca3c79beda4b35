/* notice_test.c - src/deliver/notice, src/net/frame_part, src/daemon/bounce/bounce_text */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/bounce/bounce_int.h"
#include "deliver/notice.h"
#include "net/frame_part.h"
#include "test.h"

static void sample(struct frame *f)
{
    struct delivery_rcpt r[2] = {
        { .r = { .addr = "x@y", .orig = "x", .orcpt = "rfc822;x", .notify = 4, .offset = 777 },
          .outcome = DELIVER_BOUNCED,
          .relayed = 'd',
          .diag_type = 's',
          .remote_mta = "mx.y" },
        { .r = { .addr = "z@y", .orig = "", .orcpt = "" }, .outcome = DELIVER_SENT, .diag_type = 'P' },
    };
    struct notice n = { .kind = NOTICE_DELAY, .queue_id = "ABCDE1234567", .rcpts = r, .n = 2 };

    why_set(&r[0].why, "5.1.1", "no such user");
    notice_put(f, &n);
}

static void request_round_trip(void)
{
    struct frame f;
    struct notice n;
    size_t whole;

    frame_init(&f, FRAME_MAX);
    sample(&f);
    whole = f.buf.n;
    f.fd = open("/dev/null", O_RDONLY);
    CHECK(notice_get(&f, &n) == OK && n.n == 2 && n.kind == NOTICE_DELAY);
    CHECK_STR(n.queue_id, "ABCDE1234567");
    CHECK_STR(n.rcpts[0].why.text, "no such user");
    CHECK_STR(n.rcpts[0].remote_mta, "mx.y");
    CHECK(n.rcpts[0].r.offset == 777 && n.rcpts[1].r.offset == 0);
    CHECK(!n.rcpts[1].remote_mta && n.rcpts[1].outcome == DELIVER_SENT && n.rcpts[0].r.notify == 4);
    notice_done(&n);
    for (size_t cut = 0; cut < whole; cut++) { /* cut short anywhere: refused */
        f.at = 0;
        f.bad = false;
        f.buf.n = cut;
        CHECK(notice_get(&f, &n) == TEMP);
    }
    frame_done(&f);
}

static void reply_round_trip(void)
{
    struct why why, got;
    struct frame f;

    frame_init(&f, FRAME_MAX);
    why_set(&why, "4.3.0", "queue file write error");
    notice_put_reply(&f, TEMP, &why);
    CHECK(notice_get_reply(&f, &got) == TEMP);
    CHECK_STR(got.text, "queue file write error");
    notice_put_reply(&f, OK, &why);
    CHECK(notice_get_reply(&f, &got) == OK);
    f.at = 0;
    f.buf.n--;
    CHECK(notice_get_reply(&f, &got) == TEMP);
    frame_done(&f);
}

/* However the bytes are cut, the same record comes out. */
static void feed_in_pieces(void)
{
    uint8_t raw[512];
    int pair[2];
    struct frame out, in;
    struct frame_part at = { .done = 0 };
    ssize_t n;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    frame_init(&out, FRAME_MAX);
    frame_init(&in, FRAME_MAX);
    sample(&out);
    CHECK(frame_send_part(pair[0], &out, &at) == OK);
    n = read(pair[1], raw, sizeof raw);
    CHECK(n == (ssize_t)(out.buf.n + FRAME_HEAD));
    for (size_t step = 1; step <= (size_t)n; step++) {
        size_t used = 0, pos = 0;
        enum result r = AGAIN;

        at = (struct frame_part){ .done = 0 };
        while (r == AGAIN && pos < (size_t)n) {
            size_t part = (size_t)n - pos < step ? (size_t)n - pos : step;

            r = frame_feed(&in, &at, raw + pos, part, &used);
            pos += used;
        }
        CHECK(r == OK && pos == (size_t)n && in.type == out.type && in.buf.n == out.buf.n &&
              memcmp(in.buf.p, out.buf.p, in.buf.n) == 0);
    }
    at = (struct frame_part){ .done = 0 };
    memset(raw, 0xff, FRAME_HEAD);
    CHECK(frame_feed(&in, &at, raw, FRAME_HEAD + 1, &(size_t){ 0 }) == PERM);
    frame_done(&out);
    frame_done(&in);
    close(pair[0]);
    close(pair[1]);
}

/* A peer that does not read: the rest waits, nothing is lost. */
static void send_in_pieces(void)
{
    static char big[700000];
    struct frame out, in;
    struct frame_part at = { .done = 0 }, in_at = { .done = 0 };
    static uint8_t chunk[10000];
    enum result sent = AGAIN, got = AGAIN;
    size_t used;
    int pair[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    memset(big, 'x', sizeof big);
    frame_init(&out, FRAME_MAX);
    frame_init(&in, FRAME_MAX);
    frame_begin(&out, 7);
    frame_put_str(&out, (struct str){ big, sizeof big });
    CHECK(frame_send_part(pair[0], &out, &at) == AGAIN);
    while (got == AGAIN) {
        ssize_t n = recv(pair[1], chunk, sizeof chunk, MSG_DONTWAIT);

        if (n > 0)
            got = frame_feed(&in, &in_at, chunk, (size_t)n, &used);
        if (sent == AGAIN)
            sent = frame_send_part(pair[0], &out, &at);
    }
    CHECK(sent == OK && got == OK && in.type == 7 && frame_get_str(&in).n == sizeof big && frame_end(&in));
    frame_done(&out);
    frame_done(&in);
    close(pair[0]);
    close(pair[1]);
}

static void add_line(void *arg, struct str part, bool indent)
{
    buf_printf(arg, "%s%.*s\n", indent ? "    " : "", (int)part.n, part.p);
}

static void long_lines(void)
{
    static const struct { const char *text, *want;
    } table[] = {
        { "", "\n" },
        { "short", "short\n" },
        { "Diagnostic-Code: X-Postfix; this is a rather long text of an error that must be wrapped somewhere near "
          "column seventy "
          "nine, twice if it is long enough, with "
          "averyveryverylongwordthatdoesnotfitinasinglelinebecauseithasmorethanseventyninecharactersinit at its end",
          "Diagnostic-Code: X-Postfix; this is a rather long text of an error that must be\n"
          "    wrapped somewhere near column seventy nine, twice if it is long enough,\n"
          "    with\n"
          "    averyveryverylongwordthatdoesnotfitinasinglelinebecauseithasmorethanseventyninecharactersinit\n"
          "    at its end\n" },
        { "<x@bad.test> (expanded from <all@alias.test>): this is a rather long text of an error that must be wrapped "
          "somewhere",
          "<x@bad.test> (expanded from <all@alias.test>): this is a rather long text of an\n"
          "    error that must be wrapped somewhere\n" },
    };

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct buf out;

        buf_init(&out, 4096);
        bounce_wrap(table[i].text, add_line, &out);
        CHECK_STR(out.p, table[i].want);
        buf_done(&out);
    }
}

static void quoted_replies(void)
{
    CHECK(str_eq(bounce_remote_text("host mx[1.2.3.4] said: 550 5.1.1 no (in reply to RCPT TO command)"),
                 "550 5.1.1 no"));
    CHECK(str_eq(bounce_remote_text("host mx said: 554 go"), "554 go"));
    CHECK(str_eq(bounce_remote_text("connect to x: refused"), "connect to x: refused"));
}

int main(void)
{
    request_round_trip();
    reply_round_trip();
    feed_in_pieces();
    send_in_pieces();
    long_lines();
    quoted_replies();
    return TEST_END();
}
