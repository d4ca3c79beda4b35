/* fuzz_qfile.c - a queue file of any bytes must be refused or read, never crash */
/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/num.h"
#include "queue/qfile_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void read_all(struct qfile *q)
{
    struct qfile_rcpt r[8];
    struct qfile_status s;
    size_t at = 0, got;

    while ((got = qfile_rcpts(q, at, r, 8)))
        at += got;
    for (uint32_t i = 0; i < at && i < 100; i++)
        (void)(qfile_status(q, i, &s) == OK);
    qfile_close(q);
}

/* Checksums of the head are made right when the first byte asks for it, so that what lies behind them is reached. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct qfile *q;
    uint8_t crc[4];

    if (fd < 0)
        return 0;
    if (n && write(fd, p + 1, n - 1) == (ssize_t)n - 1 && (p[0] & 1) && n > QHEAD_SIZE) {
        le32_put(crc, num_crc32(0, p + 1, QHEAD_CRC));
        if (pwrite(fd, crc, sizeof crc, QHEAD_CRC) < 0)
            n = 0;
    }
    if (qfile_open_fd(fd, &q) == OK)
        read_all(q);
    return 0;
}
