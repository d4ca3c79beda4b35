/* qfile_attrs.c - the attributes of an envelope, one row each, for reader and writer
 *
 * A letter, once used, never gets another meaning; the reader skips none and
 * refuses letters it does not know.
 * Runs in: whoever touches queue files.  Parameters: none.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "queue/qfile_int.h"

#define TEXT(type, field) { type, offsetof(struct qfile_env, field), false }
#define NUMBER(type, field) { type, offsetof(struct qfile_env, field), true }

const struct qfile_attr qfile_attrs[] = {
    TEXT('S', sender),      TEXT('i', envid),        NUMBER('<', ret),       TEXT('V', verp),
    TEXT('L', filter),      TEXT('>', redirect),     TEXT('m', message_id),  TEXT('n', client_name),
    TEXT('a', client_addr), TEXT('p', client_port),  TEXT('h', client_helo), TEXT('P', client_proto),
    TEXT('s', sasl_method), TEXT('u', sasl_user),    TEXT('e', sasl_sender), TEXT('I', ident),
    TEXT('c', rewrite_context),
};
const size_t qfile_attr_count = ARRAY_LEN(qfile_attrs);
