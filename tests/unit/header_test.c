/* header_test.c - mail/header */
/* SPDX-License-Identifier: ISC */
#include "mail/header.h"

#include "guard.h"
#include "test.h"

static const struct {
    const char *line;
    size_t n;
    enum header_id id;
} rows[] = {
    { "From: a@b", 4, HDR_FROM },
    { "from:a@b", 4, HDR_FROM },
    { "TO : x", 2, HDR_TO },
    { "Cc \t :", 2, HDR_CC },
    { "Subject", 0, HDR_OTHER },
    { ": x", 0, HDR_OTHER },
    { " From: x", 0, HDR_OTHER },
    { "", 0, HDR_OTHER },
    { "From a@b Mon Nov 21 08:40:39 2026", 0, HDR_OTHER },
    { "X-Anything-!#$%: y", 15, HDR_OTHER },
    { "Fr\303\266m: x", 0, HDR_OTHER },
    { "Fr\001om: x", 0, HDR_OTHER },
    { "message-ID: <a@b>", 10, HDR_MESSAGE_ID },
    { "Resent-Message-Id:", 17, HDR_RESENT_MESSAGE_ID },
    { "a:b:c", 1, HDR_OTHER },
    { "Content-Length: 5", 14, HDR_CONTENT_LENGTH },
    { "tls-required: no", 12, HDR_TLS_REQUIRED },
    { "Two Words: x", 0, HDR_OTHER },
};

int main(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str line = guard(rows[i].line);
        size_t n = header_name_length(line);

        CHECK(n == rows[i].n);
        CHECK(header_id((struct str){ line.p, n }) == rows[i].id);
    }
    CHECK(header_flags(HDR_TO) == (HDR_RCPT_ADDR | HDR_EXTRACT));
    CHECK(header_flags(HDR_RESENT_BCC) == (HDR_RCPT_ADDR | HDR_EXTRACT | HDR_RESENT | HDR_DROP));
    CHECK(header_flags(HDR_OTHER) == 0 && header_flags(HDR_RETURN_PATH) & HDR_DROP);
    for (int id = HDR_OTHER + 1; id < HDR_COUNT; id++)
        CHECK(header_flags(id) < 64);
    return TEST_END();
}
