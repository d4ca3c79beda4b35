/* smtp.c - the SMTP and LMTP client: entry, hooks, parameters of either name
 *
 * Delivers a message to other hosts by SMTP or LMTP, or to a local server through a socket.
 * Who connects: the queue manager (deliver/deliver.h), one request at a time. Whom it
 * calls: the network. Runs chrooted and unprivileged: tables, keys, CAs,
 * resolv.conf and hosts are opened before. What servers say is hostile.
 * Files: smtp_connect.c (servers, kept session), smtp_hosts.c (MX), smtp_dest.c, smtp_session.c,
 * smtp_hello.c, smtp_tls.c, smtp_auth.c, smtp_sasl.c, smtp_tx.c (MAIL to end of data), smtp_reply.c,
 * smtp_content.c (content that must change).
 * RFC 5321, 2033, 2920, 3207, 3461, 4954, 6152, 6531, 7505.
 * Parameters: smtp*.def, lmtp.def.  Feature: SMTP, LMTP.  Tests: tests/peers/
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "deliver/pass.h"
#include "route/rewrite.h"
#include "service/service.h"

struct smtp_agent *smtp_agent;

int smtp_main(int argc, char **argv);
int lmtp_main(int argc, char **argv);

/* --- parameters --- */

static enum par_id twin(enum par_id id)
{
    return ENABLE_LMTP && smtp_agent->lmtp ? param_lmtp(id) : id;
}

const char *smtp_str(enum par_id id)
{
    return param_str(twin(id));
}

int64_t smtp_num(enum par_id id)
{
    return param_num(twin(id));
}

bool smtp_bool(enum par_id id)
{
    return smtp_num(id) != 0;
}

const char *smtp_par_name(enum par_id id)
{
    struct param_row row;

    param_row(twin(id), &row);
    return row.name;
}

static struct maps *open_maps(enum par_id id)
{
    const char *list = smtp_str(id);

    return *list ? maps_open(smtp_par_name(id), list, MAP_FOLD) : NULL;
}

/* --- hooks --- */

/* master.cf: "smtp flags=DORX". */
static void parse_argv(const struct service *s)
{
    static const struct { char letter; unsigned flag; } flags[] = {
        { 'D', SMTP_ADD_DELIVERED_TO },
        { 'O', SMTP_ADD_ORIGINAL_TO },
        { 'R', SMTP_ADD_RETURN_PATH },
        { 'X', SMTP_FINAL },
    };

    for (int i = 0; i < s->argc; i++) {
        if (strncmp(s->argv[i], "flags=", 6))
            log_fatal("unexpected command-line argument: %s", s->argv[i]);
        for (const char *p = s->argv[i] + 6; *p; p++) {
            size_t k = 0;

            while (k < ARRAY_LEN(flags) && flags[k].letter != *p)
                k++;
            if (k == ARRAY_LEN(flags))
                log_fatal("unknown flag: %c. Ignoring.", *p);
            smtp_agent->argv_flags |= flags[k].flag;
        }
    }
}

static void before_jail(struct service *s)
{
    const char *keep_for = smtp_str(P_smtp_connection_cache_destinations);

    parse_argv(s);
    dns_init(NULL);
    smtp_hosts_init();
    smtp_agent->ehlo_discard = open_maps(P_smtp_discard_ehlo_keyword_address_maps);
    smtp_agent->pix_maps = open_maps(P_smtp_pix_workaround_maps);
    smtp_agent->generic = open_maps(P_smtp_generic_maps);
    (void)rewrite_origin(); /* it may be in a file that the jail does not have */
    if (*smtp_str(P_smtp_reply_filter)) /* what a server says may be anything */
        smtp_agent->reply_filter = maps_open(smtp_par_name(P_smtp_reply_filter), smtp_str(P_smtp_reply_filter),
                                             MAP_FOLD | MAP_BYTES);
    smtp_agent->dns_filter = open_maps(P_smtp_dns_reply_filter);
    if (*keep_for)
        smtp_agent->keep_for = match_new(smtp_par_name(P_smtp_connection_cache_destinations), keep_for, 0);
    smtp_content_init();
    if (ENABLE_LOCAL && *par_best_mx_transport())
        pass_init(s->name);
    if (ENABLE_TLS)
        smtp_tls_init();
    if (ENABLE_REQUIRETLS)
        smtp_requiretls_init();
    if (ENABLE_SMTP_SASL)
        smtp_auth_init();
    deliver_init(s->program);
}

static void on_idle(struct service *s UNUSED)
{
    smtp_drop_kept();
}

static void handle(struct service *s UNUSED, struct delivery *d)
{
    smtp_deliver(d);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer UNUSED)
{
    deliver_on_idle(smtp_keep_ms(), on_idle);
    deliver_serve(s, fd, handle);
}

static int client_main(const char *program, bool lmtp, int argc, char **argv)
{
    const struct service_daemon d = { .program = program, .model = SERVICE_SINGLE, .before_jail = before_jail,
                                      .serve = serve };

    smtp_agent = mem_new(sizeof *smtp_agent);
    smtp_agent->lmtp = lmtp;
    return service_main(&d, argc, argv);
}

int smtp_main(int argc, char **argv)
{
    return client_main("smtp", false, argc, argv);
}

int lmtp_main(int argc, char **argv)
{
    return client_main("lmtp", true, argc, argv);
}
