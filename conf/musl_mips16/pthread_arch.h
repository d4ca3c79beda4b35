/* pthread_arch.h - musl's thread pointer for MIPS16 (see syscall_arch.h) */
/* SPDX-License-Identifier: ISC */
#if __mips16
#define __get_tp inline_get_tp
#include_next "pthread_arch.h"
#undef __get_tp
uintptr_t __get_tp(void) __asm__("__mips16_tp") __attribute__((const, visibility("hidden")));
#else
#include_next "pthread_arch.h"
#endif
