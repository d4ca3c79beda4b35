/* cleanup_test.c - cleanup: headers, recipients, mapping, checks, what reaches the queue file */
/* SPDX-License-Identifier: ISC */
#include "cleanup/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "conf.h"
#include "guard.h"
#include "mail/smtp_text.h"
#include "mail/wire.h"

enum { CUT_NONE = 1 << 20 };

/* What became of a message. */
static struct {
    enum result r;
    struct why why;
    char id[QUEUE_ID_MAX];
    struct buf content; /* text, LF, dots removed */
    struct buf rcpts;   /* "addr<orig " each */
    char sender[500], filter[500], message_id[500];
    int64_t size;
    unsigned flags;
    bool held;
} got;

static void queue_dirs(void)
{
    const char *dirs[] = { "incoming", "hold", "deferred", "active", "corrupt" };

    for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
        if (mkdir(dirs[i], 0700) < 0 && errno != EEXIST)
            abort();
}

static void read_message(const char *dir, const char *id)
{
    struct wire_out out = { 0 };
    const struct qfile_env *env;
    struct qfile *q;
    struct qfile_rcpt r[4];
    char path[300];
    char *raw;

    if (qfile_open(dir, id, false, true, &q) != OK) {
        CHECK(!"queue file opens");
        return;
    }
    env = qfile_env(q);
    snprintf(got.sender, sizeof(got.sender), "%s", env->sender);
    snprintf(got.filter, sizeof(got.filter), "%s", env->filter);
    snprintf(got.message_id, sizeof(got.message_id), "%s", env->message_id);
    got.size = env->size;
    got.flags = env->flags;
    for (size_t i = 0; i < qfile_rcpt_count(q); i++) {
        CHECK(qfile_rcpts(q, i, r, 1) == 1);
        buf_printf(&got.rcpts, "%s<%s%s%s ", r[0].addr, r[0].orig, r[0].notify ? "/" : "",
                   dsn_notify_text(r[0].notify));
    }
    raw = malloc((size_t)env->content_len + 1);
    CHECK(io_pread(qfile_fd(q), raw, (size_t)env->content_len, env->content_offset) == OK);
    CHECK(wire_to_text(&out, &got.content, raw, (size_t)env->content_len, "\r\n") && out.done);
    CHECK(got.content.n == (size_t)env->size);
    buf_reset(&got.content);
    out = (struct wire_out){ 0 };
    CHECK(wire_to_text(&out, &got.content, raw, (size_t)env->content_len, "\n"));
    free(raw);
    qfile_close(q);
    snprintf(path, sizeof(path), "%s/%s", dir, id);
    CHECK(unlink(path) == 0);
}

struct msg {
    const char *sender, *rcpts; /* recipients separated by blanks; "" in the list: none */
    const char *text;
    size_t text_len;            /* 0: strlen */
    enum rewrite_context ctx;
    unsigned flags, qf;
    const char *full_name, *prepend;
    size_t cut;                 /* bytes per cleanup_data() call; 0: all */
    bool final_dot;
};

static void send_rcpts(struct cleanup *c, const char *list)
{
    struct str rest = str_of(list), word;
    struct why why;

    while (got.r == OK && str_word(&rest, " ", &word) == OK) {
        char addr[1000];

        snprintf(addr, sizeof(addr), "%.*s", (int)word.n, word.p);
        got.r = cleanup_rcpt(c, addr, "", 0, &why);
        got.why = why;
    }
}

static void deliver(const struct msg *m)
{
    struct qfile_env env = { .arrival = { 1795250000, 0 }, .sender = m->sender, .client_name = "client.test",
                             .client_addr = "192.0.2.1", .flags = m->qf };
    struct buf wire;
    struct wire_in in = { 0 };
    size_t cut = m->cut ? m->cut : CUT_NONE;
    struct cleanup *c;

    queue_dirs();
    buf_init(&wire, 1 << 24);
    got.r = OK;
    memset(&got.why, 0, sizeof(got.why));
    buf_init(&got.content, 1 << 24);
    buf_init(&got.rcpts, 1 << 20);
    CHECK(wire_from_text(&in, &wire, m->text, m->text_len ? m->text_len : strlen(m->text), true));
    CHECK(wire_end_text(&in, &wire));
    if (m->final_dot)
        buf_puts(&wire, ".\r\n");
    c = cleanup_new(&env, m->ctx, m->flags, &got.why);
    CHECK(c != NULL);
    if (m->full_name)
        cleanup_full_name(c, m->full_name);
    send_rcpts(c, m->rcpts);
    if (m->prepend)
        cleanup_prepend(c, m->prepend);
    for (size_t at = 0; at < wire.n; at += cut) {
        size_t n = wire.n - at < cut ? wire.n - at : cut;

        cleanup_data(c, guard_bytes(wire.p + at, n).p, n);
    }
    if (got.r != OK) {
        cleanup_abort(c);
    } else {
        got.r = cleanup_end(c, 0, got.id, &got.why);
            if (got.r == OK) {
            char path[300];

            snprintf(path, sizeof(path), "hold/%s", got.id);
            got.held = access(path, F_OK) == 0;
            snprintf(path, sizeof(path), "incoming/%s", got.id);
            if (got.held || access(path, F_OK) == 0)
                read_message(got.held ? "hold" : "incoming", got.id);
        }
    }
    buf_done(&wire);
}

