/* fuzz_milter.c - what a mail filter sends: negotiation, verdicts, changes, in a whole session
 *
 * The first four bytes are the protocol flags that the filter is taken to have
 * asked for; the rest is what it says, from the first event on.
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "milter/milter_int.h"
#include "param/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static bool edit(const struct milter_edit *e, void *arg)
{
    unsigned *n = arg;

    MUST_HOLD(milter_packet_is_edit(e->what));
    if (e->what != 'b')
        *n += (unsigned)(strlen(e->name) + strlen(e->value));
    else if (e->data.n)
        *n += (unsigned char)e->data.p[e->data.n - 1];
    return *n != 77;
}

static void set_up(void)
{
    static char dir[] = "/tmp/postlet-fuzz-XXXXXX";

    MUST_HOLD(mkdtemp(dir));
    param_load(dir, true);
    rmdir(dir);
    log_open(&(struct log_options){ .tag = "fuzz" });
}

static void talk(struct milters *ms, struct milter *f)
{
    unsigned sum = 0;

    for (int i = 0; i < 2; i++) {
        (void)milters_helo(ms, "client.test");
        (void)milters_mail(ms, "<a@b>", STR("SIZE=1 RET=FULL"));
        (void)milters_rcpt(ms, "<c@d>", STR(""), i == 1);
        (void)milters_unknown(ms, STR("FOO"));
        (void)milters_data(ms);
        if (milter_wants_content(f)) {
            (void)milter_header(f, STR("Subject"), STR(" x\r\n y"));
            (void)milter_end_of_headers(f);
            if (milter_wants_body(f))
                (void)milter_body(f, STR("text\r\n"));
            (void)milter_end(f, edit, &sum);
        }
        milters_abort(ms);
        if (milters_other(ms) == MILTER_REFUSE)
            MUST_HOLD(strlen(milters_reply(ms)) >= 4 && strchr("45", milters_reply(ms)[0]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct milter_offer offer;
    struct milters *ms;
    struct milter *f;
    int ends[2];

    if (size < 4)
        return 0;
    if (!ready)
        set_up();
    ready = true;
    if (milter_packet_offer((struct str){ (const char *)data, size }, &offer) == OK) {
        uint32_t stage;
        struct str names;

        while (milter_packet_symbols(&offer.symbols, &stage, &names) == OK)
            MUST_HOLD(names.n < size);
    }
    ms = milters_new("fuzz", "{ inet:127.0.0.1:1, default_action=tempfail }");
    f = milters_first(ms);
    MUST_HOLD(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    size = size < 60000 ? size : 60000;
    MUST_HOLD(write(ends[1], data + 4, size - 4) == (ssize_t)(size - 4) && shutdown(ends[1], SHUT_WR) == 0);
    stream_init(&f->io, ends[0], 512, 1024, 1000);
    f->open = true;
    f->state = MSTATE_READY;
    f->version = 6;
    memcpy(&f->protocol, data, 4);
    talk(ms, f);
    milters_free(ms);
    close(ends[1]);
    return 0;
}
