/* fuzz_frame.c - net/frame: a payload read by whatever sequence of gets its first bytes ask for */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static void read_fields(struct frame *f, const uint8_t *kinds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str s;

        switch (kinds[i] % 4) {
        case 0: (void)frame_get_u32(f); break;
        case 1: (void)frame_get_u64(f); break;
        case 2:
            s = frame_get_str(f);
            MUST_HOLD(s.p[s.n] == 0);
            break;
        default: MUST_HOLD(strlen(frame_get_text(f)) <= f->buf.n); break;
        }
        MUST_HOLD(f->at <= f->buf.n);
    }
    if (frame_end(f))
        MUST_HOLD(f->at == f->buf.n);
}

/* The first 8 bytes choose the gets, the rest is what a peer sends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame f;
    int p[2];

    if (size < 8 || size > 4096 || socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0)
        return 0;
    MUST_HOLD(write(p[1], data + 8, size - 8) == (ssize_t)(size - 8));
    close(p[1]);
    frame_init(&f, 2000);
    for (int i = 0; i < 10 && frame_recv(p[0], &f, 0) == OK; i++)
        read_fields(&f, data, 8);
    frame_done(&f);
    close(p[0]);
    return 0;
}
