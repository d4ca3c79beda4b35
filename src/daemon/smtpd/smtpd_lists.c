/* smtpd_lists.c - the lists and tables that the session consults, opened before the jail
 *
 * Runs in: smtpd.  Parameters: mynetworks and the list parameters of smtpd_*.def.
 * Tests: tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include "daemon/smtpd/smtpd_int.h"
#include "map/map.h"
#include "map/match.h"
#include "param/param.h"

struct smtpd_lists smtpd_lists;

static struct match *clients(const char *name, const char *list, unsigned flags)
{
    return *list ? match_new(name, list, flags) : NULL;
}

static struct maps *tables(const char *name, const char *list, unsigned flags)
{
    return *list ? maps_open(name, list, flags) : NULL;
}

void smtpd_lists_init(void)
{
    struct smtpd_lists *l = &smtpd_lists;

    l->mynetworks = match_new("mynetworks", par_mynetworks(), 0);
    l->bare_lf_exclusions = match_new("smtpd_forbid_bare_newline_exclusions",
                                      par_smtpd_forbid_bare_newline_exclusions(), 0);
    l->limit_exceptions =
        match_new("smtpd_client_event_limit_exceptions", par_smtpd_client_event_limit_exceptions(), 0);
    l->xclient = clients("smtpd_authorized_xclient_hosts", par_smtpd_authorized_xclient_hosts(), 0);
    l->xforward = clients("smtpd_authorized_xforward_hosts", par_smtpd_authorized_xforward_hosts(), 0);
    l->sasl_exceptions = clients("smtpd_sasl_exceptions_networks", par_smtpd_sasl_exceptions_networks(), 0);
    l->verp = clients("smtpd_authorized_verp_clients", par_smtpd_authorized_verp_clients(), 0);
    l->forbidden = clients("smtpd_forbidden_commands", par_smtpd_forbidden_commands(), 0);
    l->ehlo_maps = tables("smtpd_discard_ehlo_keyword_address_maps", par_smtpd_discard_ehlo_keyword_address_maps(), 0);
    l->sender_login = tables("smtpd_sender_login_maps", par_smtpd_sender_login_maps(), MAP_FOLD);
    l->relay_certs = tables("relay_clientcerts", par_relay_clientcerts(), MAP_FOLD);
    l->rbl_replies = tables("rbl_reply_maps", par_rbl_reply_maps(), MAP_FOLD);
    l->footers = tables("smtpd_reject_footer_maps", par_smtpd_reject_footer_maps(), 0);
    l->reject_filter = tables("smtpd_reject_filter_maps", par_smtpd_reject_filter_maps(), 0);
    l->dns_filter = tables("smtpd_dns_reply_filter", par_smtpd_dns_reply_filter(), 0);
    if (ENABLE_MILTER)
        l->milter_maps = tables("smtpd_milter_maps", par_smtpd_milter_maps(), 0);
    l->command_filter = tables("smtpd_command_filter", par_smtpd_command_filter(), 0);
}
