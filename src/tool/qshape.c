/* qshape.c - which domains the mail in a queue is for (or from), and how old it is
 *
 * Reads the queue files themselves; ages are those of qfile_age, so a clock that
 * was set does not change them.
 * Runs as: root or the queue's owner.  Parameters: queue_directory.
 * Feature: QSHAPE.  Tests: tests/tools/qshape.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/htab.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "mail/addr.h"
#include "param/param.h"
#include "queue/qdir.h"

enum { MAX_BUCKETS = 64, PAGE = 64, MIN_TERMINAL = 80, MIN_COLUMN = 2, MIN_NAME = 18, DOMAIN_MAX = 256 };

struct row {
    char *name;
    unsigned long total, bucket[MAX_BUCKETS];
    unsigned long subdomains;  /* of a parent domain */
};

struct shape {
    bool senders, parents, linear;
    int64_t buckets, minutes, terminal, min_subdomains, top;
    struct htab *rows;
    struct row all;
    const char *dir;           /* being scanned */
};

/* --- counting --- */

static int bucket_of(const struct shape *s, int64_t age)
{
    int64_t limit = s->minutes * 60;

    for (int i = 0; i < s->buckets - 1; i++) {
        if (age < limit)
            return i;
        limit = s->linear ? limit + s->minutes * 60 : limit * 2;
    }
    return (int)s->buckets - 1;
}

static struct row *get_row(struct shape *s, const char *name, bool *new)
{
    struct row *r = htab_get(s->rows, str_of(name));

    *new = !r;
    if (r)
        return r;
    r = mem_new(sizeof *r);
    r->name = mem_dup(name);
    htab_put(s->rows, str_of(name), r);
    return r;
}

static void count_in(struct row *r, int bucket)
{
    r->total++;
    r->bucket[bucket]++;
}

/* ".example.com" for a.b.example.com and b.example.com; never a top-level domain. */
static void count_parents(struct shape *s, const char *domain, int bucket, bool new)
{
    for (const char *dot = strchr(domain, '.'); dot && strchr(dot + 1, '.'); dot = strchr(dot + 1, '.')) {
        bool new_parent;
        struct row *r = get_row(s, dot, &new_parent);

        r->subdomains += new;
        count_in(r, bucket);
    }
}

static void count(struct shape *s, const char *addr, int bucket)
{
    struct str d = addr_domain(str_of(addr));
    char name[DOMAIN_MAX];
    bool new;

    snprintf(name, sizeof name, "%.*s", (int)(d.n ? d.n : strlen(addr)), d.n ? d.p : addr);
    if (!*name)
        snprintf(name, sizeof name, "MAILER-DAEMON");
    str_lower(*addr && d.n ? name : name + strlen(name));
    count_in(get_row(s, name, &new), bucket);
    count_in(&s->all, bucket);
    if (s->parents)
        count_parents(s, name, bucket, new);
}

static bool count_file(const char *id, void *arg)
{
    struct shape *s = arg;
    struct qfile_rcpt r[PAGE];
    size_t at = 0, n;
    struct qfile *q;
    int bucket;

    if (qfile_open(s->dir, id, false, false, &q) != OK)
        return true;
    bucket = bucket_of(s, qfile_age(qfile_env(q)));
    if (s->senders)
        count(s, qfile_env(q)->sender, bucket);
    for (; !s->senders && (n = qfile_rcpts(q, at, r, PAGE)); at += n)
        for (size_t i = 0; i < n; i++)
            if (!r[i].done)
                count(s, r[i].addr, bucket);
    qfile_close(q);
    return true;
}

/* --- printing --- */

static int column_width(const char *label, unsigned long most)
{
    int digits = snprintf(NULL, 0, "%lu", most), n = (int)strlen(label);

    n = n > digits ? n : digits;
    return n > MIN_COLUMN ? n : MIN_COLUMN;
}

static void make_label(const struct shape *s, int bucket, char label[32])
{
    int64_t limit = s->minutes;
    bool last = bucket == s->buckets - 1;

    for (int i = 0; i < bucket - last; i++)
        limit = s->linear ? limit + s->minutes : limit * 2;
    snprintf(label, 32, "%lld%s", (long long)limit, last ? "+" : "");
}

static int by_count(const void *a, const void *b)
{
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

    if (x->total != y->total)
        return x->total < y->total ? 1 : -1;
    return strcmp(x->name, y->name);
}

struct layout {
    char label[MAX_BUCKETS][32];
    int width[MAX_BUCKETS], total_width, name_width;
};

static void make_layout(const struct shape *s, struct layout *l)
{
    int used;

    l->total_width = column_width("T", s->all.total);
    used = l->total_width + 1;
    for (int i = 0; i < s->buckets; i++) {
        make_label(s, i, l->label[i]);
        l->width[i] = column_width(l->label[i], s->all.bucket[i]);
        used += l->width[i] + 1;
    }
    l->name_width = (int)s->terminal - used > MIN_NAME ? (int)s->terminal - used : MIN_NAME;
}

