/* local_expand.c - the right side of an alias, a .forward or an include file
 *
 * A list of addresses, /files, |commands and :include:/files, separated by
 * commas (or line ends in files). Only a list whose source is trusted for it
 * may name files and commands; an address is never one.
 * Runs in: local.  Parameters: allow_mail_to_commands, allow_mail_to_files.
 * Tests: tests/smtp/local-*.t
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

enum { INCLUDE_MAX = 1 << 20 };

static bool allowed(const char *list, enum local_source source)
{
    static const char *const names[] = {
        [FROM_ALIAS] = "alias", [FROM_FORWARD] = "forward", [FROM_INCLUDE] = "include"
    };
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, names[source]))
            return true;
    return false;
}

/* Cuts the next element off *rest: separators inside quotes, comments and <> do not count. */
static bool next_element(struct str *rest, struct str *item)
{
    size_t i = 0;
    int paren = 0;
    bool quoted = false, angle = false;

    while (rest->n && (rest->p[0] == ',' || chr_is_space((unsigned char)rest->p[0]))) {
        rest->p++;
        rest->n--;
    }
    if (!rest->n)
        return false;
    for (; i < rest->n; i++) {
        char c = rest->p[i];

        if (c == '\\' && i + 1 < rest->n)
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '(')
            paren++;
        else if (!quoted && c == ')' && paren)
            paren--;
        else if (!quoted && (c == '<' || c == '>'))
            angle = c == '<';
        else if (!quoted && !paren && !angle && (c == ',' || c == '\n'))
            break;
    }
    *item = str_trim((struct str){ rest->p, i });
    rest->p += i;
    rest->n -= i;
    return true;
}

/* "|cmd" or |"cmd" or |cmd: the text without quotes. */
static char *plain_text(struct str item)
{
    struct buf out;

    buf_init(&out, item.n + 1);
    for (size_t i = 0; i < item.n; i++) {
        if (item.p[i] == '"')
            continue;
        if (item.p[i] == '\\' && i + 1 < item.n && (item.p[i + 1] == '"' || item.p[i + 1] == '\\'))
            i++;
        buf_putc(&out, item.p[i]);
    }
    return buf_take(&out);
}

static enum result read_include(void *arg, struct buf *out, struct why *why)
{
    const char *path = arg;

    if (io_read_file(AT_FDCWD, path, out) != OK)
        return why_set(why, "4.2.0", "cannot open include file %s: %s", path, strerror(errno));
    return OK;
}

/* An include file is read with the rights of the one who named it; its commands run as its owner. */
static void include(struct job *j, const char *path, enum local_source source, const struct identity *as,
                    const char *domain)
{
    struct run_as who = { .uid = as->uid, .gid = as->gid, .user = as->user, .extra = (gid_t)-1 };
    struct identity owner = *as;
    struct buf text;
    struct why why;
    struct stat st;
    enum result r;

    buf_init(&text, INCLUDE_MAX);
    if (source == FROM_ALIAS && geteuid() == 0)
        r = read_include((void *)(uintptr_t)path, &text, &why);
    else
        r = run_as(&who, read_include, (void *)(uintptr_t)path, &text, &why);
    if (r != OK) {
        local_note(j, TEMP, &why, "%s", "");
    } else if (++j->depth > 100) {
        why_set(&why, "5.4.6", ":include: files are nested too deeply");
        local_note(j, PERM, &why, "%s", "");
        j->depth--;
    } else {
        if (source == FROM_ALIAS && stat(path, &st) == 0 && st.st_uid != 0)
            owner = (struct identity){ st.st_uid, st.st_gid, NULL };
        local_expand(j, text.p, FROM_INCLUDE, &owner, domain);
        j->depth--;
    }
    buf_done(&text);
}

static void not_allowed(struct job *j, const char *what, const char *text)
{
    struct why why;

    why_set(&why, "5.7.1", "mail to %s is restricted: %s", what, text);
    local_note(j, PERM, &why, "%s", "");
}

static bool first_time(struct job *j, const char *text)
{
    return !htab_put(j->seen, str_of(text), j);
}

static void addresses(struct job *j, struct str item)
{
    struct addr_piece piece;
    struct buf addr;
    size_t at = 0;

    buf_init(&addr, ADDR_MAX);
    while (addr_next(item, &at, &piece) == OK) {
        bool plain = piece.text.n > 1 && piece.text.p[0] == '\\';

        if (piece.kind != ADDR_SPEC)
            continue;
        if (plain)
            piece.text = (struct str){ piece.text.p + 1, piece.text.n - 1 };
        buf_reset(&addr);
        if (addr_unquote(&addr, piece.text) != OK)
            buf_str(&addr, piece.text);
        if (addr.n)
            local_address(j, addr.p, plain);
    }
    buf_done(&addr);
}

static void element(struct job *j, struct str item, enum local_source source, const struct identity *as,
                    const char *domain)
{
    char *text = plain_text(item);

    if (text[0] == '|') {
        if (!allowed(par_allow_mail_to_commands(), source))
            not_allowed(j, "commands", text + 1);
        else if (first_time(j, text))
            local_command(j, text + 1 + strspn(text + 1, " \t"), as, NULL);
    } else if (text[0] == '/') {
        if (!allowed(par_allow_mail_to_files(), source))
            not_allowed(j, "files", text);
        else if (first_time(j, text))
            local_file(j, text, as);
    } else if (strncmp(text, ":include:", 9) == 0) {
        if (first_time(j, text))
            include(j, text + 9 + strspn(text + 9, " \t"), source, as, domain);
    } else if (item.p[0] == '\\' && item.n > 1) {
        char *name = mem_dup_n(item.p + 1, item.n - 1);

        local_address(j, name, true);
        free(name);
    } else {
        addresses(j, item);
    }
    free(text);
}

void local_expand(struct job *j, const char *text, enum local_source source, const struct identity *as,
                  const char *domain)
{
    struct str rest = str_of(text), item;

    while (next_element(&rest, &item))
        if (item.n && item.p[0] != '#')
            element(j, item, source, as, domain);
}
