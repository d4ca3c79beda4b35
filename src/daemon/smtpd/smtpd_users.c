/* smtpd_users.c - logins checked against a table of users: smtpd_sasl_type = postlet
 *
 * smtpd_sasl_path names the table, "user  entry", entries as postpasswd makes them or of crypt(3); a user without a
 * domain is also looked up with smtpd_sasl_local_domain. Names are in lower case, as postmap makes them. All mechanisms
 * work from a SCRAM-SHA-256 entry, PLAIN and LOGIN from any. Whoever guesses has to wait (smtpd_guess.h).
 * Runs in: smtpd; the table is opened before the jail.  Input: hostile.  Secrets are wiped at the end of each login.
 * RFC 4616 (PLAIN), draft-murchison-sasl-login.  Feature: SASL_USERS.
 * Parameters: smtpd_sasl_path (given by smtpd_auth.c), smtpd_sasl_local_domain.
 * Tests: tests/peers/test_auth_users.py
 */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_guess.h"
#include "daemon/smtpd/smtpd_users_int.h"
#include "map/map.h"
#include "net/crypto.h"
#include "param/param.h"

struct mech {
    struct sasl_mech row;
    enum result (*step)(struct users_login *l, struct str in, struct buf *out);
};

static struct {
    const char *path;
    struct maps *table;
    uint8_t secret[PASSWORD_KEY]; /* for the salts of users that do not exist */
    const struct mech *mech;
    struct users_login login;
} us;

/* --- the user --- */

enum result smtpd_users_name(struct users_login *l, struct str name)
{
    buf_reset(&l->user);
    if (!name.n || name.n > USERS_NAME || !str_is_utf8(name))
        return PERM;
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= ' ' || name.p[i] == 127)
            return PERM;
    buf_str(&l->user, name);
    str_lower(l->user.p);
    return OK;
}

static enum result look_up(struct users_login *l)
{
    const char *domain = par_smtpd_sasl_local_domain();
    enum result r = maps_get(us.table, buf_view(&l->user), &l->entry, NULL);
    size_t n = l->user.n;

    if (r != NONE || !*domain || str_find(buf_view(&l->user), '@') < n)
        return r;
    buf_printf(&l->user, "@%s", domain);
    r = maps_get(us.table, buf_view(&l->user), &l->entry, NULL);
    if (r == NONE)
        buf_cut(&l->user, n);
    return r;
}

/* Always the same for the same name, and nothing that the real one could be told from. */
static void invent(struct users_login *l)
{
    struct str key = { (const char *)us.secret, sizeof us.secret };
    uint8_t mac[PASSWORD_KEY] = { 0 };

    l->key.rounds = PASSWORD_ROUNDS;
    l->key.salt_n = PASSWORD_SALT;
    (void)!crypto_hmac(CRYPTO_SHA256, key, buf_view(&l->user), mac);
    memcpy(l->key.salt, mac, PASSWORD_SALT);
    crypto_random(l->key.stored, sizeof l->key.stored);
    crypto_random(l->key.server, sizeof l->key.server);
}

static void wait_ms(int ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&t, NULL);
}

enum result smtpd_users_find(struct users_login *l, struct buf *out)
{
    int ms = smtpd_guess_wait(l->user.p, l->addr);
    enum result r;

    if (ms < 0) {
        buf_puts(out, "too many failed logins, try again later");
        return TEMP;
    }
    if (ms > 0)
        wait_ms(ms);
    r = look_up(l);
    if (r == OK) {
        enum result form = password_parse(buf_view(&l->entry), &l->key);

        l->real = form == OK;
        if (form == PERM)
            log_warn("%s: the password entry of %s is of no known form", us.path, l->user.p);
    } else if (r != NONE) {
        buf_puts(out, "lookup error");
        return TEMP;
    }
    if (!l->real)
        invent(l);
    return OK;
}

enum result smtpd_users_verdict(struct users_login *l, bool good, struct buf *out)
{
    if (l->user.n)
        smtpd_guess_result(l->user.p, l->addr, good);
    if (good)
        return OK;
    buf_reset(out);
    buf_puts(out, "authentication failure");
    return PERM;
}

/* A password in plain text; where there is no user the work is the same. */
static enum result check(struct users_login *l, struct str password, struct buf *out)
{
    enum result r = smtpd_users_find(l, out);
    struct buf made_up;

    if (r != OK)
        return r;
    buf_init(&made_up, 256);
    if (!l->entry.n)
        password_print(&l->key, &made_up);
    r = password_check(l->entry.n ? buf_view(&l->entry) : buf_view(&made_up), password);
    if (r == PERM)
        log_warn("%s: the password entry of %s cannot be used", us.path, l->user.p);
    buf_done(&made_up);
    if (r == TEMP) {
        buf_puts(out, "internal error");
        return TEMP;
    }
    return smtpd_users_verdict(l, r == OK && l->entry.n, out);
}

/* --- PLAIN and LOGIN --- */

/* The part before a NUL. */
static struct str before_nul(struct str *rest)
{
    size_t n = str_find(*rest, 0);
    struct str part = { rest->p, n };

