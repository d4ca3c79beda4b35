/* queue_test.c - src/queue: ids, directories, queue files whole, cut, damaged */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "queue/qid.h"
#include "queue/qslot.h"
#include "test.h"

static char dir[] = "/tmp/queue_test.XXXXXX";

static void ids(void)
{
    char id[QUEUE_ID_MAX], hash[QUEUE_ID_MAX];

    qid_make((struct timeval){ 0x65432109, 0xABCDE }, 77, -1, false, id);
    CHECK_STR(id, "ABCDE5432109");
    qid_make((struct timeval){ 0x65432109, 0x1 }, 77, -1, false, id);
    CHECK_STR(id, "000005432109");
    CHECK(qid_valid(str_of(id)) && !qid_is_long(str_of(id)));
    qid_make((struct timeval){ 1700000000, 999999 }, 52, -1, true, id);
    CHECK(qid_is_long(str_of(id)) && qid_valid(str_of(id)) && strchr(id, 'z'));
    qid_hash_text(id, hash);
    CHECK_STR(hash, "F423F"); /* 999999 */
    CHECK(!qid_valid(STR("a")) && !qid_valid(STR("../../etc")) && !qid_valid(STR("12345.6")));
}

static void paths(void)
{
    char path[QDIR_PATH];

    qdir_path("incoming", "4F1A28C03", path);
    CHECK_STR(path, "incoming/4F1A28C03");
    qdir_path("deferred", "4F1A28C03", path);
    CHECK_STR(path, "deferred/4/4F1A28C03");
}

static void ages(void)
{
    int64_t now = (int64_t)clock_wall().tv_sec;
    struct qfile_env e = { .arrival = { (time_t)now - 1000, 0 } };
    char id[QUEUE_ID_MAX];

    CHECK(qfile_age(&e) >= 1000 && qfile_age(&e) < 1010);
    e.arrival.tv_sec = (time_t)now + 5000000; /* the clock was set back */
    CHECK(qfile_age(&e) == 0);
    e.arrival.tv_sec = 5000; /* accepted in 1970 */
    CHECK(qfile_age(&e) == 0);
    e.boot = 2; /* never odd: another boot */
    CHECK(qfile_age(&e) == qfile_uptime());
    qid_make((struct timeval){ (time_t)now - 1000, 5 }, 1, -1, false, id);
    CHECK(qfile_age_of_id(id) >= 1000 && qfile_age_of_id(id) < 1010);
    CHECK(qid_time(id, now) == now - 1000);
    qid_make((struct timeval){ (time_t)now - 1000, 5 }, 1, -1, true, id);
    CHECK(qid_time(id, now) == now - 1000);
    CHECK(qid_time("4F1A28C03", now) == -1);
}

static struct qfile_env sample_env(void)
{
    return (struct qfile_env){
        .arrival = { 1700000000, 123456 },
        .size = 1234,
        .flags = QF_BODY_8BIT | QF_LOCAL_ORIGIN,
        .sender = "ann@example.com",
        .envid = "QQ1",
        .ret = 2,
        .verp = "",
        .filter = "smtp:[127.0.0.1]:10025",
        .message_id = "<1@x>",
        .client_name = "localhost",
        .client_addr = "127.0.0.1",
        .client_port = "4711",
        .client_proto = "ESMTP",
        .client_helo = "h",
        .sasl_user = "u",
        .rewrite_context = "local",
    };
}

static const struct qfile_rcpt sample_rcpts[] = {
    { .addr = "bob@example.com", .orig = "bob", .orcpt = "rfc822;bob", .notify = 6 },
    { .addr = "carl@example.com", .orig = "carl@example.com", .orcpt = "", .notify = 0 },
};

static enum result write_sample(const char *in, const char *final, size_t content, char id[QUEUE_ID_MAX])
{
    struct why why = { .dsn = "" };
    struct qfile_writer *w = qfile_create(in, &why);
    struct qfile_env env = sample_env();

    if (!w)
        return TEMP;
    snprintf(id, QUEUE_ID_MAX, "%s", qfile_id(w));
    for (size_t i = 0; i + 2 < content; i++)
        qfile_write(w, "abcdefghij" + i % 10, 1);
    qfile_write(w, "\r\n", 2);
    CHECK(qfile_bytes(w) == (int64_t)content);
    return qfile_commit(w, &env, sample_rcpts, 2, final, &why);
}

