/* wake.c - work that no connection announces
 *
 * The wakeup column of master.cf costs no process here: master itself looks
 * whether maildrop has a file, and puts a note into the news pipe that starts
 * the queue manager only when a queue directory has one.
 * Runs in: master.  Parameters: none.  Tests: tests/smtp/maildrop-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "daemon/master/master_int.h"
#include "queue/qdir.h"
#include "service/news.h"
#include "service/service.h"

enum { NEWS_PIPE_BYTES = 256 * 1024 };

int news_pipe[2];
static struct loop_timer qmgr_timer;

void wake_open(void)
{
    news_pipe[0] = inherit_take("news-read");
    news_pipe[1] = inherit_take("news-write");
    if (news_pipe[0] >= 0 && news_pipe[1] >= 0)
        return;
    if (pipe2(news_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        log_fatal("pipe: %s", strerror(errno));
    (void)fcntl(news_pipe[1], F_SETPIPE_SZ, NEWS_PIPE_BYTES); /* less is only slower */
}

void wake_news(char kind)
{
    char record[SERVICE_NEWS_SIZE];

    news_fill(record, kind, "");
    (void)!write(news_pipe[1], record, sizeof record); /* a full pipe wakes just as well */
}

static bool has_file(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e = NULL;

    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.')
            break;
    if (d)
        closedir(d);
    return e != NULL;
}

static bool found(const char *id, void *arg)
{
    *(bool *)arg = true;
    return false;
}

/* A hashed queue keeps its empty directories. */
static bool has_id(const char *dir)
{
    bool any = false;

    return qdir_scan(dir, found, &any) != OK || any;
}

static bool has_mail(void)
{
    return has_id("incoming") || has_id("deferred");
}

static void on_wakeup(void *arg)
{
    struct svc *s = arg;

    loop_timer_set(&s->wake_timer, (int64_t)s->entry->wakeup * 1000, on_wakeup, s);
    if (s->throttled)
        return;
    if (s->is_qmgr) {
        if (s->total || has_mail())
            wake_news('W');
    } else if (strcmp(s->entry->argv[0], "pickup") == 0 && s->idle == 0 && has_file("maildrop")) {
        child_start(s); /* pickup looks into maildrop when it starts */
    }
}

static void on_qmgr_time(void *arg)
{
    wake_news('W');
}

void wake_qmgr_in(int64_t seconds)
{
    loop_timer_clear(&qmgr_timer);
    if (seconds >= 0)
        loop_timer_set(&qmgr_timer, seconds * 1000, on_qmgr_time, NULL);
}

void wake_start(void)
{
    for (struct svc *s = svc_list; s; s = s->next) {
        if (!s->nfds || s->entry->wakeup <= 0)
            continue;
        loop_timer_set(&s->wake_timer, (int64_t)s->entry->wakeup * 1000, on_wakeup, s);
        if (strcmp(s->entry->argv[0], "pickup") == 0 && has_file("maildrop"))
            child_start(s);
    }
    if (has_mail())
        wake_news('W');
}
