/* map_test.c - table types: syntax, answers, absent against failed */
/* SPDX-License-Identifier: ISC */
#include "map/map.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_cdb_make.h"
#include "test.h"

static struct buf out;
static int complaints;
static char last_complaint[2048];

static void note(enum log_level level, const char *text)
{
    complaints++;
    snprintf(last_complaint, sizeof last_complaint, "%s", text);
}

static const char *get(const char *spec, const char *key)
{
    switch (map_get(map_open(spec, MAP_FOLD), str_of(key), &out)) {
    case OK:
        return out.p;
    case NONE:
        return "(none)";
    case TEMP:
        return "(temp)";
    default:
        return "(?)";
    }
}

static char dir[] = "/tmp/map_test.XXXXXX";

static const char *put(const char *name, const char *text)
{
    static char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    if (!f)
        abort();
    fputs(text, f);
    fclose(f);
    return path;
}

static const char *spec(const char *type, const char *name, const char *text)
{
    static char s[300];

    snprintf(s, sizeof s, "%s:%s", type, put(name, text));
    return s;
}

static void simple_types(void)
{
    static const struct {
        const char *spec, *key, *want;
    } t[] = {
        { "static:foo", "x", "foo" },
        { "static:{ foo bar }", "x", "foo bar" },
        { "static:{foo", "x", "(temp)" },
        { "static:{foo}x", "x", "(temp)" },
        { "static:", "x", "(temp)" },
        { "inline:{a=b, {c = d e}, Cap=1}", "a", "b" },
        { "inline:{a=b, {c = d e}, Cap=1}", "C", "d e" },
        { "inline:{a=b, {c = d e}, Cap=1}", "cap", "1" },
        { "inline:{a=b, {c = d e}, Cap=1}", "d", "(none)" },
        { "inline:{}", "x", "(temp)" },
        { "inline:{a}", "x", "(temp)" },
        { "inline:a=b", "x", "(temp)" },
        { "inline:{a=b", "x", "(temp)" },
        { "fail:x", "x", "(temp)" },
        { "nosuch:x", "x", "(temp)" },
        { "nocolon", "x", "(temp)" },
        { "unix:nosuch", "x", "(temp)" },
        { "environ:x", "postlet_map_test", "yes" },
        { "environ:x", "postlet_map_tes", "(none)" },
        { "unionmap:{static:a, inline:{k=v, x=y}, static:b}", "x", "a,y,b" },
        { "unionmap:{inline:{k=v}, inline:{l=w}}", "l", "w" },
        { "unionmap:{inline:{k=v}, inline:{l=w}}", "m", "(none)" },
        { "unionmap:{static:a, fail:x}", "m", "(temp)" },
        { "unionmap:{}", "m", "(temp)" },
        { "unionmap:{static:a, foo}", "m", "(temp)" },
        { "pipemap:{inline:{a=B}, inline:{b=c}}", "A", "c" },
        { "pipemap:{inline:{a=B}, inline:{b=c}}", "b", "(none)" },
        { "pipemap:{static:x, fail:y}", "b", "(temp)" },
        { "unionmap:{pipemap:{inline:{a=B}, inline:{b=c}}, inline:{a=d}}", "A", "c,d" },
        { "randmap:{one}", "x", "one" },
        { "randmap:{}", "x", "(temp)" },
        { "proxy:inline:{a=b}", "a", "b" },
        { "proxy:unix:passwd.byname", "nosuchuser-x", "(none)" },
        { "unix:passwd.byname", "", "(none)" },
        { "unix:passwd.byname", "a:b", "(none)" },
    };

    setenv("postlet_map_test", "yes", 1);
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        const char *got = get(t[i].spec, t[i].key);

        if (strcmp(got, t[i].want) != 0)
            fprintf(stderr, "%s %s:\n", t[i].spec, t[i].key);
        CHECK_STR(got, t[i].want);
    }
    CHECK(strncmp(get("unix:passwd.byname", "root"), "root:", 5) == 0);
    CHECK(strncmp(get("unix:group.byname", "root"), "root:", 5) == 0);
    CHECK(map_open("static:foo", MAP_FOLD) == map_open("static:foo", MAP_FOLD));
    CHECK(map_open("static:foo", MAP_FOLD) != map_open("static:foo", 0));
}

static void nesting_has_an_end(void)
{
    struct buf deep;

    buf_init(&deep, 1000);
    for (int i = 0; i < 20; i++)
        buf_puts(&deep, "pipemap:{");
    buf_puts(&deep, "static:x");
    for (int i = 0; i < 20; i++)
        buf_putc(&deep, '}');
    CHECK_STR(get(deep.p, "x"), "(temp)");
    buf_done(&deep);
}

static void texthash(void)
{
    char *s;

    complaints = 0;
    s = mem_dup(spec("texthash", "t1", "# comment\nkey value\nKEY2   Value two  \n   continued\n"
                                         "key dup\nnovalue\n"
                                     "colon: x\n# in between\n\n more\n\"quo ted\" v\n\"open v\nlast one"));
    CHECK_STR(get(s, "KEY"), "value");
    CHECK_STR(get(s, "key2"), "Value two     continued");
    CHECK_STR(get(s, "colon:"), "x more");
    CHECK_STR(get(s, "\"quo ted\""), "v");
    CHECK_STR(get(s, "last"), "one");
    CHECK_STR(get(s, "novalue"), "(none)");
    CHECK(complaints == 4);
    CHECK_STR(get("texthash:/nonexistent/x", "a"), "(temp)");
}