    *rest = n < rest->n ? (struct str){ rest->p + n + 1, rest->n - n - 1 } : (struct str){ rest->p + n, 0 };
    return part;
}

static enum result plain(struct users_login *l, struct str in, struct buf *out)
{
    struct str as, name;

    if (l->step++ == 0)
        return AGAIN;
    as = before_nul(&in);
    name = before_nul(&in);
    if (smtpd_users_name(l, name) != OK || (as.n && !str_same_case(as, name)))
        return smtpd_users_verdict(l, false, out);
    return check(l, in, out);
}

static enum result login(struct users_login *l, struct str in, struct buf *out)
{
    switch (l->step++) {
    case 0:
        buf_puts(out, "Username:");
        return AGAIN;
    case 1:
        if (smtpd_users_name(l, in) != OK)
            buf_reset(&l->user);
        buf_puts(out, "Password:");
        return AGAIN;
    default:
        return l->user.n ? check(l, in, out) : smtpd_users_verdict(l, false, out);
    }
}

/* --- the conversation --- */

static const struct mech mechs[] = {
    { { "SCRAM-SHA-256", MECH_MUTUAL_AUTH }, smtpd_users_scram },
    { { "PLAIN", MECH_PLAINTEXT }, plain },
    { { "LOGIN", MECH_PLAINTEXT }, login },
};

static struct sasl_mech offered[ARRAY_LEN(mechs)];

/* The same on each start, so that an unknown user's salt stays; of the machine, so that nobody else can tell it. */
static void make_secret(void)
{
    struct buf id;

    buf_init(&id, 256);
    if (io_read_file(AT_FDCWD, "/etc/machine-id", &id) != OK || !id.n ||
        !buf_puts(&id, "postlet smtpd_sasl") || crypto_hash(CRYPTO_SHA256, buf_view(&id), us.secret) != OK)
        crypto_random(us.secret, sizeof us.secret);
    buf_done(&id);
}

static void init(const char *path)
{
    if (!strchr(path, ':'))
        log_fatal("smtpd_sasl_path = %s: smtpd_sasl_type = postlet wants a table of users, type:name", path);
    us.path = path;
    us.table = maps_open("smtpd_sasl_path", path, MAP_FOLD);
    make_secret();
    password_init();
    for (size_t i = 0; i < ARRAY_LEN(mechs); i++)
        offered[i] = mechs[i].row;
}

static enum result mechanisms(const struct sasl_mech **list, size_t *n)
{
    *list = offered;
    *n = ARRAY_LEN(offered);
    return OK;
}

/* Buffers that hold secrets have all their memory from the start: a grown one leaves a copy behind. */
static void secret_buf(struct buf *b, size_t max)
{
    buf_init(b, max);
    (void)!buf_reserve(b, max);
}

static void wiped(struct buf *b)
{
    mem_wipe(b->p, b->cap);
    buf_done(b);
}

static void end(void)
{
    struct users_login *l = &us.login;

    if (!us.mech)
        return;
    us.mech = NULL;
    wiped(&l->user);
    wiped(&l->entry);
    wiped(&l->header);
    wiped(&l->bare);
    wiped(&l->first);
    mem_wipe(l, sizeof *l);
}

static enum result step(struct str in, struct buf *out, struct buf *user)
{
    struct users_login *l = &us.login;
    struct buf text;
    enum result r;

    secret_buf(&text, USERS_MESSAGE);
    r = us.mech->step(l, in, &text);
    buf_reset(user);
    buf_str(user, buf_view(&l->user));
    buf_reset(out);
    if (r == AGAIN)
        base64_encode(out, buf_view(&text));
    else if (r != OK)
        buf_str(out, buf_view(&text));
    wiped(&text);
    return r;
}

static enum result more(struct str response, struct buf *out, struct buf *user)
{
    struct buf in;
    enum result r = PERM;

    secret_buf(&in, USERS_MESSAGE);
    buf_reset(out);
    if (base64_decode(&in, response) == OK)
        r = step(buf_view(&in), out, user);
    else
        buf_puts(out, "malformed response");
    wiped(&in);
    return r;
}

static enum result begin(const struct sasl_request *q, struct buf *out, struct buf *user)
{
    struct users_login *l = &us.login;
    enum result r;

    end();
    *l = (struct users_login){ .step = 0 };
    snprintf(l->addr, sizeof l->addr, "%s", q->remote_ip);
    secret_buf(&l->user, 2 * USERS_NAME + 1);
    secret_buf(&l->entry, USERS_MESSAGE);
    secret_buf(&l->header, USERS_MESSAGE);
    secret_buf(&l->bare, USERS_MESSAGE);
    secret_buf(&l->first, USERS_MESSAGE);
    for (size_t i = 0; i < ARRAY_LEN(mechs); i++)
        if (strcmp(q->mech, mechs[i].row.name) == 0)
            us.mech = &mechs[i];
    r = step((struct str){ "", 0 }, out, user);
    return r == AGAIN && q->initial.p ? more(q->initial, out, user) : r;
}

const struct smtpd_sasl smtpd_sasl_users = { "postlet", init, mechanisms, begin, more, end };
