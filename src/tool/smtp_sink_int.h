/* smtp_sink_int.h - between smtp_sink.c (sessions) and smtp_sink_dump.c (what they sent, in files) */
/* SPDX-License-Identifier: ISC */
#ifndef TOOL_SMTP_SINK_INT_H
#define TOOL_SMTP_SINK_INT_H

#include "base/base.h"
#include "base/buf.h"

struct smtp_sink_dump { /* one message on its way into a file */
    int fd;             /* -1: none */
    char *path;
    struct buf out;     /* not yet written */
};

struct smtp_sink_dump_options {
    const char *template;    /* strftime(3); NULL = no dumps */
    bool append;             /* all messages in one file */
    const char *start;       /* text before each message, escapes as in C */
};

struct smtp_sink_envelope {
    const char *addr, *proto, *helo, *mail, *host; /* helo: NULL when the client said none */
    struct str rcpts;                              /* arguments, one a line */
};

/* Begins a file with the lines that describe the transaction. Fatal when it cannot be made. */
void smtp_sink_dump_open(struct smtp_sink_dump *d, const struct smtp_sink_dump_options *opt,
                         const struct smtp_sink_envelope *e);
void smtp_sink_dump_add(struct smtp_sink_dump *d, const char *p, size_t n);
/* The message is complete: keeps it. */
void smtp_sink_dump_done(struct smtp_sink_dump *d, const struct smtp_sink_dump_options *opt);
/* It never will be. */
void smtp_sink_dump_drop(struct smtp_sink_dump *d);

#endif
