/* str.h - borrowed text: compare, cut, split
 *
 * Letter case is ASCII only; the locale is never consulted.
 */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/base.h"

struct str str_of(const char *text);
bool str_eq(struct str a, const char *b);
bool str_eq_case(struct str a, const char *b); /* ignores case */
bool str_same(struct str a, struct str b);
bool str_same_case(struct str a, struct str b);
bool str_begins_case(struct str a, const char *prefix);
int str_cmp_case(const char *a, const char *b); /* as strcasecmp, ASCII */
struct str str_trim(struct str s);              /* blanks, tabs, CR, LF at both ends */
/* Position of c, or s.n. */
size_t str_find(struct str s, int c);
size_t str_rfind(struct str s, int c);
/* Cuts the next word off *rest: OK, or NONE at the end. seps as in strtok. */
enum result str_word(struct str *rest, const char *seps, struct str *word) MUST;
/* As str_word, but separators between { and its matching } do not end the word
 * ("{a b}", "inline:{a=b, c=d}"); the braces stay. PERM when a } is missing. */
enum result str_word_braced(struct str *rest, const char *seps, struct str *word) MUST;
/* Removes one pair of outer braces and the blanks inside them: OK; NONE when
 * there are none; PERM when something follows the closing one. */
enum result str_unbrace(struct str s, struct str *inside) MUST;
void str_lower(char *text); /* in place */
bool str_is_ascii(struct str s);
bool str_is_utf8(struct str s); /* well-formed, RFC 3629 */
/* Replaces what is not printable ASCII (or well-formed UTF-8 when utf8) by ?. */
void str_printable(char *text, bool utf8);

#define STR_LIST_SEPS ", \t\r\n" /* between members of a list parameter */

static inline int chr_lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static inline bool chr_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool chr_is_alnum(int c)
{
    return chr_is_digit(c) || (chr_lower(c) >= 'a' && chr_lower(c) <= 'z');
}

static inline bool chr_is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

#endif
