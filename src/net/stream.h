/* stream.h - a buffered connection with deadlines, plain or TLS
 *
 * Blocking use by one process: every call returns by its deadline. The two
 * buffers are all the memory of a plain connection; sizes are set at creation.
 * The process must ignore SIGPIPE (sendfile raises it).
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/base.h"

struct tls_session;

enum stream_error { STREAM_FINE, STREAM_EOF, STREAM_TIMEOUT, STREAM_BROKEN };

struct stream {
    int fd;                 /* socket, pipe or terminal; blocking or not */
    int fd_out;             /* where output goes: fd, unless the caller sets another (-bs: 0 and 1) */
    int timeout_ms;         /* per operation (<0 = for ever), or until deadline when that is sooner */
    int64_t deadline;       /* clock_ms; 0 = none. Set for a whole command (smtpd_per_request_deadline). */
    int min_rate;           /* bytes per second that push the deadline back (smtpd_min_data_rate); 0 = off */
    enum stream_error err;  /* sticky */
    void (*on_wake)(void *arg); /* NULL, or called when wake_fd becomes readable during a wait; it may set new limits */
    void *wake_arg;
    int wake_fd;
    char *in;               /* read buffer */
    size_t in_at, in_n, in_cap; /* unread bytes are in[in_at .. in_n) */
    char *out;
    size_t out_n, out_cap;
    bool not_socket;        /* found out at the first operation */
    struct tls_session *tls; /* NULL when plain; see tls.h */
};

/* Takes fd over. Buffer sizes in bytes. */
void stream_init(struct stream *s, int fd, size_t in_cap, size_t out_cap, int timeout_ms);
/* Closes without flushing; ends TLS when alive. */
void stream_done(struct stream *s);
/* Makes at least one byte available at in + in_at: OK, or TEMP with err set. */
enum result stream_fill(struct stream *s) MUST;
/* Are there bytes that can be had without waiting? False also at end of file. May read into the buffer. */
bool stream_ready(struct stream *s);
/* Bytes already in the buffer: costs nothing. */
static inline size_t stream_buffered(const struct stream *s)
{
    return s->in_n - s->in_at;
}
/* A line without its CRLF or LF, in place, valid until the next call; *crlf says which of the two it was.
 * NONE: longer than the buffer (the bytes so far are returned, the rest follows by further calls). TEMP: err. */
enum result stream_line(struct stream *s, struct str *line, bool *crlf) MUST;
/* All bytes buffered now (at least one, waits): view in place, consume with stream_eat. */
enum result stream_peek(struct stream *s, struct str *view) MUST;
void stream_eat(struct stream *s, size_t n);
/* Output is kept until the buffer is full or flushed. Errors are sticky; check at flush. */
void stream_put(struct stream *s, const void *p, size_t n);
void stream_puts(struct stream *s, const char *text);
void stream_printf(struct stream *s, const char *fmt, ...) PRINTF(2, 3);
enum result stream_flush(struct stream *s) MUST;
/* len bytes of file at offset, after what is buffered; sendfile when plain. */
enum result stream_send_file(struct stream *s, int file, int64_t offset, int64_t len) MUST;

#endif
