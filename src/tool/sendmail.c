/* sendmail.c - submit a message, and the other modes that programs expect of this name
 *
 * Options as in sendmail(1) of Postfix; those of other mailers that mean nothing
 * here are accepted and ignored. Exit status as in sysexits.h: 0 only when the
 * message is durably queued; 75 for wrong usage, as Postfix has it.
 * Runs as: the user who calls it; there is nothing set-user-id about it.
 * Parameters: alias_database, sendmail_fix_line_endings, authorized lists (checked by the services).
 * Tests: tests/smtp/sendmail-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "param/param.h"
#include "queue/qfile.h"
#include "service/service.h"
#include "service/submit.h"
#include "tool/again.h"

enum mode { MODE_QUEUE, MODE_LIST, MODE_ALIASES, MODE_SMTP, MODE_DAEMON, MODE_FLUSH, MODE_IGNORE };

struct options {
    enum mode mode;
    const char *sender;      /* -f, -r: external form; NULL = the login name */
    const char *full_name;   /* -F */
    const char *alias_file;  /* -oA */
    const char *flush_site, *flush_id;
    struct submit_env env;
    unsigned notify;
    bool dot_is_text;        /* -i */
    bool extract;            /* -t */
    bool verify;             /* -bv */
    int verbose;             /* -v */
};

#define OPTION_LETTERS "A:B:C:F:GIL:N:O:R:UV:X:ab:ce:f:h:imno:p:r:q:tvx"

static NORETURN void usage(const char *problem)
{
    log_fatal("usage: sendmail [options] [recipient ...]: %s", problem);
}

static void option_b(struct options *o, const char *arg)
{
    switch (arg[0]) {
    case 'd': case 'l': o->mode = MODE_DAEMON; break;
    case 'h': case 'H': o->mode = MODE_IGNORE; break; /* host status: nothing to show, nothing to purge */
    case 'i': o->mode = MODE_ALIASES; break;
    case 'm': o->mode = MODE_QUEUE; break;
    case 'p': o->mode = MODE_LIST; break;
    case 's': o->mode = MODE_SMTP; break;
    case 'v': o->mode = MODE_QUEUE; o->verify = true; break;
    default: log_fatal("unsupported: -b%c", arg[0]);
    }
}

/* -oX: those that mean something; others, with their value, are nothing. */
static void option_o(struct options *o, const char *arg)
{
    if (arg[0] == 'i')
        o->dot_is_text = true;
    if (arg[0] == 'A' && !arg[1])
        log_fatal("-oA requires pathname");
    if (arg[0] == 'A')
        o->alias_file = arg + 1;
}

static void option_q(struct options *o, const char *arg)
{
    o->mode = MODE_FLUSH;
    if ((arg[0] == 'R' || arg[0] == 'I') && !arg[1])
        log_fatal("specify: %s", arg[0] == 'R' ? "-qRsitename" : "-qIqueueid");
    if (chr_is_digit((unsigned char)arg[0]))
        o->mode = MODE_IGNORE; /* an interval is for the daemon */
    else if (arg[0] == 'R')
        o->flush_site = arg + 1;
    else if (arg[0] == 'I')
        o->flush_id = arg + 1;
    else
        log_fatal("-q%s is not implemented", arg);
}

static void option_V(struct options *o, const char *arg)
{
    if (strlen(arg) > 100) {
        log_warn("too long -V option value -- ignored");
        return;
    }
    for (const char *p = arg; *p; p++)
        if (*p < 33 || *p > 126)
            arg = "";
    if (*arg)
        o->env.envid = arg;
    else
        log_warn("bad syntax in -V option value -- ignored");
}

/* VERP delimiters, "" for the usual ones. */
static void option_XV(struct options *o, const char *delimiters)
{
    o->env.verp = *delimiters ? delimiters : par_default_verp_delimiters();
    if (strlen(o->env.verp) != 2 || strspn(o->env.verp, par_verp_delimiter_filter()) != 2)
        log_fatal("-V requires two characters from %s", par_verp_delimiter_filter());
}

static void option_B(struct options *o, const char *arg)
{
    if (str_cmp_case(arg, "8BITMIME") == 0)
        o->env.qfile_flags |= QF_BODY_8BIT;
    else if (str_cmp_case(arg, "7BIT") != 0)
        log_fatal("-B option needs 8BITMIME or 7BIT");
}