static void check_sent(const struct msg *m, const char *content, const char *rcpts)
{
    deliver(m);
    CHECK(got.r == OK);
    if (got.r != OK)
        fprintf(stderr, "  %s %s\n", got.why.dsn, got.why.text);
    if (content)
        CHECK_STR(got.content.p, content);
    if (rcpts)
        CHECK_STR(got.rcpts.p, rcpts);
    buf_done(&got.content);
    buf_done(&got.rcpts);
}

static void check_refused(const struct msg *m, enum result r, const char *dsn, const char *text)
{
    deliver(m);
    CHECK(got.r == r);
    CHECK_STR(got.why.dsn, dsn);
    CHECK_STR(got.why.text, text);
    buf_done(&got.content);
    buf_done(&got.rcpts);
}

#define REMOTE(text_) &(struct msg){ .sender = "s@x.test", .rcpts = "r@y.test", .text = text_, .ctx = REWRITE_REMOTE }
#define LOCALLY(text_) &(struct msg){ .sender = "s@x.test", .rcpts = "r@y.test", .text = text_, .ctx = REWRITE_LOCAL }

#define FULL_HEAD "From: a@x.test\nTo: b@y.test\nDate: Sat, 21 Nov 2026 08:40:39 +0000\nMessage-Id: <1@x.test>\n"

static void headers_of_remote_clients_stay(void)
{
    check_sent(REMOTE("From: a\nTo: b, c@d\n\nbody\n"), "From: a\nTo: b, c@d\n\nbody\n", "r@y.test<r@y.test ");
    check_sent(REMOTE("\nbody\n"), "\nbody\n", NULL);
    check_sent(REMOTE("Subject: x\n"), "Subject: x\n", NULL);
    check_sent(REMOTE(""), "", NULL);
    check_sent(REMOTE("X: 1\n folded\n\t again\nY: 2\n\n.\n..\n"), "X: 1\n folded\n\t again\nY: 2\n\n.\n..\n", NULL);
    check_sent(REMOTE(".odd: header\n ..\n\n.body\n"), ".odd: header\n ..\n\n.body\n", NULL);
    check_sent(REMOTE("no header at all\nmore\n"), "\nno header at all\nmore\n", NULL);
    check_sent(REMOTE("A: 1\nno header\n"), "A: 1\n\nno header\n", NULL);
    check_sent(REMOTE(" starts with a blank\n"), "\n starts with a blank\n", NULL);
    check_sent(REMOTE("From me Sat Nov 21\nA: 1\n\nx\n"), "X-Mailbox-Line: From me Sat Nov 21\nA: 1\n\nx\n", NULL);
    check_sent(REMOTE("Bcc: secret@x.test\nReturn-Path: <x>\nContent-Length: 5\nresent-bcc: y\n z\nA: b\n\n"),
               "A: b\n\n", NULL);
}

static void headers_of_local_clients_are_completed(void)
{
    check_sent(LOCALLY(FULL_HEAD "\nx\n"), FULL_HEAD "\nx\n", NULL);
    check_sent(LOCALLY("From: a\nTo: b@y, \"C, D\" <c>,\n e (Ed)\nCc: f@g.test\nReply-To: h\n"
                       "Date: x\nMessage-Id: <1@x>\n\n"),
               "From: a@mail.example.test\nTo: b@y, \"C, D\" <c@mail.example.test>, e@mail.example.test (Ed)\n"
               "Cc: f@g.test\nReply-To: h@mail.example.test\nDate: x\nMessage-Id: <1@x>\n\n",
               NULL);
    check_sent(
        LOCALLY(
            "From: Ann Doe (x)\nTo: a b@c (y) \"q q\", x.@y.test, <@r1,@r2:v@w.test>,\n a@b@c.test, u . v @ w. (z)\n"
            "Cc: undisclosed:;, g: u1;, <>, s!u, u%d, Not An <a@b>\nDate: x\nMessage-Id: <1@x>\n\n"),
        "From: Ann@mail.example.test, Doe@mail.example.test (x)\n"
        "To: a@mail.example.test, b@c, (y) \"q q\"@mail.example.test,\n"
        "\t\"x.\"@y.test, <v@w.test>, \"a@b\"@c.test, u.v@w (z)\n"
        "Cc: undisclosed:;, g: u1@mail.example.test;, <>, u@s, u@d,\n\tNot An <a@b>\nDate: x\nMessage-Id: <1@x>\n\n",
        NULL);
    deliver(LOCALLY("Subject: hi\n\n"));
    CHECK(got.r == OK);
    CHECK(strncmp(got.content.p, "Subject: hi\nMessage-Id: <20261121", 33) == 0);
    CHECK(strstr(got.content.p, "@mail.example.test>\nDate: Sat, 21 Nov 2026 ") != NULL);
    CHECK(strstr(got.content.p, "\nFrom: s@x.test\n\n") != NULL);
    CHECK(strstr(got.content.p, got.message_id) != NULL && got.message_id[0] == '<');
    buf_done(&got.content);
    buf_done(&got.rcpts);
}

