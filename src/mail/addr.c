/* addr.c - mail addresses: RFC 5322 text to internal form and back
 *
 * Takes what mail systems took before RFC 2822 as well (comments and blanks
 * around dots, source routes, stray dots), and never fails on bytes that nobody
 * foresaw: what is no address comes out as something else, unchanged.
 * Runs in: every process; all input is hostile.  Parameters: none.
 * Tests: tests/unit/addr_test.c, tests/fuzz/fuzz_addr.c
 */
/* SPDX-License-Identifier: ISC */
#include "mail/addr.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"

enum { COMMENT_DEPTH_MAX = 100 };

static struct str from(struct str s, size_t at)
{
    return (struct str){ s.p + at, s.n - at };
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t addr_at(struct str internal)
{
    return str_rfind(internal, '@');
}

struct str addr_local(struct str internal)
{
    return (struct str){ internal.p, addr_at(internal) };
}

struct str addr_domain(struct str internal)
{
    size_t at = addr_at(internal);

    return at < internal.n ? from(internal, at + 1) : (struct str){ internal.p + internal.n, 0 };
}

/* RFC 5321 section 4.1.2 Dot-string; bytes above 127 as RFC 6531 has them. */
static bool is_dot_string(struct str local)
{
    bool after_dot = true;

    for (size_t i = 0; i < local.n; i++) {
        unsigned char c = (unsigned char)local.p[i];

        if (c == '.') {
            if (after_dot)
                return false;
            after_dot = true;
            continue;
        }
        if (c <= ' ' || c == 0x7F || strchr("()<>[]:;@\\,\"", c))
            return false;
        after_dot = false;
    }
    return !after_dot;
}

bool addr_quote(struct buf *out, struct str internal)
{
    struct str local = addr_local(internal);
    bool fits;

    if (internal.n == 0 || is_dot_string(local))
        return buf_str(out, internal);
    fits = buf_putc(out, '"');
    for (size_t i = 0; i < local.n && fits; i++) {
        char c = local.p[i];

        if (c == '"' || c == '\\' || c == '\r')
            fits = buf_putc(out, '\\');
        fits = fits && buf_putc(out, c);
    }
    return fits && buf_putc(out, '"') && buf_str(out, from(internal, local.n));
}

/* Length of the (comment) at the start, nested ones included; 0 = it does not close. */
static size_t comment_length(struct str s)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\') {
            i++;
        } else if (s.p[i] == '(') {
            if (++depth > COMMENT_DEPTH_MAX)
                return 0;
        } else if (s.p[i] == ')' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* Length of the "quoted string" or [literal] at the start; 0 = it does not close. */
static size_t enclosed_length(struct str s, int end)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == end)
            return i + 1;
    }
    return 0;
}

/* Length of what begins with ( " or [ at the start of s, 1 for any other byte, 0 = it does not close. */
static size_t unit_length(struct str s)
{
    if (s.p[0] == '(')
        return comment_length(s);
    if (s.p[0] == '"')
        return enclosed_length(s, '"');
    if (s.p[0] == '[')
        return enclosed_length(s, ']');
    return s.p[0] == '\\' ? (s.n > 1 ? 2 : 0) : 1;
}

static enum result put(struct buf *out, const char *p, size_t n)
{
    return !out || buf_add(out, p, n) ? OK : PERM;
}

/* Adds what is between quotes or after a backslash, backslashes removed. */
static enum result put_quoted(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n)
            i++;
        if (s.p[i] == 0 || s.p[i] == '\r' || s.p[i] == '\n' || put(out, s.p + i, 1) != OK)
            return PERM;
    }
    return OK;
}

/* One unit of n bytes, which is no blank and no comment. */
static enum result put_unit(struct buf *out, struct str s, size_t n)
{
    unsigned char c = (unsigned char)s.p[0];

    if (c == '"')
        return put_quoted(out, (struct str){ s.p + 1, n - 2 });
    if (c == '\\')
        return put_quoted(out, (struct str){ s.p, 2 });
    if (c == '[') {
        for (size_t i = 1; i < n; i++)
            if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F || s.p[i] == '[')
                return PERM;
        return put(out, s.p, n);
    }
    if (c < ' ' || c == 0x7F || strchr("()<>],;:", c))
        return PERM;
    return put(out, s.p, 1);
}

/* Checks an addr-spec and writes its internal form to out unless that is NULL. */
static enum result scan_spec(struct str s, struct buf *out)
{
    bool word = false, gap = false, any = false;

