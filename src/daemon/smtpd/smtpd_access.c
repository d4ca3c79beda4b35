/* smtpd_access.c - access tables: what is looked up in which order, and what the answer does
 *
 * Search orders of access(5): host names with their parents, addresses with
 * their networks, mail addresses with domain and user@. Pattern tables are
 * asked for the whole key only. Actions are the rows of access_action.def.
 * Runs in: smtpd.  Parameters: access_map_*_code, parent_domain_matches_subdomains, smtpd_null_access_lookup_key.
 * Tests: tests/smtp/access-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"

enum { MAX_DEPTH = 100 }; /* lists found in tables, one in the other; classes cannot loop */
enum { NEEDS_MESSAGE = 1, NOT_AT_END = 2, NEEDS_QUEUE = 4 /* not with a filter in front of it */ };

/* --- actions --- */

struct act {                       /* one answer being carried out */
    const struct access *a;
    const char *table;
    char word[24];                 /* the keyword, or a number */
    char text[1024];               /* after it */
};

/* A status about a recipient makes no sense for a sender, and the other way round: what the rest becomes. */
static const struct { const char *class, *from, *to; } dsn_fixes[] = {
    { smtpd_class_sender, "1.1", "1.7" }, { smtpd_class_sender, "1.2", "1.8" }, { smtpd_class_sender, "1.3", "1.7" },
    { smtpd_class_sender, "1.4", "1.7" }, { smtpd_class_sender, "1.5", "1.0" }, { smtpd_class_sender, "1.6", "1.7" },
    { smtpd_class_rcpt, "1.7", "1.3" },   { smtpd_class_rcpt, "1.8", "1.2" },
};

void smtpd_fix_dsn(const char *class, char dsn[12])
{
    const char *to = NULL;

    if (class != smtpd_class_sender && class != smtpd_class_rcpt)
        to = strncmp(dsn + 2, "1.", 2) == 0 ? "0.0" : NULL;
    for (size_t i = 0; i < ARRAY_LEN(dsn_fixes); i++)
        if (class == dsn_fixes[i].class && strcmp(dsn + 2, dsn_fixes[i].from) == 0)
            to = dsn_fixes[i].to;
    if (!to)
        return;
    log_info("mapping DSN status %s into %s status %c.%s", dsn, class, dsn[0], to);
    snprintf(dsn + 2, 10, "%s", to);
}

/* "[dsn] [text]": the code is cut off text. */
static const char *split_dsn(const struct access *a, const char *text, const char *dflt, char dsn[12])
{
    size_t n = why_dsn_length(text);

    if (n == 0 || n >= 12 || (text[n] && text[n] != ' ' && text[n] != '\t')) {
        snprintf(dsn, 12, "%s", dflt);
        return text;
    }
    memcpy(dsn, text, n);
    dsn[n] = 0;
    smtpd_fix_dsn(a->class, dsn);
    while (text[n] == ' ' || text[n] == '\t')
        n++;
    return text + n;
}

static enum verdict act_ok(struct smtpd *s, struct act *x)
{
    return smtpd_permit(s, x->word, x->a->class, x->a->name, x->table);
}

static enum verdict act_dunno(struct smtpd *s, struct act *x)
{
    return VERDICT_DUNNO;
}

static enum verdict refuse_with(struct smtpd *s, struct act *x, int code, const char *dflt, const char *what)
{
    char dsn[12];
    const char *text = split_dsn(x->a, x->text, dflt, dsn);

    return smtpd_refuse(s, code, dsn, "<%s>: %s rejected: %s", x->a->name, x->a->class, *text ? text : what);
}

static enum verdict act_reject(struct smtpd *s, struct act *x)
{
    return refuse_with(s, x, (int)par_access_map_reject_code(), "5.7.1", "Access denied");
}

static enum verdict act_defer(struct smtpd *s, struct act *x)
{
    return refuse_with(s, x, (int)par_access_map_defer_code(), "4.7.1", "Access denied");
}

static enum verdict act_defer_if_permit(struct smtpd *s, struct act *x)
{
    char dsn[12];
    const char *text = split_dsn(x->a, x->text, "4.7.1", dsn);
    bool already = s->check.if_permit.active;
    enum verdict v = smtpd_defer_if_permit(s, dsn, "<%s>: %s rejected: %s", x->a->name, x->a->class,
                                           *text ? text : "Service unavailable");