static void check_sample(struct qfile *q, size_t content)
{
    const struct qfile_env *e = qfile_env(q);
    struct qfile_rcpt r[4];

    CHECK_STR(e->sender, "ann@example.com");
    CHECK_STR(e->filter, "smtp:[127.0.0.1]:10025");
    CHECK_STR(e->redirect, "");
    CHECK(e->ret == 2 && e->flags == (QF_BODY_8BIT | QF_LOCAL_ORIGIN) && e->size == 1234);
    CHECK(e->arrival.tv_sec == 1700000000 && e->arrival.tv_usec == 123456);
    CHECK(e->content_len == (int64_t)content + 3);
    CHECK(qfile_age(e) >= 0 && qfile_age(e) < 5); /* by its boot, though it says 2023 */
    CHECK(qfile_rcpt_count(q) == 2 && qfile_rcpts(q, 0, r, 4) == 2);
    CHECK_STR(r[0].addr, "bob@example.com");
    CHECK_STR(r[0].orig, "bob");
    CHECK_STR(r[0].orcpt, "rfc822;bob");
    CHECK(r[0].notify == 6 && !r[0].done);
    CHECK_STR(r[1].addr, "carl@example.com");
}

static void round_trip(size_t content)
{
    char id[QUEUE_ID_MAX], end[8] = "";
    struct qfile_rcpt r[2];
    struct qfile *q;

    CHECK(write_sample("incoming", "incoming", content, id) == OK);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK);
    if (!q)
        return;
    check_sample(q, content);
    CHECK(pread(qfile_fd(q), end, 5, qfile_env(q)->content_offset + qfile_env(q)->content_len - 5) == 5);
    CHECK_STR(end, "\r\n.\r\n");
    CHECK(qfile_rcpts(q, 1, r, 1) == 1);
    CHECK(qfile_mark_done(qfile_fd(q), r[0].offset) == OK);
    CHECK(qfile_set_mark(qfile_fd(q), QMARK_DELAY_WARNED) == OK && qfile_set_mark(qfile_fd(q), QMARK_EXPIRE_NOW) == OK);
    qfile_close(q);
    CHECK(qfile_open("incoming", id, false, true, &q) == OK);
    CHECK(qfile_rcpts(q, 0, r, 2) == 2 && !r[0].done && r[1].done);
    CHECK(qfile_marks(q) == (QMARK_DELAY_WARNED | QMARK_EXPIRE_NOW));
    qfile_close(q);
    CHECK(qdir_remove("incoming", id) == OK && qdir_remove("incoming", id) == NONE);
    CHECK(qfile_open("incoming", id, false, true, &q) == NONE);
}

static void held_never_in_incoming(void)
{
    char id[QUEUE_ID_MAX];
    static const char *const dirs[] = { "incoming", "hold", NULL };
    struct qfile *q;

    CHECK(write_sample("incoming", "hold", 100, id) == OK);
    CHECK_STR(qdir_locate(id, dirs), "hold");
    CHECK(qfile_open("hold", id, false, true, &q) == OK);
    qfile_close(q);
    CHECK(qdir_move("hold", "deferred", id, true) == OK && qdir_move("hold", "deferred", id, true) == NONE);
    CHECK(qfile_open("deferred", id, false, true, &q) == OK);
    qfile_close(q);
    CHECK(qdir_remove("deferred", id) == OK);
}

static void rewind_replaces(size_t first)
{
    struct why why;
    struct qfile_writer *w = qfile_create("incoming", &why);
    struct qfile_env env = sample_env();
    char id[QUEUE_ID_MAX], copy[16], *text = mem_new(first);
    struct qfile_old *old;
    struct qfile *q;

    snprintf(id, sizeof id, "%s", qfile_id(w));
    qfile_write(w, text, first);
    old = qfile_restart(w);
    CHECK(qfile_read_back(w, copy, sizeof copy, 0) == 0);
    qfile_write(w, "short", 5);
    CHECK(qfile_read_back(w, copy, sizeof copy, 1) == 4 && memcmp(copy, "hort", 4) == 0);
    memset(copy, 1, sizeof copy);
    CHECK(qfile_old_read(w, old, copy, sizeof copy, (int64_t)first - 8) == 8 && copy[0] == 0 && copy[7] == 0);
    CHECK(qfile_old_read(w, old, copy, sizeof copy, (int64_t)first) == 0);
    qfile_old_free(old);
    CHECK(qfile_commit(w, &env, sample_rcpts, 2, "incoming", &why) == OK);
    CHECK(qfile_open("incoming", id, false, true, &q) == OK);
    check_sample(q, 7);
    qfile_close(q);
    free(text);
    CHECK(qdir_remove("incoming", id) == OK);
}

