/* template.h - the explanations in notices, built in or from bounce_template_file */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_TEMPLATE_H
#define DELIVER_TEMPLATE_H

#include "base/base.h"
#include "base/buf.h"
#include "deliver/notice.h"

struct template {
    const char *name;                /* "failure" */
    const char *charset, *from, *subject, *postmaster_subject; /* last: NULL when there is none */
    const char *body;                /* text with $names, LF */
};

/* Reads the file; what it does not have is built in. "" = no file. Before the jail. */
void template_init(const char *file);
const struct template *template_get(enum notice_kind kind);
/* The body with its names expanded. */
void template_body(const struct template *t, struct buf *out);

#endif
