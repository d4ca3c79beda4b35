/* smtpd_footer.c - what operators make of refusals: smtpd_reject_filter_maps, smtpd_reject_footer
 *
 * A filter may put another refusal in the place of one; the footer comes after that.
 * The template is expanded; it makes lines of its own, or continues the last one
 * when it begins with \c. \n in it begins another line. What a client brings into
 * templates goes through smtpd_expansion_filter.
 * Runs in: smtpd.  Parameters: smtpd_reject_filter_maps, smtpd_reject_footer, smtpd_reject_footer_maps,
 * smtpd_expansion_filter.
 * Tests: tests/smtp/reject-footer*.t, tests/smtp/reject-filter.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "map/map.h"
#include "param/param.h"

/* The parameter has C escapes: \40 is a blank. */
const char *smtpd_expansion_filter(void)
{
    static char out[256];
    const char *p = par_smtpd_expansion_filter();
    size_t n = 0;

    while (*p && n < sizeof out - 1) {
        if (*p == '\\' && p[1] >= '0' && p[1] <= '7') {
            unsigned c = 0;

            for (p++; *p >= '0' && *p <= '7'; p++)
                c = c * 8 + (unsigned)(*p - '0');
            out[n++] = (char)c;
        } else if (*p == '\\' && p[1]) {
            out[n++] = p[1] == 't' ? '\t' : p[1];
            p += 2;
        } else {
            out[n++] = *p++;
        }
    }
    out[n] = 0;
    return out;
}

struct footer {
    const struct smtpd *s;
    char localtime[32];
};

static const char *text_or_empty(const struct buf *b)
{
    return b->n ? b->p : "";
}

static const char *footer_name(const char *name, void *arg)
{
    const struct footer *f = arg;
    const struct smtpd *s = f->s;
    const struct { const char *name, *value; } names[] = {
        { "client", s->peer.label }, { "client_address", s->peer.addr }, { "client_name", s->peer.name },
        { "client_port", s->peer.port }, { "helo_name", text_or_empty(&s->helo) }, { "localtime", f->localtime },
        { "recipient", text_or_empty(&s->rcpt.ext) }, { "sender", s->tx ? text_or_empty(&s->tx->sender_ext) : "" },
        { "server_name", par_myhostname() },
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].value;
    return NULL;
}

/* Adds the table's template, or the parameter's. */
static void find_template(struct smtpd *s, const char *reply, struct buf *out)
{
    enum result r = NONE;

    if (smtpd_lists.footers)
        r = maps_get(smtpd_lists.footers, str_of(reply), out, NULL);
    if (r == OK)
        return;
    if (r != NONE)
        log_warn("smtpd_reject_footer_maps: no answer for \"%s\"", reply);
    buf_reset(out);
    buf_puts(out, par_smtpd_reject_footer());
}

static void expand(const struct smtpd *s, const char *template, struct buf *out)
{
    struct footer f = { .s = s, .localtime = "" };
    time_t now = clock_wall().tv_sec;
    const char *bad = NULL;
    struct tm tm;

    if (localtime_r(&now, &tm))
        (void)strftime(f.localtime, sizeof f.localtime, "%b %d %H:%M:%S", &tm);
    if (param_expand_with(template, footer_name, &f, smtpd_expansion_filter(), out, &bad) == OK)
        return;
    log_warn("smtpd_reject_footer: bad syntax near \"%s\"", bad ? bad : "");
    buf_reset(out);
}

/* Cuts the text up to the two characters \n, or all of it, off *rest. */
static struct str next_line(struct str *rest)
{
    struct str line = { rest->p, 0 };
    size_t skip;

    while (line.n < rest->n && !(rest->p[line.n] == '\\' && line.n + 1 < rest->n && rest->p[line.n + 1] == 'n'))
        line.n++;
    skip = line.n < rest->n ? line.n + 2 : line.n;
    *rest = (struct str){ rest->p + skip, rest->n - skip };
    return line;
}

/* Length of "554 5.7.1 ". */
static size_t prefix_length(const char *reply)
{
    size_t n = why_dsn_length(reply + 4);

    return n ? n + 5 : 4;
}

static void put_footer(const char *reply, struct str text, struct buf *out)
{
    buf_puts(out, reply);
    if (text.n >= 2 && memcmp(text.p, "\\c", 2) == 0) {
        text = (struct str){ text.p + 2, text.n - 2 };
        buf_str(out, next_line(&text));
    }
    while (text.n) {
        buf_putc(out, '\n');
        buf_add(out, reply, prefix_length(reply));
        buf_str(out, next_line(&text));
    }
}

/* "450 4.7.1 text": a refusal, whatever its code. */
static bool is_refusal(struct str reply)
{
    return reply.n > 4 && (reply.p[0] == '4' || reply.p[0] == '5') && chr_is_digit(reply.p[1]) &&
           chr_is_digit(reply.p[2]) && reply.p[3] == ' ';
}

void smtpd_reject_filter(char *reply, size_t cap)
{
    struct buf out;
    enum result r;

    if (!smtpd_lists.reject_filter)
        return;
    buf_init(&out, cap - 1);
    r = maps_get(smtpd_lists.reject_filter, str_of(reply), &out, NULL);
    if (r == OK && is_refusal(buf_view(&out)))
        snprintf(reply, cap, "%s", out.p);
    else if (r == OK)
        log_warn("smtpd_reject_filter_maps: \"%s\" cannot take the place of \"%s\"", out.n ? out.p : "", reply);
    else if (r != NONE)
        log_warn("smtpd_reject_filter_maps: no answer for \"%s\"", reply);
    buf_done(&out);
}

void smtpd_footer(struct smtpd *s, const char *reply, struct buf *out)
{
    struct buf template, text;

    buf_init(&template, 4096);
    buf_init(&text, 4096);
    find_template(s, reply, &template);
    if (template.n)
        expand(s, template.p, &text);
    put_footer(reply, buf_view(&text), out);
    buf_done(&template);
    buf_done(&text);
}
