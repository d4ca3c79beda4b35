/* local_expand.c - the right side of an alias, a .forward or an include file
 *
 * An address list as in a message header. An element that begins with / or |,
 * or with :include:, is a file, a command or a list of more; only a source that is
 * trusted for it may name those.
 * Runs in: local.  Parameters: allow_mail_to_commands, allow_mail_to_files.
 * Tests: tests/local/
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/local/local_int.h"
#include "deliver/run_as.h"
#include "mail/addr.h"
#include "param/param.h"

enum { INCLUDE_MAX = 16 << 20, USER_INCLUDE_MAX = 960 << 10 };

static bool allowed(const char *list, enum local_source source)
{
    static const char *const names[] = {
        [FROM_NOTHING] = "", [FROM_ALIAS] = "alias", [FROM_FORWARD] = "forward", [FROM_INCLUDE] = "include"
    };
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, names[source]))
            return true;
    return false;
}

/* --- :include: --- */

struct include {
    const char *path;
    struct stat st;
};

static enum result unusable(struct why *why)
{
    return why_set(why, "5.3.5", "mail system configuration error");
}

/* Opened once and looked at afterwards: what was checked is what is read. */
static enum result read_include(void *arg, struct buf *out, struct why *why)
{
    struct include *inc = arg;
    int fd = open(inc->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    enum result r = OK;
    char block[16384];
    ssize_t n = 0;

    if (fd < 0 || fstat(fd, &inc->st) < 0) {
        log_warn("unable to lookup :include: file %s: %s", inc->path, strerror(errno));
        r = unusable(why);
    } else if (!S_ISREG(inc->st.st_mode)) {
        log_warn(":include: file %s is not a regular file", inc->path);
        r = unusable(why);
    } else if (inc->st.st_mode & S_IWOTH) {
        log_warn(":include: file %s is world writable", inc->path);
        r = unusable(why);
    }
    while (r == OK && (n = read(fd, block, sizeof block)) > 0)
        if (!buf_add(out, block, (size_t)n))
            r = why_set(why, "4.3.0", ":include: file %s is too large", inc->path);
    if (r == OK && n < 0)
        r = why_set(why, "4.3.0", "cannot read :include: file %s: %s", inc->path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return r;
}

/* A file that root's alias names: what it says counts as its owner's. A user's own list has the user's rights only. */
static bool take_rights(const struct include *inc, struct target *t)
{
    const struct passwd *pw;

    if (t->as.uid || geteuid() != 0 || !inc->st.st_uid)
        return true;
    pw = getpwuid(inc->st.st_uid);
    if (!pw) {
        log_warn("%s: cannot find :include: file owner username", inc->path);
        return false;
    }
    t->as = local_identity(pw);
    return true;
}

static void include(struct job *j, const struct target *outer, const char *path)
{
    bool as_root = !outer->as.uid;
    struct run_as who = { .uid = outer->as.uid, .gid = outer->as.gid, .extra = (gid_t)-1 };
    struct include inc = { .path = path };
    struct target t = *outer;
    struct buf text;
    struct why why;
    enum result r;

    if (!local_first_time(j, "include %s", path))
        return;
    buf_init(&text, as_root ? INCLUDE_MAX : USER_INCLUDE_MAX);
    if (path[0] != '/') {
        log_warn(":include:%s uses a relative path", path);
        r = unusable(&why);
    } else if (as_root || geteuid() != 0) {
        r = read_include(&inc, &text, &why);
    } else {
        r = run_as(&who, read_include, &inc, &text, &why);
    }
    if (r == OK && !take_rights(&inc, &t))
        r = why_set(&why, "4.3.0", "cannot find :include: file owner username");
    if (r != OK) {
        local_failed(j, outer, r, &why);
    } else {
        t.source = FROM_INCLUDE;
        if (!t.owner)
            t.owner = t.addr; /* each address gets a retry of its own */
        if (!(j->t->extend & 1u << FROM_INCLUDE))
            t.unmatched = NULL;
        (void)local_expand_file(j, &t, buf_view(&text));
    }
    if (t.as.home != outer->as.home)
        local_identity_done(&t.as);
    buf_done(&text);
}

/* --- elements --- */

static void not_allowed(struct job *j, const struct target *t, const char *what)
{
    local_fail(j, t, "5.7.1", "mail to %s is restricted", what);
}

static void element(struct job *j, const struct target *t, const char *text)
{
    if (text[0] == '|') {
        if (allowed(par_allow_mail_to_commands(), t->source))
            local_command(j, t, text + 1);
        else
            not_allowed(j, t, "command");
    } else if (text[0] == '/') {
        if (allowed(par_allow_mail_to_files(), t->source))
            local_file(j, t, text);
        else
            not_allowed(j, t, "file");
    } else if (str_begins_case(str_of(text), ":include:")) {
        include(j, t, text + 9 + strspn(text + 9, " \t"));
    } else {
        local_address(j, *t, text);
    }
}

static size_t addresses(struct job *j, const struct target *t, struct str text)
{
    struct addr_piece piece;
    struct buf addr;
    size_t at = 0, n = 0;

    buf_init(&addr, ADDR_MAX);
    while (addr_next(text, &at, &piece) == OK) {
        if (piece.kind != ADDR_SPEC)
            continue;
        buf_reset(&addr);
        if (piece.text.n > 1 && piece.text.p[0] == '\\' && chr_is_alnum((unsigned char)piece.text.p[1]))
            buf_putc(&addr, '\\');
        if (addr_unquote(&addr, piece.text) != OK)
            buf_str(&addr, piece.text);
        element(j, t, addr.p);
        n++;
    }
    buf_done(&addr);
    return n;
}

/* Where the next :include: begins that is an element of its own, or text.n. */
static size_t find_include(struct str text)
{
    bool quoted = false, start = true;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (start && !quoted && c == ':' && str_begins_case((struct str){ text.p + i, text.n - i }, ":include:"))
            return i;
        if (c == '\\' && i + 1 < text.n)
            i++;
        else if (c == '"')
            quoted = !quoted;
        start = c == ',' || c == '<' || chr_is_space((unsigned char)c);
    }
    return text.n;
}

/* :include:/file up to a blank or comma, or a quoted name. Returns how many bytes that was. */
static size_t unquoted_include(struct job *j, const struct target *t, struct str text)
{
    size_t i = 9, end;
    char *path;

    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '"'))
        i++;
    end = i;
    while (end < text.n && text.p[end] != ',' && text.p[end] != '"' && text.p[end] != '>' &&
           (text.p[i - 1] == '"' || !chr_is_space((unsigned char)text.p[end])))
        end++;
    path = mem_dup_n(text.p + i, end - i);
    include(j, t, path);
    free(path);
    return end < text.n && text.p[end] == '"' ? end + 1 : end;
}

static size_t expand_closed(struct job *j, const struct target *t, struct str text)
{
    size_t n = 0;

    while (text.n) {
        size_t at = find_include(text);

        n += addresses(j, t, (struct str){ text.p, at });
        if (at < text.n) {
            at += unquoted_include(j, t, (struct str){ text.p + at, text.n - at });
            n++;
        }
        text = (struct str){ text.p + at, text.n - at };
    }
    return n;
}

/* A quote that does not close ends with the text. */
size_t local_expand_text(struct job *j, const struct target *t, struct str text)
{
    bool open = false;
    char *closed;
    size_t n;

    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\\')
            i++;
        else if (text.p[i] == '"')
            open = !open;
    if (!open)
        return expand_closed(j, t, text);
    closed = mem_printf("%.*s\"", (int)text.n, text.p);
    n = expand_closed(j, t, str_of(closed));
    free(closed);
    return n;
}

size_t local_expand_file(struct job *j, const struct target *t, struct str text)
{
    size_t n = 0;

    while (text.n) {
        size_t line = str_find(text, '\n');

        if (text.p[0] != '#')
            n += local_expand_text(j, t, (struct str){ text.p, line });
        line += line < text.n;
        text = (struct str){ text.p + line, text.n - line };
    }
    return n;
}
