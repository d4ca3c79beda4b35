/* postcat.c - what a queue file says
 *
 * Files, or queue ids with -q. The layout is Postfix's; the records are ours.
 * Runs as: whoever may read the files.  Parameters: hash_queue_names, hash_queue_depth.
 * Tests: tests/smtp/postcat-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "mail/wire.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "service/service.h"

enum {
    SHOW_BODY = 1,
    SHOW_ENVELOPE = 2,
    SHOW_HEADER = 4,
    SHOW_OFFSET = 8,
    SHOW_TYPE = 16,
    SHOW_FILE = 32,
    SHOW_VERBOSE = 64
};
enum { PAGE = 64, CHUNK = 8192, LINE_BYTES = 1 << 20, TEXT_PATH = 512 };

static const char *const dirs[] = { "maildrop", "incoming", "active", "deferred", "hold", "corrupt", NULL };

struct view {
    unsigned show;
    int64_t start;             /* -s */
    const char *name;
    struct qfile *q;
};

/* --- lines of output --- */

static bool shown(const struct view *v, int64_t offset)
{
    return offset >= v->start;
}

static void prefix(const struct view *v, int64_t offset, int type)
{
    if (v->show & SHOW_FILE)
        printf("%s: ", v->name);
    if (v->show & SHOW_OFFSET)
        printf("%9lld ", (long long)offset);
    if (v->show & SHOW_TYPE)
        printf("%3d ", type);
}

static void section(const struct view *v, int64_t offset, int type, const char *what)
{
    if (!(v->show & SHOW_ENVELOPE))
        return;
    prefix(v, offset, type);
    printf("*** %s %s ***\n", what, v->name);
}

static void record(const struct view *v, int64_t offset, int type, const char *label, const char *text)
{
    char copy[4096];

    if (!(v->show & SHOW_ENVELOPE) || !shown(v, offset))
        return;
    snprintf(copy, sizeof copy, "%s", text);
    str_printable(copy, true);
    prefix(v, offset, type);
    printf("%s: %s\n", label, copy);
}

static void attribute(const struct view *v, int64_t offset, const char *name, const char *value)
{
    char text[2048];

    if (!*value)
        return;
    snprintf(text, sizeof text, "%s=%s", name, value);
    record(v, offset, 'A', "named_attribute", text);
}

static const char *time_text(int64_t seconds)
{
    static char text[64];
    time_t t = (time_t)seconds;
    struct tm tm;

    if (!localtime_r(&t, &tm) || !strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &tm))
        snprintf(text, sizeof text, "?");
    return text;
}

/* --- the envelope --- */

static void show_attributes(const struct view *v, const struct qfile_env *e)
{
    static const struct { const char *name; size_t at; } texts[] = {
        { "envelope_id", offsetof(struct qfile_env, envid) },
        { "rewrite_context", offsetof(struct qfile_env, rewrite_context) },
        { "client_name", offsetof(struct qfile_env, client_name) },
        { "client_address", offsetof(struct qfile_env, client_addr) },
        { "client_port", offsetof(struct qfile_env, client_port) },
        { "helo_name", offsetof(struct qfile_env, client_helo) },
        { "protocol_name", offsetof(struct qfile_env, client_proto) },
        { "sasl_method", offsetof(struct qfile_env, sasl_method) },
        { "sasl_username", offsetof(struct qfile_env, sasl_user) },
        { "sasl_sender", offsetof(struct qfile_env, sasl_sender) },
        { "log_ident", offsetof(struct qfile_env, ident) },
        { "message_id", offsetof(struct qfile_env, message_id) },
        { "verp_delimiters", offsetof(struct qfile_env, verp) },
    };
    char number[32];

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        attribute(v, e->content_offset + e->content_len, texts[i].name,
                  *(const char *const *)((const char *)e + texts[i].at));
    if (e->flags & QF_BODY_8BIT)
        attribute(v, e->content_offset + e->content_len, "encoding", "8bit");
    snprintf(number, sizeof number, "%u", e->ret);
    if (e->ret)
        attribute(v, e->content_offset + e->content_len, "ret_flags", number);
}

