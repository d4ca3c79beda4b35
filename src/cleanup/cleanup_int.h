/* cleanup_int.h - what the files of cleanup share
 *
 * One struct per message. Bytes come in through cleanup_content.c, which cuts
 * them into headers and body; cleanup_header.c looks at each header;
 * cleanup_missing.c completes them; cleanup_rcpt.c collects recipients, asking
 * cleanup_map.c for their other names; cleanup_checks.c applies header and body
 * checks. cleanup.c begins and ends.
 */
/* SPDX-License-Identifier: ISC */
#ifndef CLEANUP_CLEANUP_INT_H
#define CLEANUP_CLEANUP_INT_H

#include "base/buf.h"
#include "cleanup/cleanup.h"
#include "mail/header.h"
#include "mail/wire.h"

struct text_list { /* texts that belong to the list */
    char **list;
    size_t n;
};

void text_list_add(struct text_list *l, const char *text);
void text_list_done(struct text_list *l);

enum cleanup_stage { STAGE_FIRST, STAGE_HEADERS, STAGE_BODY };

struct mime; /* mail/mime.h */

struct cleanup {
    const char *original; /* of the recipients being added, or NULL */
    struct qfile_writer *w;
    struct qfile_env env;     /* its texts are ours */
    enum rewrite_context header_ctx;
    unsigned flags;
    bool failed;
    struct why why;
    char *full_name;

    /* recipients */
    struct qfile_rcpt *rcpts; /* texts are ours */
    size_t rcpt_n, rcpt_cap;
    struct htab *seen;        /* duplicate filter */
    struct buf orcpt;         /* of the recipient being added, when nobody told one; "" = none */
    struct text_list extracted, extracted_resent;
    struct text_list bcc;     /* to be added at the end */
    bool expand_failed;

    /* content */
    enum cleanup_stage stage;
    char held;                /* 0..3 bytes of a possible final ".CRLF" */
    char last[2];             /* bytes before them */
    bool line_over;           /* the rest of this header line is dropped */
    bool line_cr;             /* the header bytes so far end with CR */
    bool cr_waits, cr_written; /* a CR at the end of a body chunk: not written yet; written */
    bool by_line, in_line;    /* the body goes through cleanup_lines.c; a piece of this line went already */
    bool convert;             /* force_mime_input_conversion */
    bool char_filter;         /* message_strip_characters, message_reject_characters */
    bool check_off;           /* PASS: no more checks */
    bool header_full;         /* header_size_limit: further lines go */
    size_t header_folds;      /* line ends in header */
    struct buf line, header;  /* a header line, and a header with its continuations, both without the last CRLF */
    struct buf out;           /* scratch for what is written */
    int64_t header_size;      /* written, without stuffing */
    struct wire_scan body;    /* of what was written */
    struct buf body_line;     /* with body checks: the line so far */
    int64_t body_checked;     /* bytes of this part */
    struct mime *mime;

    /* mail filters */
    struct milters *milters;  /* the caller's, unless own_milters */
    bool own_milters, milter_refused;
    bool *refused;            /* the caller wants to know */
    const char *milter_rcpt;  /* recipient that filters are being told of */

    /* headers */
    uint64_t headers_seen;    /* bits by enum header_id */
    bool resent, utf8;
    int hops;
};

/* cleanup.c */
/* Another envelope sender, rewritten as the first was. */
void cleanup_set_sender(struct cleanup *c, const char *addr);
void cleanup_fail(struct cleanup *c, const char *dsn, const char *fmt, ...) PRINTF(3, 4);

/* cleanup_content.c */
void cleanup_content(struct cleanup *c, const char *p, size_t n); /* without the final dot */
void cleanup_content_end(struct cleanup *c);
void cleanup_put_header(struct cleanup *c, struct str header);    /* text with CRLF inside, without the last */
void cleanup_put_body(struct cleanup *c, const char *p, size_t n);

