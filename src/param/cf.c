/* cf.c - logical lines of main.cf and master.cf
 *
 * Works in the one buffer that holds the file: joining lines only ever moves
 * text towards the front.
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/param_test.c, tests/fuzz/fuzz_main_cf.c
 */
/* SPDX-License-Identifier: ISC */
#include "param/cf.h"

#include <string.h>

#include "base/str.h"

void cf_init(struct cf *cf, char *text, size_t n)
{
    *cf = (struct cf){ .at = text, .end = text + n, .line = 1 };
}

/* Empty, blank or comment: never part of a logical line. */
static bool is_skipped(const char *p, const char *eol)
{
    while (p < eol && chr_is_space((unsigned char)*p))
        p++;
    return p == eol || *p == '#';
}

static char *line_end(struct cf *cf)
{
    char *eol = memchr(cf->at, '\n', (size_t)(cf->end - cf->at));

    return eol ? eol : cf->end;
}

static void step_over(struct cf *cf, char *eol)
{
    cf->at = eol < cf->end ? eol + 1 : eol;
    cf->line++;
}

/* Skips to the next line with text. NULL at the end. */
static char *next_text(struct cf *cf)
{
    while (cf->at < cf->end) {
        char *eol = line_end(cf);

        if (!is_skipped(cf->at, eol))
            return eol;
        step_over(cf, eol);
    }
    return NULL;
}

char *cf_next(struct cf *cf)
{
    char *eol = next_text(cf), *start = cf->at, *to;

    if (!eol)
        return NULL;
    cf->first = cf->line;
    cf->orphan = chr_is_space((unsigned char)*start);
    to = eol;
    step_over(cf, eol);
    while ((eol = next_text(cf)) && chr_is_space((unsigned char)*cf->at)) {
        size_t n = (size_t)(eol - cf->at);

        memmove(to, cf->at, n);
        to += n;
        step_over(cf, eol);
    }
    while (to > start && chr_is_space((unsigned char)to[-1]))
        to--;
    *to = 0; /* there is room: the newline, or the NUL of the buffer */
    return start;
}

const char *cf_split(char *line, char **name, char **value)
{
    char *p = line, *end;

    while (chr_is_space((unsigned char)*p))
        p++;
    *name = p;
    if (*p == '=' || !*p)
        return "missing attribute name";
    while (*p && *p != '=' && !chr_is_space((unsigned char)*p))
        p++;
    end = p;
    while (chr_is_space((unsigned char)*p))
        p++;
    if (*p != '=')
        return "missing '=' after attribute name";
    p++;
    while (chr_is_space((unsigned char)*p))
        p++;
    *end = 0;
    *value = p;
    return NULL;
}

enum result cf_arg(struct str *rest, struct str *arg)
{
    struct str word;
    enum result r = str_word_braced(rest, CF_BLANKS, &word);

    if (r == NONE)
        return NONE;
    if (r == OK)
        r = str_unbrace(word, arg) == PERM ? PERM : OK;
    if (r == PERM)
        *arg = word;
    return r;
}
