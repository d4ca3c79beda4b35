/* io.h - whole reads and writes on descriptors, and files as a unit */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/base.h"
#include "base/buf.h"

/* All n bytes, EINTR and short writes handled. TEMP with errno set on failure. */
enum result io_write(int fd, const void *p, size_t n) MUST;
enum result io_pwrite(int fd, const void *p, size_t n, int64_t at) MUST;
/* Exactly n bytes at an offset: OK; NONE when the file ends before; TEMP with errno. */
enum result io_pread(int fd, void *p, size_t n, int64_t at) MUST;
/* Adds the whole file, at most out->max: OK; NONE when there is no such file; TEMP with errno (EFBIG: too large). */
enum result io_read_file(int dir_fd, const char *path, struct buf *out) MUST;
/* Waits until fd is readable/writable: OK, TEMP at the deadline (clock_ms; <0 = for ever). */
enum result io_wait(int fd, bool for_write, int64_t deadline) MUST;
/* The same; NONE: other is readable and fd is not ready. other < 0: there is none. */
enum result io_wait_or(int fd, bool for_write, int other, int64_t deadline) MUST;
void io_nonblock(int fd, bool on);
void io_cloexec(int fd, bool on);

#endif
