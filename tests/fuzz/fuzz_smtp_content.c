/* fuzz_smtp_content.c - message content through every conversion of the SMTP client; the first byte chooses which */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/smtp/smtp_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int memfd_create(const char *name, unsigned flags); /* its header has a MAP_FIXED of its own */

static void begin(void)
{
    static const struct log_options quiet = { .tag = "fuzz", .sinks = 0 };
    static char dir[] = "/tmp/fuzz_smtp.XXXXXX";

    log_open(&quiet);
    if (!mkdtemp(dir))
        abort();
    param_load(dir, true);
    param_override("myhostname=h.test");
    param_override("myorigin=o.test");
    smtp_agent = mem_new(sizeof *smtp_agent);
    smtp_agent->generic = maps_open("smtp_generic_maps", "inline:{@o.test=x@y.test}", MAP_FOLD);
    smtp_content_init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char got[1 << 20];
    uint8_t bits = size ? data[0] : 0;
    struct smtp_content how = { .to_7bit = bits & 1, .generic = bits & 2, .line_limit = bits & 4 ? 20 : 0 };
    struct qfile_env env = { .content_len = (int64_t)size + 2 };
    struct delivery d = { .queue_id = "X", .env = &env };
    struct smtp_session ss = { .features = 0 };
    int pair[2], room = 1 << 20;
    ssize_t n;

    if (!smtp_agent)
        begin();
    if (size < 1 || size > 20000 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return 0;
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    d.fd = memfd_create("q", 0);
    if (write(d.fd, data + 1, size - 1) < 0 || write(d.fd, ".\r\n", 3) < 0)
        abort();
    stream_init(&ss.s, pair[0], 4096, 16384, 0);
    if (smtp_content_send(&ss, &d, &how) == OK && stream_flush(&ss.s) == OK) {
        stream_done(&ss.s);
        n = recv(pair[1], got, sizeof got, MSG_WAITALL);
        /* One end of data, at the end. */
        if (n < 3 || memcmp(got + n - 3, ".\r\n", 3) || memmem(got, (size_t)n - 1, "\r\n.\r\n", 5))
            abort();
    } else {
        stream_done(&ss.s);
    }
    close(pair[1]);
    close(d.fd);
    return 0;
}