static void option_O(struct options *o, const char *arg)
{
    if (str_cmp_case(arg, "smtputf8=yes") == 0)
        o->env.qfile_flags |= QF_SMTPUTF8;
    if (ENABLE_REQUIRETLS && str_cmp_case(arg, "requiretls=yes") == 0)
        o->env.qfile_flags |= QF_REQUIRETLS;
}

static void one_option(struct options *o, int c)
{
    switch (c) {
    case 'B': option_B(o, optarg); break;
    case 'C': setenv("MAIL_CONFIG", optarg, 1); break;
    case 'F': o->full_name = optarg; break;
    case 'G': o->env.flags |= SUBMIT_REMOTE; break;
    case 'I': o->mode = MODE_ALIASES; break;
    case 'N':
        if (dsn_parse_notify(str_of(optarg), &o->notify) != OK)
            log_warn("bad -N option value -- ignored");
        break;
    case 'O': option_O(o, optarg); break;
    case 'R':
        if (dsn_parse_ret(str_of(optarg), &o->env.ret) != OK)
            log_warn("bad -R option value -- ignored");
        break;
    case 'V': option_V(o, optarg); break;
    case 'X':
        if (optarg[0] != 'V')
            log_fatal("unsupported: -X%c", optarg[0]);
        option_XV(o, optarg + 1);
        break;
    case 'b': option_b(o, optarg); break;
    case 'f': case 'r': o->sender = optarg; break;
    case 'i': o->dot_is_text = true; break;
    case 'n': log_fatal("-n option not supported"); break;
    case 'o': option_o(o, optarg); break;
    case 'q': option_q(o, optarg); break;
    case 't': o->extract = true; break;
    case 'v': o->verbose++; break;
    case 'A': case 'L': case 'U': case 'a': case 'c': case 'e': case 'h': case 'm': case 'p': case 'x': break;
    default: usage("unknown option");
    }
}

/* "-q" alone is a whole option, which getopt would take for one with a missing value. */
static void parse_options(struct options *o, int argc, char **argv)
{
    int c;

    opterr = 0;
    optind = 1;
    for (;;) {
        if (optind < argc && strcmp(argv[optind], "-q") == 0) {
            o->mode = MODE_FLUSH;
            optind++;
            continue;
        }
        if (optind < argc && strcmp(argv[optind], "-V") == 0 && optind + 1 == argc)
            usage("-V requires a value");
        if (optind < argc && strncmp(argv[optind], "-V", 2) == 0 && strlen(argv[optind]) == 4) {
            const char *delimiters = argv[optind++] + 2;

            log_warn("option -V%s is deprecated with Postfix 2.3; specify -XV%s instead", delimiters, delimiters);
            option_XV(o, delimiters);
            continue;
        }
        c = getopt(argc, argv, "+" OPTION_LETTERS);
        if (c < 0)
            break;
        if (c == '?')
            usage("unknown option, or one without its value");
        one_option(o, c);
    }
}

/* Config directory first: parameters are loaded before other options are looked at. */
static void find_config_dir(int argc, char **argv)
{
    int c;

    opterr = 0;
    optind = 1;
    while ((c = getopt(argc, argv, "+" OPTION_LETTERS)) > 0)
        if (c == 'C') {
            const char *slash = strrchr(optarg, '/');

            /* -C names a file or a directory (sendmail(1)). */
            setenv("MAIL_CONFIG",
                   slash && strcmp(slash, "/main.cf") == 0 ? mem_dup_n(optarg, (size_t)(slash - optarg)) : optarg, 1);
        }
}

/* The calling user's account; NULL when there is none. Looked up once. */
static const struct passwd *account(void)
{
    static const struct passwd *pw;
    static bool looked;

    if (!looked)
        pw = getpwuid(getuid());
    looked = true;
    return pw;
}

static const char *login_name(void)
{
    if (!account())
        log_fatal_status(EX_OSERR, "cannot find my account: there is no user with id %ld", (long)getuid());
    return account()->pw_name;
}

/* The address in text, internal form, or the first one; "<>" and "" are the null sender. */
static char *one_address(const char *text)
{
    struct addr_piece piece;
    struct buf out;
    size_t at = 0, found = 0;

    buf_init(&out, ADDR_MAX);
    if (strcmp(text, "<>") == 0)
        return buf_take(&out);
    while (addr_next(str_of(text), &at, &piece) == OK) {
        if (piece.kind != ADDR_SPEC || found++)
            continue;
        if (addr_unquote(&out, addr_without_route(piece.text)) != OK)
            buf_str(&out, piece.text);
    }
    if (found > 1)
        log_warn("-f option specified malformed sender: %s", text);
    return buf_take(&out);
}

