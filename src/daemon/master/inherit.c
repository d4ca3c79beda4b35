/* inherit.c - descriptors that survive a reload
 *
 * A reload is a fresh exec of the same process: the new image reads the new
 * configuration and takes over listeners, the news pipe and the lock, so no
 * connection is refused meanwhile. They are named in an environment variable,
 * "key=fd" separated by blanks; keys hold no blank.
 * Runs in: master.  Parameters: none.  Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/htab.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/master/master_int.h"

#define INHERIT_ENV "POSTLET_INHERIT"

enum { INHERIT_TEXT = 64 * 1024 };

static struct htab *offered;
static struct buf kept;

void inherit_read(void)
{
    const char *text = getenv(INHERIT_ENV);
    struct str rest, word;

    offered = htab_new();
    buf_init(&kept, INHERIT_TEXT);
    if (!text)
        return;
    rest = str_of(text);
    while (str_word(&rest, " ", &word) == OK) {
        size_t eq = str_rfind(word, '=');
        int64_t fd;

        if (eq < word.n && num_parse((struct str){ word.p + eq + 1, word.n - eq - 1 }, 3, 65535, &fd) == OK) {
            (void)htab_put(offered, (struct str){ word.p, eq }, (void *)(intptr_t)(fd + 1));
            io_cloexec((int)fd, true);
        }
    }
    unsetenv(INHERIT_ENV);
}

int inherit_take(const char *key)
{
    return (int)(intptr_t)htab_remove(offered, str_of(key)) - 1;
}

void inherit_close_rest(void)
{
    const char *key;
    size_t at = 0;
    void *fd;

    while (htab_each(offered, &at, &key, &fd))
        close((int)(intptr_t)fd - 1);
    htab_free(offered, NULL);
    offered = htab_new();
}

void inherit_keep(const char *key, int fd)
{
    buf_printf(&kept, "%s%s=%d", kept.n ? " " : "", key, fd);
    io_cloexec(fd, false);
}

void inherit_export(void)
{
    setenv(INHERIT_ENV, kept.p, 1);
}
