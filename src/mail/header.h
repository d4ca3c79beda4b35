/* header.h - RFC 5322 header lines */
/* SPDX-License-Identifier: ISC */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "base/base.h"

enum header_id {
    HDR_OTHER, HDR_APPARENTLY_TO, HDR_BCC, HDR_CC, HDR_CONTENT_TYPE, HDR_CONTENT_TRANSFER_ENCODING, HDR_DATE,
    HDR_DELIVERED_TO, HDR_ERRORS_TO, HDR_FROM, HDR_MAIL_FOLLOWUP_TO, HDR_MESSAGE_ID, HDR_MIME_VERSION,
    HDR_RECEIVED, HDR_REPLY_TO, HDR_RESENT_BCC, HDR_RESENT_CC, HDR_RESENT_DATE, HDR_RESENT_FROM,
    HDR_RESENT_MESSAGE_ID, HDR_RESENT_REPLY_TO, HDR_RESENT_SENDER, HDR_RESENT_TO, HDR_RETURN_PATH,
    HDR_RETURN_RECEIPT_TO, HDR_SENDER, HDR_SUBJECT, HDR_TO, HDR_X_ORIGINAL_TO, HDR_IN_REPLY_TO, HDR_REFERENCES,
    HDR_DISPOSITION_NOTIFICATION_TO, HDR_TLS_REQUIRED, HDR_REQUIRE_TLS_ESMTP,
    HDR_CONTENT_LENGTH, HDR_CONTENT_DESCRIPTION, HDR_CONTENT_DISPOSITION, HDR_CONTENT_ID,
    HDR_COUNT
};

enum {
    HDR_SENDER_ADDR = 1, HDR_RCPT_ADDR = 2, /* rewrite as sender / recipient */
    HDR_EXTRACT = 4,                        /* sendmail -t takes recipients from here */
    HDR_RESENT = 8,
    HDR_DROP = 16,                          /* Bcc, Content-Length, Return-Path by default (message_drop_headers) */
    HDR_MIME = 32,                          /* mime_header_checks look at it, wherever it stands */
};

/* "Name:" at the start of a line: length of the name (blanks before the colon are allowed and not counted); 0 = not a
 * header line. */
size_t header_name_length(struct str line);
enum header_id header_id(struct str name);
unsigned header_flags(enum header_id id);

#endif
