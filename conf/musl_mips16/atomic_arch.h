/* atomic_arch.h - musl's atomic compare and swap for MIPS16 (see syscall_arch.h); musl derives the others from it */
/* SPDX-License-Identifier: ISC */
#if __mips16
#define a_cas a_cas
int a_cas(volatile int *p, int t, int s) __asm__("__mips16_cas") __attribute__((visibility("hidden")));
#else
#include_next "atomic_arch.h"
#endif
