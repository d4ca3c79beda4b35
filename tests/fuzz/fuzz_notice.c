/* fuzz_notice.c - requests to the bounce service and listings of the queue, of any bytes */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "deliver/notice.h"
#include "net/frame_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct frame_part at = { .done = 0 };
    struct notice notice;
    struct why why;
    struct frame f;
    size_t used;

    frame_init(&f, FRAME_MAX);
    while (n && frame_feed(&f, &at, p, n, &used) == OK) {
        f.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (notice_get(&f, &notice) == OK)
            notice_done(&notice);
        f.at = 0;
        f.bad = false;
        (void)(notice_get_reply(&f, &why) == OK);
        p += used;
        n -= used;
        at = (struct frame_part){ .done = 0 };
    }
    frame_done(&f);
    return 0;
}