    s = str_trim(s);
    if (s.n == 0 || s.p[0] == '@')
        return PERM;
    for (size_t i = 0, n; i < s.n; i += n) {
        bool separator = s.p[i] == '.' || s.p[i] == '@';

        n = unit_length(from(s, i));
        if (!n)
            return PERM;
        if (s.p[i] == '(' || is_blank(s.p[i])) {
            gap = true;
            continue;
        }
        if (word && gap && !separator)
            return PERM; /* two words side by side */
        if (put_unit(out, from(s, i), n) != OK)
            return PERM;
        any = any || s.p[i] != '"' || n > 2;
        word = !separator;
        gap = false;
    }
    return any ? OK : PERM;
}

/* Removes "@a,@b:" in front. PERM when there is an @ but no colon. */
static enum result skip_route(struct str *s)
{
    *s = str_trim(*s);
    if (s->n == 0 || s->p[0] != '@')
        return OK;
    for (size_t i = 0, n; i < s->n; i += n) {
        n = unit_length(from(*s, i));
        if (!n)
            return PERM;
        if (s->p[i] == ':') {
            *s = from(*s, i + 1);
            return OK;
        }
    }
    return PERM;
}

enum result addr_unquote(struct buf *out, struct str external)
{
    size_t was = out->n;

    if (external.n > ADDR_MAX || scan_spec(external, out) != OK) {
        buf_cut(out, was);
        return PERM;
    }
    return OK;
}

size_t addr_find(struct str external, int c)
{
    for (size_t i = 0, n; i < external.n; i += n ? n : 1) {
        if (external.p[i] == c)
            return i;
        n = unit_length(from(external, i));
    }
    return external.n;
}

size_t addr_rfind(struct str external, int c)
{
    size_t found = external.n;

    for (size_t i = 0, n; i < external.n; i += n ? n : 1) {
        if (external.p[i] == c)
            found = i;
        n = unit_length(from(external, i));
    }
    return found;
}

struct str addr_without_route(struct str external)
{
    size_t colon = external.n && external.p[0] == '@' ? addr_find(external, ':') : external.n;

    return colon + 1 < external.n ? from(external, colon + 1) : external;
}

/* Position of the first byte of stop outside quotes, comments and literals, or s.n; s.n + 1 when one of those does not
 * close. */
static size_t find_outside(struct str s, const char *stop)
{
    for (size_t i = 0, n; i < s.n; i += n) {
        if (s.p[i] && strchr(stop, s.p[i]))
            return i;
        n = unit_length(from(s, i));
        if (!n)
            return s.n + 1;
    }
    return s.n;
}

/* Blanks, commas, comments and the like in front of an element. */
static size_t filler_length(struct str s)
{
    size_t i = 0, n;

    while (i < s.n && (is_blank(s.p[i]) || strchr(",;>(", s.p[i]))) {
        if (s.p[i] == 0)
            break;
        n = unit_length(from(s, i));
        if (!n)
            break;
        i += n;
    }
    return i;
}

/* The address in "<...>" whose inside begins at s: its length in *n, blanks in front of it in *lead. False when there
 * is none. */
static bool angle_spec(struct str s, size_t *lead, size_t *n)
{
    size_t end = find_outside(s, s.n && s.p[0] == '@' ? "<>" : "<>,;");
    struct str inside = { s.p, end }, spec;

    if (end >= s.n || s.p[end] != '>')
        return false;
    inside = str_trim(inside);
    spec = inside;
    if (inside.n > ADDR_MAX || skip_route(&spec) != OK || scan_spec(spec, NULL) != OK)
        return false;
    *lead = (size_t)(inside.p - s.p);
    *n = inside.n;
    return true;
}

/* Length of the words in front that belong together; another one after a blank is an address of its own. */
static size_t first_words(struct str s)
{
    bool word = false, gap = false;
    size_t end = 0;

    for (size_t i = 0, n; i < s.n; i += n) {
        bool separator = s.p[i] == '.' || s.p[i] == '@';

        n = unit_length(from(s, i));
        if (!n)
            return s.n;
        if (s.p[i] == '(' || is_blank(s.p[i])) {
            gap = true;
            continue;
        }
        if ((word && gap && !separator) || (s.p[i] && strchr(",;<>:", s.p[i])))
            return end;
        word = !separator;
        gap = false;
        end = i + n;
    }
    return end;
}