/* A line, or a further one, of the header at hand, or a piece of it; header_size_limit bounds the header. */
void cleanup_header_add(struct cleanup *c, struct str text, bool further);
void cleanup_header_reset(struct cleanup *c);

/* cleanup_lines.c */
void cleanup_lines(struct cleanup *c, const char *p, size_t n);
void cleanup_lines_end(struct cleanup *c);
/* Refuses the message because of its MIME structure, with a line in the log. */
void cleanup_mime_error(struct cleanup *c, const char *what, struct str text);
void cleanup_mime_header(struct cleanup *c, enum header_id id, struct str header); /* of the message or of a part */
void cleanup_mime_check(struct cleanup *c);                             /* after headers */
void cleanup_check_8bit_header(struct cleanup *c, struct str header);   /* strict_7bit_headers */
/* message_strip_characters, message_reject_characters, in place. Returns the new length. */
size_t cleanup_filter_chars(struct cleanup *c, char *p, size_t n);

/* cleanup_header.c */
void cleanup_header_init(void);
void cleanup_header(struct cleanup *c, struct buf *header);
void cleanup_header_rewritten(struct cleanup *c, struct buf *header, enum header_id id); /* addresses, then written */
void cleanup_set_message_id(struct cleanup *c, const char *id);

/* cleanup_missing.c */
void cleanup_missing(struct cleanup *c);

/* cleanup_map.c */
enum map_class_bits { MAPS_ENV_SENDER = 1, MAPS_ENV_RCPT = 2, MAPS_HDR_SENDER = 4, MAPS_HDR_RCPT = 8 };
void cleanup_map_init(void);
/* Canonical tables and masquerading, in place, for one class; internal form. TEMP: a table failed (logged). */
enum result cleanup_map_address(struct cleanup *c, enum map_class_bits class, struct buf *addr) MUST;
/* virtual_alias_maps, all of it. TEMP: a table failed or a limit was reached; the list is then not complete. */
enum result cleanup_expand(struct cleanup *c, const char *addr, struct text_list *out) MUST;
/* The bcc addresses of a table: OK, NONE, TEMP. */
enum result cleanup_find_bcc(bool by_sender, const char *addr, struct buf *out) MUST;

/* cleanup_rcpt.c */
enum result cleanup_add_rcpt(struct cleanup *c, const char *addr, const char *orcpt, unsigned notify,
                             bool with_bcc) MUST;
void cleanup_rcpt_end(struct cleanup *c);  /* extracted ones, bcc, redirect */
void cleanup_rcpt_free(struct cleanup *c);
/* Takes away what was asked for as addr (internal form). */
void cleanup_rcpt_delete(struct cleanup *c, const char *addr);

/* cleanup_milter.c: feature MILTER */
void cleanup_milter_begin(struct cleanup *c); /* non_smtpd_milters: CONNECT, EHLO, MAIL */
void cleanup_milter_rcpt(struct cleanup *c, const char *addr);
void cleanup_milter_data(struct cleanup *c);
void cleanup_milter_content(struct cleanup *c); /* all content is written, nothing is durable */
void cleanup_milter_free(struct cleanup *c);

/* cleanup_checks.c */
enum check_kind { CHECK_HEADER, CHECK_MIME_HEADER, CHECK_NESTED_HEADER, CHECK_BODY, CHECK_MILTER_HEADER, CHECK_KINDS };
/* milter_header_checks: OK: add the header, perhaps replaced; NONE: do not. */
enum result cleanup_check_milter(struct cleanup *c, struct buf *text) MUST;
void cleanup_checks_init(void);
bool cleanup_checks_body(const struct cleanup *c);     /* body_checks apply to this message */
bool cleanup_checks_header(const struct cleanup *c, enum check_kind kind);
/* OK: go on with *text (perhaps replaced; *prepend may hold a line that comes first); NONE: the line goes away. */
enum result cleanup_check(struct cleanup *c, enum check_kind kind, struct buf *text, struct buf *prepend) MUST;

#endif
