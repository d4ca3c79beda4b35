/* pass.c - an agent hands a recipient on to another agent
 *
 * The same request over the same kind of connection as the queue manager's,
 * with one recipient that has no place in the queue file: marking it as done is
 * the business of whoever passed it on.
 * Runs in: local, smtp (best_mx_transport).  Trust: the other agent's answer is parsed as hostile.
 * Parameters: ipc_timeout.  Tests: tests/local/mailbox-transport.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/pass.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "deliver/inside.h"
#include "net/frame.h"
#include "param/master_cf.h"
#include "param/param.h"
#include "service/service.h"

enum { CONNECT_MS = 100000 };

static struct {
    struct master_entry *services;
    const char *own;
} pass;

void pass_init(const char *own)
{
    pass.own = own;
    if (master_cf_read(param_dir(), &pass.services) != OK)
        log_fatal("master.cf cannot be used");
}

static enum result converse(int fd, struct delivery *request)
{
    struct frame f;
    int ms = (int)par_ipc_timeout() * 1000;
    enum result r;

    frame_init(&f, FRAME_MAX);
    deliver_put_request(&f, request);
    r = frame_send(fd, &f, ms);
    f.fd = -1; /* it is the message's */
    if (r == OK)
        do {
            r = frame_recv(fd, &f, ms) == OK ? deliver_get_reply(&f, request) : TEMP;
            if (request->rcpts->remote_mta)
                request->rcpts->remote_mta = deliver_keep(request, request->rcpts->remote_mta);
            if (request->rcpts->relay)
                request->rcpts->relay = deliver_keep(request, request->rcpts->relay);
        } while (r == AGAIN);
    frame_done(&f);
    return r;
}

/* The transport's own parts, if it has any, count as one here. */
static void take_outcome(struct delivery *d, struct delivery_rcpt *part, const struct delivery_rcpt *got)
{
    part->outcome = got->outcome;
    part->why = got->why;
    part->relayed = got->relayed;
    part->diag_type = got->diag_type;
    part->remote_mta = got->remote_mta ? deliver_keep(d, got->remote_mta) : NULL;
    part->relay = got->relay ? deliver_keep(d, got->relay) : NULL;
}

static void to_agent(struct delivery *d, struct delivery_rcpt *part, const char *transport, const char *nexthop)
{
    struct delivery_rcpt *rcpt = mem_new(sizeof *rcpt);
    struct delivery request = *d;
    struct why why;
    int fd = service_connect("private", transport, CONNECT_MS);

    rcpt->r = part->r;
    rcpt->diag_type = 'P';
    request.transport = transport;
    request.nexthop = nexthop;
    request.rcpts = rcpt;
    request.n = 1;
    request.kept = NULL;
    request.parts = 0;
    request.picked_ms += clock_ms() - d->began;
    if (fd < 0)
        log_warn("connect to transport private/%s: %s", transport, strerror(errno));
    else if (converse(fd, &request) != OK)
        log_warn("%s: transport %s: no answer", d->queue_id, transport);
    if (rcpt->outcome != DELIVER_PENDING)
        take_outcome(d, part, rcpt);
    else
        deliver_failed(d, part, "none", why_set(&why, "4.3.0", "mail transport unavailable"), &why);
    if (fd >= 0)
        close(fd);
    deliver_done(&request);
    deliver_free_rcpts(rcpt, 1);
}

/* The log names the service that it would have been. */
static void speak_as(const char *program)
{
    char tag[256];

    snprintf(tag, sizeof tag, "%s/%s", par_syslog_name(), program);
    log_tag(tag);
}

void pass_deliver(struct delivery *d, struct delivery_rcpt *part, const char *destination)
{
    size_t n = strcspn(destination, ":");
    char *transport = mem_dup_n(destination, n);
    const char *nexthop = destination[n] && destination[n + 1] ? destination + n + 1 : d->nexthop;
    enum inside kind = inside_kind(master_cf_find(pass.services, transport, SERVICE_UNIX));
    struct why why;

    log_info("%s: passing <%s> to transport=%s", d->queue_id, part->r.addr, transport);
    if (strcmp(transport, pass.own) == 0) {
        log_warn("%s: recipient %s is not passed from service %s to itself", d->queue_id, part->r.addr, transport);
        deliver_failed(d, part, "none", why_set(&why, "4.3.5", "mail system configuration error"), &why);
    } else if (kind == INSIDE_ERROR || kind == INSIDE_RETRY || kind == INSIDE_DISCARD) {
        enum result r = inside_why(str_of(nexthop), kind, &why);

        speak_as(r == OK ? "discard" : "error");
        if (r == OK)
            deliver_sent(d, part, "none", why.dsn, "%s", why.text);
        else
            deliver_failed(d, part, "none", r, &why);
        speak_as(pass.own);
    } else {
        to_agent(d, part, transport, nexthop);
    }
    free(transport);
}
