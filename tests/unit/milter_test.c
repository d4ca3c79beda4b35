/* milter_test.c - packets of the Milter protocol, as filters send them */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "milter/milter_packet.h"
#include "test.h"

#define DATA(literal) ((struct str){ literal, sizeof(literal) - 1 })

static void offers(void)
{
    struct milter_offer o;
    struct str rest, names;
    uint32_t stage;

    CHECK(milter_packet_offer(DATA("\0\0\0\6\0\0\1\377\0\20\0\1"), &o) == OK);
    CHECK(o.version == 6 && o.actions == 0x1ff && o.protocol == 0x100001 && o.symbols.n == 0);
    CHECK(milter_packet_offer(DATA("\0\0\0\6\0\0\1\377\0\20\0"), &o) == PERM);
    CHECK(milter_packet_offer(DATA("\0\0\0\2\0\0\0\1\0\0\0\0"
                                   "\0\0\0\2i {mail_host}\0" "\0\0\0\5\0" "\0\0\0\1x"), &o) == OK);
    rest = o.symbols;
    CHECK(milter_packet_symbols(&rest, &stage, &names) == OK && stage == 2 && str_eq(names, "i {mail_host}"));
    CHECK(milter_packet_symbols(&rest, &stage, &names) == OK && stage == 5 && names.n == 0);
    CHECK(milter_packet_symbols(&rest, &stage, &names) == PERM);
    rest = DATA("");
    CHECK(milter_packet_symbols(&rest, &stage, &names) == NONE);
}

static void replies(void)
{
    static const struct { struct str data; const char *text; } rows[] = {
        { DATA("550 5.7.1 no\0"), "550 5.7.1 no" },
        { DATA("451 4.3.0 100%% sure\0"), "451 4.3.0 100% sure" },
        { DATA("450 50% off\0"), "450 50% off" },
        { DATA("554-5.7.1 a\r\n554 5.7.1 b\r\n\0"), "554-5.7.1 a\r\n554 5.7.1 b" },
        { DATA("550 no NUL"), NULL },
        { DATA("250 2.0.0 fine\0"), NULL },
        { DATA("55\0"), NULL },
        { DATA("5x0 a\0"), NULL },
        { DATA("5500\0"), NULL },
        { DATA(""), NULL },
    };
    struct buf out;

    buf_init(&out, 100);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum result r = milter_packet_reply(rows[i].data, &out);

        CHECK((r == OK) == (rows[i].text != NULL));
        if (r == OK)
            CHECK_STR(out.p, rows[i].text);
    }
    buf_done(&out);
}

static void edits(void)
{
    struct milter_edit e;

    CHECK(milter_packet_edit('h', DATA("X-A\0b c\0"), &e) == OK && !strcmp(e.name, "X-A") && !strcmp(e.value, "b c"));
    CHECK(milter_packet_edit('h', DATA("X-A\0b c"), &e) == PERM);
    CHECK(milter_packet_edit('h', DATA("X-A\0"), &e) == PERM);
    CHECK(milter_packet_edit('i', DATA("\0\0\1\2X\0y\0"), &e) == OK && e.index == 258 && !strcmp(e.value, "y"));
    CHECK(milter_packet_edit('m', DATA("\0\0\0\1X\0\0"), &e) == OK && e.index == 1 && !*e.value);
    CHECK(milter_packet_edit('m', DATA("\0\0\0"), &e) == PERM);
    CHECK(milter_packet_edit('e', DATA("<a@b>\0"), &e) == OK && !strcmp(e.name, "<a@b>") && !*e.value);
    CHECK(milter_packet_edit('e', DATA("<a@b>\0RET=FULL\0"), &e) == OK && !strcmp(e.value, "RET=FULL"));
    CHECK(milter_packet_edit('e', DATA("<a@b>\0RET=FULL"), &e) == PERM);
    CHECK(milter_packet_edit('+', DATA("<a@b>\0"), &e) == OK);
    CHECK(milter_packet_edit('-', DATA("<a@b>"), &e) == PERM);
    CHECK(milter_packet_edit('2', DATA("<a@b>\0NOTIFY=NEVER\0"), &e) == OK && !strcmp(e.value, "NOTIFY=NEVER"));
    CHECK(milter_packet_edit('b', DATA("any\0thing"), &e) == OK && e.data.n == 9);
    CHECK(milter_packet_edit('z', DATA("x\0"), &e) == PERM);
    CHECK(milter_packet_is_edit('b') && !milter_packet_is_edit('c') && !milter_packet_is_edit(0));
}

int main(void)
{
    offers();
    replies();
    edits();
    return TEST_END();
}