static void never_committed(size_t content, bool abandoned)
{
    struct why why;
    struct qfile_writer *w = qfile_create("incoming", &why);
    char path[QDIR_PATH], *text = mem_new(content);
    struct qfile *q;

    qdir_path("incoming", qfile_id(w), path);
    qfile_write(w, text, content);
    CHECK(qfile_open("incoming", qfile_id(w), false, false, &q) == AGAIN);
    CHECK(qfile_abandoned(path) == abandoned);
    qfile_abort(w);
    CHECK(access(path, F_OK) < 0);
    free(text);
}

static void statuses(void)
{
    char id[QUEUE_ID_MAX];
    struct qfile_status s[2] = { { .rcpt = 1, .when = 1700000001 }, { .rcpt = 0, .when = 1700000002 } }, got;
    struct qfile *q;

    why_set(&s[0].why, "4.4.1", "connect to %s: refused", "x");
    why_set(&s[1].why, "4.2.2", "full");
    CHECK(write_sample("incoming", "incoming", 10, id) == OK);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK);
    CHECK(qfile_status(q, 0, &got) == NONE);
    CHECK(qfile_add_status(q, s, 1) == OK && qfile_add_status(q, s + 1, 1) == OK);
    qfile_close(q);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK);
    CHECK(qfile_status(q, 1, &got) == OK && got.when == 1700000001);
    CHECK_STR(got.why.dsn, "4.4.1");
    CHECK_STR(got.why.text, "connect to x: refused");
    CHECK(qfile_status(q, 0, &got) == OK && qfile_status(q, 2, &got) == NONE);
    why_set(&s[0].why, "4.4.2", "newer");
    CHECK(qfile_add_status(q, s, 1) == OK);
    qfile_close(q);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK);
    CHECK(qfile_status(q, 1, &got) == OK);
    CHECK_STR(got.why.text, "newer");
    qfile_close(q);
    CHECK(qdir_remove("incoming", id) == OK);
}

static void many_recipients(void)
{
    enum { MANY = 5000 };
    struct qfile_rcpt *r = mem_new_array(MANY, sizeof *r), page[700];
    struct qfile_env env = sample_env();
    struct why why;
    struct qfile_writer *w = qfile_create("incoming", &why);
    char id[QUEUE_ID_MAX];
    struct qfile *q;
    size_t at = 0, got;
    bool right = true;

    snprintf(id, sizeof id, "%s", qfile_id(w));
    for (size_t i = 0; i < MANY; i++) {
        r[i].addr = mem_printf("user%zu@%.*s.example", i, (int)(i % 1500), "x");
        r[i].orig = i % 3 ? "" : r[i].addr;
        r[i].orcpt = "";
    }
    CHECK(qfile_commit(w, &env, r, MANY, "incoming", &why) == OK);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK);
    while ((got = qfile_rcpts(q, at, page, ARRAY_LEN(page)))) {
        for (size_t i = 0; i < got; i++)
            right = right && strcmp(page[i].addr, r[at + i].addr) == 0 && strcmp(page[i].orig, r[at + i].orig) == 0;
        at += got;
    }
    CHECK(at == MANY && right);
    CHECK(qfile_rcpts(q, 4321, page, 1) == 1);
    CHECK_STR(page[0].addr, r[4321].addr);
    CHECK(qfile_rcpts(q, 17, page, 2) == 2);
    CHECK_STR(page[1].addr, r[18].addr);
    qfile_close(q);
    for (size_t i = 0; i < MANY; i++)
        free((char *)r[i].addr);
    free(r);
    CHECK(qdir_remove("incoming", id) == OK);
}

static const char *slot_seen;
static char slot_id[QUEUE_ID_MAX];

static bool see(const char *id, void *arg)
{
    snprintf(slot_id, sizeof slot_id, "%s", id);
    slot_seen = slot_id;
    return true;
}

/* What a scan of incoming shows now, "" when nothing. */
static const char *scanned(void)
{
    slot_seen = "";
    CHECK(qdir_scan("incoming", see, NULL) == OK);
    return slot_seen;
}

