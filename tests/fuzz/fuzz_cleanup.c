/* fuzz_cleanup.c - cleanup: any bytes as content, in any pieces; what is queued is well-formed
 *
 * The first byte chooses context, flags and piece size. Nothing is committed, so
 * no sync is paid for: the file is looked at before it is dropped.
 */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cleanup/cleanup.h"
#include "mail/wire.h"
#include "param/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static int home = -1, queue = -1; /* the fuzzer reads its corpus by relative names */

static void set_up(void)
{
    static char dir[] = "/tmp/postlet-fuzz-XXXXXX";
    FILE *f;

    MUST_HOLD((home = open(".", O_RDONLY)) >= 0);
    MUST_HOLD(mkdtemp(dir) && chdir(dir) == 0 && mkdir("incoming", 0700) == 0 && mkdir("hold", 0700) == 0);
    MUST_HOLD((f = fopen("main.cf", "w")) != NULL);
    MUST_HOLD((queue = open(".", O_RDONLY)) >= 0);
    fputs("myhostname = mail.example.test\nmydestination = $myhostname\ninet_interfaces = "
          "127.0.0.1\nrecipient_delimiter = +\n"
          "header_size_limit = 500\nline_length_limit = 600\nhopcount_limit = 3\nheader_address_token_limit = 30\n"
          "canonical_maps = inline:{ { a@b = c@d.test } }\nvirtual_alias_maps = inline:{ { a@b = x@y.test, \"q r\"@s } "
          "}\n"
          "masquerade_domains = example.test\nmime_header_checks = regexp:{ {/evil/ IGNORE}, {/repl/ REPLACE A: b} }\n"
          "body_checks = regexp:{ {/drop/ IGNORE}, {/pre/ PREPEND ..x}, {/swap/ REPLACE .} }\n",
          f);
    fclose(f);
    param_load(dir, false);
    log_open(&(struct log_options){ .tag = "fuzz" });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum rewrite_context contexts[] = { REWRITE_LOCAL, REWRITE_REMOTE };
    static bool ready;
    struct qfile_env env = { .sender = "s@example.test" };
    struct why why;
    struct wire_in in = { 0 };
    struct buf wire;
    struct cleanup *c;
    size_t step;

    if (size < 1)
        return 0;
    if (!ready)
        set_up();
    ready = true;
    MUST_HOLD(fchdir(queue) == 0);
    step = 1 + (data[0] >> 4) * 5;
    buf_init(&wire, 3 * size + 16);
    MUST_HOLD(wire_from_text(&in, &wire, (const char *)data + 1, size - 1, data[0] & 8) && wire_end_text(&in, &wire));
    if (data[0] & 4)
        MUST_HOLD(buf_puts(&wire, ".\r\n"));
    c = cleanup_new(&env, contexts[data[0] & 1], (data[0] & 2 ? CLEANUP_EXTRACT : CLEANUP_NO_CHECKS), &why);
    MUST_HOLD(c && cleanup_rcpt(c, "a@b", "", 0, &why) == OK);
    for (size_t at = 0; at < wire.n; at += step)
        cleanup_data(c, wire.p + at, wire.n - at < step ? wire.n - at : step);
    cleanup_abort(c);
    buf_done(&wire);
    MUST_HOLD(fchdir(home) == 0);
    return 0;
}