static void sender_names(void)
{
    static const struct {
        const char *name, *from;
    } rows[] = {
        { "Ann Doe", "From: Ann Doe <s@x.test>\n" },
        { "Doe, Ann", "From: \"Doe, Ann\" <s@x.test>\n" },
        { "Ann \"x\" D.", "From: \"Ann \\\"x\\\" D.\" <s@x.test>\n" },
        { "Gr\303\274n", "From: =?utf-8?Q?Gr=C3=BCn?= <s@x.test>\n" },
        { "", "From: s@x.test\n" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct msg m = *LOCALLY("Date: x\nMessage-Id: <1@x>\n\n");
        char want[300];

        m.full_name = rows[i].name;
        snprintf(want, sizeof(want), "Date: x\nMessage-Id: <1@x>\n%s\n", rows[i].from);
        check_sent(&m, want, NULL);
    }
}

static void resent_headers(void)
{
    deliver(LOCALLY("Resent-To: z@y.test\nFrom: a@x.test\n\n"));
    CHECK(strstr(got.content.p, "\nResent-Message-Id: <") && strstr(got.content.p, "\nResent-Date: ") &&
          strstr(got.content.p, "\nResent-From: s@x.test\n") && !strstr(got.content.p, "\nDate:"));
    buf_done(&got.content);
    buf_done(&got.rcpts);
}

static void extraction(void)
{
    struct msg m = { .sender = "s@x.test", .rcpts = "first@y.test", .ctx = REWRITE_LOCAL, .flags = CLEANUP_EXTRACT };

    m.text = FULL_HEAD "Cc: group: c, d@y.test;\nBcc: hidden@y.test\nReply-To: not@y.test\n\n";
    check_sent(&m, "From: a@x.test\nTo: b@y.test\nDate: Sat, 21 Nov 2026 08:40:39 +0000\nMessage-Id: <1@x.test>\n"
               "Cc: group: c@mail.example.test, d@y.test;\nReply-To: not@y.test\n\n",
               "first@y.test<first@y.test b@y.test<b@y.test c@mail.example.test<c d@y.test<d@y.test "
               "hidden@y.test<hidden@y.test ");
    m.rcpts = "";
    m.text = "To: b@y.test\nResent-To: r@y.test\n\n";
    check_sent(&m, NULL, "r@y.test<r@y.test ");
    m.text = "To: undisclosed-recipients:;\n\n";
    check_refused(&m, PERM, "5.1.0", "no recipients specified");
    m.ctx = REWRITE_REMOTE;
    m.text = "To: \"a b\"@y.test (x), <@r1:c@y.test>\nBcc: q@y.test\n\n";
    check_sent(&m, "To: \"a b\"@y.test (x), <@r1:c@y.test>\n\n",
               "a b@y.test<a b@y.test c@y.test<c@y.test q@y.test<q@y.test ");
}

static void prepended(void)
{
    struct msg m = *REMOTE("A: 1\n\nx\n");

    m.prepend = "Received: from x\n\tby y; z";
    check_sent(&m, "Received: from x\n\tby y; z\nA: 1\n\nx\n", NULL);
}

static void size_is_that_of_the_text(void)
{
    struct msg m = *REMOTE("A: 1\n b\n\n.dot\n..\n\n");

    m.final_dot = true;
    for (m.cut = 1; m.cut < 25; m.cut++) {
        check_sent(&m, "A: 1\n b\n\n.dot\n..\n\n", NULL);
        CHECK(got.size == 24);
    }
}

static void envelope(void)
{
    struct msg m = *LOCALLY(FULL_HEAD "\n");

    m.sender = "s";
    m.rcpts = "a a A@mail.example.test a@b \"\"@c.test x%d.test";
    check_sent(&m, NULL,
               "a@mail.example.test<a A@mail.example.test<A@mail.example.test a@b<a@b \"\"@c.test<\"\"@c.test "
               "x@d.test<x%d.test ");
    CHECK_STR(got.sender, "s@mail.example.test");
    m.sender = "";
    check_sent(&m, NULL, NULL);
    CHECK_STR(got.sender, "");
    m.rcpts = "";
    check_refused(&m, PERM, "5.1.0", "no recipients specified");
}

static void eight_bits(void)
{
    check_sent(REMOTE("Content-Transfer-Encoding: 8bit\n\nx\n"), NULL, NULL);
    CHECK(got.flags & QF_BODY_8BIT);
    check_sent(REMOTE("A: 1\n\n\303\274\n"), NULL, NULL);
    CHECK(!(got.flags & (QF_BODY_8BIT | QF_UTF8_ADDR)));
    check_sent(REMOTE("Subject: \303\274\n\nx\n"), NULL, NULL);
    CHECK((got.flags & (QF_UTF8_ADDR | QF_SMTPUTF8)) == QF_UTF8_ADDR);
    check_sent(&(struct msg){ .sender = "s@x.test", .rcpts = "r@y.test", .text = "Subject: \303\274\n\nx\n",
                              .ctx = REWRITE_REMOTE, .qf = QF_LOCAL_ORIGIN }, NULL, NULL);
    CHECK(got.flags & QF_SMTPUTF8);
}

static void plain(void)
{
    headers_of_remote_clients_stay();
    headers_of_local_clients_are_completed();
    sender_names();
    resent_headers();
    extraction();
    prepended();
    size_is_that_of_the_text();
    envelope();
    eight_bits();
}

/* Random bytes with what matters often in them; with nothing to rewrite, what comes in goes out. */
static void random_text(struct buf *b, unsigned *seed)
{
    static const char *const parts[] = {
        "\n",
        "\n",
        "\n",
        "\n\n",
        " ",
        "\t",
        ":",
        "From: ",
        "To: a@b",
        "Subject: x\n",
        ".",
        "..",
        ".\n",
        "\r",
        "\r\r",
        "\r\n",
        "X",
        "yyyyyyyy",
        "Received: x\n",
        "Bc",
        "\"",
        "<",
        ">",
        "(",
        ",",
        ";",
        "\\",
        "\200",
        "Message-Id: <a>\n",
        "A: 1\n",
        "A: 1\n",
        "B: 2\n 3\n",
        "=?x?=",
        "a@b, c@d",
    };

    *seed = *seed * 1103515245 + 12345;
    for (unsigned n = 1 + (*seed >> 16) % 40; n > 0; n--) {
        *seed = *seed * 1103515245 + 12345;
        if ((*seed >> 16) % 60 == 0 && strstr(b->p, "\n\n"))
            buf_putc(b, 0); /* in a header it is the end */
        else
            buf_puts(b, parts[(*seed >> 16) % ARRAY_LEN(parts)]);
        while (b->n > 1 && b->p[b->n - 1] == ':' && strchr(" \t", b->p[b->n - 2])) /* not kept in front of it */
            buf_splice(b, b->n - 2, 1, STR(""));
    }
}

/* What the text must look like afterwards: a blank line is put where headers end without one. */
static bool same_but_one_blank_line(struct str in, struct str out)
{
    size_t i = 0;

    if (str_same(in, out))
        return true;
    while (i < in.n && i < out.n && in.p[i] == out.p[i])
        i++;
    for (size_t k = i + 1; k > 0; k--) /* anywhere in a run of equal bytes */
        if (out.n == in.n + 1 && out.p[k - 1] == '\n' && memcmp(out.p + k, in.p + k - 1, in.n - k + 1) == 0)
            return true;
    return false;
}

static void nothing_is_lost_or_doubled(void)
{
    unsigned seed = 4711;

    for (int i = 0; i < 3000; i++) {
        struct buf text, expect;
        struct wire_in in = { 0 };
        struct wire_out out = { 0 };
        struct msg m = { .sender = "s@x.test", .rcpts = "r@y.test", .ctx = i % 2 ? REWRITE_NONE : REWRITE_REMOTE };

        buf_init(&text, 1 << 16);
        buf_init(&expect, 1 << 16);
        random_text(&text, &seed);
        m.text = text.p;
        m.text_len = text.n;
        m.cut = 1 + (seed >> 16) % 20;
        m.final_dot = i % 3 == 0;
        buf_reset(&expect);
        { /* the text as wire form has it: CRLF is a line end too */
            struct buf wire;

            buf_init(&wire, 1 << 17);
            CHECK(wire_from_text(&in, &wire, text.p, text.n, true) && wire_end_text(&in, &wire));
            CHECK(buf_puts(&wire, ".\r\n") && wire_to_text(&out, &expect, wire.p, wire.n, "\n"));
            buf_done(&wire);
        }
        deliver(&m);
        CHECK(got.r == OK);
        if (!same_but_one_blank_line(buf_view(&expect), buf_view(&got.content))) {
            test_failed++;
            fprintf(stderr, "round %d cut %zu:\n[%s]\n[%s]\n", i, m.cut, expect.p, got.content.p);
        }
        buf_done(&got.content);
        buf_done(&got.rcpts);
        buf_done(&text);
        buf_done(&expect);
        if (test_failed > 5)
            return;
    }
}

static void strays(void)
{
    struct msg m = *REMOTE("");
    static const char in[] = "A: x\ry\n\nb\rc\r\rd\n\r\n";

    m.text = in;
    for (m.cut = 1; m.cut < 20; m.cut++)
        check_sent(&m, "A: x y\n\nb c  d\n\n", NULL);
}

/* BDAT may bring bare line feeds. */
static void bare_line_feeds(void)
{
    static const char wire[] = "A: x\ny\r\n\r\nb\nc\n.\nd\r\n";

    for (size_t cut = 1; cut < sizeof(wire); cut++) {
        struct qfile_env env = { .sender = "" };
        struct why why;
        struct cleanup *c;

        queue_dirs();
        buf_init(&got.content, 1000);
        buf_init(&got.rcpts, 1000);
        c = cleanup_new(&env, REWRITE_REMOTE, 0, &why);
        CHECK(c && cleanup_rcpt(c, "r@y.test", "", 0, &why) == OK);
        for (size_t at = 0; at < sizeof(wire) - 1; at += cut)
            cleanup_data(c, wire + at, sizeof(wire) - 1 - at < cut ? sizeof(wire) - 1 - at : cut);
        CHECK(cleanup_end(c, 0, got.id, &why) == OK);
        read_message("incoming", got.id);
        CHECK_STR(got.content.p, "A: x y\n\nb c . d\n");
        buf_done(&got.content);
        buf_done(&got.rcpts);
    }
}

static void limits(void)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    for (int i = 0; i < 5; i++)
        buf_puts(&b, "Received: x\n");
    buf_puts(&b, "\nbody\n");
    check_refused(REMOTE(b.p), PERM, "5.4.0", "too many hops");
    check_sent(REMOTE(b.p + 12), NULL, NULL);
    buf_reset(&b);
    buf_puts(&b, "A: ");
    for (int i = 0; i < 100; i++)
        buf_puts(&b, "0123456789");
    buf_puts(&b, "\n more\nB: 1\n\nbody\n");
    check_sent(REMOTE(b.p), "A: 01234567890123456789012345678901234567890123456\nB: 1\n\nbody\n", NULL);
    buf_drop(&b, 3); /* a long line that is no header is the body */
    deliver(REMOTE(b.p));
    CHECK(got.r == OK && got.content.n == b.n + 1 && strcmp(got.content.p + 1, b.p) == 0);
    buf_done(&got.content);
    buf_done(&got.rcpts);
    for (int i = 0; i < 100; i++)
        buf_puts(&b, "012345678901234567890123456789012345678901234567\n");
    check_refused(REMOTE(b.p), PERM, "5.3.4", "message file too big");
    buf_done(&b);
}

