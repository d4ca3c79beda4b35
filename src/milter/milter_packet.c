/* milter_packet.c - packets of the Milter protocol
 *
 * Pure: what a filter sends is looked at here, and nothing is believed: every
 * text ends with a NUL inside its packet, every number is there whole.
 * Runs in: smtpd, pickup and others that receive mail.  Parameters: none.  Feature: MILTER.
 * Tests: tests/unit/milter_test.c, tests/fuzz/fuzz_milter.c
 */
/* SPDX-License-Identifier: ISC */
#include "milter/milter_packet.h"

#include <string.h>

#include "base/str.h"

static bool take_u32(struct str *s, uint32_t *out)
{
    const uint8_t *p = (const uint8_t *)s->p;

    if (s->n < 4)
        return false;
    *out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    *s = (struct str){ s->p + 4, s->n - 4 };
    return true;
}

/* A text with its NUL. */
static bool take_text(struct str *s, const char **out)
{
    const char *end = s->n ? memchr(s->p, 0, s->n) : NULL;

    if (!end)
        return false;
    *out = s->p;
    s->n -= (size_t)(end + 1 - s->p);
    s->p = end + 1;
    return true;
}

void milter_packet_u32(struct buf *out, uint32_t v)
{
    char b[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };

    buf_add(out, b, sizeof b);
}

enum result milter_packet_offer(struct str data, struct milter_offer *out)
{
    if (!take_u32(&data, &out->version) || !take_u32(&data, &out->actions) || !take_u32(&data, &out->protocol))
        return PERM;
    out->symbols = data;
    return OK;
}

enum result milter_packet_symbols(struct str *rest, uint32_t *stage, struct str *names)
{
    const char *text;

    if (!rest->n)
        return NONE;
    if (!take_u32(rest, stage) || !take_text(rest, &text))
        return PERM;
    *names = str_of(text);
    return OK;
}

enum result milter_packet_reply(struct str data, struct buf *out)
{
    const char *text;

    buf_reset(out);
    if (!take_text(&data, &text) || strlen(text) < 4)
        return PERM;
    if ((text[0] != '4' && text[0] != '5') || !chr_is_digit(text[1]) || !chr_is_digit(text[2]) ||
        (text[3] != ' ' && text[3] != '-'))
        return PERM;
    for (; *text; text++) {
        buf_putc(out, *text);
        if (text[0] == '%' && text[1] == '%')
            text++;
    }
    while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
        buf_cut(out, out->n - 1);
    return out->over ? PERM : OK;
}

static const struct { char what; bool index, value, value_may_lack; } edits[] = {
    { 'h', false, true, false }, { 'i', true, true, false },  { 'm', true, true, false }, { 'e', false, true, true },
    { '+', false, false, false }, { '2', false, true, true }, { '-', false, false, false },
};

bool milter_packet_is_edit(char what)
{
    return what && strchr("himeb+-2", what);
}

enum result milter_packet_edit(char what, struct str data, struct milter_edit *out)
{
    size_t i = 0;

    *out = (struct milter_edit){ .what = what, .name = "", .value = "" };
    if (what == 'b') {
        out->data = data;
        return OK;
    }
    while (i < ARRAY_LEN(edits) && edits[i].what != what)
        i++;
    if (i == ARRAY_LEN(edits) || (edits[i].index && !take_u32(&data, &out->index)) || !take_text(&data, &out->name))
        return PERM;
    if (edits[i].value && !take_text(&data, &out->value)) {
        if (!edits[i].value_may_lack || data.n)
            return PERM;
        out->value = "";
    }
    return OK;
}