static char *sender_address(const struct options *o)
{
    return o->sender ? one_address(o->sender) : mem_dup(login_name());
}

/* The gecos field up to its comma, & being the login name with a capital. */
static char *account_name(void)
{
    const struct passwd *pw = account();
    struct buf name;

    buf_init(&name, 256);
    for (const char *p = pw && pw->pw_gecos ? pw->pw_gecos : ""; *p && *p != ','; p++) {
        if (*p != '&') {
            buf_putc(&name, *p);
            continue;
        }
        buf_putc(&name, pw->pw_name[0] >= 'a' && pw->pw_name[0] <= 'z' ? pw->pw_name[0] - 32 : pw->pw_name[0]);
        buf_puts(&name, pw->pw_name[0] ? pw->pw_name + 1 : "");
    }
    return buf_take(&name);
}

static const char *full_name(const struct options *o)
{
    const char *env = getenv("NAME");

    return o->full_name ? o->full_name : env ? env : account_name();
}

static size_t put_recipients(struct submit *s, const struct options *o, char **argv)
{
    size_t count = 0;

    for (; *argv; argv++) {
        struct addr_piece piece;
        struct buf addr;
        size_t at = 0;

        buf_init(&addr, ADDR_MAX);
        while (addr_next(str_of(*argv), &at, &piece) == OK) {
            if (piece.kind != ADDR_SPEC)
                continue;
            buf_reset(&addr);
            if (addr_unquote(&addr, addr_without_route(piece.text)) != OK)
                buf_str(&addr, piece.text);
            submit_rcpt(s, addr.p, "", o->notify);
            count++;
        }
        buf_done(&addr);
    }
    return count;
}

/* CR before LF: always removed, kept, or removed only when the first line has one (sendmail_fix_line_endings). */
static bool strip_cr(struct str line, bool first)
{
    static bool strict_says;
    const char *how = par_sendmail_fix_line_endings();

    if (strcmp(how, "never") == 0)
        return false;
    if (strcmp(how, "strict") != 0)
        return true;
    if (first)
        strict_says = line.n && line.p[line.n - 1] == '\r';
    return strict_says;
}

/* Standard input to the end, or to a lone dot. Mbox "From " lines in front are dropped. */
static void put_content(struct submit *s, const struct options *o)
{
    char *line = NULL;
    size_t cap = 0;
    bool first = true, in_from = true;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) > 0) {
        bool ended = line[n - 1] == '\n';
        struct str text = { line, (size_t)n - ended };
        bool strip = ended && strip_cr(text, first);

        while (strip && text.n && text.p[text.n - 1] == '\r')
            text.n--;
        first = false;
        if (in_from && ended && strncmp(line + strspn(line, ">"), "From ", 5) == 0)
            continue;
        in_from = false;
        if (!o->dot_is_text && text.n == 1 && line[0] == '.')
            break;
        submit_data(s, text.p, text.n);
        submit_data(s, "\n", 1);
    }
    free(line);
    if (ferror(stdin)) {
        submit_abort(s);
        log_fatal_status(EX_DATAERR, "error reading input: %s", strerror(errno));
    }
}

/* -bv: a message of its own, which need not be typed; its header reads as Postfix's. */
static void put_probe(struct submit *s, const struct options *o, char **recipients)
{
    struct buf text;

    buf_init(&text, 1 << 20);
    buf_printf(&text, "From: %s\nSubject: probe\nTo:", o->env.sender);
    for (; *recipients; recipients++)
        buf_printf(&text, "\t%s%s\n", *recipients, recipients[1] ? "," : "");
    buf_putc(&text, '\n');
    submit_data(s, text.p, text.n);
    buf_done(&text);
}

static int exit_status(enum result r, const struct why *why)
{
    if (r == OK)
        return EX_OK;
    if (strcmp(why->dsn, "5.7.0") == 0)
        return EX_TEMPFAIL; /* authorized_submit_users: Postfix's status */
    if (strncmp(why->dsn, "5.7", 3) == 0)
        return EX_NOPERM;
    return r == PERM ? EX_DATAERR : EX_TEMPFAIL;
}