static void mapping(void)
{
    struct msg m =
        *LOCALLY("From: joe@example.test\nTo: jane@example.test, sub@host.masq.test\nDate: x\nMessage-Id: <1@x>\n\n");

    m.sender = "joe@example.test";
    m.rcpts = "jane@example.test";
    check_sent(
        &m,
        "From: Joe.Sender@example.test\nTo: Jane.Common@example.test, sub@masq.test\nDate: x\nMessage-Id: <1@x>\n\n",
        "Jane.Common@example.test<jane@example.test ");
    CHECK_STR(got.sender, "Joe.Sender@example.test");
    m.sender = "root@host.masq.test";
    m.rcpts = "u@host.masq.test u@keep.host.masq.test u@x.not.masq.test";
    check_sent(&m, NULL, "u@host.masq.test<u@host.masq.test u@keep.host.masq.test<u@keep.host.masq.test "
               "u@x.not.masq.test<u@x.not.masq.test ");
    CHECK_STR(got.sender, "root@host.masq.test");
    m.sender = "u@a.b.masq.test";
    check_sent(&m, NULL, NULL);
    CHECK_STR(got.sender, "u@masq.test");
    m.sender = "u@x.not.masq.test";
    check_sent(&m, NULL, NULL);
    CHECK_STR(got.sender, "u@x.not.masq.test");
    m.sender = "joe+tag@example.test";
    m.rcpts = "list@valias.test";
    check_sent(&m, NULL, "a@y.test<list@valias.test b@mail.example.test<list@valias.test c@z.test<list@valias.test ");
    CHECK_STR(got.sender, "Joe.Sender+tag@example.test");
    m.rcpts = "self@valias.test any@dom.test u+x@valias.test";
    check_sent(&m, NULL, "self@valias.test<self@valias.test copy@y.test<self@valias.test any@other.test<any@dom.test "
               "v+x@y.test<u+x@valias.test ");
    m.flags = CLEANUP_NO_EXPAND | CLEANUP_NO_REWRITE;
    m.rcpts = "list@valias.test";
    m.sender = "joe@example.test";
    check_sent(&m, NULL, "list@valias.test<list@valias.test ");
    CHECK_STR(got.sender, "joe@example.test");
    m.flags = 0;
    m.rcpts = "loop@valias.test";
    check_refused(&m, TEMP, "4.6.0", "Alias expansion error");
    m.rcpts = "many@valias.test";
    check_refused(&m, TEMP, "4.6.0", "Alias expansion error");
    m.rcpts = "grow@valias.test";
    check_refused(&m, TEMP, "4.6.0", "Alias expansion error");
}