/* A name that does not fit keeps its end. */
static void print_name(const struct layout *l, const char *name)
{
    size_t n = strlen(name), room = (size_t)l->name_width;

    if (n <= room)
        printf("%*s", l->name_width, name);
    else if (*name == '.')
        printf(".+%s", name + n - (room - 2));
    else
        printf("+%s", name + n - (room - 1));
}

static void print_row(const struct shape *s, const struct layout *l, const struct row *r)
{
    print_name(l, r->name);
    printf(" %*lu", l->total_width, r->total);
    for (int i = 0; i < s->buckets; i++)
        printf(" %*lu", l->width[i], r->bucket[i]);
    putchar('\n');
}

static void print_all(struct shape *s)
{
    size_t n = 0, cap = htab_count(s->rows), at = 0;
    struct row **list = mem_new_array(cap + 1, sizeof *list);
    struct layout l;
    const char *key;
    void *value;

    while (htab_each(s->rows, &at, &key, &value)) {
        struct row *r = value;

        if (*key != '.' || r->subdomains >= (unsigned long)s->min_subdomains)
            list[n++] = r;
    }
    qsort(list, n, sizeof *list, by_count);
    make_layout(s, &l);
    printf("%*s %*s", l.name_width, "", l.total_width, "T");
    for (int i = 0; i < s->buckets; i++)
        printf(" %*s", l.width[i], l.label[i]);
    putchar('\n');
    print_row(s, &l, &s->all);
    for (size_t i = 0; i < n && (!isatty(STDOUT_FILENO) || i < (size_t)s->top); i++)
        print_row(s, &l, list[i]);
    free(list);
}

/* --- command line --- */

/* Names are below the queue directory; a path chooses another one. */
static void scan(struct shape *s, const char *queue)
{
    char *path = mem_dup(queue), *slash = strrchr(path, '/');

    s->dir = path;
    if (slash && slash > path) {
        *slash = 0;
        if (chdir(path) < 0)
            log_fatal("Can't chdir %s: %s", path, strerror(errno));
        s->dir = slash + 1;
    }
    if (access(s->dir, R_OK | X_OK) < 0)
        log_fatal("Can't open %s: %s", queue, strerror(errno));
    if (qdir_scan(s->dir, count_file, s) != OK)
        log_fatal("Can't read %s: %s", queue, strerror(errno));
    free(path);
    if (slash && chdir(par_queue_directory()) < 0)
        log_fatal("Can't chdir %s: %s", par_queue_directory(), strerror(errno));
}

static NORETURN void usage(void)
{
    log_fatal("usage: qshape [-s] [-p] [-m min_subdomains] [-l] [-b bucket_count] [-t bucket_time] [-w terminal_width] "
              "[-N batch_msg_count] [-n batch_top_domains] [-c config_directory] [queue_name ...]");
}

static int64_t number(const char *text, int64_t min, int64_t max)
{
    int64_t n;

    if (num_parse(str_of(text), min, max, &n) != OK)
        usage();
    return n;
}

static const char *parse(struct shape *s, int argc, char **argv)
{
    const char *dir = NULL;
    int c;

    optind = 1;
    while ((c = getopt(argc, argv, "b:c:lm:n:N:pst:w:")) > 0) {
        switch (c) {
        case 'b': s->buckets = number(optarg, 2, MAX_BUCKETS); break;
        case 'c': dir = optarg; break;
        case 'l': s->linear = true; break;
        case 'm': s->min_subdomains = number(optarg, 1, 1000000); break;
        case 'n': s->top = number(optarg, 1, 1000000); break;
        case 'N': (void)number(optarg, 1, 1000000000); break; /* the whole queue takes less than a second */
        case 'p': s->parents = true; break;
        case 's': s->senders = true; break;
        case 't': s->minutes = number(optarg, 1, 1000000); break;
        case 'w': s->terminal = number(optarg, 1, 100000); break;
        default: usage();
        }
    }
    if (s->terminal < MIN_TERMINAL)
        s->terminal = MIN_TERMINAL;
    return dir;
}

int qshape_main(int argc, char **argv);

int qshape_main(int argc, char **argv)
{
    struct shape s = { .buckets = 10, .minutes = 5, .terminal = MIN_TERMINAL, .min_subdomains = 5, .top = 20 };
    static char total[] = "TOTAL";
    const char *dir;

    log_open(&(struct log_options){ .tag = "qshape", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    dir = parse(&s, argc, argv);
    param_set_process("qshape", "qshape");
    param_load(dir, false);
    if (chdir(par_queue_directory()) < 0)
        log_fatal("Can't chdir %s: %s", par_queue_directory(), strerror(errno));
    s.rows = htab_new();
    s.all.name = total;
    if (optind == argc) {
        scan(&s, "incoming");
        scan(&s, "active");
    }
    for (int i = optind; i < argc; i++)
        scan(&s, argv[i]);
    print_all(&s);
    return fflush(stdout) == 0 ? 0 : 1;
}
