/* postdrop.c - hand records from standard input to the mail system
 *
 * The records are those of service/submit.h, from BEGIN to END: what sendmail
 * would say itself. There is no set-group-id program behind this name.
 * Runs as: the user who calls it.  Parameters: those of submit.c.  Tests: tests/smtp/postdrop-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "param/param.h"
#include "service/service.h"
#include "service/submit.h"

static NORETURN void malformed(struct submit *s)
{
    if (s)
        submit_abort(s);
    log_fatal_status(EX_DATAERR, "standard input is not a submission");
}

static void one_record(struct submit *s, struct frame *f)
{
    const char *addr, *orcpt;
    struct str text;
    unsigned notify;

    if (f->type == SUBMIT_RCPT) {
        addr = frame_get_text(f);
        orcpt = frame_get_text(f);
        notify = frame_get_u32(f);
        if (!frame_end(f))
            malformed(s);
        submit_rcpt(s, addr, orcpt, notify);
        return;
    }
    text = frame_get_str(f);
    if (f->type != SUBMIT_DATA || !frame_end(f))
        malformed(s);
    submit_data(s, text.p, text.n);
}

int postdrop_main(int argc, char **argv);

int postdrop_main(int argc, char **argv)
{
    const char *dir = NULL;
    struct submit_env env;
    struct submit *s;
    struct frame f;
    struct why why = { .dsn = "" };
    int c;

    log_open(&(struct log_options){ .tag = "postdrop", .sinks = LOG_TO_STDERR, .exit_status = EX_TEMPFAIL });
    optind = 1;
    while ((c = getopt(argc, argv, "c:rv")) > 0) {
        if (c == '?')
            log_fatal_status(EX_USAGE, "usage: postdrop [-c config_dir] [-rv]");
        dir = c == 'c' ? optarg : dir;
        log_verbose += c == 'v';
    }
    param_set_process("postdrop", "postdrop");
    param_load(dir, false);
    frame_init(&f, FRAME_MAX);
    if (frame_read(STDIN_FILENO, &f) != OK || submit_get_begin(&f, &env) != OK)
        malformed(NULL);
    s = submit_begin(&env);
    for (;;) {
        if (frame_read(STDIN_FILENO, &f) != OK)
            malformed(s);
        if (f.type == SUBMIT_END)
            break;
        one_record(s, &f);
    }
    if (submit_end(s, NULL, &why) != OK)
        log_fatal_status(why.dsn[0] == '5' ? EX_DATAERR : EX_TEMPFAIL, "%s", why.text);
    return 0;
}
