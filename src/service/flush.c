/* flush.c - asking for another attempt at deferred mail
 *
 * Runs in: postqueue, postsuper, smtpd (ETRN).  Parameters: flush_service_name.
 * Tests: tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/flush.h"

#include <unistd.h>

#include "net/frame.h"
#include "param/param.h"
#include "service/service.h"

enum { FLUSH_MS = 60000, FLUSH_FRAME = 4096 };

static enum flush_answer ask(int fd, struct frame *f, enum flush_kind kind, const char *arg)
{
    uint32_t answer;

    frame_begin(f, FLUSH_ASK);
    frame_put_u32(f, (uint32_t)kind);
    frame_put_text(f, arg);
    if (frame_send(fd, f, FLUSH_MS) != OK || frame_recv(fd, f, FLUSH_MS) != OK || f->type != FLUSH_REPLY)
        return FLUSH_DOWN;
    answer = frame_get_u32(f);
    return frame_end(f) && answer <= FLUSH_DENIED ? (enum flush_answer)answer : FLUSH_DOWN;
}

enum flush_answer service_flush(enum flush_kind kind, const char *arg)
{
    int fd = service_connect("public", par_flush_service_name(), FLUSH_MS);
    enum flush_answer answer;
    struct frame f;

    if (fd < 0)
        return FLUSH_DOWN;
    frame_init(&f, FLUSH_FRAME);
    answer = ask(fd, &f, kind, arg);
    frame_done(&f);
    close(fd);
    return answer;
}