static void slots(void)
{
    char first[QUEUE_ID_MAX], id[QUEUE_ID_MAX], path[QDIR_PATH];
    struct qfile_status s = { .rcpt = 0, .when = 1 }, got;
    struct qfile_writer *w;
    struct why why;
    struct qfile *q;
    struct stat st;
    int slot, fd, taken[QSLOT_MAX];
    bool fresh;

    CHECK(mkdir("slots", 0700) == 0);
    /* A message in a slot is one of incoming, without a file there. */
    CHECK(write_sample("incoming", NULL, 5000, first) == OK);
    slot = qid_slot(first);
    CHECK(slot >= 0 && qslot_of(first) == slot);
    qdir_path("incoming", first, path);
    CHECK(access(path, F_OK) < 0);
    qdir_find("incoming", first, path);
    CHECK(access(path, F_OK) == 0 && strncmp(path, "slots/", 6) == 0);
    CHECK_STR(scanned(), first);
    CHECK(qfile_open("incoming", first, true, true, &q) == OK && qfile_slot(q) == slot);
    CHECK(flock(qfile_fd(q), LOCK_EX | LOCK_NB) == 0);
    /* Spent, it is nobody's; free only when the last descriptor of the lock is gone. */
    CHECK(qslot_spend(qfile_fd(q), slot) == OK);
    CHECK_STR(scanned(), "");
    for (int i = 0; i < 2 * QSLOT_MAX; i++) {
        fd = qslot_claim(&slot, &fresh);
        CHECK(fd >= 0 && slot != qid_slot(first));
        close(fd);
    }
    qfile_close(q);
    qslot_sync();
    for (int i = 0; i < QSLOT_MAX; i++) {
        taken[i] = qslot_claim(&slot, &fresh);
        CHECK(taken[i] >= 0 && fresh == (slot != qid_slot(first)));
    }
    CHECK(qslot_claim(&slot, &fresh) < 0);
    for (int i = 0; i < QSLOT_MAX; i++)
        close(taken[i]);
    /* All slots but this one taken: the next message comes into it, shorter; old bytes behind it mean nothing. */
    for (int i = 0; i < QSLOT_MAX; i++) {
        qslot_path(i, path);
        CHECK(i == qid_slot(first) || unlink(path) == 0);
    }
    do
        CHECK(write_sample("incoming", NULL, 10, id) == OK);
    while (qid_slot(id) != qid_slot(first));
    CHECK(qfile_open("incoming", first, false, false, &q) == NONE);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK);
    CHECK(fstat(qfile_fd(q), &st) == 0 && st.st_size > 5000);
    CHECK(qfile_status(q, 0, &got) == NONE);
    /* Reasons: the tail goes, and stays gone. */
    why_set(&s.why, "4.4.1", "refused");
    CHECK(qfile_add_status(q, &s, 1) == OK && qfile_add_status(q, &s, 1) == OK);
    CHECK(fstat(qfile_fd(q), &st) == 0 && st.st_size < 5000);
    CHECK(qdir_move("incoming", "deferred", id, false) == OK);
    qfile_close(q);
    CHECK(qslot_of(id) == QSLOT_NONE);
    CHECK(qfile_open("deferred", id, true, true, &q) == OK && qfile_slot(q) == QSLOT_NONE);
    CHECK(qfile_status(q, 0, &got) == OK);
    CHECK_STR(got.why.text, "refused");
    qfile_close(q);
    CHECK(qdir_remove("deferred", id) == OK);
    /* A writer that is given up leaves the slot free; what is put on hold leaves it at once. */
    w = qfile_create("incoming", &why);
    qfile_write(w, "x\r\n", 3);
    qfile_abort(w);
    CHECK(write_sample("incoming", "hold", 10, id) == OK);
    qdir_path("hold", id, path);
    CHECK(stat(path, &st) == 0 && st.st_size < 1000);
    CHECK(qdir_remove("hold", id) == OK);
    /* A tool makes it an ordinary file, but not under the hands of its owner. */
    CHECK(write_sample("incoming", NULL, 10, id) == OK);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK && flock(qfile_fd(q), LOCK_EX | LOCK_NB) == 0);
    CHECK(qslot_leave(id) == TEMP);
    qfile_close(q);
    CHECK(qslot_leave(id) == OK && qslot_leave(id) == NONE);
    CHECK(qdir_remove("incoming", id) == OK);
    /* A long message is not kept. */
    CHECK(write_sample("incoming", NULL, 200000, id) == OK);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK && qfile_slot(q) >= 0);
    qdir_find("incoming", id, path);
    CHECK(qslot_spend(qfile_fd(q), qfile_slot(q)) == OK && access(path, F_OK) < 0);
    qfile_close(q);
    for (int i = 0; i < QSLOT_MAX; i++) {
        qslot_path(i, path);
        (void)unlink(path);
    }
    CHECK(rmdir("slots") == 0);
}

static size_t slurp(const char *path, uint8_t *p, size_t max)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, p, max);

    close(fd);
    return n < 0 ? 0 : (size_t)n;
}

/* Opens bytes as a queue file, reads all of it; the result of opening. */
static enum result probe(int fd, const uint8_t *p, size_t n)
{
    struct qfile_rcpt r[4];
    struct qfile_status s;
    struct qfile *q;
    enum result res;

