/* smtpd_rules.c - restriction lists of main.cf to compiled rules
 *
 * Every name, argument and table is checked when the service starts, not when a
 * client comes by. A fault becomes a rule that answers 451 4.3.5.
 * Runs in: smtpd, before the jail.  Parameters: smtpd_restriction_classes and the lists named in smtpd_check.c.
 * Tests: tests/smtp/restriction-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/htab.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_rbl.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "map/map.h"
#include "param/param.h"

static const struct restriction rows[] = {
#define RESTRICTION(name, run, arg, lists) { name, run, arg, lists },
#include "daemon/smtpd/restriction.def"
#undef RESTRICTION
};

static enum verdict broken(struct smtpd *s, const struct rule *r)
{
    return smtpd_server_error(s);
}

static enum verdict idle(struct smtpd *s, const struct rule *r)
{
    return VERDICT_DUNNO;
}

/* It speaks of what is not known at the time of this list. */
static const struct restriction idle_row = { "(not for this list)", idle, ARG_NONE, IN_ALL };
static const struct restriction broken_row = { "(bad configuration)", broken, ARG_NONE, IN_ALL };
static const struct restriction class_row = { "(class)", smtpd_restrict_class, ARG_NONE, IN_ALL };

/* What a bare type:table means in a list. */
static const char *const table_row[STAGE_COUNT] = {
    [STAGE_CLIENT] = "check_client_access", [STAGE_HELO] = "check_helo_access", [STAGE_SENDER] = "check_sender_access",
    [STAGE_RELAY] = "check_recipient_access", [STAGE_RCPT] = "check_recipient_access",
    [STAGE_ETRN] = "check_etrn_access", [STAGE_REWRITE] = "check_address_map",
};

static struct htab *classes; /* name to struct rule_list */

struct source {                /* one list being read */
    const char *param;
    enum smtpd_stage stage;
    struct str rest;
    bool in_table;             /* found in a table: no tables, no services */
};

static const struct restriction *find_row(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq_case(name, rows[i].name))
            return &rows[i];
    return NULL;
}

static void fault(const struct source *src, struct rule *r, const char *what, struct str word)
{
    log_warn("%s: %s: \"%.*s\"", src->param, what, (int)word.n, word.p);
    r->what = &broken_row;
}

static bool is_table(struct str word)
{
    size_t colon = str_find(word, ':');

    return colon > 0 && colon < word.n && word.p[0] != '{';
}

static void unknown(const struct source *src, struct rule *r, struct str word)
{
    log_warn("unknown smtpd restriction: \"%.*s\" in %s", (int)word.n, word.p, src->param);
    r->what = &broken_row;
}

/* What should be the argument is none. */
static void bad_argument(struct rule *r, struct str arg)
{
    switch (r->what->arg) {
    case ARG_MAP:
    case ARG_CERT_MAP:
        log_warn("restriction %s: bad argument \"%.*s\": need maptype:mapname", r->what->name, (int)arg.n, arg.p);
        break;
    case ARG_NUMBER:
        log_warn("restriction %s must be followed by number", r->what->name);
        break;
    case ARG_SERVICE:
        log_warn("restriction %s must be followed by transport:server", r->what->name);
        break;
    default:
        log_warn("restriction %s requires domain name argument", r->what->name);
        break;
    }
    r->what = &broken_row;
}

static void set_map(const struct source *src, struct rule *r, struct str arg)
{
    if (src->in_table) {
        fault(src, r, "a table is not allowed here", arg);
        return;
    }
    if (!is_table(arg)) {
        bad_argument(r, arg);
        return;
    }
    r->text = mem_dup_n(arg.p, arg.n);
    r->map = map_open(r->text, MAP_FOLD);
}

/* { type:table, { search_order = ... } } or plain type:table */
static void set_cert_map(const struct source *src, struct rule *r, struct str arg)
{
    struct str inside, table, order;

    if (str_unbrace(arg, &inside) != OK) {
        set_map(src, r, arg);
        return;
    }
    if (str_word_braced(&inside, STR_LIST_SEPS, &table) != OK) {
        fault(src, r, "missing table", arg);
        return;
    }
    set_map(src, r, table);
    if (str_word_braced(&inside, STR_LIST_SEPS, &order) == OK && r->text) {
        free(r->text);
        r->text = mem_dup_n(order.p, order.n);
    }
}

