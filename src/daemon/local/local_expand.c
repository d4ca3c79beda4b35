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

    if (fd < 0 && errno == EACCES) {
        log_warn("cannot open include file %s: %s", inc->path, strerror(errno));
        r = unusable(why);
    } else if (fd < 0 || fstat(fd, &inc->st) < 0) {
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
        log_warn("cannot find username for uid %ld", (long)inc->st.st_uid);
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

    if (!local_first_time(j, "include %ld %s", (long)outer->as.uid, path))
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
        r = why_set(&why, "4.3.5", "mail system configuration error");
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

static void named_file(struct job *j, const struct target *t, const char *path)
{
    if (allowed(par_allow_mail_to_files(), t->source))
        local_file(j, t, path);
    else
        not_allowed(j, t, "file");
}

/* ~/name is below the home of whoever wrote it. */
static void home_file(struct job *j, const struct target *t, const char *text)
{
    char *path;

    if (text[1] != '/' || !t->as.home) {
        log_warn("%s home directory%s for: %s", text[1] == '/' ? "unknown" : "bad", text[1] == '/' ? "" : " syntax",
                 text);
        local_fail(j, t, "5.3.5", "mail system configuration error");
        return;
    }
    path = mem_printf("%s%s", strcmp(t->as.home, "/") == 0 ? "" : t->as.home, text + 1);
    named_file(j, t, path);
    free(path);
}

static void element(struct job *j, const struct target *t, const char *text)
{
    if (text[0] == '|') {
        if (allowed(par_allow_mail_to_commands(), t->source))
            local_command(j, t, text + 1);
        else
            not_allowed(j, t, "command");
    } else if (text[0] == '/') {
        named_file(j, t, text);
    } else if (text[0] == '~') {
        home_file(j, t, text);
    } else if (str_begins_case(str_of(text), ":include:")) {
        include(j, t, text + 9 + strspn(text + 9, " \t"));
    } else {
        local_address(j, *t, text);
    }
}

/* An addr-spec to internal form; \user keeps its backslash. */
static void add_spec(struct buf *addr, struct str spec)
{
    struct str rest;

    if (spec.p[0] == '@' && addr_parse_path(spec, false, addr, &rest) == OK)
        return; /* without its route */
    if (spec.n > 1 && spec.p[0] == '\\' && chr_is_alnum((unsigned char)spec.p[1]))
        buf_putc(addr, '\\');
    if (addr_unquote(addr, spec) != OK)
        buf_str(addr, spec);
}

/* How much of text, which is not empty, is one word. */
static size_t word_length(struct str text)
{
    size_t n = 1;

    while (n < text.n && text.p[n] != ',' && !chr_is_space((unsigned char)text.p[n]))
        n++;
    return n;
}

static size_t addresses(struct job *j, const struct target *t, struct str text)
{
    struct addr_piece piece;
    struct buf addr;
    size_t at = 0, n = 0, groups = text.n;

    while (groups && text.p[groups - 1] != ';')
        groups--;
    buf_init(&addr, ADDR_MAX);
    while (addr_next(text, &at, &piece) == OK) {
        const char *end = text.p + text.n;

        buf_reset(&addr);
        if (piece.kind == ADDR_SPEC) {
            add_spec(&addr, piece.text);
        } else if (piece.text.p[piece.text.n - 1] == ':' && piece.text.p >= text.p + groups) {
            /* No group without ";", but a slip of the pen ("include:/file"): an address that nobody has. */
            struct str rest = { piece.text.p, (size_t)(end - piece.text.p) };
            size_t length = word_length(rest);

            buf_add(&addr, rest.p, length);
            text = (struct str){ rest.p + length, rest.n - length };
            at = groups = 0;
        } else {
            continue;
        }
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

static size_t comment_length(struct str s)
{
    size_t depth = 0, i = 0;

    do {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '(' || s.p[i] == ')')
            depth += s.p[i] == '(' ? 1 : (size_t)-1;
        i++;
    } while (depth && i < s.n);
    return i < s.n ? i : s.n;
}

/* Comments go; what does not close ends with the text; "|" binds what is beside it, as in | "command". */
static void tidy(struct buf *out, struct str text)
{
    bool quoted = false;

    for (size_t i = 0; i < text.n && text.p[i]; i++) {
        char c = text.p[i];
        bool blank = chr_is_space((unsigned char)c) || c == '(';

        if (!quoted && c == '(')
            i += comment_length((struct str){ text.p + i, text.n - i }) - 1;
        while (!quoted && c == '|' && out->n && chr_is_space((unsigned char)out->p[out->n - 1]))
            buf_cut(out, out->n - 1);
        if (!quoted && blank && out->n && out->p[out->n - 1] == '|')
            continue;
        buf_putc(out, !quoted && c == '(' ? ' ' : c);
        if (c == '\\' && i + 1 < text.n)
            buf_putc(out, text.p[++i]);
        else if (c == '"')
            quoted = !quoted;
    }
    if (quoted)
        buf_putc(out, '"');
}

size_t local_expand_text(struct job *j, const struct target *t, struct str text)
{
    struct buf tidied;
    struct str rest;
    size_t n = 0;

    buf_init(&tidied, text.n + 1);
    tidy(&tidied, text);
    rest = buf_view(&tidied);
    while (rest.n) {
        size_t at = find_include(rest);

        n += addresses(j, t, (struct str){ rest.p, at });
        if (at < rest.n) {
            at += unquoted_include(j, t, (struct str){ rest.p + at, rest.n - at });
            n++;
        }
        rest = (struct str){ rest.p + at, rest.n - at };
    }
    buf_done(&tidied);
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
