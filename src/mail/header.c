/* header.c - RFC 5322 header lines
 *
 * Runs in: every process that reads headers.  Parameters: none.
 * Tests: tests/unit/header_test.c, tests/fuzz/fuzz_header.c
 */
/* SPDX-License-Identifier: ISC */
#include "mail/header.h"

#include "base/str.h"

enum { HDR_XRCPT = HDR_RCPT_ADDR | HDR_EXTRACT };

static const struct header_row {
    const char *name;
    unsigned char id, flags;
} header_rows[] = {
    { "Apparently-To", HDR_APPARENTLY_TO, HDR_RCPT_ADDR },
    { "Bcc", HDR_BCC, HDR_XRCPT | HDR_DROP },
    { "Cc", HDR_CC, HDR_XRCPT },
    { "Content-Description", HDR_CONTENT_DESCRIPTION, HDR_MIME },
    { "Content-Disposition", HDR_CONTENT_DISPOSITION, HDR_MIME },
    { "Content-Id", HDR_CONTENT_ID, HDR_MIME },
    { "Content-Length", HDR_CONTENT_LENGTH, HDR_DROP },
    { "Content-Transfer-Encoding", HDR_CONTENT_TRANSFER_ENCODING, HDR_MIME },
    { "Content-Type", HDR_CONTENT_TYPE, HDR_MIME },
    { "Date", HDR_DATE, 0 },
    { "Delivered-To", HDR_DELIVERED_TO, 0 },
    { "Disposition-Notification-To", HDR_DISPOSITION_NOTIFICATION_TO, HDR_SENDER_ADDR },
    { "Errors-To", HDR_ERRORS_TO, HDR_SENDER_ADDR },
    { "From", HDR_FROM, HDR_SENDER_ADDR },
    { "In-Reply-To", HDR_IN_REPLY_TO, 0 },
    { "Mail-Followup-To", HDR_MAIL_FOLLOWUP_TO, HDR_SENDER_ADDR },
    { "Message-Id", HDR_MESSAGE_ID, 0 },
    { "MIME-Version", HDR_MIME_VERSION, HDR_MIME },
    { "Received", HDR_RECEIVED, 0 },
    { "References", HDR_REFERENCES, 0 },
    { "Reply-To", HDR_REPLY_TO, HDR_SENDER_ADDR },
    { "Require-TLS-ESMTP", HDR_REQUIRE_TLS_ESMTP, 0 },
    { "Resent-Bcc", HDR_RESENT_BCC, HDR_XRCPT | HDR_DROP | HDR_RESENT },
    { "Resent-Cc", HDR_RESENT_CC, HDR_XRCPT | HDR_RESENT },
    { "Resent-Date", HDR_RESENT_DATE, HDR_RESENT },
    { "Resent-From", HDR_RESENT_FROM, HDR_SENDER_ADDR | HDR_RESENT },
    { "Resent-Message-Id", HDR_RESENT_MESSAGE_ID, HDR_RESENT },
    { "Resent-Reply-To", HDR_RESENT_REPLY_TO, HDR_RCPT_ADDR | HDR_RESENT },
    { "Resent-Sender", HDR_RESENT_SENDER, HDR_SENDER_ADDR | HDR_RESENT },
    { "Resent-To", HDR_RESENT_TO, HDR_XRCPT | HDR_RESENT },
    { "Return-Path", HDR_RETURN_PATH, HDR_SENDER_ADDR | HDR_DROP },
    { "Return-Receipt-To", HDR_RETURN_RECEIPT_TO, HDR_SENDER_ADDR },
    { "Sender", HDR_SENDER, HDR_SENDER_ADDR },
    { "Subject", HDR_SUBJECT, 0 },
    { "TLS-Required", HDR_TLS_REQUIRED, 0 },
    { "To", HDR_TO, HDR_XRCPT },
    { "X-Original-To", HDR_X_ORIGINAL_TO, 0 },
};

size_t header_name_length(struct str line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] > ' ' && line.p[n] < 0x7F && line.p[n] != ':')
        n++;
    for (size_t i = n; n && i < line.n; i++) {
        if (line.p[i] == ':')
            return n;
        if (line.p[i] != ' ' && line.p[i] != '\t')
            break;
    }
    return 0;
}

enum header_id header_id(struct str name)
{
    int first = name.n ? chr_lower((unsigned char)name.p[0]) : 0;

    for (size_t i = 0; i < ARRAY_LEN(header_rows); i++)
        if (chr_lower(header_rows[i].name[0]) == first && str_eq_case(name, header_rows[i].name))
            return header_rows[i].id;
    return HDR_OTHER;
}

unsigned header_flags(enum header_id id)
{
    for (size_t i = 0; i < ARRAY_LEN(header_rows); i++)
        if (header_rows[i].id == id)
            return header_rows[i].flags;
    return 0;
}
