/* resolve_test.c - route/resolve: class, transport, next hop, recipient; unlisted recipients
 *
 * resolve_test --ask DIR answers lines "R address" (rewrite: external form before and after) and
 * "S address" (resolve) under DIR/main.cf; tests/compat asks Postfix the same.
 */
/* SPDX-License-Identifier: ISC */
#include "route/resolve.h"

#include "base/str.h"
#include "conf.h"
#include "mail/addr.h"
#include "route/rewrite.h"

static const char base[] =
    "mydestination = $myhostname, localhost, example.test\n"
    "inet_interfaces = 127.0.0.1\n"
    "proxy_interfaces = 192.0.2.7\n"
    "relay_domains = relay.test\n"
    "virtual_alias_domains = valias.test\n"
    "virtual_alias_maps = inline:{ { ann@valias.test = ann@example.test }, { old@relay.test = x@y.test } }\n"
    "virtual_mailbox_domains = vmbox.test\n"
    "recipient_delimiter = +\n";

struct row {
    const char *addr;
    enum result r;
    enum address_class class;
    bool routed;
    const char *transport, *nexthop, *recipient;
};

static void check(const struct row *row, const char *sender)
{
    struct resolved out;
    int failed = test_failed;

    resolved_init(&out);
    CHECK(resolve(sender, row->addr, &out) == row->r);
    if (row->r == OK) {
        CHECK(out.class == row->class && out.routed == row->routed);
        CHECK_STR(out.transport.p, row->transport);
        CHECK_STR(out.nexthop.p, row->nexthop);
        CHECK_STR(out.recipient.p, row->recipient);
    } else if (row->r == PERM) {
        CHECK_STR(out.why.dsn, "5.1.3");
    }
    if (test_failed > failed)
        fprintf(stderr, "  address %s\n", row->addr);
    resolved_done(&out);
}

#define LOCAL(addr, dom, rcpt) { addr, OK, CLASS_LOCAL, false, "local", "mail.example.test", rcpt }
#define AWAY(addr, dom, rcpt, routed) { addr, OK, CLASS_DEFAULT, routed, "smtp", dom, rcpt }
#define BAD(addr) { addr, PERM, CLASS_DEFAULT, false, "", "", "" }

static const struct row classes[] = {
    LOCAL("user", "", "user@mail.example.test"),
    LOCAL("user@example.test", "", "user@example.test"),
    LOCAL("user@EXAMPLE.test", "", "user@EXAMPLE.test"),
    LOCAL("user@example.test.", "", "user@example.test"),
    LOCAL("user@[127.0.0.1]", "", "user@[127.0.0.1]"),
    LOCAL("user@[192.0.2.7]", "", "user@[192.0.2.7]"),
    LOCAL("", "", "MAILER-DAEMON@mail.example.test"),
    LOCAL("@example.test", "", "MAILER-DAEMON@example.test"),
    LOCAL("user@localhost@example.test", "", "user@localhost"),
    LOCAL("user%localhost@example.test", "", "user@localhost"),
    LOCAL("localhost!user@example.test", "", "user@localhost"),
    AWAY("user@other.test", "other.test", "user@other.test", false),
    AWAY("user@[198.51.100.1]", "[198.51.100.1]", "user@[198.51.100.1]", false),
    AWAY("user%other.test@example.test", "other.test", "user@other.test", false),
    AWAY("other.test!user@example.test", "other.test", "user@other.test", false),
    AWAY("user@other.test@example.test", "other.test", "user@other.test", false),
    AWAY("a%b.test@other.test", "other.test", "a%b.test@other.test", true),
    AWAY("b.test!a@other.test", "other.test", "b.test!a@other.test", true),
    AWAY("a@b.test@other.test", "other.test", "a@b.test@other.test", true),
    AWAY("a%b%c@d.test@other.test", "other.test", "a%b%c@d.test@other.test", true),
    { "user@relay.test", OK, CLASS_RELAY, false, "relay", "relay.test", "user@relay.test" },
    { "a%b@relay.test", OK, CLASS_RELAY, true, "relay", "relay.test", "a%b@relay.test" },
    { "user@sub.relay.test", OK, CLASS_RELAY, false, "relay", "sub.relay.test", "user@sub.relay.test" },
    { "user@vmbox.test", OK, CLASS_VIRTUAL_MAILBOX, false, "virtual", "vmbox.test", "user@vmbox.test" },
    { "user@valias.test", OK, CLASS_VIRTUAL_ALIAS, false, "error", "5.1.1 User unknown in virtual alias table",
      "user@valias.test" },
    BAD("user@"),
    BAD("user@.other.test"),
    BAD("user@other..test"),
    BAD("user@1.2.3.4"),
    BAD("user@[1.2.3.4"),
    BAD("-user@example.test"),
    BAD("-user@other.test"),
    BAD("user@[1.2.3]"),
    BAD("user@-x.test"),
    BAD("user@a b"),
    BAD("user@other.test,x"),
};

