/* postconf_names.c - which names in main.cf and master.cf mean something
 *
 * A name is known when a row has it, a service in master.cf brings it, or a
 * value of something known refers to it as $name, as a restriction class or as
 * the prefix of an SQL or LDAP table. The rest is most likely mistyped.
 * Runs in: postconf.  Parameters: smtpd_restriction_classes.  Tests: tests/param/test_postconf.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/htab.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "tool/postconf.h"

/* Keys: a byte that says what it is, then the name (htab keys ignore case, so case is spelt out: see key_of). */
static struct htab *used, *undefined_main, *undefined_master, *service_names, *prefixes;

static char nothing[1];

/* Names differ by case, keys of htab do not: a capital letter is marked. */
static char *key_of(struct str name)
{
    struct buf b;

    buf_init(&b, 4096);
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] >= 'A' && name.p[i] <= 'Z')
            buf_putc(&b, '^');
        buf_putc(&b, name.p[i]);
    }
    return buf_take(&b);
}

static void *get(struct htab *t, struct str name)
{
    char *key = key_of(name);
    void *value = htab_get(t, str_of(key));

    free(key);
    return value;
}

static void put(struct htab *t, struct str name, void *value)
{
    char *key = key_of(name);

    (void)htab_put(t, str_of(key), value);
    free(key);
}

/* ---- names that services bring ---- */

static const enum par_id transport_rows[] = {
    P_transport_delivery_slot_cost, P_transport_delivery_slot_discount, P_transport_delivery_slot_loan,
    P_transport_destination_concurrency_failed_cohort_limit, P_transport_destination_concurrency_limit,
    P_transport_destination_concurrency_negative_feedback, P_transport_destination_concurrency_positive_feedback,
    P_transport_destination_rate_delay, P_transport_destination_recipient_limit, P_transport_extra_recipient_limit,
    P_transport_initial_destination_concurrency, P_transport_minimum_delivery_slots, P_transport_recipient_limit,
    P_transport_recipient_refill_delay, P_transport_recipient_refill_limit, P_transport_transport_rate_delay,
};

enum { PREFIX = sizeof "transport" - 1 };

static const char *program_of(const struct postconf_entry *e)
{
    const char *slash = strrchr(e->argv[0], '/');

    return slash ? slash + 1 : e->argv[0];
}

static bool is_one_of(const char *name, const char *words)
{
    struct str rest = str_of(words), word;

    while (str_word(&rest, " ", &word) == OK)
        if (str_eq(word, name))
            return true;
    return false;
}

static void visit_row(const struct postconf_entry *e, enum par_id id, postconf_visit *visit, void *arg)
{
    struct param_row row;
    enum par_id other;
    char *name;

    param_row(id, &row);
    name = mem_printf("%s%s", e->field[0], row.name + PREFIX);
    if (param_find(str_of(name), &other) != OK)
        visit(name, row.dflt, arg);
    free(name);
}

void postconf_service_names(const struct postconf_entry *list, postconf_visit *visit, void *arg)
{
    for (const struct postconf_entry *e = list; e; e = e->next) {
        if (is_one_of(program_of(e), "local error virtual smtp lmtp pipe"))
            for (size_t i = 0; i < ARRAY_LEN(transport_rows); i++)
                visit_row(e, transport_rows[i], visit, arg);
        if (is_one_of(program_of(e), "pipe spawn"))
            visit_row(e, P_transport_time_limit, visit, arg);
    }
}

static void note_service_name(const char *name, const char *dflt, void *arg)
{
    (void)arg;
    put(service_names, str_of(name), (void *)(uintptr_t)dflt);
}

const char *postconf_service_default(const char *name)
{
    return get(service_names, str_of(name));
}

/* ---- what values refer to ---- */

static void use(struct str name, struct htab *undefined, const struct postconf_entry *scope);

static bool is_name_char(int c)
{
    return chr_is_alnum(c) || c == '_';
}

/* Every $name, ${name and $(name in the text, nested ones included. */
static void scan_references(const char *text, struct htab *undefined, const struct postconf_entry *scope)
{
    for (const char *p = text; (p = strchr(p, '$')); ) {
        struct str name;
        bool bracket;

        p++;
        if (*p == '$') {
            p++;
            continue;
        }
        bracket = *p == '{' || *p == '(';
        p += bracket;
        while (bracket && *p == ' ')
            p++;
        name = (struct str){ p, 0 };
        while (is_name_char((unsigned char)p[name.n]))
            name.n++;
        if (name.n && !(bracket && p[name.n] == '{')) /* a function */
            use(name, undefined, scope);
        p += name.n;
    }
}

