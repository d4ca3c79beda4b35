/* qmgr_transport.c - transports and destinations: limits, concurrency, dead or alive
 *
 * Concurrency follows the scheme that Postfix documents in SCHEDULER_README:
 * each delivery without a connection failure adds positive feedback, each one
 * with such a failure takes negative feedback; as many failures in a row as
 * there are parallel deliveries (a pseudo-cohort) declare the destination dead
 * for minimal_backoff_time.
 * Runs in: qmgr.
 * Parameters: X_destination_concurrency_limit, X_destination_recipient_limit,
 * X_initial_destination_concurrency, X_destination_concurrency_*_feedback,
 * X_destination_concurrency_failed_cohort_limit, X_destination_rate_delay,
 * X_transport_rate_delay, X_delivery_slot_*, X_minimum_delivery_slots,
 * X_recipient_limit, X_extra_recipient_limit, X_recipient_refill_limit, X_recipient_refill_delay,
 * defer_transports, minimal_backoff_time, transport_retry_time.
 * Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "mail/addr.h"
#include "param/master_cf.h"
#include "param/param.h"

enum { MILLION = 1000000, UNLIMITED = 1000000 };

static struct htab *transports;
static struct master_entry *services;

void transports_init(void)
{
    transports = htab_new();
    if (master_cf_read(param_dir(), &services) != OK)
        log_fatal("master.cf cannot be used");
}

static bool in_list(const char *list, const char *name)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq(word, name))
            return true;
    return false;
}

/* Decimal number in millionths: OK, PERM. */
static enum result parse_millionths(struct str s, int64_t *out)
{
    int64_t v = 0, unit = MILLION;
    bool point = false;

    if (!s.n)
        return PERM;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && !point) {
            point = true;
        } else if (!chr_is_digit((unsigned char)s.p[i])) {
            return PERM;
        } else if (!point) {
            v = v > 1000 ? v : v * 10 + (s.p[i] - '0');
        } else {
            v = unit >= 10 ? v * 10 + (s.p[i] - '0') : v;
            unit = unit >= 10 ? unit / 10 : unit;
        }
    }
    *out = v * unit;
    return OK;
}

/* "0.5", "1/8", "1/concurrency", "1/sqrt_concurrency". */
static void load_feedback(const char *transport, enum par_id pattern, int64_t *amount, char *per)
{
    struct str value = str_of(param_transport_str(transport, pattern)), divisor = { "", 0 };
    size_t slash = str_find(value, '/');
    int64_t by = MILLION;
    enum result r;

    if (slash < value.n)
        divisor = str_trim((struct str){ value.p + slash + 1, value.n - slash - 1 });
    *per = str_eq(divisor, "concurrency") ? 'c' : str_eq(divisor, "sqrt_concurrency") ? 's' : 0;
    r = parse_millionths(str_trim((struct str){ value.p, slash }), amount);
    if (r == OK && divisor.n && !*per)
        r = parse_millionths(divisor, &by);
    if (r != OK || by <= 0 || *amount > MILLION) {
        log_warn("transport %s: ignoring malformed or out of range feedback \"%.*s\"", transport, (int)value.n,
                 value.p);
        *amount = MILLION;
        by = MILLION;
        *per = 0;
    }
    *amount = *amount * MILLION / by;
}

static void load_limits(struct transport *t)
{
    t->concurrency_limit = param_transport_num(t->name, P_transport_destination_concurrency_limit);
    t->rcpt_limit = param_transport_num(t->name, P_transport_destination_recipient_limit);
    t->initial = param_transport_num(t->name, P_transport_initial_destination_concurrency);
    t->cohort_limit = param_transport_num(t->name, P_transport_destination_concurrency_failed_cohort_limit);
    t->rate_delay = param_transport_num(t->name, P_transport_destination_rate_delay);
    t->transport_rate_delay = param_transport_num(t->name, P_transport_transport_rate_delay);
    t->slot_cost = param_transport_num(t->name, P_transport_delivery_slot_cost);
    t->slot_minimum = param_transport_num(t->name, P_transport_minimum_delivery_slots);
    t->slot_price = t->slot_cost * (100 - param_transport_num(t->name, P_transport_delivery_slot_discount));
    t->slot_loan = param_transport_num(t->name, P_transport_delivery_slot_loan);
    t->memory_limit = param_transport_num(t->name, P_transport_recipient_limit);
    t->memory_extra = param_transport_num(t->name, P_transport_extra_recipient_limit);
    t->refill_limit = param_transport_num(t->name, P_transport_recipient_refill_limit);
    t->refill_delay = param_transport_num(t->name, P_transport_recipient_refill_delay);
    if (!t->concurrency_limit)
        t->concurrency_limit = UNLIMITED;
    if (t->rate_delay)
        t->concurrency_limit = 1;
    if (t->initial > t->concurrency_limit)
        t->initial = t->concurrency_limit;
    if (t->initial < 1)
        t->initial = 1;
    load_feedback(t->name, P_transport_destination_concurrency_positive_feedback, &t->positive, &t->positive_per);
    load_feedback(t->name, P_transport_destination_concurrency_negative_feedback, &t->negative, &t->negative_per);
}