    if (!already)
        s->check.if_permit.code = (int)par_access_map_defer_code();
    return v;
}

static enum verdict act_defer_if_reject(struct smtpd *s, struct act *x)
{
    char dsn[12];
    const char *text = split_dsn(x->a, x->text, "4.7.1", dsn);
    bool already = s->check.if_reject.active;
    enum verdict v = smtpd_defer_if_reject(s, dsn, "<%s>: %s rejected: %s", x->a->name, x->a->class,
                                           *text ? text : "Service unavailable");

    if (!already)
        s->check.if_reject.code = (int)par_access_map_defer_code();
    return v;
}

static enum verdict act_hangup(struct smtpd *s, struct act *x)
{
    smtpd_check_log(s, "hangup", x->text);
    s->hangup = true;
    return VERDICT_REJECT;
}

/* "<name>: class triggers X", or the table's own words. */
static void log_trigger(struct smtpd *s, struct act *x, const char *action, const char *dflt)
{
    char text[2048];

    snprintf(text, sizeof text, "<%s>: %s %s", x->a->name, x->a->class, *x->text ? x->text : dflt);
    smtpd_check_log(s, action, text);
}

static void log_trigger_with(struct smtpd *s, struct act *x, const char *action, const char *keyword)
{
    char text[2048];

    snprintf(text, sizeof text, "<%s>: %s triggers %s %s", x->a->name, x->a->class, keyword, x->text);
    smtpd_check_log(s, action, text);
}

static enum verdict act_hold(struct smtpd *s, struct act *x)
{
    if (!s->tx->hold)
        log_trigger(s, x, "hold", "triggers HOLD action");
    s->tx->hold = true;
    return VERDICT_DUNNO;
}

static enum verdict act_discard(struct smtpd *s, struct act *x)
{
    log_trigger(s, x, "discard", "triggers DISCARD action");
    s->tx->discard = true;
    return VERDICT_PERMIT;
}

static enum verdict act_filter(struct smtpd *s, struct act *x)
{
    if (!strchr(x->text, ':')) {
        log_warn("access table %s entry \"%s\" requires transport:destination", x->table, x->a->name);
        return VERDICT_DUNNO;
    }
    log_trigger_with(s, x, "filter", "FILTER");
    buf_reset(&s->tx->filter);
    buf_puts(&s->tx->filter, x->text);
    return VERDICT_DUNNO;
}

static enum verdict act_redirect(struct smtpd *s, struct act *x)
{
    if (!strchr(x->text, '@')) {
        log_warn("access table %s entry \"%s\" requires user@domain target", x->table, x->a->name);
        return VERDICT_DUNNO;
    }
    log_trigger_with(s, x, "redirect", "REDIRECT");
    buf_reset(&s->tx->redirect);
    buf_puts(&s->tx->redirect, x->text);
    return VERDICT_DUNNO;
}

static enum verdict act_bcc(struct smtpd *s, struct act *x)
{
    if (!strchr(x->text, '@')) {
        log_warn("access table %s entry \"%s\" requires user@domain target", x->table, x->a->name);
        return VERDICT_DUNNO;
    }
    log_trigger_with(s, x, "bcc", "BCC");
    buf_printf(&s->tx->bcc, "%s\n", x->text);
    return VERDICT_DUNNO;
}

static enum verdict act_prepend(struct smtpd *s, struct act *x)
{
    if (!smtpd_parse_is_header(str_of(x->text))) {
        log_warn("access table %s entry \"%s\" requires header: text", x->table, x->a->name);
        return VERDICT_DUNNO;
    }
    buf_printf(&s->tx->prepend, "%s\r\n", x->text);
    return VERDICT_DUNNO;
}

static enum verdict act_warn(struct smtpd *s, struct act *x)
{
    smtpd_check_log(s, "warn", x->text);
    return VERDICT_DUNNO;
}

static enum verdict act_info(struct smtpd *s, struct act *x)
{
    smtpd_check_log(s, "info", x->text);
    return VERDICT_DUNNO;
}

static const struct action {
    const char *name;
    enum verdict (*run)(struct smtpd *s, struct act *x);
    unsigned flags;
} actions[] = {
#define ACTION(name, run, flags) { name, run, flags },
#include "daemon/smtpd/access_action.def"
#undef ACTION
};

