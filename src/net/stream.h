/* stream.h - a buffered connection with deadlines, plain or TLS
 *
 * Blocking use by one process: every call returns by its deadline. The read
 * buffer is the only per-connection buffer; its size is set at creation.
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/base.h"

struct tls_session;

enum stream_error { STREAM_FINE, STREAM_EOF, STREAM_TIMEOUT, STREAM_BROKEN };

struct stream {
    int fd;
    int timeout_ms;         /* per operation, or until deadline when that is sooner */
    int64_t deadline;       /* clock_ms; 0 = none. Set for a whole command (smtpd_per_request_deadline). */
    int min_rate;           /* bytes per second that push the deadline back (smtpd_min_data_rate); 0 = off */
    enum stream_error err;  /* sticky */
    char *in;               /* read buffer */
    size_t in_at, in_n, in_cap;
    char *out;
    size_t out_n, out_cap;
    struct tls_session *tls; /* NULL when plain; see tls.h */
};

/* Takes fd over. Buffer sizes in bytes. */
void stream_init(struct stream *s, int fd, size_t in_cap, size_t out_cap, int timeout_ms);
/* Closes without flushing; ends TLS when alive. */
void stream_done(struct stream *s);
/* Makes at least one byte available at in + in_at: OK, or TEMP with err set. */
enum result stream_fill(struct stream *s) MUST;
/* Bytes that can be had without waiting; 0 also at end of file. */
bool stream_ready(struct stream *s);
/* A line without its CRLF or LF, in place, valid until the next call; flags in *eol: 0 = LF, 1 = CRLF.
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
