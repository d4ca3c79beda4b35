/* fuzz_cdb.c - a cdb file of any content: an answer or a failure, never a crash, and a listing that ends */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "map/map_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
enum result map_cdb_open(struct map *m, const char *path);
void map_cdb_close(struct map *m);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

/* Corpus files hold what follows the 2048 bytes of table positions, which repeat the first 64 bytes. */
static void put(const char *path, const uint8_t *data, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    uint8_t head[2048] = { 0 };

    for (size_t i = 0; i < sizeof head && size; i++)
        head[i] = data[i % (size < 64 ? size : 64)];
    MUST_HOLD(fd >= 0 && write(fd, head, sizeof head) == sizeof head && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[64], path[80];
    struct map m = { .spec = (char *)"cdb:fuzz", .type = "cdb", .path = name, .fd = -1 };
    struct str key, value;
    struct buf out;
    size_t at = 0, n = 0;

    log_open(&(struct log_options){ .tag = "fuzz", .file_fd = -1 });
    snprintf(name, sizeof name, "/tmp/fuzz_cdb.%ld", (long)getpid());
    snprintf(path, sizeof path, "%s.cdb", name);
    put(path, data, size);
    buf_init(&out, 1 << 20);
    if (map_cdb_open(&m, name) == OK) {
        (void)m.ops->get(&m, STR("a"), &out);
        (void)m.ops->get(&m, STR("key"), &out);
        (void)m.ops->get(&m, (struct str){ (const char *)data, size < 16 ? size : 16 }, &out);
        while (m.ops->each(&m, &at, &key, &value) == OK) {
            MUST_HOLD(++n <= size);
            if (key.n < 100)
                (void)m.ops->get(&m, key, &out);
        }
    }
    map_cdb_close(&m);
    buf_done(&out);
    unlink(path);
    return 0;
}