static void broken_alias_table(void)
{
    struct msg m = *REMOTE(FULL_HEAD "\n");

    check_refused(&m, TEMP, "4.6.0", "Alias expansion error");
    m.flags = CLEANUP_NO_EXPAND;
    check_sent(&m, NULL, "r@y.test<r@y.test ");
}

static void copies(void)
{
    struct msg m = *REMOTE(FULL_HEAD "\n");

    check_sent(&m, NULL, "r@y.test<r@y.test watch@mail.example.test<watch/NEVER arch@z.test<arch@z.test/NEVER "
               "always@mail.example.test<always/NEVER ");
    m.flags = CLEANUP_NO_BCC;
    check_sent(&m, NULL, "r@y.test<r@y.test ");
    m.flags = CLEANUP_NOTICE;
    check_sent(&m, NULL, "r@y.test<r@y.test ");
}

static void without_original_recipient(void)
{
    struct msg m = *REMOTE("\n");

    m.rcpts = "a@y.test b@y.test A@y.test";
    check_sent(&m, NULL, "c@y.test<a@y.test ");
}

static void header_checks(void)
{
    struct msg m = *REMOTE("");

    m.text = "Subject: spam offer\n\nx\n";
    check_refused(&m, PERM, "5.7.1", "no spam");
    m.text = "Subject: coded\n\nx\n";
    check_refused(&m, PERM, "5.9.9", "own code");
    m.text = "X-Ignore: 1\n 2\nX-Strip: 1\nA: 1\n\nx\n";
    check_sent(&m, "A: 1\n\nx\n", NULL);
    m.text = "X-Old: 1\nX-Before: 2\n\nx\n";
    check_sent(&m, "X-New: yes\nX-First: yes\nX-Before: 2\n\nx\n", NULL);
    m.text = "X-Hold: 1\n\nx\n";
    check_sent(&m, NULL, NULL);
    CHECK(got.held);
    m.text = "X-Filter: 1\n\nx\n";
    check_sent(&m, NULL, NULL);
    CHECK_STR(got.filter, "smtp:[127.0.0.1]:10025");
    m.text = "X-Redirect: 1\nX-Filter: 1\n\nx\n";
    check_sent(&m, NULL, "other@z.test<r@y.test ");
    CHECK_STR(got.filter, "");
    m.text = "X-Bcc: 1\n\nx\n";
    check_sent(&m, NULL, "r@y.test<r@y.test copy@z.test<copy@z.test/NEVER ");
    m.text = "X-Discard: 1\nSubject: spam offer\n\nx\n";
    check_sent(&m, "", "");
    m.text = "X-Pass: 1\nSubject: spam offer\n\nbad words\n";
    check_sent(&m, "X-Pass: 1\nSubject: spam offer\n\nbad words\n", NULL);
    m.text = "Subject: folded\n spam\n\nx\n";
    check_refused(&m, PERM, "5.7.1", "message content rejected");
    m.flags = CLEANUP_NO_CHECKS;
    check_sent(&m, "Subject: folded\n spam\n\nx\n", NULL);
}