    if (ftruncate(fd, 0) < 0 || pwrite(fd, p, n, 0) != (ssize_t)n)
        return TEMP;
    res = qfile_open_fd(dup(fd), &q);
    if (res == OK) {
        CHECK(qfile_rcpts(q, 0, r, 4) <= 2);
        CHECK(qfile_status(q, 0, &s) <= NONE);
        qfile_close(q);
    }
    return res;
}

static void damaged(void)
{
    char id[QUEUE_ID_MAX], path[QDIR_PATH];
    uint8_t file[2048];
    struct qfile_status s = { .rcpt = 0, .when = 1 };
    size_t n, env_end, cut_ok = 0, flips_ok = 0;
    struct qfile *q;
    int fd;

    why_set(&s.why, "4.0.0", "later");
    CHECK(write_sample("incoming", "incoming", 50, id) == OK);
    qdir_path("incoming", id, path);
    env_end = slurp(path, file, sizeof file);
    fd = open(path, O_RDWR);
    CHECK(qfile_open("incoming", id, true, true, &q) == OK && qfile_add_status(q, &s, 1) == OK);
    qfile_close(q);
    n = slurp(path, file, sizeof file);
    for (size_t i = 0; i < n; i++)
        if (probe(fd, file, i) == OK && i < env_end)
            cut_ok++;
    CHECK(cut_ok == 0);
    for (size_t i = 0; i < env_end * 8; i++) {
        file[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK(probe(fd, file, n) != TEMP);
        if (qfile_open("incoming", id, false, true, &q) == OK) {
            flips_ok++;
            CHECK(i / 8 >= 124 && i / 8 < 128 && qfile_marks(q) == 0);
            qfile_close(q);
        }
        file[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    CHECK(flips_ok == 32); /* marks: a damaged mark is no mark */
    memset(file, 0, 8);
    CHECK(probe(fd, file, n) == AGAIN);
    close(fd);
    CHECK(qdir_remove("incoming", id) == OK);
}

static bool count_id(const char *id, void *arg)
{
    ++*(int *)arg;
    return true;
}

static void scans(void)
{
    char id[3][QUEUE_ID_MAX];
    int n = 0;

    for (int i = 0; i < 3; i++)
        CHECK(write_sample("incoming", "incoming", 10, id[i]) == OK);
    CHECK(qdir_move("incoming", "deferred", id[0], false) == OK &&
          qdir_move("incoming", "deferred", id[1], false) == OK);
    close(open("deferred/stray.file", O_CREAT | O_WRONLY, 0600));
    CHECK(qdir_scan("deferred", count_id, &n) == OK && n == 2);
    CHECK(qdir_scan("incoming", count_id, &n) == OK && n == 3);
    CHECK(qdir_move("deferred", "incoming", id[0], false) == OK);
    close(open("deferred/9/000000000009", O_CREAT | O_WRONLY, 0600));
    CHECK(qdir_remove("incoming", id[0]) == OK && qdir_remove("deferred", id[1]) == OK &&
          qdir_remove("incoming", id[2]) == OK);
}

static void no_overwrite(void)
{
    char a[QUEUE_ID_MAX], path[QDIR_PATH];

    CHECK(write_sample("incoming", "incoming", 10, a) == OK);
    qdir_path("hold", a, path);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    CHECK(qdir_move("incoming", "hold", a, false) == TEMP && errno == EEXIST);
    CHECK(qdir_remove("incoming", a) == OK && qdir_remove("hold", a) == OK);
}

static void start(void)
{
    FILE *f;

    if (!mkdtemp(dir) || chdir(dir) < 0)
        exit(1);
    f = fopen("main.cf", "w");
    fputs("compatibility_level = 3.6\n", f);
    fclose(f);
    param_load(dir, false);
}

int main(void)
{
    char *clean;

    start();
    CHECK(qdir_setup(dir, getuid(), getgid()) == OK && qdir_setup(dir, getuid(), getgid()) == OK);
    CHECK(qdir_free_bytes() > 0);
    CHECK(rmdir("slots") == 0); /* a queue without them first */
    ids();
    paths();
    ages();
    round_trip(2);
    round_trip(4000);
    round_trip(65536 - 128 - 3);
    round_trip(65536 - 128);
    round_trip(65537);
    round_trip(300000);
    held_never_in_incoming();
    rewind_replaces(10);
    rewind_replaces(200000);
    never_committed(10, true);
    never_committed(100000, false);
    statuses();
    many_recipients();
    damaged();
    scans();
    no_overwrite();
    slots();
    clean = mem_printf("rm -rf %s", dir);
    if (chdir("/") < 0 || system(clean) != 0)
        return 1;
    free(clean);
    return TEST_END();
}
