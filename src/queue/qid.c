/* qid.c - making and reading queue ids
 *
 * An id needs no inode number, so a file gets its final name at once and is
 * never renamed to it. Uniqueness comes from O_EXCL and another try.
 * Runs in: whoever touches the queue.  Parameters: none.
 * Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "queue/qid.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

enum {
    QID_BASE = 52, QID_NUMBER_BASE = 51, QID_SEC_CHARS = 6, QID_USEC_CHARS = 4, QID_MIN = 5,
    QID_SHORT = 12, QID_SHORT_USEC = 5,
    QID_SLOTS = 32,
};

/* Digits and consonants, so that no id spells a word. z is left out of base 51. */
static const char digits[] = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/* Writes value with at least width characters; returns the length. */
static size_t put_base(uint64_t value, unsigned base, size_t width, char *out)
{
    char reversed[16];
    size_t n = 0;

    do {
        reversed[n++] = digits[value % base];
        value /= base;
    } while ((value || n < width) && n < sizeof reversed);
    for (size_t i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    out[n] = 0;
    return n;
}

void qid_make(struct timeval now, unsigned long number, int slot, bool long_form, char out[QUEUE_ID_MAX])
{
    unsigned long usec = (unsigned long)now.tv_usec;
    size_t n;

    if (!long_form) {
        usec = slot < 0 ? usec & ~1ul : (usec & ~(2ul * QID_SLOTS - 1)) | (unsigned long)slot << 1 | 1;
        snprintf(out, QUEUE_ID_MAX, "%05lX%07lX", usec, (unsigned long)now.tv_sec & 0xFFFFFFFul);
        return;
    }
    n = put_base((uint64_t)now.tv_sec, QID_BASE, QID_SEC_CHARS, out);
    n += put_base((uint64_t)now.tv_usec, QID_BASE, QID_USEC_CHARS, out + n);
    out[n++] = 'z';
    put_base(slot < 0 ? number + QID_SLOTS : (unsigned long)slot, QID_NUMBER_BASE, 1, out + n);
}

bool qid_valid(struct str id)
{
    if (id.n < QID_MIN || id.n >= QUEUE_ID_MAX)
        return false;
    for (size_t i = 0; i < id.n; i++)
        if (!chr_is_alnum((unsigned char)id.p[i]) && id.p[i] != '_')
            return false;
    return true;
}

bool qid_is_long(struct str id)
{
    size_t z = str_rfind(id, 'z');

    return z != id.n && z >= QID_SEC_CHARS + QID_USEC_CHARS;
}

static int64_t get_base(const char *text, size_t n, unsigned base)
{
    int64_t value = 0;

    for (size_t i = 0; i < n; i++) {
        const char *at = text[i] ? strchr(digits, text[i]) : NULL;

        if (!at || n > 10)
            return -1;
        value = value * base + (at - digits);
    }
    return value;
}

int qid_slot(const char *id)
{
    struct str s = str_of(id);
    int64_t number = -1;
    uint64_t usec;

    if (qid_is_long(s)) {
        size_t z = str_rfind(s, 'z');

        number = z + 1 < s.n ? get_base(id + z + 1, s.n - z - 1, QID_NUMBER_BASE) : -1;
    } else if (s.n == QID_SHORT && num_parse_hex((struct str){ id, QID_SHORT_USEC }, &usec) == OK && usec & 1) {
        number = (int64_t)(usec >> 1 & (QID_SLOTS - 1));
    }
    return number >= 0 && number < QID_SLOTS ? (int)number : -1;
}

int64_t qid_time(const char *id, int64_t now)
{
    struct str s = str_of(id);
    const int64_t period = 1 << 28, limit = now + 86400;
    uint64_t low;

    if (qid_is_long(s))
        return get_base(id, str_rfind(s, 'z') - QID_USEC_CHARS, QID_BASE);
    if (s.n != QID_SHORT || num_parse_hex((struct str){ id + QID_SHORT_USEC, QID_SHORT - QID_SHORT_USEC }, &low) != OK)
        return -1;
    return (int64_t)low > limit ? (int64_t)low : (int64_t)low + (limit - (int64_t)low) / period * period;
}

void qid_hash_text(const char *id, char out[QUEUE_ID_MAX])
{
    struct str s = str_of(id);
    const char *usec = id + str_rfind(s, 'z') - QID_USEC_CHARS;
    int64_t value = qid_is_long(s) ? get_base(usec, QID_USEC_CHARS, QID_BASE) : -1;

    if (value < 0)
        snprintf(out, QUEUE_ID_MAX, "%s", id);
    else
        snprintf(out, QUEUE_ID_MAX, "%05lX", (unsigned long)value);
}