static void body_checks(void)
{
    struct msg m = *REMOTE("");

    for (m.cut = 1; m.cut < 40; m.cut += 3) {
        m.text = "A: 1\n\nfine\nbad words\n";
        check_refused(&m, PERM, "5.7.1", "language");
        m.text = "A: 1\n\ndrop this\n.keep\nswap this\n\nabove\n";
        check_sent(&m, "A: 1\n\n.keep\n.swapped\n\n.before\nabove\n", NULL);
        m.text = "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=\"b 1\"\n\npre\n--b 1\nContent-Type: "
                 "text/x-evil\n\n"
                 "x\n--b 1--\n";
        check_refused(&m, PERM, "5.7.1", "evil part");
        m.text = "Content-Type: multipart/mixed; boundary=b1\n\n--b1\nX-Part: 1\n 2\n\nx\n--b1\n"
                 "Content-Type: message/rfc822\n\nX-Nested: 1\nA: 2\n\nbody\n--b1--\nepilogue\n";
        check_sent(&m, "Content-Type: multipart/mixed; boundary=b1\n\n--b1\n\nx\n--b1\nContent-Type: message/rfc822\n\n"
                   "X-Seen: yes\nX-Nested: 1\nA: 2\n\nbody\n--b1--\nepilogue\n", NULL);
    }
}

static void characters(void)
{
    struct msg m = *REMOTE("");

    m.text = "A: %1\001\n\nx\001.\n\001.\n";
    for (m.cut = 1; m.cut < 10; m.cut++)
        check_sent(&m, "A: 1\n\nx.\n.\n", NULL);
    m.text = "A: 1\n\nx\002\n";
    check_refused(&m, PERM, "5.7.1", "disallowed character");
}

static void old_style_names(void)
{
    struct msg m = *LOCALLY("Date: x\nMessage-Id: <1@x>\n\n");

    m.full_name = "Doe, (A) Ann";
    check_sent(&m, "Date: x\nMessage-Id: <1@x>\nFrom: s@x.test (Doe, (A) Ann)\n\n", NULL);
    m.full_name = "Ann :-)";
    check_sent(&m, "Date: x\nMessage-Id: <1@x>\nFrom: s@x.test (Ann :-\\))\n\n", NULL);
    m.full_name = "Gr\374n";
    check_sent(&m, "Date: x\nMessage-Id: <1@x>\nFrom: s@x.test (=?iso-8859-1?Q?Gr=FCn?=)\n\n", NULL);
}

static void completed_for_everybody(void)
{
    deliver(REMOTE("From: a\n\n"));
    CHECK(strstr(got.content.p, "From: a\nMessage-Id: <") &&
          strstr(got.content.p, "\nTo: undisclosed-recipients:;\n\n"));
    buf_done(&got.content);
    buf_done(&got.rcpts);
}

static void other_classes(void)
{
    struct msg m = *LOCALLY("From: joe@x.test\nTo: joe@x.test, h@a.masq.test\nDate: x\nMessage-Id: <1@x>\n\n");

    m.sender = "joe+ext@x.test";
    m.rcpts = "joe@x.test joe+ext@x.test r@a.masq.test";
    check_sent(&m, "From: joe@x.test\nTo: rjoe@x.test, h@a.masq.test\nDate: x\nMessage-Id: <1@x>\n\n",
               "cjoe@x.test<joe@x.test cjoe@x.test<joe+ext@x.test r@masq.test<r@a.masq.test ");
    CHECK_STR(got.sender, "sjoe@x.test");
}

static void short_memory(void)
{
    struct msg m = *REMOTE("\n");

    m.rcpts = "a@y.test b@y.test a@y.test b@y.test";
    check_sent(&m, NULL, "a@y.test<a@y.test b@y.test<b@y.test b@y.test<b@y.test ");
}

static void few_tokens(void)
{
    struct msg m = *LOCALLY("To: a, b, c, d\nDate: x\nMessage-Id: <1@x>\nFrom: x@y\n\n");

    check_sent(&m, "To: a@mail.example.test, b@mail.example.test, c@mail.example.test\nDate: x\n"
               "Message-Id: <1@x>\nFrom: x@y\n\n", NULL);
}

static void missing_blank_line_is_refused(void)
{
    check_refused(REMOTE("A: 1\nno header\n"), PERM, "5.5.2", "message header was not terminated by an empty line");
    check_sent(REMOTE("A: 1\n\nno header\n"), NULL, NULL);
}

static void missing_blank_line_is_mentioned(void)
{
    check_sent(REMOTE("A: 1\nno header\n"),
               "A: 1\nMIME-Error: message header was not terminated by an empty line\n\nno header\n", NULL);
}

static void long_lines_are_checked_in_pieces(void)
{
    struct msg m = *REMOTE("");
    struct buf b, want;

    buf_init(&b, 5000);
    buf_init(&want, 5000);
    buf_puts(&b, "A: 1\n\n");
    buf_puts(&want, "A: 1\n\n");
    for (int i = 0; i < 600; i++)
        buf_putc(&b, i < 512 ? 'a' : 'b');
    for (int i = 0; i < 88; i++)
        buf_putc(&want, 'b');
    buf_puts(&b, "\nc\n");
    buf_puts(&want, "\nc\n");
    m.text = b.p;
    for (m.cut = 1; m.cut < 1000; m.cut += 97)
        check_sent(&m, want.p, NULL);
    buf_done(&b);
    buf_done(&want);
}