static const struct action *find_action(struct str word)
{
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (str_eq_case(word, actions[i].name))
            return &actions[i];
    return NULL;
}

static enum verdict run_action(struct smtpd *s, const struct action *act, struct act *x)
{
    if ((act->flags & NEEDS_MESSAGE) && !s->tx) {
        /* VRFY and ETRN have no message; nor have the client's and HELO's lists when they are not delayed. */
        if (!par_smtpd_delay_reject())
            log_warn(
                "access table %s: with smtpd_delay_reject=no, action %s is always skipped in %s or %s restrictions",
                x->table, act->name, smtpd_class_client, smtpd_class_helo);
        return VERDICT_DUNNO;
    }
    if ((act->flags & NEEDS_QUEUE) && *par_smtpd_proxy_filter()) {
        log_warn("access table %s: with smtpd_proxy_filter specified, action %s is unavailable", x->table, act->name);
        return VERDICT_DUNNO;
    }
    if ((act->flags & NOT_AT_END) && s->check.stage == STAGE_EOD) {
        log_warn("access table %s: action %s must be used before smtpd_end_of_data_restrictions", x->table, act->name);
        return VERDICT_DUNNO;
    }
    return act->run(s, x);
}

static enum verdict run_found_list(struct smtpd *s, const struct access *a, const char *table, struct str text)
{
    const char *name = s->check.name, *class = s->check.class;
    struct rule_list *l;
    enum verdict v;

    if (s->check.depth >= MAX_DEPTH) {
        log_warn("access table %s entry %.*s causes unreasonable recursion", table, (int)text.n, text.p);
        return smtpd_server_error(s);
    }
    l = smtpd_rules_parse(table, text, a->stage);
    s->check.name = a->name; /* what was found is about this, and so are its replies */
    s->check.class = a->class;
    v = smtpd_run_list(s, l);
    s->check.name = name;
    s->check.class = class;
    smtpd_rules_free(l);
    return v;
}

/* "550 text": a reply code of the operator's choice. */
static enum verdict act_code(struct smtpd *s, struct act *x, int code)
{
    return refuse_with(s, x, code, code >= 500 ? "5.7.1" : "4.7.1", "Access denied");
}

enum verdict smtpd_access_act(struct smtpd *s, const struct access *a, const char *table, struct str value)
{
    struct act x = { .a = a, .table = table };
    struct str rest = str_trim(value), word, all = rest;
    const struct action *act;
    int64_t code;

    if (str_word(&rest, " \t", &word) != OK) {
        log_warn("access table %s: empty value", table);
        return VERDICT_DUNNO;
    }
    rest = str_trim(rest);
    snprintf(x.text, sizeof x.text, "%.*s", (int)rest.n, rest.p);
    snprintf(x.word, sizeof x.word, "%.*s", (int)word.n, word.p);
    if ((act = find_action(word)))
        return run_action(s, act, &x);
    if (word.n == 3 && rest.n && num_parse(word, 400, 599, &code) == OK)
        return act_code(s, &x, (int)code);
    if (num_parse(word, 0, INT64_MAX, &code) == OK && !rest.n)
        return act_ok(s, &x);
    return run_found_list(s, a, table, all);
}

/* --- lookups --- */

static enum verdict found_value(struct smtpd *s, const struct access *a)
{
    /* The answer's buffer is needed again by what the action looks up. */
    char value[2048];
    enum verdict v;

    snprintf(value, sizeof value, "%s", s->answer.p ? s->answer.p : "");
    v = smtpd_access_act(s, a, map_name(a->map), str_of(value));
    if (v == VERDICT_PERMIT && a->routed)
        return VERDICT_DUNNO; /* nobody relays through us by user%elsewhere@listed */
    if (v != VERDICT_PERMIT || !a->no_permit)
        return v;
    log_warn("restriction %s returns OK for %s", a->rule->what->name, a->name);
    log_warn("this is not allowed for security reasons");
    log_warn("use DUNNO instead of OK if you want to make an exception");
    return smtpd_server_error(s);
}

