/* qdir.h - the queue directories: names, hashing, moves, scans */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QDIR_H
#define QUEUE_QDIR_H

#include <sys/types.h>

#include "base/base.h"
#include "queue/qfile.h"

enum { QDIR_PATH = 256 };

/* "deferred/4/4F1A28C03" following hash_queue_names and hash_queue_depth. */
void qdir_path(const char *dir, const char *id, char out[QDIR_PATH]);
/* The same, or where the message of incoming is now: in a slot (qslot.h). */
void qdir_find(const char *dir, const char *id, char out[QDIR_PATH]);
bool qdir_valid_id(struct str id);
/* Makes the hash directories that a path of dir needs. TEMP with errno. */
enum result qdir_make_hash(const char *dir, const char *id) MUST;
/* Renames without ever replacing an existing file; makes a missing hash directory. Of a message in a slot, the caller
 * holds the lock. OK, NONE: no such file, TEMP with errno. */
enum result qdir_move(const char *from, const char *to, const char *id, bool sync) MUST;
/* OK, NONE: no such file, TEMP with errno. */
enum result qdir_remove(const char *dir, const char *id) MUST;
/* Which of the directories has it: its name, or NULL. dirs is NULL-terminated. */
const char *qdir_locate(const char *id, const char *const *dirs);
/* Visits every valid id below dir, hashed or not, those of incoming in slots first. visit returns false to stop.
 * TEMP with errno when it cannot be listed. */
enum result qdir_scan(const char *dir, bool (*visit)(const char *id, void *arg), void *arg) MUST;
/* Makes and checks the directories of a new queue (postfix check): owner, modes. As root also chown. */
enum result qdir_setup(const char *queue, uid_t owner, gid_t group) MUST;
/* Names of those directories, in turn; NULL after the last one. */
const char *qdir_name(size_t i);
/* Free bytes on the queue's file system; -1 = cannot tell. */
int64_t qdir_free_bytes(void);

/* Looks at what a jail hides: whether this file system gives a new file its name with the file's own fsync (where that
 * cannot be found out, directories are synced as well), and which boot this is. Call with the queue directory as the
 * current one (cleanup_init and the like do). */
void qdir_init(void);
/* Makes new or changed names in the directory of path durable, where fsync of the file has not done so. */
enum result qdir_sync_names(const char *path) MUST;
/* The same for every file system: after a rename. */
enum result qdir_sync_always(const char *path) MUST;

#endif