static void by_class(void)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        check(&classes[i], "sender@x.test");
}

static void transport_table(void)
{
    static const struct row rows[] = {
        { "u@tmap.test", OK, CLASS_DEFAULT, false, "foo", "[bar]:25", "u@tmap.test" },
        { "u@nh.test", OK, CLASS_DEFAULT, false, "smtp", "nexthop.test", "u@nh.test" },
        { "user+ext@nh.test", OK, CLASS_DEFAULT, false, "other", "nh.test", "user+ext@nh.test" },
        { "u@a.sub.test", OK, CLASS_DEFAULT, false, "sub", "a.sub.test", "u@a.sub.test" },
        { "u@sub.test", OK, CLASS_DEFAULT, false, "smtp", "[smarthost.test]:587", "u@sub.test" },
        { "u@err.test", OK, CLASS_DEFAULT, false, "error", "no such", "u@err.test" },
        { "u@err2.test", OK, CLASS_DEFAULT, false, "error", "Address is undeliverable", "u@err2.test" },
        { "u@noop.test", OK, CLASS_DEFAULT, false, "smtp", "[smarthost.test]:587", "u@noop.test" },
        { "u@relay.test", OK, CLASS_RELAY, false, "relay", "[smarthost.test]:587", "u@relay.test" },
        { "moved@other.test", OK, CLASS_DEFAULT, false, "error", "5.1.6 User has moved to new@other.test",
          "moved@other.test" },
        { "u@valias.test", OK, CLASS_VIRTUAL_ALIAS, false, "error", "5.1.1 User unknown in virtual alias table",
          "u@valias.test" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i], "sender@x.test");
}

static void by_sender(void)
{
    static const struct row ann = { "u@y.test", OK, CLASS_DEFAULT, false, "slow", "[ann.test]", "u@y.test" };
    static const struct row dom = { "u@y.test", OK, CLASS_DEFAULT, false, "smtp", "[dom.test]", "u@y.test" };
    static const struct row off = { "u@y.test", OK, CLASS_DEFAULT, false, "smtp", "[general.test]", "u@y.test" };
    static const struct row null = { "u@y.test", OK, CLASS_DEFAULT, false, "smtp", "[null.test]", "u@y.test" };

    check(&ann, "ann@x.test");
    check(&ann, "ann+tag@x.test");
    check(&dom, "bob@x.test");
    check(&off, "dunno@x.test");
    check(&off, "else@z.test");
    check(&null, "");
}

static void numeric_and_null_domains(void)
{
    static const struct row rows[] = {
        { "u@198.51.100.1", OK, CLASS_DEFAULT, false, "smtp", "[198.51.100.1]", "u@[198.51.100.1]" },
        { "u@127.0.0.1", OK, CLASS_LOCAL, false, "local", "mail.example.test", "u@[127.0.0.1]" },
        { "u@", OK, CLASS_LOCAL, false, "local", "mail.example.test", "u@mail.example.test" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i], "");
}

