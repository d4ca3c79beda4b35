/* qdir_int.h - shared by the files of qdir */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QDIR_INT_H
#define QUEUE_QDIR_INT_H

/* Levels of hash directories of this queue; 0 = not hashed. */
int qdir_depth(const char *dir);

#endif
