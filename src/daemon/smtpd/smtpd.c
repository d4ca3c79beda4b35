/* smtpd.c - the SMTP server as a service of master
 *
 * Who connects: the Internet, and mail programs of the network. It calls cleanup
 * in place, DNS, lookup tables, Dovecot's auth server and policy services.
 * Trust: none; runs unprivileged in the jail, one client at a time.
 * RFC 5321, 3207, 4954, 3030, 3461. "smtpd -S" serves "sendmail -bs" on its standard input.
 * Parameters: smtpd_*.def.  Tests: tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "cleanup/cleanup.h"
#include "daemon/smtpd/smtpd_int.h"
#include "map/map.h"
#include "param/param.h"
#include "route/own_addr.h"
#include "route/resolve.h"

int smtpd_main(int argc, char **argv);

static void before_jail(struct service *s)
{
    dns_init(NULL);
    smtpd_lists_init();
    resolve_known_init();
    own_addr_init();
    if (s->stand_alone)
        return;
    cleanup_init();
    smtpd_check_init();
    smtpd_tls_init();
    smtpd_auth_init();
    smtpd_limits_init();
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    smtpd_session(s, fd, peer, s->stand_alone);
}

/* A table that was replaced is seen by a new process only: its files were opened before the jail. */
static bool idle(struct service *s)
{
    const char *name = map_changed();

    if (!name)
        return true;
    log_info("table %s has changed -- restarting", name);
    return false;
}

static void done(struct service *s)
{
    smtpd_limits_done();
}

int smtpd_main(int argc, char **argv)
{
    static const struct service_daemon daemon = {
        .program = "smtpd",
        .model = SERVICE_SINGLE,
        .before_jail = before_jail,
        .serve = serve,
        .idle = idle,
        .done = done,
    };

    return service_main(&daemon, argc, argv);
}