static void other_transports(void)
{
    static const struct row rows[] = {
        { "u@other.test", OK, CLASS_DEFAULT, false, "away", "[gate.test]", "u@other.test" },
        { "u@relay.test", OK, CLASS_RELAY, false, "inner", "relay.test", "u@relay.test" },
        { "u@vmbox.test", OK, CLASS_VIRTUAL_MAILBOX, false, "lmtp", "unix:socket", "u@vmbox.test" },
        { "u@example.test", OK, CLASS_LOCAL, false, "box", "example.test", "u@example.test" },
        { "", OK, CLASS_LOCAL, false, "box", "mail.example.test", "nobody@mail.example.test" },
        { "-u@example.test", OK, CLASS_LOCAL, false, "box", "example.test", "-u@example.test" },
        { "u@valias.test", OK, CLASS_VIRTUAL_ALIAS, false, "error", "5.1.1 User unknown", "u@valias.test" },
        { "moved@other.test", OK, CLASS_DEFAULT, false, "error", "5.1.6 try new@other.test", "moved@other.test" },
        /* quoted operators are text here, but the next host may read them otherwise */
        { "a@b.test@example.test", OK, CLASS_LOCAL, true, "box", "example.test", "a@b.test@example.test" },
    };
    struct resolved out;
    struct why why;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i], "");
    resolved_init(&out);
    CHECK(resolve("", "nobody-at-all@example.test", &out) == OK);
    CHECK(resolve_known_recipient("nobody-at-all@example.test", &out, "5.1.0", &why) == NONE);
    CHECK_STR(why.text, "User unknown");
    CHECK_STR(why.dsn, "5.1.0");
    resolved_done(&out);
}

static void keys_for_the_null_sender(void)
{
    static const struct row row = { "u@y.test", OK, CLASS_DEFAULT, false, "quiet", "[null.test]", "u@y.test" };

    check(&row, "");
}

static void broken_tables_are_temporary(void)
{
    static const struct row rows[] = {
        { "u@other.test", TEMP, CLASS_DEFAULT, false, "", "", "" },
        { "u@example.test", TEMP, CLASS_LOCAL, false, "", "", "" },
        { "double-bounce@example.test", OK, CLASS_LOCAL, false, "local", "mail.example.test",
          "double-bounce@example.test" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i], "");
}

static void local_domains_that_fail(void)
{
    static const struct row row = { "u@other.test", TEMP, CLASS_DEFAULT, false, "", "", "" };

    check(&row, "");
}