static void only_the_beginning_is_checked(void)
{
    check_refused(REMOTE("A: 1\n\n123456789\nbad\n"), PERM, "5.7.1", "message content rejected");
    check_sent(REMOTE("A: 1\n\n123456789\n123456789\n123456789\nbad\n"), NULL, NULL);
}

static void strict_headers(void)
{
    struct msg m = *REMOTE("Subject: gr\303\274n\n\nx\n");

    check_refused(&m, PERM, "5.6.0", "improper use of 8-bit data in message header");
    m.qf = QF_SMTPUTF8;
    check_sent(&m, NULL, NULL);
    check_sent(REMOTE("A: 1\n\n\303\274\n"), NULL, NULL);
}

static void strict_bodies(void)
{
    static const char what[] = "improper use of 8-bit data in message body";

    check_refused(REMOTE("A: 1\n\n\303\274\n"), PERM, "5.6.0", what);
    check_sent(REMOTE("Content-Transfer-Encoding: 8bit\n\n\303\274\n"), NULL, NULL);
    check_sent(REMOTE("Content-Transfer-Encoding: base64\n\n\303\274\n"), NULL, NULL); /* as in Postfix */
    check_sent(REMOTE("Content-Transfer-Encoding: 8bit (really)\n\n\303\274\n"), NULL, NULL);
    check_refused(REMOTE("Content-Transfer-Encoding: unknown\n\n\303\274\n"), PERM, "5.6.0", what);
    check_refused(REMOTE("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n\303\274\n"),
                  PERM, "5.6.0", what);
    check_refused(REMOTE("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
                         "8bit\n\n--b\n\n\303\274\n--b--\n"),
                  PERM, "5.6.0", what);
    check_sent(REMOTE("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\n"
                      "Content-Transfer-Encoding: 8bit\n\n\303\274\n--b--\n"), NULL, NULL);
}

static void strict_domains(void)
{
    static const char what[] = "invalid message/* or multipart/* encoding domain";

    check_refused(REMOTE("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nx\n"), PERM,
                  "5.6.0", what);
    check_sent(REMOTE("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nx\n"), NULL, NULL);
    check_refused(REMOTE("Content-Type: message/partial\nContent-Transfer-Encoding: binary\n\nx\n"), PERM, "5.6.0",
                  what);
    check_sent(REMOTE("Content-Type: message/global\nContent-Transfer-Encoding: base64\n\nx\n"), NULL, NULL);
    check_refused(REMOTE("Content-Type: multipart/a; boundary=1\n\n--1\nContent-Type: multipart/b; boundary=2; "
                         "boundary=3\n\n--3\nContent-Type: multipart (c); boundary = \"4\"\nContent-Type: "
                         "multipart/d; boundary=5\n\n"),
                  PERM, "5.6.0", "MIME nesting exceeds safety limit");
    check_sent(
        REMOTE("Content-Type: multipart/a; boundary=1234567\n\n--1234568\nContent-Type: multipart/x; boundary=2\n"
               "Content-Transfer-Encoding: 7bit\n\nx\n"),
        NULL, NULL);
}

static void without_mime(void)
{
    check_sent(REMOTE("Content-Type: multipart/mixed; boundary=b1\n\n--b1\nX-Part: 1\n\nx\n--b1--\n"),
               "Content-Type: multipart/mixed; boundary=b1\n\n--b1\nX-Part: 1\n\nx\n--b1--\n", NULL);
}

static void utf8_of_sendmail(void)
{
    struct msg m = *LOCALLY("Subject: gr\303\274n\nDate: x\nMessage-Id: <1@x>\nFrom: x@y\n\n");

    m.qf = QF_LOCAL_ORIGIN;
    check_sent(&m, NULL, NULL);
    CHECK(!(got.flags & QF_SMTPUTF8));
}

static void eight_bits_found_by_looking(void)
{
    check_sent(REMOTE("A: 1\n\n\303\274\n"), NULL, NULL);
    CHECK(got.flags & QF_BODY_8BIT);
    check_sent(REMOTE("Content-Transfer-Encoding: 8bit\n\nx\n"), NULL, NULL);
    CHECK(!(got.flags & QF_BODY_8BIT));
}

static void notices_are_filtered(void)
{
    struct msg m = *REMOTE("Subject: spam\n\nx\n");

    m.flags = CLEANUP_NOTICE;
    check_refused(&m, PERM, "5.7.1", "no spam");
}

static void notices_are_not_filtered(void)
{
    struct msg m = *REMOTE("Subject: spam\n\nx\n");

    m.flags = CLEANUP_NOTICE;
    check_sent(&m, "Subject: spam\n\nx\n", NULL);
}

