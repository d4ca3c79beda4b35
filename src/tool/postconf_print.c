/* postconf_print.c - the forms in which postconf writes settings and entries
 *
 * Runs in: postconf.  Parameters: none.  Tests: tests/param/test_postconf.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "param/cf.h"
#include "tool/postconf.h"

enum { MAIN_WIDTH = 80, MASTER_WIDTH = 79, INDENT = 4, TEXT_MAX = 1024 * 1024 };

/* Columns where the fields of master.cf begin. */
static const unsigned char columns[] = { 0, 11, 17, 25, 33, 41, 49, 57 };

static void new_line(struct buf *out, size_t *column)
{
    buf_puts(out, "\n    ");
    *column = INDENT;
}

/* A word with a blank before it, or on a new line when it would not fit into width. */
static void add_word(struct buf *out, struct str word, size_t width, bool first, size_t *column)
{
    if (*column + !first + word.n > width && *column > INDENT) {
        new_line(out, column);
    } else if (!first) {
        buf_putc(out, ' ');
        *column += 1;
    }
    buf_str(out, word);
    *column += word.n;
}

static void json_text(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            buf_printf(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            buf_putc(out, *text);
    buf_putc(out, '"');
}

static void print_json(unsigned flags, const char *name, const char *value, struct buf *out)
{
    buf_putc(out, '{');
    if (!(flags & POSTCONF_NO_NAME)) {
        buf_puts(out, "\"name\": ");
        json_text(out, name);
    }
    if (!(flags & (POSTCONF_NO_NAME | POSTCONF_NO_VALUE)))
        buf_puts(out, ", ");
    if (!(flags & POSTCONF_NO_VALUE)) {
        buf_puts(out, "\"value\": ");
        json_text(out, value);
    }
    buf_putc(out, '}');
}

static void print_plain(unsigned flags, const char *name, const char *value, struct buf *out)
{
    struct str rest = str_of(value), word;
    size_t column = 0;
    bool first = flags & POSTCONF_NO_NAME;

    if (!(flags & POSTCONF_NO_NAME)) {
        buf_puts(out, name);
        if (!(flags & POSTCONF_NO_VALUE))
            buf_puts(out, " =");
        column = out->n;
    }
    if (flags & POSTCONF_NO_VALUE)
        return;
    for (; str_word(&rest, CF_BLANKS, &word) == OK; first = false)
        add_word(out, word, flags & POSTCONF_FOLD ? MAIN_WIDTH : SIZE_MAX, first, &column);
}

void postconf_print(unsigned flags, const char *name, const char *value)
{
    struct buf out;

    buf_init(&out, TEXT_MAX);
    if (flags & POSTCONF_JSON)
        print_json(flags, name, value, &out);
    else
        print_plain(flags, name, value, &out);
    puts(out.p);
    buf_done(&out);
}

/* An argument as master.cf has to spell it. */
static void quote_arg(struct str arg, struct buf *out)
{
    bool plain = arg.n && arg.p[0] != '{';

    for (size_t i = 0; i < arg.n; i++)
        plain &= !chr_is_space((unsigned char)arg.p[i]);
    buf_printf(out, plain ? "%.*s" : "{%.*s}", (int)arg.n, arg.p);
}

/* The command and its arguments, from column on. */
static void add_command(const struct postconf_entry *e, bool fold, size_t column, struct buf *out)
{
    size_t width = fold ? MASTER_WIDTH : SIZE_MAX;
    int end = postconf_options_end(e);
    bool after_option = false;
    struct buf text;

    buf_init(&text, TEXT_MAX);
    for (int i = 0; i < e->argc; i++) {
        struct postconf_option o;

        buf_reset(&text);
        if (i < end && postconf_option(e, i, &o) == OK) {
            buf_printf(&text, "%.*s=%.*s", (int)o.name.n, o.name.p, (int)o.value.n, o.value.p);
            if (fold)
                new_line(out, &column);
            buf_puts(out, fold ? "-o " : " -o ");
            quote_arg(buf_view(&text), out);
            i += o.args - 1;
            after_option = true;
            continue;
        }
        quote_arg(str_of(e->argv[i]), &text);
        if (fold && after_option) {
            new_line(out, &column);
            after_option = false;
            add_word(out, buf_view(&text), width, true, &column);
        } else {
            add_word(out, buf_view(&text), width, i == 0, &column);
        }
    }
    buf_done(&text);
}

void postconf_entry_text(const struct postconf_entry *e, bool folded, struct buf *out)
{
    size_t from = out->n, column;

    for (int i = 0; i < POSTCONF_FIELDS; i++) {
        buf_puts(out, e->field[i]);
        do
            buf_putc(out, ' ');
        while (out->n - from < columns[i + 1]);
    }
    column = out->n - from;
    add_command(e, folded, column, out);
}

void postconf_command_text(const struct postconf_entry *e, bool folded, size_t column, struct buf *out)
{
    add_command(e, folded, column, out);
}

void postconf_print_line(const char *text)
{
    puts(text);
}

void postconf_print_entry(unsigned flags, const struct postconf_entry *e)
{
    struct buf out;

    buf_init(&out, TEXT_MAX);
    postconf_entry_text(e, flags & POSTCONF_FOLD, &out);
    puts(out.p);
    buf_done(&out);
}