/* Where the walk stands; in the low bits of *at. */
enum {
    IN_ANGLE = 1, /* an address in <> begins here */
    IN_WORDS = 2, /* no < before the next comma: each word is an address. So nothing is scanned twice. */
    STATE_BITS = 2,
};

/* The next of the words at s, outside <>. */
static size_t word_piece(struct str s, bool *is_spec)
{
    size_t n = first_words(s);
    struct str spec = { s.p, n };

    *is_spec = n > 0 && n <= ADDR_MAX && scan_spec(spec, NULL) == OK;
    return n;
}

/* "@a,@b:c@d" outside <>, up to stop. */
static size_t route_piece(struct str s, size_t stop, bool *is_spec)
{
    struct str spec = { s.p, stop };

    *is_spec = stop <= ADDR_MAX && skip_route(&spec) == OK && spec.n && scan_spec(spec, NULL) == OK;
    return stop;
}

/* An element that begins at s: how much of it is the next piece, and what that is. */
static size_t element_piece(struct str s, bool *is_spec, unsigned *state)
{
    size_t stop = find_outside(s, ",;<>:"), lead, n;

    if (stop > s.n)
        return s.n; /* something does not close */
    if (stop < s.n && s.p[stop] == ':' && s.p[0] != '@')
        return stop + 1; /* a group's name */
    if (stop < s.n && s.p[stop] == ':') {
        stop += find_outside(from(s, stop), ",;<> \t\r\n");
        return stop > s.n ? s.n : route_piece(s, stop, is_spec);
    }
    if (stop < s.n && s.p[stop] == '<') {
        bool found = angle_spec(from(s, stop + 1), &lead, &n);

        *state = found ? IN_ANGLE : 0;
        return found ? stop + 1 + lead : stop + 1;
    }
    *state = IN_WORDS;
    return word_piece(s, is_spec);
}

static bool only_blanks(struct str s)
{
    for (size_t i = 0, n; i < s.n; i += n) {
        n = unit_length(from(s, i));
        if (s.p[i] != '(' && !is_blank(s.p[i]))
            return false;
    }
    return true;
}

enum result addr_next(struct str header_value, size_t *at, struct addr_piece *piece)
{
    size_t pos = *at >> STATE_BITS, n, lead = 0;
    unsigned state = *at & (IN_ANGLE | IN_WORDS), next = 0;
    bool is_spec = false;
    struct str s;

    if (pos >= header_value.n)
        return NONE;
    s = from(header_value, pos);
    if (state & IN_ANGLE) {
        is_spec = true;
        if (!angle_spec(s, &lead, &n) || lead)
            return PERM; /* not the text this walk began with */
    } else if ((n = filler_length(s)) > 0) {
        next = state & IN_WORDS && only_blanks((struct str){ s.p, n }) ? IN_WORDS : 0;
    } else if (state & IN_WORDS) {
        n = word_piece(s, &is_spec);
        next = IN_WORDS;
    } else {
        n = element_piece(s, &is_spec, &next);
    }
    if (n == 0)
        n = 1;
    piece->kind = is_spec ? ADDR_SPEC : ADDR_OTHER;
    piece->text = (struct str){ s.p, n };
    *at = (pos + n) << STATE_BITS | next;
    return OK;
}

/* "<...>", with others inside; 0 when it does not close. */
static size_t angle_length(struct str s)
{
    size_t depth = 0;

    for (size_t i = 0, n; i < s.n; i += n) {
        n = s.p[i] == '(' ? 1 : unit_length(from(s, i));
        depth += s.p[i] == '<';
        depth -= s.p[i] == '>';
        if (!depth)
            return i + 1;
        if (!n)
            return 0;
    }
    return 0;
}

/* The first word: <...> and "..." are parts of it whatever is in them. s.n + 1 when one of those does not close. */
static size_t path_length(struct str s)
{
    size_t i = 0;

    while (i < s.n && !is_blank(s.p[i])) {
        size_t n = 1;

        if (s.p[i] == '<') {
            n = angle_length(from(s, i));
        } else if (s.p[i] == '"' || s.p[i] == '\\') {
            n = unit_length(from(s, i));
        }
        if (!n || i + n > s.n)
            return s.n + 1;
        i += n;
    }
    return i;
}

