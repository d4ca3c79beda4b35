/* bounce_text.c - long lines and quoted replies in notices
 *
 * Runs in: bounce.  Parameters: none.  Tests: tests/smtp/bounce-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/bounce/bounce_int.h"

enum { WRAP_AT = 79, WRAP_INDENT = 4 };

/* Length of the next piece: up to the last blank that fits, or the whole first word. */
static size_t piece(const char *text, size_t room)
{
    size_t n = strlen(text), cut = 0;

    if (n <= room)
        return n;
    for (size_t i = 0; i <= room; i++)
        if (text[i] == ' ')
            cut = i;
    return cut ? cut : strcspn(text, " ");
}

void bounce_wrap(const char *text, void (*line)(void *arg, struct str part, bool indent), void *arg)
{
    size_t room = WRAP_AT;
    bool indent = false;

    do {
        size_t n = piece(text, room), end = n;

        while (end && text[end - 1] == ' ')
            end--;
        line(arg, (struct str){ text, end }, indent);
        text += n;
        text += strspn(text, " ");
        room = WRAP_AT - WRAP_INDENT;
        indent = true;
    } while (*text);
}

struct str bounce_remote_text(const char *why)
{
    static const char said[] = " said: ", reply[] = " (in reply to ",
                      refused[] = " refused to talk to me: ";
    const char *from = strstr(why, said), *to;

    if (!from && (from = strstr(why, refused)))
        return (struct str){ from + sizeof refused - 1, strlen(from + sizeof refused - 1) };
    if (!from)
        return (struct str){ why, strlen(why) };
    from += sizeof said - 1;
    to = strstr(from, reply);
    return (struct str){ from, to ? (size_t)(to - from) : strlen(from) };
}