/* One key. found is set for an answer and for a failure: both end the search. */
static enum verdict ask(struct smtpd *s, const struct access *a, struct str key, bool *found)
{
    switch (map_get(a->map, key, &s->answer)) {
    case OK:
        *found = true;
        return found_value(s, a);
    case NONE:
        return VERDICT_DUNNO;
    default:
        *found = true;
        log_warn("%s lookup error for \"%.*s\"", map_name(a->map), (int)(key.n > 100 ? 100 : key.n), key.p);
        return smtpd_refuse(s, 451, "4.3.5", "<%s>: %s rejected: Server configuration error", a->name, a->class);
    }
}

enum verdict smtpd_access_key(struct smtpd *s, const struct access *a, const char *key, bool *found)
{
    return ask(s, a, str_of(key), found);
}

static bool subdomains_match(void)
{
    struct str rest = str_of(par_parent_domain_matches_subdomains()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, "smtpd_access_maps"))
            return true;
    return false;
}

/* example.com, then its parents: "com" or ".com". */
static enum verdict ask_parents(struct smtpd *s, const struct access *a, struct str name, bool *found)
{
    bool bare = subdomains_match();
    enum verdict v = VERDICT_DUNNO;
    size_t dot;

    if (map_class(a->map) == MAP_PATTERN || (name.n && name.p[0] == '['))
        return v;
    while (!*found && (dot = str_find((struct str){ name.p + 1, name.n ? name.n - 1 : 0 }, '.') + 1) < name.n) {
        name = (struct str){ name.p + dot, name.n - dot };
        v = ask(s, a, bare ? (struct str){ name.p + 1, name.n - 1 } : name, found);
    }
    return v;
}

enum verdict smtpd_access_domain(struct smtpd *s, const struct access *a, const char *domain, bool *found)
{
    struct str name = str_of(domain);
    enum verdict v;

    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    if (!name.n)
        return VERDICT_DUNNO;
    v = ask(s, a, name, found);
    return *found ? v : ask_parents(s, a, name, found);
}

enum verdict smtpd_access_address(struct smtpd *s, const struct access *a, const char *ip, bool *found)
{
    struct str key = str_of(ip);
    int sep = strchr(ip, ':') ? ':' : '.';
    enum verdict v = ask(s, a, key, found);

    while (!*found && map_class(a->map) == MAP_FIXED) {
        key.n = str_rfind(key, sep);
        while (key.n && key.p[key.n - 1] == sep)
            key.n--; /* "::" */
        if (key.n == 0 || str_rfind(str_of(ip), sep) < key.n)
            break;
        v = ask(s, a, key, found);
        if (str_find(key, sep) == key.n)
            break;
    }
    return v;
}

/* "user@" of external, with or without its extension. */
static enum verdict ask_user(struct smtpd *s, const struct access *a, struct str local, bool *found)
{
    char key[ADDR_TEXT];
    size_t n;
    enum verdict v;

    snprintf(key, sizeof key, "%.*s@", (int)local.n, local.p);
    v = ask(s, a, str_of(key), found);
    n = addr_split_ext(local, par_recipient_delimiter(), true);
    if (*found || n >= local.n)
        return v;
    snprintf(key, sizeof key, "%.*s@", (int)n, local.p);
    return ask(s, a, str_of(key), found);
}

static enum verdict ask_without_ext(struct smtpd *s, const struct access *a, struct str local, struct str domain,
                                    bool *found)
{
    char key[ADDR_TEXT];
    size_t n = addr_split_ext(local, par_recipient_delimiter(), true);

    if (n >= local.n)
        return VERDICT_DUNNO;
    snprintf(key, sizeof key, "%.*s%s%.*s", (int)n, local.p, domain.n ? "@" : "", (int)domain.n, domain.p);
    return ask(s, a, str_of(key), found);
}

enum verdict smtpd_access_mail(struct smtpd *s, const struct access *a, const char *external, bool *found)
{
    struct str addr = str_of(external), local, domain;
    enum verdict v;

    if (!addr.n)
        return ask(s, a, str_of(par_smtpd_null_access_lookup_key()), found);
    v = ask(s, a, addr, found);
    if (*found || map_class(a->map) == MAP_PATTERN)
        return v;
    local = addr_local(addr);
    domain = addr_domain(addr);
    v = ask_without_ext(s, a, local, domain, found);
    if (!*found && domain.n)
        v = smtpd_access_domain(s, a, domain.p, found);
    return *found ? v : ask_user(s, a, local, found);
}