static void show_recipient(const struct view *v, const struct qfile_rcpt *r, const struct qfile_status *s)
{
    char number[32], text[WHY_TEXT + 32];

    snprintf(number, sizeof number, "%u", r->notify);
    if (r->notify)
        attribute(v, r->offset, "notify_flags", number);
    attribute(v, r->offset, "dsn_orig_rcpt", r->orcpt);
    if (*r->orig)
        record(v, r->offset, 'O', "original_recipient", r->orig);
    record(v, r->offset, r->done ? 'D' : 'R', r->done ? "done_recipient" : "recipient", r->addr);
    if (!s)
        return;
    snprintf(text, sizeof text, "%s %s", s->why.dsn, s->why.text);
    record(v, r->offset, 'A', "delay_reason", text);
}

static void show_recipients(const struct view *v)
{
    struct qfile_rcpt r[PAGE];
    struct qfile_status s;
    size_t at = 0, n;

    for (; (n = qfile_rcpts(v->q, at, r, PAGE)); at += n)
        for (size_t i = 0; i < n; i++)
            show_recipient(v, &r[i], qfile_status(v->q, (uint32_t)(at + i), &s) == OK ? &s : NULL);
}

static void show_envelope(const struct view *v)
{
    const struct qfile_env *e = qfile_env(v->q);
    int64_t env_at = e->content_offset + e->content_len;
    char size[128];

    section(v, 0, 'C', "ENVELOPE RECORDS");
    snprintf(size, sizeof size, "%15lld %15lld %15zu %15u %15lld %15u", (long long)e->size,
             (long long)e->content_offset, qfile_rcpt_count(v->q), e->flags, (long long)e->size, qfile_marks(v->q));
    record(v, 0, 'C', "message_size", size);
    record(v, 0, 'T', "message_arrival_time", time_text(e->arrival.tv_sec));
    show_attributes(v, e);
    record(v, env_at, 'S', "sender", e->sender);
    if (*e->filter)
        record(v, env_at, 'L', "content_filter", e->filter);
    if (*e->redirect)
        record(v, env_at, '>', "redirect_to", e->redirect);
    show_recipients(v);
}

/* --- the content --- */

struct lines {
    const struct view *v;
    struct buf line;
    int64_t at;                /* of the line, in the file */
    bool body;
};

/* Headers end at the first empty line, which belongs to the body. */
static void show_line(struct lines *l)
{
    unsigned show = l->v->show;

    if (!l->line.n)
        l->body = true;
    if (!(show & (l->body ? SHOW_BODY : SHOW_HEADER)) || !shown(l->v, l->at))
        return;
    prefix(l->v, l->at, 'N');
    if (show & SHOW_VERBOSE)
        printf("regular_text: ");
    fwrite(l->line.p, 1, l->line.n, stdout);
    putchar('\n');
}

static void show_text(struct lines *l, const struct buf *text)
{
    struct str rest = buf_view(text);

    while (rest.n) {
        size_t n = str_find(rest, '\n');

        buf_add(&l->line, rest.p, n);
        if (n == rest.n)
            return;
        show_line(l);
        l->at += (int64_t)l->line.n + 2;
        buf_reset(&l->line);
        rest.p += n + 1;
        rest.n -= n + 1;
    }
}

static enum result show_content(const struct view *v)
{
    const struct qfile_env *e = qfile_env(v->q);
    struct lines l = { .v = v, .at = e->content_offset };
    struct wire_out w = { 0 };
    char chunk[CHUNK];
    enum result r = OK;
    struct buf text;

    buf_init(&text, 2 * CHUNK);
    buf_init(&l.line, LINE_BYTES);
    for (int64_t at = 0; at < e->content_len && r == OK; at += CHUNK) {
        size_t n = e->content_len - at < CHUNK ? (size_t)(e->content_len - at) : CHUNK;

        r = io_pread(qfile_fd(v->q), chunk, n, e->content_offset + at);
        buf_reset(&text);
        if (r == OK && wire_to_text(&w, &text, chunk, n, "\n"))
            show_text(&l, &text);
    }
    buf_done(&l.line);
    buf_done(&text);
    return r == OK ? OK : TEMP;
}

static bool show_file(struct view *v)
{
    const struct qfile_env *e = qfile_env(v->q);
    bool fine;

    if (v->show & SHOW_ENVELOPE)
        show_envelope(v);
    section(v, e->content_offset, 'M', "MESSAGE CONTENTS");
    fine = !(v->show & (SHOW_BODY | SHOW_HEADER)) || show_content(v) == OK;
    section(v, e->content_offset + e->content_len, 'X', "HEADER EXTRACTED");
    section(v, e->content_offset + e->content_len, 'E', "MESSAGE FILE END");
    if (!fine)
        log_warn("%s: read error", v->name);
    return fine;
}