/* "mysql:name" in a value makes "name_user" and the like names of that table. */
static void scan_tables(const char *text)
{
    static const char types[][12] = { "ldap:", "mysql:", "pgsql:", "sqlite:", "memcache:", "mongodb:" };
    struct str rest = str_of(text), word;

    while (str_word(&rest, ", \t\r\n{}", &word) == OK) {
        if (str_begins_case(word, "proxy:"))
            word = (struct str){ word.p + 6, word.n - 6 };
        for (size_t i = 0; i < ARRAY_LEN(types); i++)
            if (str_begins_case(word, types[i]) && word.n > strlen(types[i]) && word.p[strlen(types[i])] != '/')
                put(prefixes, (struct str){ word.p + strlen(types[i]), word.n - strlen(types[i]) }, nothing);
    }
}

static void scan_value(const char *text, struct htab *undefined, const struct postconf_entry *scope)
{
    scan_references(text, undefined, scope);
    scan_tables(text);
}

static bool is_set_in(const struct postconf_entry *e, struct str name)
{
    int end = e ? postconf_options_end(e) : 0;

    for (int i = 1; i < end; i++) {
        struct postconf_option o;

        if (postconf_option(e, i, &o) != OK)
            continue;
        if (str_same(o.name, name))
            return true;
        i += o.args - 1;
    }
    return false;
}

static void use(struct str name, struct htab *undefined, const struct postconf_entry *scope)
{
    const char *raw = param_raw(name, NULL);
    enum par_id id;

    if (param_find(name, &id) == OK) {
        put(used, name, nothing);
        return;
    }
    if (raw && !get(used, name)) {
        put(used, name, nothing);
        scan_value(raw, undefined, NULL);
    }
    put(used, name, nothing);
    if (!raw && undefined && !get(service_names, name) && !is_set_in(scope, name) && !str_eq(name, "service_name"))
        put(undefined, name, nothing);
}

static void use_classes(const char *list, const struct postconf_entry *scope)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (word.p[0] != '$')
            use(word, NULL, scope);
}

static void scan_main_cf(void)
{
    const char *name, *raw;

    for (size_t at = 0; param_each_set(&at, &name, &raw);) {
        struct param_row row = { .type = 's' };
        enum par_id id;

        if (param_find(str_of(name), &id) == OK)
            param_row(id, &row);
        else if (!get(service_names, str_of(name)))
            continue; /* scanned when something known refers to it */
        if (row.type != 'r' && row.type != 'g')
            scan_value(raw, undefined_main, NULL);
    }
}

static void scan_defaults(void)
{
    for (int i = 0; i < PAR_COUNT; i++) {
        struct param_row row;

        param_row((enum par_id)i, &row);
        if (row.type != 'r' && row.dflt[0] != '\1' && !param_raw(str_of(row.name), NULL))
            scan_references(row.dflt, NULL, NULL);
    }
}

static void scan_entry(const struct postconf_entry *e)
{
    int end = postconf_options_end(e);

    for (int i = 1; i < end; i++) {
        struct postconf_option o;
        char *value;

        if (postconf_option(e, i, &o) != OK)
            continue;
        value = mem_dup_n(o.value.p, o.value.n);
        scan_value(value, undefined_master, e);
        if (str_eq(o.name, "smtpd_restriction_classes"))
            use_classes(value, e);
        free(value);
        i += o.args - 1;
    }
}

void postconf_names_find(const struct postconf_entry *list)
{
    used = htab_new();
    undefined_main = htab_new();
    undefined_master = htab_new();
    service_names = htab_new();
    prefixes = htab_new();
    postconf_service_names(list, note_service_name, NULL);
    scan_main_cf();
    scan_defaults();
    if (param_raw(STR("smtpd_restriction_classes"), NULL))
        use_classes(par_smtpd_restriction_classes(), NULL);
    for (const struct postconf_entry *e = list; e; e = e->next)
        scan_entry(e);
}

