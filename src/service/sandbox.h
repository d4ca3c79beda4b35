/* sandbox.h - the system calls that a service may make */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_SANDBOX_H
#define SERVICE_SANDBOX_H

#include "base/base.h"

/* For good, and for all children. Needs PR_SET_NO_NEW_PRIVS before. Where the kernel has no filters nothing happens. */
void sandbox_enter(void);

#endif