static void name_log_tag(struct transport *t, const struct master_entry *e)
{
    const char *own = t->inside != AGENT && e ? master_cf_option(e, "syslog_name") : NULL;
    char *base = own ? param_expand(own) : mem_dup(par_syslog_name());

    t->log_tag = mem_printf("%s/%s", base, t->inside == INSIDE_DISCARD ? "discard" : "error");
    free(base);
}

struct transport *transport_get(const char *name)
{
    struct transport *t = htab_get(transports, str_of(name));
    const struct master_entry *e;

    if (t)
        return t;
    e = master_cf_find(services, name, SERVICE_UNIX);
    t = mem_new(sizeof *t);
    t->name = mem_dup(name);
    t->inside = inside_kind(e);
    t->max_conns = e && e->maxproc >= 0 ? e->maxproc : (int)par_default_process_limit();
    t->dests = htab_new();
    t->deferred_by_config = in_list(par_defer_transports(), name);
    name_log_tag(t, e);
    load_limits(t);
    htab_put(transports, str_of(name), t);
    return t;
}

/* With one recipient per delivery, concurrency is counted per recipient: its mailbox is the destination. */
static void dest_name(const struct transport *t, struct str nexthop, struct str rcpt, struct buf *out)
{
    if (t->rcpt_limit == 1) {
        struct str local = addr_local(rcpt);

        local.n = addr_split_ext(local, par_recipient_delimiter(), true);
        buf_str(out, local);
        buf_putc(out, '@');
    }
    buf_str(out, nexthop);
}

struct dest *dest_get(struct transport *t, struct str nexthop, struct str rcpt)
{
    struct buf name;
    struct dest *d;

    buf_init(&name, 4 * ADDR_MAX);
    dest_name(t, nexthop, rcpt, &name);
    d = htab_get(t->dests, buf_view(&name));
    if (!d) {
        d = mem_new(sizeof *d);
        d->t = t;
        d->name = mem_dup_n(name.p, name.n);
        d->nexthop = mem_dup_n(nexthop.p, nexthop.n);
        d->window = t->initial;
        htab_put(t->dests, buf_view(&name), d);
    }
    buf_done(&name);
    return d;
}

void dest_release(struct dest *d)
{
    if (d->busy || d->dead || d->resting || d->idle_n || d->peers)
        return;
    for (int c = 0; c < CLASSES; c++)
        if (d->first[c] || d->in_turn[c])
            return;
    loop_timer_clear(&d->timer);
    htab_remove(d->t->dests, str_of(d->name));
    free(d->name);
    free(d->nexthop);
    free(d);
}

bool dest_open(const struct dest *d)
{
    return !d->dead && !d->resting && d->busy < d->window;
}

void why_suspended(struct why *out, const struct why *why)
{
    *out = *why;
    why_class(out, '4');
    if (strncmp(out->text, "delivery temporarily suspended: ", 32) != 0)
        why_prefix(out, "delivery temporarily suspended: ");
}

void dest_revive(struct dest *d)
{
    if (!d->dead)
        return;
    d->dead = false;
    loop_timer_clear(&d->timer);
    d->window = d->busy > 0 ? d->busy : d->t->initial;
    d->success = d->failure = d->cohorts = 0;
    sched_dest_ready(d);
}

static void on_dest_time(void *arg)
{
    struct dest *d = arg;

    if (d->dead) {
        dest_revive(d);
    } else {
        d->resting = false;
        sched_dest_ready(d);
    }
    dest_release(d);
}

