/* again.h - one command handing over to another of this binary */
/* SPDX-License-Identifier: ISC */
#ifndef TOOL_AGAIN_H
#define TOOL_AGAIN_H

#include "base/base.h"

/* Replaces this process by the applet; argv[0] is its name, argv ends with NULL. Fatal when it cannot. */
void again_exec(char *const argv[]) NORETURN;
/* Runs it and waits: its exit status, 128 + signal, or -1 with errno. */
int again_run(char *const argv[]);

#endif
