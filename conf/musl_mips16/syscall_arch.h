/* syscall_arch.h - musl's system calls for MIPS16, which has no instruction for them: one 32-bit function (mips16.S)
 *
 * Found before musl's own headers (src/host/deps.sh). Without this, and the two
 * headers beside it, most of musl compiles only as 32-bit code.
 */
/* SPDX-License-Identifier: ISC */
#if __mips16
#define __syscall0 inline_syscall0
#define __syscall1 inline_syscall1
#define __syscall2 inline_syscall2
#define __syscall3 inline_syscall3
#define __syscall4 inline_syscall4
#define __syscall5 inline_syscall5
#define __syscall6 inline_syscall6
#define __syscall7 inline_syscall7
#include_next "syscall_arch.h"
#undef __syscall0
#undef __syscall1
#undef __syscall2
#undef __syscall3
#undef __syscall4
#undef __syscall5
#undef __syscall6
#undef __syscall7
#define FAR_SYSCALL __asm__("__mips16_syscall") __attribute__((visibility("hidden")))
long __syscall0(long) FAR_SYSCALL;
long __syscall1(long, long) FAR_SYSCALL;
long __syscall2(long, long, long) FAR_SYSCALL;
long __syscall3(long, long, long, long) FAR_SYSCALL;
long __syscall4(long, long, long, long, long) FAR_SYSCALL;
long __syscall5(long, long, long, long, long, long) FAR_SYSCALL;
long __syscall6(long, long, long, long, long, long, long) FAR_SYSCALL;
long __syscall7(long, long, long, long, long, long, long, long) FAR_SYSCALL;
#else
#include_next "syscall_arch.h"
#endif
