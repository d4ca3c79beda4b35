/* news.c - the pipe that tells the queue manager of new mail
 *
 * Fixed-size records, written in one piece. A full pipe means that the queue
 * manager is far behind: the writer waits up to in_flow_delay, which slows the
 * flow in, and then leaves the message to the next scan of incoming.
 * Runs in: every daemon.  Parameters: in_flow_delay.  Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include "service/news.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/clock.h"
#include "param/param.h"
#include "service/service.h"

static bool news_on;

void news_open(bool on)
{
    news_on = on;
}

void news_fill(char *record, char kind, const char *arg)
{
    size_t n = strlen(arg);

    memset(record, 0, SERVICE_NEWS_SIZE);
    record[0] = kind;
    if (n < SERVICE_NEWS_SIZE - 1)
        memcpy(record + 1, arg, n);
}

void service_news_kind(char kind, const char *arg)
{
    char record[SERVICE_NEWS_SIZE];
    int64_t deadline = -1;

    if (!news_on)
        return;
    news_fill(record, kind, arg);
    while (write(SERVICE_NEWS_FD, record, sizeof record) < 0) {
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return;
        if (deadline < 0)
            deadline = clock_ms() + par_in_flow_delay() * 1000;
        if (io_wait(SERVICE_NEWS_FD, true, deadline) != OK)
            return;
    }
}

void service_news(const char *queue_id)
{
    service_news_kind('N', queue_id);
}