/* A path as it should be. */
static enum result proper_path(struct str path, struct buf *out)
{
    if (path.n > 1 && path.p[0] == '<') {
        path = from(path, 1);
        if (find_outside(path, ">") != path.n - 1)
            return PERM;
        path.n--;
        if (path.n == 0)
            return OK; /* <> */
    }
    return skip_route(&path) == OK ? addr_unquote(out, path) : PERM;
}

/* What programs send that take the path for a header: "Name<a@b>", "<<a@b>>", "<a@b>(comment)". One address there must
 * be, and nothing that could be another one. */
static enum result header_path(struct str path, struct buf *out)
{
    struct addr_piece piece;
    struct str found = { NULL, 0 };

    for (size_t i = 0; i + 1 < path.n; i++)
        if (path.p[i] == '<' && path.p[i + 1] == '>')
            return PERM;
    for (size_t at = 0; addr_next(path, &at, &piece) == OK;) {
        if (piece.kind == ADDR_SPEC && found.p)
            return PERM;
        if (piece.kind == ADDR_SPEC)
            found = piece.text;
        else if (memchr(piece.text.p, ':', piece.text.n) || memchr(piece.text.p, '[', piece.text.n))
            return PERM;
    }
    return found.p && skip_route(&found) == OK ? addr_unquote(out, found) : PERM;
}

enum result addr_parse_path(struct str text, bool strict, struct buf *out, struct str *rest)
{
    struct str path;
    size_t n;

    *rest = (struct str){ NULL, 0 };
    while (text.n && is_blank(text.p[0]))
        text = from(text, 1);
    n = path_length(text);
    if (n == 0 || n > text.n)
        return PERM;
    path = (struct str){ text.p, n };
    *rest = from(text, n);
    if (text.p[0] != '<' && strict)
        return PERM;
    if (proper_path(path, out) == OK)
        return OK;
    return strict ? PERM : header_path(path, out);
}

size_t addr_next_position(size_t at)
{
    return at >> STATE_BITS;
}

size_t addr_split_ext(struct str local, const char *delimiters, bool owner_request_special)
{
    static const char *const whole[] = { "postmaster", "mailer-daemon", "double-bounce" };
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        if (str_eq_case(local, whole[i]))
            return local.n;
    if (owner_request_special && strchr(delimiters, '-')) {
        if (str_begins_case(local, "owner-"))
            return local.n;
        if (local.n > 8 && str_eq_case(from(local, local.n - 8), "-request"))
            return local.n;
    }
    while (n < local.n && !(local.p[n] && strchr(delimiters, local.p[n])))
        n++;
    return n ? n : local.n;
}

static bool is_literal(struct str s)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bin[16];
    int family = AF_INET;

    s = (struct str){ s.p + 1, s.n - 2 };
    if (str_begins_case(s, "ipv6:")) {
        family = AF_INET6;
        s = from(s, 5);
    }
    if (s.n >= sizeof(text) || memchr(s.p, 0, s.n))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    return inet_pton(family, text, bin) == 1;
}

bool addr_verp(struct buf *out, struct str sender, const char *delimiters, struct str rcpt)
{
    buf_reset(out);
    buf_str(out, addr_local(sender));
    buf_putc(out, delimiters[0]);
    buf_str(out, addr_local(rcpt));
    buf_putc(out, delimiters[1]);
    buf_str(out, addr_domain(rcpt));
    if (addr_domain(sender).n) {
        buf_putc(out, '@');
        buf_str(out, addr_domain(sender));
    }
    return !out->over;
}

bool addr_valid_domain(struct str domain)
{
    enum { NAME_MAX_LENGTH = 255, LABEL_MAX_LENGTH = 63 };
    size_t label = 0;
    bool letters = false;

    if (domain.n > 2 && domain.p[0] == '[' && domain.p[domain.n - 1] == ']')
        return is_literal(domain);
    if (domain.n == 0 || domain.n > NAME_MAX_LENGTH)
        return false;
    for (size_t i = 0; i < domain.n; i++) {
        unsigned char c = (unsigned char)domain.p[i];
        bool last = i + 1 == domain.n || domain.p[i + 1] == '.';

        if (c == '.') {
            if (label == 0 || last)
                return false;
            label = 0;
            continue;
        }
        if (!chr_is_alnum(c) && c != '_' && c < 0x80 && (c != '-' || label == 0 || last))
            return false;
        if (++label > LABEL_MAX_LENGTH)
            return false;
        letters = letters || !chr_is_digit(c);
    }
    return letters;
}
