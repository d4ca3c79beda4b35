/* verify_cache.c - what is known of addresses, in memory and, now and then, in a file
 *
 * The file is text, one line "address<TAB>status:probed:updated:text", replaced
 * as a whole when the process ends and each address_verify_cache_cleanup_interval.
 * It is NAME.cache for any table type that would be one file.
 * Runs in: verify.  Trust: the file is ours, but may be cut short; lines that make no sense are skipped.
 * Parameters: address_verify_map, address_verify_*_expire_time.
 * Feature: VERIFY.  Tests: tests/smtp/verify-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "daemon/verify/verify_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/htab.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "mail/smtp_text.h"
#include "map/map.h"
#include "param/param.h"

enum { ENTRIES_MAX = 50000, FILE_MAX = 64 << 20, KEY_MAX = 4096, TEXT_MAX = 500 };

static struct htab *entries;
static int dir_fd = -1;
static char file_name[256], tmp_name[264];
static bool changed;

/* "btree:/var/lib/postfix/verify_cache" to the directory and a name in it. */
static bool split_map(const char *spec, char **dir, const char **base)
{
    struct str s = str_of(spec), type;
    size_t colon;

    if (strncmp(spec, "proxy:", 6) == 0)
        s = (struct str){ s.p + 6, s.n - 6 };
    colon = str_find(s, ':');
    type = (struct str){ s.p, colon };
    if (colon >= s.n || s.p[colon + 1] != '/')
        return false;
    *dir = mem_dup_n(type.p, type.n);
    if (!map_is_cdb(*dir) && strcmp(*dir, "texthash") != 0) {
        free(*dir);
        return false;
    }
    free(*dir);
    *base = strrchr(s.p, '/') + 1;
    *dir = mem_dup_n(s.p + colon + 1, (size_t)(*base - 1 - (s.p + colon + 1)));
    return true;
}

