/* cleanup_post.c - a short message of our own into the queue
 *
 * Runs in: smtpd, verify.  Trust: what the text quotes may be hostile; it is text.
 * Parameters: mail_name, myhostname.  Tests: tests/smtp/notify-classes*.t, tests/smtp/verify-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "cleanup/cleanup.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "param/param.h"

enum result cleanup_post(const char *sender, const char *rcpt, unsigned flags, struct str text, char *id,
                         struct why *why)
{
    struct qfile_env env = { .arrival = clock_wall(), .flags = flags, .sender = sender, .rewrite_context = "local" };
    struct cleanup *c = cleanup_new(&env, REWRITE_LOCAL, CLEANUP_NOTICE | CLEANUP_MISSING_HEADERS, why);
    struct buf line;
    enum result r;

    if (!c)
        return TEMP;
    r = cleanup_rcpt(c, rcpt, "", 0, why);
    if (r != OK) {
        cleanup_abort(c);
        return r;
    }
    buf_init(&line, 4096);
    buf_printf(&line, "Received: by %s (%s)\r\n\tid %s; %s\r\n", par_myhostname(), par_mail_name(), cleanup_id(c),
               clock_rfc5322(env.arrival.tv_sec));
    cleanup_data(c, line.p, line.n);
    cleanup_data(c, text.p, text.n);
    r = cleanup_end(c, (int64_t)(line.n + text.n), id, why);
    buf_done(&line);
    return r;
}
