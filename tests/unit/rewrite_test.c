/* rewrite_test.c - route/rewrite: external and internal form, contexts, switches */
/* SPDX-License-Identifier: ISC */
#include "route/rewrite.h"

#include "base/str.h"
#include "conf.h"

struct row {
    const char *in, *out;
};

static void check(enum rewrite_context ctx, const struct row *rows, size_t n, bool internal)
{
    struct buf b;

    buf_init(&b, 8192);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&b);
        buf_puts(&b, rows[i].in);
        if (internal)
            rewrite_internal(ctx, &b);
        else
            rewrite_external(ctx, &b);
        CHECK_STR(b.p, rows[i].out);
    }
    buf_done(&b);
}

static void local_context(void)
{
    static const struct row rows[] = {
        { "user", "user@origin.test" },
        { "user@host", "user@host.example.test" },
        { "user@a.b", "user@a.b" },
        { "user@a.b.", "user@a.b" },
        { "user@a.b..", "user@a.b.." },
        { "user@", "user@" },
        { "user@.", "user@." },
        { "a!b", "b@a.example.test" },
        { "a.x!b", "b@a.x" },
        { "a!b!c", "b!c@a.example.test" },
        { "a%b.c", "a@b.c" },
        { "a%b%c.d", "a%b@c.d" },
        { "a!b%c", "b%c@a.example.test" },
        { "a!b@c.d", "a!b@c.d" },
        { "a%b@c.d", "a%b@c.d" },
        { "@r:u@d.e", "u@d.e" },
        { "@r,@s:u@d.e", "u@d.e" },
        { "@r:u", "u@origin.test" },
        { "@r:", "@r:.example.test" },
        { "\"a%b\"", "\"a%b\"@origin.test" },
        { "\"a!b\"", "\"a!b\"@origin.test" },
        { "\"a b\"@h", "\"a b\"@h.example.test" },
        { "u@[1.2.3.4]", "u@[1.2.3.4]" },
        { "@", "" },
        { "", "" },
        { "a@b@c", "a@b@c.example.test" },
        { "u (note)", "u (note)@origin.test" },
    };
    static const struct row inside[] = {
        { "user", "user@origin.test" }, { "a b", "a b@origin.test" }, { "a%b", "a@b.example.test" },
        { "a@b c", "a@b c" }, { "a\"b@c", "a\"b@c.example.test" }, { "", "" }, { "a@b@c", "a@b@c.example.test" },
    };

    check(REWRITE_LOCAL, rows, ARRAY_LEN(rows), false);
    check(REWRITE_LOCAL, inside, ARRAY_LEN(inside), true);
    check(REWRITE_NONE, (struct row[]){ { "user", "user" }, { "a%b", "a%b" } }, 2, false);
    check(REWRITE_REMOTE, (struct row[]){ { "user", "user" }, { "a%b", "a@b" }, { "u@h", "u@h" } }, 3, false);
}

static void all_off(void)
{
    static const struct row rows[] = {
        { "user", "user" }, { "user@host", "user@host" }, { "a!b", "a!b" }, { "a%b", "a%b" }, { "@r:u@d", "u@d" },
    };

    check(REWRITE_LOCAL, rows, ARRAY_LEN(rows), false);
}

static void remote_with_domain(void)
{
    static const struct row rows[] = { { "user", "user@invalid.test" }, { "user@host", "user@host.invalid.test" } };

    check(REWRITE_REMOTE, rows, ARRAY_LEN(rows), false);
}

static void origin_from_a_file(void)
{
    check(REWRITE_LOCAL, (struct row[]){ { "user", "user@in.file.test" } }, 1, false);
    CHECK(rewrite_is_bare_domain(STR("in.file.test")));
}

static void local_domains(void)
{
    CHECK(rewrite_is_local_domain(STR("mail.example.test")) == OK);
    CHECK(rewrite_is_local_domain(STR("MAIL.example.test.")) == OK);
    CHECK(rewrite_is_local_domain(STR("other.test")) == NONE);
    CHECK(rewrite_is_local_domain(STR("[127.0.0.1]")) == OK);
    CHECK(rewrite_is_local_domain(STR("127.0.0.1")) == NONE);
    CHECK(rewrite_is_local_domain(STR("[IPv6:2001:db8::7]")) == OK);
    CHECK(rewrite_is_local_domain(STR("[192.0.2.99]")) == NONE);
    CHECK(rewrite_is_bare_domain(STR("origin.test")) && !rewrite_is_bare_domain(STR("other.test")));
}

int main(void)
{
    char name[] = "/tmp/postlet-unit-origin-XXXXXX", conf[200];
    int fd = mkstemp(name);

    CHECK(fd >= 0 && write(fd, "in.file.test\nsecond\n", 20) == 20);
    snprintf(conf, sizeof(conf), "myorigin = %s\n", name);
    with_conf(conf, origin_from_a_file);
    CHECK(unlink(name) == 0);
    with_conf("append_dot_mydomain = yes\nmyorigin = origin.test\n", local_context);
    with_conf("append_at_myorigin = no\nappend_dot_mydomain = no\nswap_bangpath = no\nallow_percent_hack = no\n",
              all_off);
    with_conf("append_dot_mydomain = yes\nremote_header_rewrite_domain = invalid.test\n", remote_with_domain);
    with_conf("mydestination = $myhostname\nmyorigin = origin.test\ninet_interfaces = 127.0.0.1\nproxy_interfaces = "
              "2001:db8::7\n",
              local_domains);
    return TEST_END();
}