void verify_cache_open(void)
{
    const char *base;
    char *dir;

    entries = htab_new();
    if (!*par_address_verify_map())
        return;
    if (!split_map(par_address_verify_map(), &dir, &base) || !*base ||
        snprintf(file_name, sizeof file_name, "%s.cache", base) >= (int)sizeof file_name) {
        log_warn("address_verify_map: \"%s\" cannot be used; what is learnt of addresses is kept in memory only",
                 par_address_verify_map());
        return;
    }
    snprintf(tmp_name, sizeof tmp_name, "%s.tmp", file_name);
    dir_fd = open(*dir ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        log_warn("address_verify_map: open directory %s: %s", dir, strerror(errno));
    free(dir);
}

static bool expired(const struct verify_entry *e, int64_t now)
{
    int64_t keep = e->status == VERIFY_OK ? par_address_verify_positive_expire_time()
                                          : par_address_verify_negative_expire_time();

    return e->updated ? now - e->updated > keep : now - e->probed > keep;
}

struct verify_entry *verify_cache_get(const char *addr)
{
    struct verify_entry *e = htab_get(entries, str_of(addr));

    return e && !expired(e, (int64_t)time(NULL)) ? e : NULL;
}

static int64_t age_of(const struct verify_entry *e)
{
    return e->updated > e->probed ? e->updated : e->probed;
}

/* Makes room when a flood of addresses has come: the oldest goes. */
static void drop_oldest(void)
{
    const char *key, *oldest = NULL;
    struct verify_entry *e, *old = NULL;
    size_t at = 0;

    while (htab_each(entries, &at, &key, (void **)&e))
        if (!old || age_of(e) < age_of(old)) {
            old = e;
            oldest = key;
        }
    if (oldest)
        free(htab_remove(entries, str_of(oldest)));
}

void verify_cache_put(const char *addr, enum verify_status status, int64_t probed, int64_t updated, const char *text)
{
    size_t n = strnlen(text, TEXT_MAX);
    struct verify_entry *e = mem_new(sizeof *e + n + 1);

    e->status = status;
    e->probed = probed;
    e->updated = updated;
    memcpy(e->text, text, n);
    str_printable(e->text, true);
    free(htab_put(entries, str_of(addr), e));
    if (htab_count(entries) > ENTRIES_MAX)
        verify_cache_clean();
    if (htab_count(entries) > ENTRIES_MAX)
        drop_oldest();
    changed = true;
}

void verify_cache_clean(void)
{
    int64_t now = (int64_t)time(NULL);
    const char *key;
    struct verify_entry *e;
    size_t at = 0;

    while (htab_each(entries, &at, &key, (void **)&e))
        if (expired(e, now)) {
            free(htab_remove(entries, str_of(key)));
            at = 0;
            changed = true;
        }
}

static bool take_number(struct str *rest, int64_t *n)
{
    size_t colon = str_find(*rest, ':');

    if (colon >= rest->n || num_parse((struct str){ rest->p, colon }, 0, INT64_MAX, n) != OK)
        return false;
    *rest = (struct str){ rest->p + colon + 1, rest->n - colon - 1 };
    return true;
}

static void load_line(struct str line)
{
    size_t tab = str_find(line, '\t');
    int64_t status, probed, updated;
    struct str rest;
    struct buf key;
    char *text;

    if (tab >= line.n)
        return;
    rest = (struct str){ line.p + tab + 1, line.n - tab - 1 };
    buf_init(&key, KEY_MAX);
    if (xtext_decode(&key, (struct str){ line.p, tab }) == OK && take_number(&rest, &status) && status <= VERIFY_TODO &&
        take_number(&rest, &probed) && take_number(&rest, &updated)) {
        text = mem_dup_n(rest.p, rest.n);
        verify_cache_put(key.p, (enum verify_status)status, probed, updated, text);
        free(text);
    }
    buf_done(&key);
}

void verify_cache_load(void)
{
    struct buf all;
    struct str rest;
    enum result r;

    if (dir_fd < 0)
        return;
    buf_init(&all, FILE_MAX);
    r = io_read_file(dir_fd, file_name, &all);
    if (r == TEMP)
        log_warn("address_verify_map: read %s: %s", file_name, strerror(errno));
    for (rest = buf_view(&all); r == OK && rest.n;) {
        size_t end = str_find(rest, '\n');

        load_line((struct str){ rest.p, end });
        end += end < rest.n;
        rest = (struct str){ rest.p + end, rest.n - end };
    }
    buf_done(&all);
    verify_cache_clean();
    changed = false;
}

static void put_entry(struct buf *out, const char *key, const struct verify_entry *e)
{
    (void)xtext_encode(out, str_of(key), true);
    buf_printf(out, "\t%d:%lld:%lld:%s\n", (int)e->status, (long long)e->probed, (long long)e->updated, e->text);
}

static enum result write_all(int fd)
{
    const char *key;
    struct verify_entry *e;
    struct buf out;
    size_t at = 0;
    enum result r = OK;

    buf_init(&out, 64 * 1024);
    while (r == OK && htab_each(entries, &at, &key, (void **)&e)) {
        put_entry(&out, key, e);
        if (out.n > 32 * 1024) {
            r = io_write(fd, out.p, out.n);
            buf_reset(&out);
        }
    }
    if (r == OK)
        r = io_write(fd, out.p, out.n);
    buf_done(&out);
    return r;
}

void verify_cache_save(void)
{
    int fd;

    if (!changed || dir_fd < 0)
        return;
    changed = false;
    fd = openat(dir_fd, tmp_name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        log_warn("address_verify_map: write %s: %s", tmp_name, strerror(errno));
        return;
    }
    if (write_all(fd) != OK || fsync(fd) < 0 || renameat(dir_fd, tmp_name, dir_fd, file_name) < 0) {
        log_warn("address_verify_map: write %s: %s", tmp_name, strerror(errno));
        (void)unlinkat(dir_fd, tmp_name, 0);
    }
    close(fd);
}

bool verify_cache_needed(void)
{
    return dir_fd < 0 && htab_count(entries) > 0;
}