static bool has_table_prefix(const char *name)
{
    for (const char *p = strchr(name, '_'); p; p = strchr(p + 1, '_'))
        if (get(prefixes, (struct str){ name, (size_t)(p - name) }))
            return true;
    return false;
}

bool postconf_name_is_used(const char *name)
{
    enum par_id id;

    if (param_find(str_of(name), &id) == OK) {
        struct param_row row;

        param_row(id, &row);
        return row.type != 'g';
    }
    return get(service_names, str_of(name)) || get(used, str_of(name)) || has_table_prefix(name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void warn_each(const struct htab *t, const char *file)
{
    size_t at = 0, n = 0, count = htab_count(t);
    const char **keys = mem_new_array(count, sizeof *keys);
    void *value;

    while (n < count && htab_each(t, &at, &keys[n], &value))
        n++;
    qsort(keys, n, sizeof *keys, by_text);
    for (size_t i = 0; i < n; i++) {
        char *name = mem_dup(keys[i]), *to = name;

        for (const char *p = keys[i]; *p; p++)
            if (*p != '^')
                *to++ = *p;
        *to = 0;
        log_warn("%s/%s: undefined parameter: %s", postconf_dir(), file, name);
        free(name);
    }
    free(keys);
}

void postconf_warn_undefined(void)
{
    warn_each(undefined_main, "main.cf");
    warn_each(undefined_master, "master.cf");
}

static void warn_unused_options(const struct postconf_entry *e)
{
    int end = postconf_options_end(e);

    for (int i = 1; i < end; i++) {
        struct postconf_option o;
        char *name;

        if (postconf_option(e, i, &o) != OK)
            continue;
        name = mem_dup_n(o.name.p, o.name.n);
        if (!postconf_name_is_used(name))
            log_warn("%s/master.cf: unused parameter: %s=%.*s", postconf_dir(), name, (int)o.value.n, o.value.p);
        free(name);
        i += o.args - 1;
    }
}

/* Names that Postfix says it will remove, and what takes their place. */
static const struct {
    enum par_id id;
    const char *instead;
} deprecated[] = {
    { P_disable_dns_lookups, "smtp_dns_support_level" },
    { P_lmtp_enforce_tls, "lmtp_tls_security_level" },
    { P_lmtp_tls_enforce_peername, "lmtp_tls_security_level" },
    { P_lmtp_tls_per_site, "lmtp_tls_policy_maps" },
    { P_lmtp_use_tls, "lmtp_tls_security_level" },
    { P_postscreen_enforce_tls, "postscreen_tls_security_level" },
    { P_postscreen_use_tls, "postscreen_tls_security_level" },
    { P_smtp_enforce_tls, "smtp_tls_security_level" },
    { P_smtp_tls_enforce_peername, "smtp_tls_security_level" },
    { P_smtp_tls_per_site, "smtp_tls_policy_maps" },
    { P_smtp_use_tls, "smtp_tls_security_level" },
    { P_smtpd_enforce_tls, "smtpd_tls_security_level" },
    { P_smtpd_use_tls, "smtpd_tls_security_level" },
    { P_sun_mailtool_compatibility, "mailbox_delivery_lock" },
    { P_tlsproxy_client_enforce_tls, "tlsproxy_client_security_level" },
    { P_tlsproxy_client_per_site, "tlsproxy_client_policy_maps" },
    { P_tlsproxy_client_use_tls, "tlsproxy_client_security_level" },
    { P_tlsproxy_enforce_tls, "tlsproxy_tls_security_level" },
    { P_tlsproxy_use_tls, "tlsproxy_tls_security_level" },
};

void postconf_warn_deprecated(void)
{
    for (size_t i = 0; i < ARRAY_LEN(deprecated); i++) {
        struct param_row row;

        param_row(deprecated[i].id, &row);
        if (param_raw(str_of(row.name), NULL))
            log_warn("%s/main.cf: support for parameter \"%s\" will be removed; instead, specify \"%s\"",
                     postconf_dir(), row.name, deprecated[i].instead);
    }
}

void postconf_warn_unused(const struct postconf_entry *list, bool main_cf)
{
    const char *name, *raw;

    for (size_t at = 0; main_cf && param_each_set(&at, &name, &raw);)
        if (!postconf_name_is_used(name))
            log_warn("%s/main.cf: unused parameter: %s=%s", postconf_dir(), name, raw);
    for (; list; list = list->next)
        warn_unused_options(list);
}