static void regexps(void)
{
    static const struct {
        const char *key, *want;
    } t[] = {
        { "axxb", "got xx and xx and xx $" }, { "one if", "first  cont" }, { "if only", "not2" }, { "if two", "x" },
        { "CASE", "(none)" },                 { "case", "sensitive" },     { "k/k", "slash" },    { "|", "(none)" },
        { "opt", "[]" },                      { "opto", "[o]" },
    };
    char *s;

    complaints = 0;
    s = mem_dup(spec("regexp", "r1",
                   "/^a(.*)b$/  got $1 and ${1} and $(1) $$\n/x(y)/ bad $2\n!/neg/ neg $1\n/unclosed\n/bad/q foo\n"
                   "if /if/\n/one/ first\n  cont\n!/two/ not2\nendif\nendif\nabc foo\n/bad(/ x\n/bad/ $foo\n"
                   "/case/i sensitive\n/k\\/k/ slash\n/opt(o)?/ [$1]\nif !/case/i\n/two/ x\nENDIF\n"));
    CHECK_STR(get(s, "neg"), "(none)");
    CHECK(complaints == 9);
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        CHECK_STR(get(s, t[i].key), t[i].want);
    CHECK_STR(get("regexp:{{/a(.)/ $1}, {/b/ $9}}", "ax"), "x");
    CHECK_STR(get("regexp:{/a/ b}", "ax"), "(temp)");
    CHECK(map_class(map_open(s, MAP_FOLD)) == MAP_PATTERN);
    CHECK(map_get(map_open("regexp:{{/a(.)/ $1}, {/b/ const}}", MAP_NO_REGSUB), STR("ax b"), &out) == OK);
    CHECK_STR(out.p, "const");
}

static void cidrs(void)
{
    char *s;

    complaints = 0;
    s = mem_dup(spec("cidr", "c1",
                   "1.2.3.4/24 non-null\n1.2.3.0/24 ok\n1.2.3.0/33 big\n1.2.3 short\n300.1.1.1 x\n1.2.3.4\n"
                   "if 10.0.0.0/8\n10.1.0.0/16 tenone\n!10.2.0.0/16 not two\nendif\nendif\nfoo bar\n"
                   "2001:db8::/32 v6\n[2001:db9::]/32 v6b\n2001:db8::1/32 nn\n!128.0.0.0/1 low\n0.0.0.0/0 all\n"));
    CHECK_STR(get(s, "1.2.3.4"), "ok");
    CHECK(complaints == 8);
    CHECK_STR(get(s, "10.1.2.3"), "tenone");
    CHECK_STR(get(s, "10.3.2.3"), "not two");
    CHECK_STR(get(s, "192.0.2.1"), "all");
    CHECK_STR(get(s, "2001:DB8::1"), "v6");
    CHECK_STR(get(s, "2001:db9::1"), "v6b");
    CHECK_STR(get(s, "::1"), "(none)");
    CHECK_STR(get(s, "name"), "(none)");
    CHECK_STR(get("cidr:{{1.2.3.4 a b}, 1.2.3.5}", "1.2.3.4"), "(temp)");
    CHECK_STR(get("cidr:{{1.2.3.4 a b}, {1.2.3.5 c}}", "1.2.3.4"), "a b");
}

static void make_cdb(const char *path, bool nul)
{
    struct cdb_maker *mk = map_cdb_make_start(path, 0644, nul);

    CHECK(map_cdb_make_put(mk, STR("key"), STR("value"), CDB_DOUBLE_WARN) == OK);
    CHECK(map_cdb_make_put(mk, STR("key"), STR("other"), CDB_DOUBLE_WARN) == NONE);
    CHECK(map_cdb_make_put(mk, STR("rep"), STR("one"), CDB_DOUBLE_WARN) == OK);
    CHECK(map_cdb_make_put(mk, STR("rep"), STR("two"), CDB_DOUBLE_REPLACE) == OK);
    CHECK(map_cdb_make_put(mk, STR("empty"), STR(""), CDB_DOUBLE_IGNORE) == OK);
    CHECK(map_cdb_make_finish(mk) == OK);
}

static void cdbs(void)
{
    char path[200], s[300];
    struct str k, v;
    size_t at = 0, n = 0;

    for (int nul = 0; nul < 2; nul++) {
        snprintf(path, sizeof path, "%s/db%d", dir, nul);
        make_cdb(path, nul);
        snprintf(s, sizeof s, "hash:%s", path);
        CHECK_STR(get(s, "KEY"), "value");
        CHECK_STR(get(s, "rep"), "two");
        CHECK_STR(get(s, "none"), "(none)");
        CHECK_STR(get(s, "empty"), "");
        CHECK(map_changed() == NULL);
    }
    while (map_each(map_open(s, MAP_FOLD), &at, &k, &v) == OK)
        n++;
    CHECK(n >= 3);
    make_cdb(path, true);
    CHECK_STR(map_changed(), s);
    CHECK_STR(get(s, "key"), "value"); /* the old file stays readable */
    snprintf(s, sizeof s, "hash:%s/nosuch", dir);
    CHECK_STR(get(s, "key"), "(temp)");
}

static void bad_cdb_files(void)
{
    char *s;

    s = mem_dup(spec("cdb", "short.cdb", "too short"));
    s[strlen(s) - 4] = 0;
    CHECK_STR(get(s, "key"), "(temp)");
}

static void source_in_memory(void)
{
    char *s;

    put("only.db", "x");
    s = mem_dup(spec("btree", "only", "a b\nC d\n"));
    CHECK_STR(get(s, "c"), "d");
    CHECK_STR(get(s, "a"), "b");
}

int main(void)
{
    buf_init(&out, 1 << 20);
    log_hook = note;
    if (!mkdtemp(dir))
        return 1;
    simple_types();
    nesting_has_an_end();
    texthash();
    regexps();
    cidrs();
    cdbs();
    bad_cdb_files();
    source_in_memory();
    return TEST_END();
}