static void dest_kill(struct dest *d, const struct why *why)
{
    struct why suspended;

    d->dead = true;
    d->window = 0;
    d->why = *why;
    loop_timer_set(&d->timer, par_minimal_backoff_time() * 1000, on_dest_time, d);
    why_suspended(&suspended, why);
    sched_defer_dest(d, &suspended);
}

static int64_t root(int64_t n)
{
    int64_t r = 1;

    while ((r + 1) * (r + 1) <= n)
        r++;
    return r;
}

static int64_t feedback(int64_t amount, char per, int64_t window)
{
    return per == 'c' ? amount / window : per == 's' ? amount / root(window) : amount;
}

static void dest_succeeded(struct dest *d)
{
    d->cohorts = 0;
    /* Only a window that is in use may grow, or later failures would have too little effect. */
    if (d->window >= d->busy + d->t->initial)
        return;
    d->success += feedback(d->t->positive, d->t->positive_per, d->window);
    while (d->success >= MILLION) {
        d->success -= MILLION;
        d->window++;
        d->failure = 0;
    }
    if (d->window > d->t->concurrency_limit)
        d->window = d->t->concurrency_limit;
}

static void dest_failed(struct dest *d, const struct why *why)
{
    if (d->dead)
        return;
    if (d->t->cohort_limit) {
        d->cohorts += MILLION / d->window;
        /* The division loses a little; a whole cohort must count as one. */
        if (d->cohorts + d->window >= d->t->cohort_limit * MILLION) {
            dest_kill(d, why);
            return;
        }
    }
    d->failure -= feedback(d->t->negative, d->t->negative_per, d->window);
    while (d->failure < 0) {
        d->failure += MILLION;
        d->window--;
        d->success = 0;
    }
    if (d->window < 1)
        d->window = 1;
}

void dest_feedback(struct dest *d, bool failed, const struct why *why)
{
    int64_t before = d->window;

    if (failed)
        dest_failed(d, why);
    else if (d->dead)
        dest_revive(d);
    else
        dest_succeeded(d);
    if (par_destination_concurrency_feedback_debug())
        log_info("%s: %s, concurrency %lld to %lld, limit %lld, success %lld, failure %lld, failed cohorts %lld "
                 "(millionths)",
                 d->name, failed ? "failure" : "success", (long long)before, (long long)d->window,
                 (long long)d->t->concurrency_limit, (long long)d->success, (long long)d->failure,
                 (long long)d->cohorts);
    if (d->t->rate_delay && !d->dead) {
        d->resting = true;
        loop_timer_set(&d->timer, d->t->rate_delay * 1000, on_dest_time, d);
    }
}

static void on_transport_time(void *arg)
{
    struct transport *t = arg;

    t->resting = false;
    transport_revive(t);
    sched_dirty(t);
}

void transport_revive(struct transport *t)
{
    if (!t->dead)
        return;
    t->dead = false;
    loop_timer_clear(&t->timer);
    sched_dirty(t);
}

void transport_kill(struct transport *t, const struct why *why)
{
    t->dead = true;
    t->resting = false;
    t->why = *why;
    loop_timer_set(&t->timer, par_transport_retry_time() * 1000, on_transport_time, t);
    sched_defer_transport(t, why);
}

void transport_rest(struct transport *t)
{
    t->resting = true;
    loop_timer_set(&t->timer, t->transport_rate_delay * 1000, on_transport_time, t);
}

const struct dest *transports_worst(size_t (*measure)(const struct dest *d), size_t *most)
{
    const struct dest *worst = NULL;
    const char *key;
    void *t, *d;

    *most = 0;
    for (size_t i = 0; htab_each(transports, &i, &key, &t);)
        for (size_t k = 0; htab_each(((struct transport *)t)->dests, &k, &key, &d);) {
            size_t n = measure(d);

            if (n > *most) {
                worst = d;
                *most = n;
            }
        }
    return worst;
}

void transports_revive_all(void)
{
    const char *key;
    void *value, *dest;

    for (size_t at = 0; htab_each(transports, &at, &key, &value);) {
        struct transport *t = value;

        transport_revive(t);
        for (size_t i = 0; htab_each(t->dests, &i, &key, &dest);)
            dest_revive(dest);
    }
}
