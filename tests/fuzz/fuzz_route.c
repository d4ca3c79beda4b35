/* fuzz_route.c - route: any address is rewritten and resolved; what is called not routed has one @ and no other
 * operator */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "mail/addr.h"
#include "param/param.h"
#include "route/resolve.h"
#include "route/rewrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static void set_up(void)
{
    static char dir[] = "/tmp/postlet-fuzz-XXXXXX";
    char path[100];
    FILE *f;

    MUST_HOLD(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/main.cf", dir);
    MUST_HOLD((f = fopen(path, "w")) != NULL);
    fputs("myhostname = mail.example.test\nmydestination = $myhostname, l, example.test\ninet_interfaces = 127.0.0.1\n"
          "recipient_delimiter = +\nrelay_domains = r.test\nvirtual_alias_domains = v.test\nappend_dot_mydomain = yes\n"
          "alias_maps =\nlocal_recipient_maps =\ntransport_maps = inline:{ { t.test = foo:[bar]:25 }, { .s.test = :x } "
          "}\n",
          f);
    fclose(f);
    param_load(dir, false);
    log_open(&(struct log_options){ .tag = "fuzz" });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct resolved out;
    struct buf b;
    char *addr;

    if (!ready)
        set_up();
    ready = true;
    if (size > ADDR_MAX)
        return 0;
    addr = mem_dup_n((const char *)data, size);
    addr[strcspn(addr, "\r\n")] = 0; /* no parser of ours lets these into an address */
    buf_init(&b, 2 * ADDR_MAX);
    buf_puts(&b, addr);
    rewrite_internal(REWRITE_LOCAL, &b);
    buf_reset(&b);
    buf_puts(&b, addr);
    rewrite_external(REWRITE_LOCAL, &b);
    resolved_init(&out);
    if (resolve("s@x.test", addr, &out) == OK) {
        struct why why;
        const char *r = out.recipient.p;

        MUST_HOLD(out.transport.n && out.nexthop.n && strchr(r, '@'));
        if (out.class != CLASS_LOCAL && !out.routed)
            MUST_HOLD(r[strcspn(r, "@!%")] == '@' && !strchr(strchr(r, '@') + 1, '@'));
        MUST_HOLD(resolve_known_recipient(addr, &out, "5.1.1", &why) != TEMP);
    }
    resolved_done(&out);
    buf_done(&b);
    free(addr);
    return 0;
}
