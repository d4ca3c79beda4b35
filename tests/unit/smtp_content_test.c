/* smtp_content_test.c - content that changes on its way: folding, 8 to 7 bits, checks, generic addresses */
/* SPDX-License-Identifier: ISC */
#include "smtp_client_test.h"

#include "mail/qp.h"

#include <sys/socket.h>
#include <unistd.h>

static const char *const settings[] = {
    "smtp_header_checks=regexp:{{/^X-Drop:/ IGNORE} "
    "{/^Subject: old$$/ REPLACE Subject: new} {/^X-Two:/ PREPEND X-One: 1}}",
    "smtp_body_checks=regexp:{{/^secret/ REPLACE xxx} {/^gone/ IGNORE}}",
    "smtp_generic_maps=inline:{{alice@local.test=a@isp.test} {@inside.test=x@out.test}}",
    "myorigin=local.test",
    NULL,
};

/* Content in wire form through smtp_content_send; what arrives, valid until the next call. */
static const char *pass(const char *content, size_t len, const struct smtp_content *how)
{
    static char got[1 << 18];
    struct qfile_env env = { .content_offset = 0, .content_len = (int64_t)len };
    struct delivery d = { .queue_id = "TEST", .env = &env };
    struct smtp_session ss = { .features = 0 };
    int pair[2], size = 1 << 20;
    ssize_t n;
    FILE *f = tmpfile();

    if (!f || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        abort();
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    fwrite(content, 1, len, f);
    fflush(f);
    d.fd = fileno(f);
    stream_init(&ss.s, pair[0], 4096, 16384, 1000);
    CHECK(smtp_content_send(&ss, &d, how) == OK);
    CHECK(stream_flush(&ss.s) == OK);
    stream_done(&ss.s);
    n = recv(pair[1], got, sizeof got - 1, MSG_WAITALL);
    got[n > 0 ? n : 0] = 0;
    close(pair[1]);
    fclose(f);
    return got;
}

static const struct {
    struct smtp_content how;
    const char *in, *out;
} cases[] = {
    { { .line_limit = 10 }, "A: b\r\n\r\n0123456789abcdef\r\n.\r\n", "A: b\r\n\r\n0123456789\r\n abcdef\r\n.\r\n" },
    { { .line_limit = 998 }, ".\r\n", ".\r\n" },
    { { .line_limit = 998 }, "A: b\r\n.\r\n", "A: b\r\n.\r\n" },
    { { .line_limit = 998 }, "A: b\r\n\r\n..\r\n...x\r\n.\r\n", "A: b\r\n\r\n..\r\n...x\r\n.\r\n" },
    { { .line_limit = 998 }, "no header\r\n.\r\n", "no header\r\n.\r\n" },
    { { .line_limit = 998 }, "A: b\r\n c\r\nB: d\r\n\r\nx\r\n.\r\n", "A: b\r\n c\r\nB: d\r\n\r\nx\r\n.\r\n" },
    { { .checks = true }, "Subject: old\r\nX-Drop: y\r\nX-Two: 2\r\n\r\nsecret 1\r\ngone\r\nok\r\n.\r\n",
      "Subject: new\r\nX-One: 1\r\nX-Two: 2\r\n\r\nxxx\r\nok\r\n.\r\n" },
    { { .generic = true },
        "From: \"A\" <alice@local.test>\r\nTo: bob@other.test,\r\n alice@local.test (x)\r\nX: alice@local.test\r\n"
          "\r\n.\r\n",
      "From: \"A\" <a@isp.test>\r\nTo: bob@other.test,\r\n a@isp.test (x)\r\nX: alice@local.test\r\n\r\n.\r\n" },
    { { .generic = true }, "Cc: y@inside.test\r\n\r\nalice@local.test\r\n.\r\n",
        "Cc: x@out.test\r\n\r\nalice@local.test\r\n.\r\n" },
    { { .to_7bit = true },
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\nA: b\r\n\r\n\xe4 = x \r\n..dot\r\n.\r\n",
      "Content-Type: text/plain\r\nA: b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4 =3D x=20\r\n"
        "=2Edot\r\n.\r\n" },
    { { .to_7bit = true }, "Content-Transfer-Encoding: base64\r\n\r\nAAAA=\r\n.\r\n",
        "Content-Transfer-Encoding: base64\r\n\r\nAAAA=\r\n.\r\n" },
    { { .to_7bit = true },
      "Content-Type: multipart/mixed; boundary=\"b\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\npre\r\n"
      "--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xfc\r\n--b\r\nContent-Type: text/plain\r\n\r\na=b\r\n--b--\r\n"
        "end=\r\n.\r\n",
      "Content-Type: multipart/mixed; boundary=\"b\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\npre\r\n"
      "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        "a=b\r\n--b--\r\nend=\r\n.\r\n" },
    { { .to_7bit = true },
      "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: x\r\n"
        "Content-Transfer-Encoding: binary\r\n\r\n\xe4\r\n.\r\n",
      "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: x\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=E4\r\n.\r\n" },
};

static void test_cases(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CHECK_STR(pass(cases[i].in, strlen(cases[i].in), &cases[i].how), cases[i].out);
}

/* Lines cut anywhere by the reading buffer stay whole. */
static void test_long(void)
{
    struct smtp_content how = { .line_limit = 998 };
    struct buf in;

    buf_init(&in, 1 << 18);
    buf_puts(&in, "A: b\r\n\r\n");
    for (int i = 0; i < 3000; i++)
        buf_printf(&in, "line %d %.*s\r\n", i, i % 40, "0123456789012345678901234567890123456789");
    buf_puts(&in, ".\r\n");
    CHECK_STR(pass(in.p, in.n, &how), in.p);
    buf_done(&in);
}

static void test_quote(void)
{
    struct buf out;
    char line[400];

    memset(line, '\xe4', sizeof line);
    buf_init(&out, 4096);
    CHECK(qp_line(&out, (struct str){ line, sizeof line }));
    for (struct str rest = buf_view(&out); rest.n;) {
        size_t n = str_find(rest, '\n');

        CHECK(n <= 77);
        rest = n < rest.n ? (struct str){ rest.p + n + 1, rest.n - n - 1 } : (struct str){ rest.p + n, 0 };
    }
    buf_done(&out);
}

int main(void)
{
    smtp_test_begin(settings);
    smtp_agent->generic = maps_open("smtp_generic_maps", par_smtp_generic_maps(), MAP_FOLD);
    smtp_content_init();
    test_cases();
    test_long();
    test_quote();
    return TEST_END();
}
