/* qdir_sync.c - does fsync of a new file also make its name durable?
 *
 * On ext3 and ext4 the name is in the same journal transaction, so no second
 * sync is needed. ext2 has the same magic number in statfs and promises
 * nothing, hence the look at the mount table. Everything unknown is synced.
 * Runs in: processes that write queue files.  Parameters: none.
 * Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/log.h"
#include "base/str.h"
#include "queue/qdir.h"
#include "queue/qfile_int.h"

enum { MAGIC_EXT = 0xEF53, MAGIC_TMPFS = 0x01021994, MAGIC_RAMFS = 0x858458F6 };
enum sync_need { SYNC_UNKNOWN, SYNC_NEEDED, SYNC_NOT_NEEDED };

static enum sync_need need;

/* The word number n of a line, counted from 0; empty when there are fewer. */
static struct str word(const char *line, unsigned n)
{
    while (n-- && *line) {
        line += strcspn(line, " \n");
        line += strspn(line, " \n");
    }
    return (struct str){ line, strcspn(line, " \n") };
}

/* Type of the mounted file system with this device number, from mountinfo:
 * "36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw". No scanf: it is 11 kB of a static program. */
static bool mount_type(dev_t dev, char type[32])
{
    FILE *f = fopen("/proc/self/mountinfo", "re");
    char line[1024], number[32];
    bool found = false;

    snprintf(number, sizeof number, "%u:%u", major(dev), minor(dev));
    while (f && !found && fgets(line, sizeof line, f)) {
        const char *dash = strstr(line, " - ");

        found = dash && str_eq(word(line, 2), number);
        if (found)
            snprintf(type, 32, "%.*s", (int)word(dash, 2).n, word(dash, 2).p);
    }
    if (f)
        fclose(f);
    return found;
}

static enum sync_need find_need(void)
{
    struct statfs fs;
    struct stat st;
    char type[32];

    if (statfs(".", &fs) < 0)
        return SYNC_NEEDED;
    if ((uint32_t)fs.f_type == MAGIC_TMPFS || (uint32_t)fs.f_type == (uint32_t)MAGIC_RAMFS)
        return SYNC_NOT_NEEDED; /* nothing survives there anyway */
    if ((uint32_t)fs.f_type != MAGIC_EXT || stat(".", &st) < 0 || !mount_type(st.st_dev, type))
        return SYNC_NEEDED;
    return strcmp(type, "ext4") == 0 || strcmp(type, "ext3") == 0 ? SYNC_NOT_NEEDED : SYNC_NEEDED;
}

void qdir_init(void)
{
    if (need == SYNC_UNKNOWN)
        need = find_need();
    (void)qboot_id();
    log_debug("queue directories %s synced for new files", need == SYNC_NEEDED ? "are" : "need not be");
}

enum result qdir_sync_names(const char *path)
{
    if (need == SYNC_UNKNOWN)
        qdir_init();
    return need == SYNC_NOT_NEEDED ? OK : qdir_sync_always(path);
}