/* --- which files --- */

static enum result open_id(const char *id, char path[TEXT_PATH], struct qfile **q)
{
    char in_queue[QDIR_PATH];

    for (const char *const *d = dirs; *d && qdir_valid_id(str_of(id)); d++) {
        enum result r = qfile_open(*d, id, false, false, q);

        qdir_find(*d, id, in_queue);
        snprintf(path, TEXT_PATH, "%s", in_queue);
        if (r != NONE)
            return r;
    }
    return NONE;
}

static enum result open_path(const char *path, struct qfile **q)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        log_fatal("open %s: %s", path, strerror(errno));
    return qfile_open_fd(fd, q);
}

static bool show_one(struct view *v, const char *arg, bool is_id)
{
    char path[TEXT_PATH] = "";
    enum result r;
    bool fine;

    r = is_id ? open_id(arg, path, &v->q) : open_path(arg, &v->q);
    v->name = is_id ? path : arg;
    if (r == NONE)
        log_fatal("open queue file %s: No such file or directory", arg);
    if (r == TEMP)
        log_fatal("open queue file %s: %s", arg, strerror(errno));
    if (r != OK) {
        log_warn("%s: input is not a valid queue file", v->name);
        return false;
    }
    fine = show_file(v);
    qfile_close(v->q);
    return fine;
}

/* A queue file cannot be read from a pipe: its end is needed first. */
static bool show_stdin(struct view *v)
{
    FILE *copy = tmpfile();
    char chunk[CHUNK];
    size_t n;
    bool fine;

    if (!copy)
        log_fatal("temporary file: %s", strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        if (fwrite(chunk, 1, n, copy) != n)
            log_fatal("temporary file: %s", strerror(errno));
    fflush(copy);
    v->name = "stdin";
    if (qfile_open_fd(dup(fileno(copy)), &v->q) != OK) {
        log_warn("stdin: input is not a valid queue file");
        fine = false;
    } else {
        fine = show_file(v);
        qfile_close(v->q);
    }
    fclose(copy);
    return fine;
}

static NORETURN void usage(void)
{
    log_fatal("usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e (envelope records)] "
              "[-f (file name)] [-h (header text)] [-o (record offsets)] [-q (access queue)] [-r (raw)] [-s offset] "
              "[-v] [file(s)...]");
}

int postcat_main(int argc, char **argv);

int postcat_main(int argc, char **argv)
{
    struct view v = { .show = 0 };
    const char *dir = NULL;
    bool by_id = false, fine = true;
    int c;

    log_open(&(struct log_options){ .tag = "postcat", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    optind = 1;
    while ((c = getopt(argc, argv, "bc:defhoqrs:v")) > 0) {
        switch (c) {
        case 'b': v.show |= SHOW_BODY; break;
        case 'c': dir = optarg; break;
        case 'd': v.show |= SHOW_TYPE; break;
        case 'e': v.show |= SHOW_ENVELOPE; break;
        case 'f': v.show |= SHOW_FILE; break;
        case 'h': v.show |= SHOW_HEADER; break;
        case 'o': v.show |= SHOW_OFFSET; break;
        case 'q': by_id = true; break;
        case 'r': break;
        case 's':
            if (num_parse(str_of(optarg), 0, INT64_MAX, &v.start) != OK)
                log_fatal("bad offset: %s", optarg);
            break;
        case 'v': v.show |= SHOW_VERBOSE; break;
        default: usage();
        }
    }
    if (!(v.show & (SHOW_BODY | SHOW_ENVELOPE | SHOW_HEADER)))
        v.show |= SHOW_BODY | SHOW_ENVELOPE | SHOW_HEADER;
    param_set_process("postcat", "postcat");
    param_load(dir, false);
    if (by_id && chdir(par_queue_directory()) < 0)
        log_fatal("chdir %s: %s", par_queue_directory(), strerror(errno));
    if (optind >= argc && !by_id)
        fine = show_stdin(&v);
    for (int i = optind; i < argc; i++)
        fine = show_one(&v, argv[i], by_id) && fine;
    return fflush(stdout) == 0 && fine ? 0 : 1;
}