static int queue_message(struct options *o, char **recipients)
{
    struct why why = { .dsn = "" };
    struct submit *s;
    enum result r;
    int status;

    o->env.sender = sender_address(o);
    o->env.full_name = full_name(o);
    if (!o->env.envid)
        o->env.envid = "";
    if (!o->env.verp)
        o->env.verp = "";
    o->env.flags |= o->extract ? SUBMIT_EXTRACT : 0;
    o->env.qfile_flags |= o->verify ? QF_VERIFY : o->verbose == 1 ? QF_VERBOSE : 0;
    if (o->verify && (o->extract || o->verbose))
        log_fatal("%s option cannot be used with -bv", o->extract ? "-t" : "-v");
    if (!o->extract && !*recipients)
        log_fatal("%s(%ld): Recipient addresses must be specified on the command line or via the -t option",
                  o->env.sender, (long)getuid());
    s = submit_begin(&o->env);
    if (!put_recipients(s, o, recipients) && !o->extract) {
        submit_abort(s);
        log_fatal("No recipient addresses found in the arguments");
    }
    if (o->verify)
        put_probe(s, o, recipients);
    else
        put_content(s, o);
    r = submit_end(s, NULL, &why);
    status = exit_status(r, &why);
    if (status && o->extract && strcmp(why.dsn, "5.1.0") == 0) /* Postfix's status and text, for scripts that look */
        log_fatal_status(EX_TEMPFAIL, "%s(%ld): No recipient addresses found in message header", o->env.sender,
                         (long)getuid());
    if (status)
        log_fatal_status(status, "%s", why.text);
    if (o->verify || o->verbose == 1)
        printf("Mail Delivery Status Report will be mailed to <%s>.\n", o->env.sender);
    return 0;
}

static int rebuild_aliases(const struct options *o)
{
    struct str rest = str_of(o->alias_file ? o->alias_file : par_alias_database()), word;
    int worst = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *table = mem_dup_n(word.p, word.n);
        char *argv[] = { (char *)"postalias", table, NULL };
        int status = again_run(argv);

        free(table);
        worst = status ? EX_UNAVAILABLE : worst;
    }
    return worst;
}

static void flush(const struct options *o)
{
    char *all[] = { (char *)"postqueue", (char *)"-f", NULL };
    char *one[] = { (char *)"postqueue", (char *)(o->flush_id ? "-i" : "-s"), NULL, NULL };

    if (!o->flush_id && !o->flush_site)
        again_exec(all);
    one[2] = mem_dup(o->flush_id ? o->flush_id : o->flush_site);
    again_exec(one);
}

/* Modes that are not about a message. */
static void refuse_recipients(const struct options *o)
{
    static const char *const modes[] = {
        [MODE_LIST] = "display queue mode", [MODE_ALIASES] = "alias initialization mode",
        [MODE_SMTP] = "stand-alone mode",   [MODE_DAEMON] = "daemon mode",
        [MODE_FLUSH] = "flush queue mode",  [MODE_IGNORE] = NULL,
    };
    const char *mode = o->flush_site ? "flush site" : o->flush_id ? "flush queue_id" : modes[o->mode];

    if (mode)
        log_fatal("%s requires no recipient", mode);
}

int sendmail_main(int argc, char **argv);

int sendmail_main(int argc, char **argv)
{
    static char *list[] = { (char *)"postqueue", (char *)"-p", NULL };
    static char *smtp[] = { (char *)"smtpd", (char *)"-S", NULL };
    static char *start[] = { (char *)"postfix", (char *)"start", NULL };
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    struct options o = { .mode = MODE_QUEUE };

    log_open(&(struct log_options){ .tag = "sendmail", .sinks = LOG_TO_STDERR, .exit_status = EX_TEMPFAIL });
    param_set_process("sendmail", "sendmail");
    find_config_dir(argc, argv);
    param_load(NULL, false);
    service_log_open("sendmail", false);
    if (strcmp(name, "mailq") == 0)
        o.mode = MODE_LIST;
    if (strcmp(name, "newaliases") == 0)
        o.mode = MODE_ALIASES;
    o.verbose = getenv("MAIL_VERBOSE") != NULL;
    parse_options(&o, argc, argv);
    if (argv[optind])
        refuse_recipients(&o);
    switch (o.mode) {
    case MODE_LIST: again_exec(list);
    case MODE_SMTP: again_exec(smtp);
    case MODE_DAEMON: again_exec(start);
    case MODE_FLUSH: flush(&o); break;
    case MODE_ALIASES: return rebuild_aliases(&o);
    case MODE_IGNORE: return 0;
    case MODE_QUEUE: break;
    }
    return queue_message(&o, argv + optind);
}
