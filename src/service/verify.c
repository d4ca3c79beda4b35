/* verify.c - asking the verify service about an address, and telling it what a probe found
 *
 * Runs in: smtpd (queries), the queue manager (updates), verify (the sender).
 * Parameters: address_verify_service_name, address_verify_sender, address_verify_sender_ttl.
 * Feature: VERIFY.  Tests: tests/smtp/verify-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/verify.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "mail/addr.h"
#include "net/frame.h"
#include "param/param.h"
#include "route/rewrite.h"
#include "service/service.h"

enum { QUERY_MS = 10000, UPDATE_MS = 100 };

/* Digits of times: no vowels, so that they spell nothing. */
static const char digits[] = "0123456789BCDFGHJKLMNPQRSTVWXYZ";

static enum result converse(int fd, struct frame *f, const char *addr, enum verify_status *status, char *text)
{
    uint32_t n;

    frame_begin(f, VERIFY_QUERY);
    frame_put_text(f, addr);
    if (frame_send(fd, f, QUERY_MS) != OK || frame_recv(fd, f, QUERY_MS) != OK || f->type != VERIFY_ANSWER)
        return TEMP;
    n = frame_get_u32(f);
    snprintf(text, WHY_TEXT, "%s", frame_get_text(f));
    if (!frame_end(f) || n > VERIFY_TODO)
        return TEMP;
    *status = (enum verify_status)n;
    return OK;
}

enum result verify_query(const char *addr, enum verify_status *status, char text[WHY_TEXT])
{
    int fd = service_connect("private", par_address_verify_service_name(), QUERY_MS);
    struct frame f;
    enum result r;

    if (fd < 0)
        return TEMP;
    frame_init(&f, VERIFY_FRAME);
    r = converse(fd, &f, addr, status, text);
    frame_done(&f);
    close(fd);
    return r;
}

enum result verify_update(const char *addr, enum verify_status status, const char *text)
{
    int fd = service_connect("private", par_address_verify_service_name(), UPDATE_MS);
    struct frame f;
    enum result r;

    if (fd < 0)
        return TEMP;
    frame_init(&f, VERIFY_FRAME);
    frame_begin(&f, VERIFY_UPDATE);
    frame_put_text(&f, addr);
    frame_put_u32(&f, (uint32_t)status);
    frame_put_text(&f, text);
    r = frame_send(fd, &f, UPDATE_MS);
    frame_done(&f);
    close(fd);
    return r;
}

static bool null_sender(const char *sender)
{
    return !*sender || strcmp(sender, "<>") == 0;
}

static int64_t period(void)
{
    return (int64_t)time(NULL) / par_address_verify_sender_ttl();
}

static void put_number(struct buf *out, int64_t n)
{
    int64_t base = (int64_t)sizeof digits - 1;

    if (n >= base)
        put_number(out, n / base);
    buf_putc(out, digits[n % base]);
}

/* The address as configured, completed like one of this host's. */
static void base_sender(struct buf *out)
{
    buf_reset(out);
    buf_puts(out, par_address_verify_sender());
    rewrite_internal(REWRITE_LOCAL, out);
}

void verify_sender(struct buf *out)
{
    struct buf number;

    buf_reset(out);
    if (null_sender(par_address_verify_sender()))
        return;
    base_sender(out);
    if (par_address_verify_sender_ttl() <= 0)
        return;
    buf_init(&number, 32);
    put_number(&number, period());
    buf_splice(out, addr_at(buf_view(out)), 0, buf_view(&number));
    buf_done(&number);
}

/* The number at the end of a localpart; -1: none. */
static int64_t parse_number(struct str s)
{
    int64_t n = 0;

    if (!s.n || s.n > 12)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        const char *d = s.p[i] ? strchr(digits, s.p[i]) : NULL;

        if (!d)
            return -1;
        n = n * ((int64_t)sizeof digits - 1) + (d - digits);
    }
    return n;
}

bool verify_sender_base(struct buf *addr)
{
    struct str a = buf_view(addr), local = addr_local(a), base_local;
    struct buf base;
    int64_t n;
    bool same;

    if (par_address_verify_sender_ttl() <= 0 || null_sender(par_address_verify_sender()))
        return false;
    buf_init(&base, ADDR_MAX);
    base_sender(&base);
    base_local = addr_local(buf_view(&base));
    same = local.n > base_local.n && memcmp(local.p, base_local.p, base_local.n) == 0 &&
           str_same_case(addr_domain(a), addr_domain(buf_view(&base)));
    if (same) {
        n = parse_number((struct str){ local.p + base_local.n, local.n - base_local.n });
        same = n >= 0 && n >= period() - 1 && n <= period() + 1;
    }
    if (same) {
        buf_reset(addr);
        buf_str(addr, buf_view(&base));
    }
    buf_done(&base);
    return same;
}