static void unlisted(void)
{
    static const struct {
        const char *addr;
        enum result known;
        const char *dsn, *text;
    } rows[] = {
        { "root@example.test", OK, NULL, NULL }, { "root+ext@example.test", OK, NULL, NULL },
        { "ROOT@example.test", OK, NULL, NULL },
        { "nobody-at-all@example.test", NONE, "5.1.0", "User unknown in local recipient table" },
        { "postmaster@example.test", OK, NULL, NULL }, { "double-bounce@example.test", OK, NULL, NULL },
        { "ann@valias.test", OK, NULL, NULL },
        { "bob@valias.test", PERM, "5.1.1", "User unknown in virtual alias table" },
        { "ann@relay.test", OK, NULL, NULL },
        { "bob@relay.test", NONE, "5.1.0", "User unknown in relay recipient table" },
        { "old@relay.test", OK, NULL, NULL }, { "box@vmbox.test", OK, NULL, NULL },
        { "fox@vmbox.test", NONE, "5.1.0", "User unknown in virtual mailbox table" },
        { "anybody@other.test", OK, NULL, NULL }, { "u@err.test", PERM, "5.7.9", "go away" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct resolved out;
        struct why why = { .text = "" };
        int failed = test_failed;

        resolved_init(&out);
        CHECK(resolve("", rows[i].addr, &out) == OK);
        CHECK(resolve_known_recipient(rows[i].addr, &out, "5.1.0", &why) == rows[i].known);
        if (rows[i].text) {
            CHECK_STR(why.text, rows[i].text);
            CHECK_STR(why.dsn, rows[i].dsn);
        }
        if (test_failed > failed)
            fprintf(stderr, "  address %s\n", rows[i].addr);
        resolved_done(&out);
    }
}

static void unlisted_with_broken_table(void)
{
    struct resolved out;
    struct why why;

    resolved_init(&out);
    CHECK(resolve("", "x@relay.test", &out) == OK);
    CHECK(resolve_known_recipient("x@relay.test", &out, "5.1.1", &why) == TEMP);
    CHECK_STR(why.dsn, "4.3.0");
    resolved_done(&out);
}

static int ask(const char *dir)
{
    char line[8192];

    param_load(dir, false);
    while (fgets(line, sizeof(line), stdin)) {
        struct resolved out;
        struct buf b;
        enum result r;

        line[strcspn(line, "\n")] = 0;
        buf_init(&b, 8192);
        buf_puts(&b, line + 2);
        resolved_init(&out);
        if (line[0] == 'R') {
            struct buf before, after;

            buf_init(&before, 8192);
            buf_init(&after, 8192);
            addr_quote(&before, buf_view(&b));
            rewrite_internal(REWRITE_LOCAL, &b);
            addr_quote(&after, buf_view(&b));
            printf("%s\t%s\n", before.p, after.p);
            buf_done(&before);
            buf_done(&after);
        } else {
            r = resolve("x@y.test", b.p, &out);
            if (r != OK)
                printf("%s\n", r == PERM ? "error" : "fail");
            else
                printf("%d%s %s %s %s\n", out.class, out.routed ? " routed" : "", out.transport.p, out.nexthop.p,
                       out.recipient.p);
        }
        resolved_done(&out);
        buf_done(&b);
    }
    return 0;
}

int main(int argc, char **argv)
{
    char conf[8192];

    if (argc == 3 && strcmp(argv[1], "--ask") == 0)
        return ask(argv[2]);
    with_conf(base, by_class);
    snprintf(conf, sizeof(conf),
             "%srelayhost = [smarthost.test]:587\nrelocated_maps = inline:{ { moved@other.test = new@other.test } }\n"
             "transport_maps = inline:{ { tmap.test = foo:[bar]:25 }, { nh.test = :nexthop.test }, { user@nh.test = "
             "other: },"
             " { .sub.test = sub: }, { err.test = error:no such }, { err2.test = error: }, { noop.test = : },"
             " { valias.test = smtp: } }\n",
             base);
    with_conf(conf, transport_table);
    snprintf(conf, sizeof(conf),
             "%srelayhost = [general.test]\nsender_dependent_relayhost_maps = inline:{ { ann@x.test = [ann.test] },"
             " { dunno@x.test = DUNNO }, { @x.test = [dom.test] }, { <> = [null.test] } }\n"
             "sender_dependent_default_transport_maps = inline:{ { ann@x.test = slow: } }\n",
             base);
    with_conf(conf, by_sender);
    snprintf(conf, sizeof(conf), "%s"
             "resolve_numeric_domain = yes\nresolve_null_domain = yes\n", base);
    with_conf(conf, numeric_and_null_domains);
    with_conf("mydestination = example.test\ntransport_maps = inline:{ { double-bounce@example.test = : } }, fail:x\n",
              broken_tables_are_temporary);
    snprintf(conf, sizeof(conf), "%s"
             "default_transport = away:[gate.test]\nrelay_transport = inner\nvirtual_transport = lmtp:unix:socket\n"
             "local_transport = box\nempty_address_recipient = nobody\nallow_min_user = yes\nalias_maps =\n"
             "show_user_unknown_table_name = no\nrelocated_prefix_enable = no\nresolve_dequoted_address = no\n"
             "relocated_maps = inline:{ { moved@other.test = 5.1.6 try new@other.test } }\n", base);
    with_conf(conf, other_transports);
    with_conf("empty_address_relayhost_maps_lookup_key = nil\nempty_address_default_transport_maps_lookup_key = none\n"
              "sender_dependent_relayhost_maps = inline:{ { nil = [null.test] } }\n"
              "sender_dependent_default_transport_maps = inline:{ { none = quiet: } }\n", keys_for_the_null_sender);
    with_conf("mydestination = fail:x\n", local_domains_that_fail);
    snprintf(conf, sizeof(conf),
             "%s"
             "local_recipient_maps = proxy:unix:passwd.byname $alias_maps\n"
             "relay_recipient_maps = inline:{ { ann@relay.test = x } }\nvirtual_mailbox_maps = inline:{ { "
             "box@vmbox.test = x } }\n"
             "alias_maps =\ntransport_maps = inline:{ { err.test = error:5.7.9 go away } }\n",
             base);
    with_conf(conf, unlisted);
    snprintf(conf, sizeof(conf), "%s"
             "relay_recipient_maps = fail:x\n", base);
    with_conf(conf, unlisted_with_broken_table);
    return TEST_END();
}