int main(void)
{
    static const char sizes[] = "hopcount_limit = 5\nheader_size_limit = 50\nmessage_size_limit = 5000\n";
    static const char maps[] = "recipient_delimiter = +\n"
                               "sender_canonical_maps = inline:{ { joe@example.test = Joe.Sender@example.test } }\n"
                               "canonical_maps = inline:{ { jane@example.test = Jane.Common@example.test } }\n"
                               "masquerade_domains = !not.masq.test masq.test\nmasquerade_exceptions = root\n"
                               "virtual_alias_maps = inline:{ { list@valias.test = a@y.test, b, sub@valias.test, "
                               "a@y.test }, { sub@valias.test = c@z.test },"
                               " { self@valias.test = self@valias.test, copy@y.test }, { @dom.test = @other.test }, { "
                               "u@valias.test = v@y.test },"
                               " { loop@valias.test = loop2@valias.test }, { loop2@valias.test = loop@valias.test },"
                               " { many@valias.test = 1@x, 2@x, 3@x, 4@x, 5@x, 6@x },"
                               " { grow@valias.test = 0123456789012345678901234567890123456789@y.test } }\n"
                               "virtual_alias_expansion_limit = 5\nvirtual_alias_recursion_limit = "
                               "10\nvirtual_alias_address_length_limit = 40\n";
    static const char checks[] =
        "header_checks = regexp:{ {/^Subject: spam/ REJECT no spam}, {/^Subject: coded/ REJECT 5.9.9 own code},"
        " {/^X-Ignore/ IGNORE}, {/^X-Strip/ STRIP gone}, {/^X-Old/ REPLACE X-New: yes}, {/^X-Before/ PREPEND X-First: "
        "yes},"
        " {/^X-Hold/ HOLD}, {/^X-Filter/ FILTER smtp:[127.0.0.1]:10025}, {/^X-Redirect/ REDIRECT other@z.test},"
        " {/^X-Bcc/ BCC copy@z.test}, {/^X-Discard/ DISCARD}, {/^X-Pass/ PASS}, {/^Subject: folded.*spam$$/ REJECT} "
        "}\n";
    static const char body[] =
        "mime_header_checks = regexp:{ {/x-evil/ REJECT evil part}, {/^X-Part/ IGNORE} }\n"
        "nested_header_checks = regexp:{ {/^X-Nested/ PREPEND X-Seen: yes} }\n"
        "body_checks = regexp:{ {/bad words/ REJECT language}, {/^drop/ IGNORE}, {/^swap/ REPLACE .swapped},"
        " {/^above/ PREPEND .before} }\n";

    with_conf("cleanup_replace_stray_cr_lf = no\n", plain);
    with_conf("cleanup_replace_stray_cr_lf = no\nmessage_drop_headers =\n", nothing_is_lost_or_doubled);
    with_conf("", strays);
    with_conf("", bare_line_feeds);
    with_conf(sizes, limits);
    with_conf(maps, mapping);
    with_conf("virtual_alias_maps = fail:x\n", broken_alias_table);
    with_conf("always_bcc = always\nsender_bcc_maps = inline:{ { s@x.test = watch } }\n"
              "recipient_bcc_maps = inline:{ { r@y.test = arch@z.test } }\n", copies);
    with_conf("enable_original_recipient = no\nvirtual_alias_maps = inline:{ { a@y.test = c@y.test }, { b@y.test = "
              "C@y.test } }\n",
              without_original_recipient);
    with_conf(checks, header_checks);
    with_conf(body, body_checks);
    with_conf("message_strip_characters = %\\1\nmessage_reject_characters = @\\2\n", characters);
    with_conf("body_checks = regexp:{ {/never/ REJECT} }\ncleanup_replace_stray_cr_lf = no\nmessage_drop_headers =\n",
              nothing_is_lost_or_doubled);
    with_conf("header_from_format = obsolete\nfull_name_encoding_charset = iso-8859-1\n", old_style_names);
    with_conf("always_add_missing_headers = yes\nundisclosed_recipients_header = To: undisclosed-recipients:;\n",
              completed_for_everybody);
    with_conf(
        "recipient_delimiter = +\npropagate_unmatched_extensions = virtual\nmasquerade_domains = masq.test\n"
        "masquerade_classes = envelope_recipient\ncanonical_maps = inline:{ { joe@x.test = cjoe@x.test } }\n"
        "canonical_classes = envelope_recipient\nsender_canonical_maps = inline:{ { joe@x.test = sjoe@x.test } }\n"
        "sender_canonical_classes = envelope_sender\nrecipient_canonical_maps = inline:{ { joe@x.test = rjoe@x.test } "
        "}\n"
        "recipient_canonical_classes = header_recipient\n",
        other_classes);
    with_conf("duplicate_filter_limit = 1\n", short_memory);
    with_conf("header_address_token_limit = 5\n", few_tokens);
    with_conf("non_empty_end_of_header_action = reject\n", missing_blank_line_is_refused);
    with_conf("non_empty_end_of_header_action = add_header\n", missing_blank_line_is_mentioned);
    with_conf("line_length_limit = 512\nbody_checks = regexp:{ {/^a*$$/ IGNORE} }\n", long_lines_are_checked_in_pieces);
    with_conf("body_checks_size_limit = 20\nbody_checks = regexp:{ {/bad/ REJECT} }\n", only_the_beginning_is_checked);
    with_conf("strict_7bit_headers = yes\n", strict_headers);
    with_conf("strict_8bitmime_body = yes\n", strict_bodies);
    with_conf("strict_8bitmime = yes\n", strict_bodies);
    with_conf("strict_mime_encoding_domain = yes\nmime_nesting_limit = 2\nmime_boundary_length_limit = 5\n",
              strict_domains);
    with_conf("disable_mime_input_processing = yes\nmime_header_checks = regexp:{ {/^X-Part/ IGNORE} }\n",
              without_mime);
    with_conf("smtputf8_autodetect_classes = verify\n", utf8_of_sendmail);
    with_conf("internal_mail_filter_classes = bounce\nheader_checks = regexp:{ {/spam/ REJECT no spam} }\n",
              notices_are_filtered);
    with_conf("internal_mail_filter_classes = notify\nheader_checks = regexp:{ {/spam/ REJECT no spam} }\n",
              notices_are_not_filtered);
    with_conf("detect_8bit_encoding_header = no\n", eight_bits_found_by_looking);
    return TEST_END();
}