static void set_number(struct rule *r, struct str arg)
{
    if (num_parse(arg, 0, 1000000, &r->number) != OK)
        bad_argument(r, arg);
}

/* zone, or zone=pattern */
static void set_zone(const struct source *src, struct rule *r, struct str arg)
{
    static const uint8_t any[4];
    size_t eq = str_find(arg, '=');

    r->text = mem_dup_n(arg.p, arg.n);
    if (eq < arg.n && smtpd_rbl_match((struct str){ arg.p + eq + 1, arg.n - eq - 1 }, any) == PERM)
        fault(src, r, "bad reply pattern", arg);
}

static void set_policy(const struct source *src, struct rule *r, struct str arg)
{
    struct why why = { .dsn = "" };

    if (src->in_table) {
        fault(src, r, "a policy service is not allowed here", arg);
        return;
    }
    r->text = mem_dup_n(arg.p, arg.n);
    r->policy = smtpd_policy_new(src->param, r->text, &why);
    if (!r->policy)
        fault(src, r, why.text, arg);
}

static void set_argument(struct source *src, struct rule *r)
{
    struct str before = src->rest, arg;

    if (r->what->arg == ARG_NONE)
        return;
    if (str_word_braced(&src->rest, STR_LIST_SEPS, &arg) != OK) {
        bad_argument(r, str_of(r->what->name));
        return;
    }
    switch (r->what->arg) {
    case ARG_MAP: set_map(src, r, arg); break;
    case ARG_CERT_MAP: set_cert_map(src, r, arg); break;
    case ARG_NUMBER: set_number(r, arg); break;
    case ARG_SERVICE: set_policy(src, r, arg); break;
    default: set_zone(src, r, arg); break;
    }
    if (r->what == &broken_row && find_row(arg))
        src->rest = before; /* it is no argument, so it counts as the restriction that it is */
}

static void read_table_rule(struct source *src, struct rule *r, struct str word)
{
    if (!table_row[src->stage]) {
        log_warn("specify one of (check_client_access, check_reverse_client_hostname_access, check_helo_access, "
                 "check_sender_access, check_recipient_access, check_etrn_access) before %s restriction \"%.*s\"",
                 src->stage == STAGE_DATA ? "Data command" : "End-of-data", (int)word.n, word.p);
        r->what = &broken_row;
        return;
    }
    r->what = find_row(str_of(table_row[src->stage]));
    set_map(src, r, word);
}

static bool needs_logins(const struct restriction *what)
{
    return what->run == restrict_sasl_access || what->run == restrict_auth_login ||
           what->run == restrict_unauth_login || what->run == restrict_known_login || what->run == restrict_login;
}

static void read_rule(struct source *src, struct rule *r, struct str word)
{
    const struct rule_list *class = classes ? htab_get(classes, word) : NULL;

    if (class) {
        r->what = &class_row;
        r->list = class;
        return;
    }
    if (is_table(word)) {
        read_table_rule(src, r, word);
        return;
    }
    r->what = find_row(word);
    if (!r->what)
        unknown(src, r, word);
    else
        set_argument(src, r);
    if (needs_logins(r->what) && !par_smtpd_sasl_auth_enable()) {
        log_warn("restriction `%s' ignored: no SASL support", r->what->name);
        r->what = &idle_row;
    }
    if (r->what && r->what != &broken_row && !(r->what->lists & 1u << src->stage)) {
        log_warn("%s: restriction cannot be used in this list and is ignored: \"%.*s\"", src->param, (int)word.n,
                 word.p);
        r->what = &idle_row;
    }
}

static bool decides_always(const struct rule *r)
{
    return !r->warn && (r->what->run == restrict_permit || r->what->run == restrict_reject ||
                        r->what->run == restrict_defer);
}

