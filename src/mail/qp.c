/* qp.c - quoted-printable (RFC 2045 section 6.7)
 *
 * Runs in: any process.  Parameters: none.  Tests: tests/unit/smtp_content_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "mail/qp.h"

enum { QP_LINE = 76 };

bool qp_line(struct buf *out, struct str line)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t col = 0;

    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        bool blank_end = (c == ' ' || c == '\t') && i + 1 == line.n;
        bool plain = (c == '\t' || (c >= ' ' && c < 127)) && c != '=' && !blank_end;

        if (col + (plain ? 1 : 3) >= QP_LINE) {
            buf_puts(out, "=\r\n");
            col = 0;
        }
        plain = plain && (col || c != '.'); /* so that nothing needs dot-stuffing */
        if (plain)
            buf_putc(out, c);
        else
            buf_printf(out, "=%c%c", hex[c >> 4], hex[c & 15]);
        col += plain ? 1 : 3;
    }
    return !out->over;
}
