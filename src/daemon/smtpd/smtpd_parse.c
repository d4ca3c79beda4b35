/* smtpd_parse.c - the words of an SMTP command
 *
 * Pure functions on one line of hostile input.
 * Runs in: smtpd.  RFC 5321 section 4.1, RFC 3030 section 2.
 * Parameters: none.  Tests: tests/smtp/mail-*.t, tests/smtp/unknown-commands.t
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"

enum result smtpd_parse_command(struct str line, struct str *verb, struct str *rest)
{
    *rest = str_trim(line);
    if (str_word(rest, " \t", verb) != OK)
        return NONE;
    *rest = str_trim(*rest);
    return OK;
}

enum { DIGITS_MAX = 18 };

enum smtpd_verb_id smtpd_parse_verb(struct str verb)
{
    static const char *const names[] = {
#define VERB(id, name, run, flags) name,
#include "daemon/smtpd/smtpd_verbs.def"
#undef VERB
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_case(verb, names[i]))
            return (enum smtpd_verb_id)i;
    return SMTPD_UNKNOWN;
}

enum result smtpd_parse_keyword(struct str *rest, const char *keyword)
{
    size_t n = strlen(keyword);

    if (!str_begins_case(*rest, keyword))
        return PERM;
    *rest = str_trim((struct str){ rest->p + n, rest->n - n });
    return rest->n ? OK : PERM;
}

enum result smtpd_parse_bdat(struct str rest, int64_t *count, bool *last)
{
    struct str word;

    *last = false;
    if (str_word(&rest, " \t", &word) != OK || word.n > DIGITS_MAX || num_parse(word, 0, INT64_MAX, count) != OK)
        return PERM;
    rest = str_trim(rest);
    if (rest.n == 0)
        return OK;
    *last = str_eq_case(rest, "LAST");
    return *last ? OK : PERM;
}

static const struct { const char *name; unsigned bit; } keywords[] = {
    { "8BITMIME", EHLO_8BITMIME }, { "AUTH", EHLO_AUTH }, { "ETRN", EHLO_ETRN }, { "PIPELINING", EHLO_PIPELINING },
    { "SIZE", EHLO_SIZE }, { "VERP", EHLO_VERP }, { "VRFY", EHLO_VRFY }, { "XCLIENT", EHLO_XCLIENT },
    { "XFORWARD", EHLO_XFORWARD }, { "STARTTLS", EHLO_STARTTLS }, { "ENHANCEDSTATUSCODES", EHLO_ENHANCEDSTATUSCODES },
    { "DSN", EHLO_DSN }, { "SMTPUTF8", EHLO_SMTPUTF8 }, { "CHUNKING", EHLO_CHUNKING },
    { "REQUIRETLS", EHLO_REQUIRETLS }, { "silent-discard", EHLO_SILENT },
};

static unsigned keyword_bit(struct str word)
{
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (str_eq_case(word, keywords[i].name))
            return keywords[i].bit;
    log_warn("unknown EHLO keyword: \"%.*s\"", (int)word.n, word.p);
    return 0;
}

unsigned smtpd_parse_ehlo_keywords(const char *list)
{
    struct str rest = str_of(list), word;
    unsigned mask = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        mask |= keyword_bit(word);
    return mask;
}

void smtpd_parse_ehlo_names(unsigned mask, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (mask & keywords[i].bit)
            buf_printf(out, " %s", keywords[i].name);
}

void smtpd_parse_neuter(char *text)
{
    for (char *p = text; *p; p++)
        if (strchr(" <>()\\\";@", *p))
            *p = '?';
}

void smtpd_parse_comment(struct buf *out, const char *text)
{
    int open = 0;

    for (; text && *text; text++) {
        bool plain = *text >= ' ' && *text <= '~' && *text != '\\' && (*text != ')' || open > 0);

        open += plain ? (*text == '(') - (*text == ')') : 0;
        buf_putc(out, plain ? *text : '?');
    }
    while (open-- > 0)
        buf_putc(out, ')');
}

bool smtpd_parse_is_header(struct str word)
{
    size_t i = 0;

    while (i < word.n && word.p[i] > ' ' && word.p[i] < 127 && word.p[i] != ':')
        i++;
    return i > 0 && i < word.n && word.p[i] == ':';
}