static void tell_unreachable(const struct rule_list *l, struct str word)
{
    if (l->n && decides_always(&l->rules[l->n - 1]))
        log_warn("restriction `%.*s' after `%s' is ignored", (int)word.n, word.p, l->rules[l->n - 1].what->name);
}

static void read_list(struct source *src, struct rule_list *l)
{
    struct str word;
    enum result res;
    bool warn = false;

    while ((res = str_word_braced(&src->rest, STR_LIST_SEPS, &word)) != NONE) {
        if (res == OK && !warn)
            tell_unreachable(l, word);
        if (res == OK && str_eq_case(word, "warn_if_reject")) {
            warn = true;
            continue;
        }
        l->rules = mem_resize(l->rules, (l->n + 1) * sizeof *l->rules);
        memset(&l->rules[l->n], 0, sizeof *l->rules);
        l->rules[l->n].warn = warn;
        warn = false;
        if (res != OK) {
            fault(src, &l->rules[l->n++], "missing }", src->rest);
            return;
        }
        read_rule(src, &l->rules[l->n], word);
        l->n++;
        if (src->in_table && l->rules[l->n - 1].what == &broken_row)
            return; /* nobody gets further */
    }
    if (warn)
        log_warn("%s: warn_if_reject: missing restriction", src->param);
}

const struct rule_list *smtpd_rules_compile(const char *param, const char *text, enum smtpd_stage stage)
{
    struct rule_list *l = mem_new(sizeof *l);
    struct source src = { .param = param, .stage = stage, .rest = str_of(text) };

    l->param = param;
    read_list(&src, l);
    return l;
}

struct rule_list *smtpd_rules_parse(const char *where, struct str text, enum smtpd_stage stage)
{
    struct rule_list *l = mem_new(sizeof *l);
    struct source src = { .param = where, .stage = stage, .rest = text, .in_table = true };

    l->param = where;
    read_list(&src, l);
    return l;
}

void smtpd_rules_free(struct rule_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->rules[i].text);
    free(l->rules);
    free(l);
}

/* A class that leads back to one being looked at: the rule that closes the loop answers 451. */
static void cut_loops(struct rule_list *l)
{
    l->open = true;
    for (size_t i = 0; i < l->n; i++) {
        struct rule *r = &l->rules[i];
        struct rule_list *class = r->list ? htab_get(classes, str_of(r->list->param)) : NULL;

        if (class && class->open) {
            log_warn("restriction classes loop: `%s' leads back to `%s'", l->param, class->param);
            r->what = &broken_row;
            r->list = NULL;
        } else if (class && !class->checked) {
            cut_loops(class);
        }
    }
    l->open = false;
    l->checked = true;
}

/* A class may name another, whichever is defined first. Where a class is used is not known, so only the loosest list is
 * asked of its members. */
void smtpd_rules_classes(void)
{
    struct str rest = str_of(par_smtpd_restriction_classes()), word;

    if (!rest.n)
        return;
    classes = htab_new();
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        (void)htab_put(classes, word, mem_new(sizeof(struct rule_list)));
    rest = str_of(par_smtpd_restriction_classes());
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *name = mem_dup_n(word.p, word.n);
        const char *text = param_lookup(name);
        struct rule_list *l = htab_get(classes, word);
        struct source src = { .param = name, .stage = STAGE_RCPT, .rest = str_of(text ? text : "") };

        l->param = name;
        if (!text)
            log_fatal("restriction class `%s' needs a definition", name);
        read_list(&src, l);
    }
    rest = str_of(par_smtpd_restriction_classes());
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        struct rule_list *l = htab_get(classes, word);

        if (!l->checked)
            cut_loops(l);
    }
}

bool smtpd_rules_contain(const struct rule_list *l, const char *const *names)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct rule *r = &l->rules[i];

        if (r->list && smtpd_rules_contain(r->list, names))
            return true;
        for (size_t k = 0; names[k]; k++)
            if (!r->warn && strcmp(r->what->name, names[k]) == 0)
                return true;
        if (decides_always(r))
            return false;
    }
    return false;
}
