/* cf.h - logical lines of main.cf and master.cf
 *
 * A line that begins with a blank continues the one before; comment lines and
 * empty lines between do not end it. Used by both readers and by postconf.
 */
/* SPDX-License-Identifier: ISC */
#ifndef PARAM_CF_H
#define PARAM_CF_H

#include "base/base.h"

struct cf {
    char *at;   /* what is still to be read */
    char *end;
    int line;   /* number of the physical line at .at, from 1 */
    int first;  /* where the logical line returned last begins */
    bool orphan; /* the line returned last begins with a blank: it continues nothing */
};

/* text[n] must be writable: lines are joined in place and NUL-terminated. */
void cf_init(struct cf *cf, char *text, size_t n);
/* The next logical line without its newlines, trailing blanks removed. Bytes
 * that are NUL in the file end the text there. NULL at the end. */
char *cf_next(struct cf *cf);
/* Splits "name = value" in place. NULL when it is well-formed, or what is wrong. */
const char *cf_split(char *line, char **name, char **value);
/* Cuts the next argument of master.cf off *rest; one pair of braces and the
 * blanks inside them are removed. NONE at the end; PERM, with the faulty text
 * in *arg, for a brace that does not match. */
enum result cf_arg(struct str *rest, struct str *arg) MUST;

#define CF_BLANKS " \t\r\n\v\f"

#endif
