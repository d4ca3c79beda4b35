/* wide.c - letters and cases of wide characters in the C locale, the only one here; musl's tables of all the others are 13 kB */
/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <locale.h>
#include <wctype.h>

int iswalpha(wint_t c)
{
    return c < 128 && isalpha((int)c);
}

int iswpunct(wint_t c)
{
    return c < 128 && ispunct((int)c);
}

wint_t towlower(wint_t c)
{
    return c < 128 ? (wint_t)tolower((int)c) : c;
}

wint_t towupper(wint_t c)
{
    return c < 128 ? (wint_t)toupper((int)c) : c;
}

int iswalpha_l(wint_t c, locale_t l)
{
    return iswalpha(c);
}

int iswpunct_l(wint_t c, locale_t l)
{
    return iswpunct(c);
}

wint_t towlower_l(wint_t c, locale_t l)
{
    return towlower(c);
}

wint_t towupper_l(wint_t c, locale_t l)
{
    return towupper(c);
}
