/* frame.h - records between our own processes
 *
 * u32 length, u16 type, then fields in the order both sides know: numbers,
 * counted text, optional descriptor. The reader trusts nothing: every get is
 * bounded, and frame_end() is false unless all was consumed exactly.
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_FRAME_H
#define NET_FRAME_H

#include "base/base.h"
#include "base/buf.h"

enum { FRAME_MAX = 1 << 20 };

struct frame {
    struct buf buf;   /* payload */
    size_t at;        /* reader's position */
    bool bad;         /* a get ran past the end or found nonsense */
    unsigned type;
    int fd;           /* -1 = none. To be sent: stays the caller's. Received: closed with the frame unless set to -1. */
};

void frame_init(struct frame *f, size_t max);
void frame_done(struct frame *f); /* closes fd */
/* Starts a record; a descriptor to send is set after this. */
void frame_begin(struct frame *f, unsigned type);
void frame_put_u32(struct frame *f, uint32_t v);
void frame_put_u64(struct frame *f, uint64_t v);
void frame_put_str(struct frame *f, struct str s);
void frame_put_text(struct frame *f, const char *text); /* NULL is sent as "" */
/* Sends the whole record: OK, or TEMP with errno. Below 0 timeout_ms means for ever, here and in frame_recv. */
enum result frame_send(int fd, struct frame *f, int timeout_ms) MUST;
/* Receives one: OK; NONE at a clean end of file; TEMP: timeout, error or malformed. */
enum result frame_recv(int fd, struct frame *f, int timeout_ms) MUST;
/* Adds the record to others that are to go together: false when out is full. No descriptor. */
bool frame_pack(struct buf *out, const struct frame *f) MUST;
/* Sends such records: OK, or TEMP with errno. */
enum result frame_send_packed(int fd, struct str packed, int timeout_ms) MUST;
/* The same records in a regular file. Reading: NONE at its end, PERM: no such record, TEMP with errno. */
enum result frame_write(int fd, const struct frame *f) MUST;
enum result frame_read(int fd, struct frame *f) MUST;
uint32_t frame_get_u32(struct frame *f);
uint64_t frame_get_u64(struct frame *f);
struct str frame_get_str(struct frame *f);     /* view into the frame */
/* Text without NUL inside, terminated: a view into the frame; "" and bad when it is not. */
const char *frame_get_text(struct frame *f);
/* Everything was read, and nothing was wrong. */
bool frame_end(struct frame *f) MUST;

#endif
