/* smtpd_lf.c - content of clients that end lines with LF alone
 *
 * Used from the first bare LF of a message on. Such lines become ordinary ones;
 * what ends the data is decided here and nowhere else, so that no line "." gets
 * into a queue file that is not the end (message smuggling).
 * Runs in: smtpd.  Trust: hostile bytes, cut anywhere.
 * Parameters: none; strict comes from smtpd_forbid_bare_newline.  Tests: tests/smtp/bare-newline-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/smtpd/smtpd_int.h"

void smtpd_lf_init(struct smtpd_lf *lf, const char last[4], bool strict)
{
    lf->strict = strict;
    lf->after_crlf = true;
    if (last[3] == '\n')
        lf->state = LF_START;
    else if (memcmp(last + 1, "\r\n.", 3) == 0)
        lf->state = LF_DOT;
    else if (memcmp(last, "\r\n.\r", 4) == 0)
        lf->state = LF_DOT_CR;
    else
        lf->state = last[3] == '\r' ? LF_CR : LF_TEXT;
}

static void end_line(struct smtpd_lf *lf, struct buf *out, bool crlf)
{
    buf_add(out, "\r\n", 2);
    lf->after_crlf = crlf;
    lf->state = LF_START;
}

/* A line that is one dot: the end, or (for its line ends) a line that is empty. True: the end. */
static bool end_dot(struct smtpd_lf *lf, struct buf *out, bool crlf)
{
    if (!lf->strict || (crlf && lf->after_crlf))
        return true;
    end_line(lf, out, crlf);
    return false;
}

static void in_text(struct smtpd_lf *lf, struct buf *out, char c)
{
    if (c == '\n') {
        end_line(lf, out, false);
    } else if (c == '\r') {
        lf->state = LF_CR;
    } else {
        buf_putc(out, c);
        lf->state = LF_TEXT;
    }
}

/* True: end of data. */
static bool step(struct smtpd_lf *lf, struct buf *out, char c)
{
    switch (lf->state) {
    case LF_START:
        if (c == '.')
            lf->state = LF_DOT;
        else
            in_text(lf, out, c);
        return false;
    case LF_DOT:
        if (c == '\n')
            return end_dot(lf, out, false);
        if (c == '\r') {
            lf->state = LF_DOT_CR;
            return false;
        }
        buf_putc(out, '.');
        in_text(lf, out, c);
        return false;
    case LF_DOT_CR:
        if (c == '\n')
            return end_dot(lf, out, true);
        buf_add(out, ".\r", 2);
        in_text(lf, out, c);
        return false;
    case LF_CR:
        if (c == '\n') {
            end_line(lf, out, true);
            return false;
        }
        buf_putc(out, '\r');
        in_text(lf, out, c);
        return false;
    default:
        in_text(lf, out, c);
        return false;
    }
}

enum result smtpd_lf_feed(struct smtpd_lf *lf, const char *p, size_t n, struct buf *out, size_t *used)
{
    for (size_t i = 0; i < n; i++)
        if (step(lf, out, p[i])) {
            *used = i + 1;
            return OK;
        }
    *used = n;
    return AGAIN;
}
