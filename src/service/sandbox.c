/* sandbox.c - the system calls that a service may make
 *
 * An allow list for services that neither start programs nor change identity:
 * a session that an attacker has taken over can still talk and use the queue,
 * as the mail system's own user, but can run nothing. Everything else gives
 * EPERM, so that a C library's experiment does not end the service.
 * Runs in: every daemon but master, local, virtual, pipe.  Parameters: none.  Feature: SANDBOX.
 * Tests: tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include "service/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/log.h"

#if defined(__x86_64__)
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define SANDBOX_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define SANDBOX_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define SANDBOX_ARCH AUDIT_ARCH_RISCV64
#elif defined(__mips__) && !defined(__mips64) && defined(__MIPSEL__)
#define SANDBOX_ARCH AUDIT_ARCH_MIPSEL
#elif defined(__mips__) && !defined(__mips64)
#define SANDBOX_ARCH AUDIT_ARCH_MIPS
#elif defined(__s390x__)
#define SANDBOX_ARCH AUDIT_ARCH_S390X
#else
#define SANDBOX_ARCH 0
#endif

/* Not every machine has every call: the ones it lacks have no row. Those used for each message come first. */
static const uint32_t allowed[] = {
#if defined(__NR_read)
    __NR_read,
#endif
#if defined(__NR_write)
    __NR_write,
#endif
#if defined(__NR_recvfrom)
    __NR_recvfrom,
#endif
#if defined(__NR_sendto)
    __NR_sendto,
#endif
#if defined(__NR_recvmsg)
    __NR_recvmsg,
#endif
#if defined(__NR_sendmsg)
    __NR_sendmsg,
#endif
#if defined(__NR_epoll_wait)
    __NR_epoll_wait,
#endif
#if defined(__NR_epoll_pwait)
    __NR_epoll_pwait,
#endif
#if defined(__NR_poll)
    __NR_poll,
#endif
#if defined(__NR_ppoll)
    __NR_ppoll,
#endif
#if defined(__NR_pread64)
    __NR_pread64,
#endif
#if defined(__NR_pwrite64)
    __NR_pwrite64,
#endif
#if defined(__NR_pwritev)
    __NR_pwritev,
#endif
#if defined(__NR_writev)
    __NR_writev,
#endif
#if defined(__NR_readv)
    __NR_readv,
#endif
#if defined(__NR_openat)
    __NR_openat,
#endif
#if defined(__NR_open)
    __NR_open,
#endif
#if defined(__NR_close)
    __NR_close,
#endif
#if defined(__NR_fsync)
    __NR_fsync,
#endif
#if defined(__NR_fdatasync)
    __NR_fdatasync,
#endif
#if defined(__NR_unlink)
    __NR_unlink,
#endif
#if defined(__NR_unlinkat)
    __NR_unlinkat,
#endif
#if defined(__NR_sendfile)
    __NR_sendfile,
#endif
#if defined(__NR_accept4)
    __NR_accept4,
#endif
#if defined(__NR_clock_gettime)
    __NR_clock_gettime,
#endif
#if defined(__NR_gettimeofday)
    __NR_gettimeofday,
#endif
#if defined(__NR_time)
    __NR_time,
#endif
#if defined(__NR_fcntl)
    __NR_fcntl,
#endif
#if defined(__NR_epoll_ctl)
    __NR_epoll_ctl,
#endif
#if defined(__NR_accept)
    __NR_accept,
#endif
#if defined(__NR_access)
    __NR_access,
#endif
#if defined(__NR_alarm)
    __NR_alarm,
#endif
#if defined(__NR_arch_prctl)
    __NR_arch_prctl,
#endif
#if defined(__NR_bind)
    __NR_bind,
#endif
#if defined(__NR_brk)
    __NR_brk,
#endif
#if defined(__NR_chdir)
    __NR_chdir,
#endif
#if defined(__NR_clock_getres)
    __NR_clock_getres,
#endif
#if defined(__NR_clock_gettime64)
    __NR_clock_gettime64,
#endif
#if defined(__NR_clock_nanosleep)
    __NR_clock_nanosleep,
#endif
#if defined(__NR_clock_nanosleep_time64)
    __NR_clock_nanosleep_time64,
#endif
#if defined(__NR_connect)
    __NR_connect,
#endif
#if defined(__NR_copy_file_range)
    __NR_copy_file_range,
#endif
#if defined(__NR_dup)
    __NR_dup,
#endif
#if defined(__NR_dup2)
    __NR_dup2,
#endif
#if defined(__NR_dup3)
    __NR_dup3,
#endif
#if defined(__NR_epoll_create)
    __NR_epoll_create,
#endif
#if defined(__NR_epoll_create1)
    __NR_epoll_create1,
#endif
#if defined(__NR_exit)
    __NR_exit,
#endif
#if defined(__NR_exit_group)
    __NR_exit_group,
#endif
#if defined(__NR_faccessat)
    __NR_faccessat,
#endif
#if defined(__NR_faccessat2)
    __NR_faccessat2,
#endif
#if defined(__NR_fadvise64)
    __NR_fadvise64,
#endif
#if defined(__NR_fallocate)
    __NR_fallocate,
#endif
#if defined(__NR_fchdir)
    __NR_fchdir,
#endif
#if defined(__NR_fchmod)
    __NR_fchmod,
#endif
#if defined(__NR_fchmodat)
    __NR_fchmodat,
#endif
#if defined(__NR_fcntl64)
    __NR_fcntl64,
#endif
#if defined(__NR_flock)
    __NR_flock,
#endif
#if defined(__NR_fstat)
    __NR_fstat,
#endif
#if defined(__NR_fstat64)
    __NR_fstat64,
#endif
#if defined(__NR_fstatat64)
    __NR_fstatat64,
#endif
#if defined(__NR_fstatfs)
    __NR_fstatfs,
#endif
#if defined(__NR_fstatfs64)
    __NR_fstatfs64,
#endif
#if defined(__NR_ftruncate)
    __NR_ftruncate,
#endif
#if defined(__NR_ftruncate64)
    __NR_ftruncate64,
#endif
#if defined(__NR_futex)
    __NR_futex,
#endif
#if defined(__NR_futex_time64)
    __NR_futex_time64,
#endif
#if defined(__NR_getcwd)
    __NR_getcwd,
#endif
#if defined(__NR_getdents)
    __NR_getdents,
#endif
#if defined(__NR_getdents64)
    __NR_getdents64,
#endif
#if defined(__NR_getegid)
    __NR_getegid,
#endif
#if defined(__NR_geteuid)
    __NR_geteuid,
#endif
#if defined(__NR_getgid)
    __NR_getgid,
#endif
#if defined(__NR_getpeername)
    __NR_getpeername,
#endif
#if defined(__NR_getpgrp)
    __NR_getpgrp,
#endif
#if defined(__NR_getpid)
    __NR_getpid,
#endif
#if defined(__NR_getppid)
    __NR_getppid,
#endif
#if defined(__NR_getrandom)
    __NR_getrandom,
#endif
#if defined(__NR_getrlimit)
    __NR_getrlimit,
#endif
#if defined(__NR_getrusage)
    __NR_getrusage,
#endif
#if defined(__NR_getsockname)
    __NR_getsockname,
#endif
#if defined(__NR_getsockopt)
    __NR_getsockopt,
#endif
#if defined(__NR_gettid)
    __NR_gettid,
#endif
#if defined(__NR_getuid)
    __NR_getuid,
#endif
#if defined(__NR_ioctl)
    __NR_ioctl,
#endif
#if defined(__NR_kill)
    __NR_kill,
#endif
#if defined(__NR_link)
    __NR_link,
#endif
#if defined(__NR_linkat)
    __NR_linkat,
#endif
#if defined(__NR__llseek)
    __NR__llseek,
#endif
#if defined(__NR_lseek)
    __NR_lseek,
#endif
#if defined(__NR_lstat)
    __NR_lstat,
#endif
#if defined(__NR_lstat64)
    __NR_lstat64,
#endif
#if defined(__NR_madvise)
    __NR_madvise,
#endif
#if defined(__NR_membarrier)
    __NR_membarrier,
#endif
#if defined(__NR_mkdir)
    __NR_mkdir,
#endif
#if defined(__NR_mkdirat)
    __NR_mkdirat,
#endif
#if defined(__NR_mmap)
    __NR_mmap,
#endif
#if defined(__NR_mmap2)
    __NR_mmap2,
#endif
#if defined(__NR_mprotect)
    __NR_mprotect,
#endif
#if defined(__NR_mremap)
    __NR_mremap,
#endif
#if defined(__NR_munmap)
    __NR_munmap,
#endif
#if defined(__NR_nanosleep)
    __NR_nanosleep,
#endif
#if defined(__NR_newfstatat)
    __NR_newfstatat,
#endif
#if defined(__NR__newselect)
    __NR__newselect,
#endif
#if defined(__NR_pause)
    __NR_pause,
#endif
#if defined(__NR_pipe)
    __NR_pipe,
#endif
#if defined(__NR_pipe2)
    __NR_pipe2,
#endif
#if defined(__NR_ppoll_time64)
    __NR_ppoll_time64,
#endif
#if defined(__NR_prctl)
    __NR_prctl,
#endif
#if defined(__NR_preadv)
    __NR_preadv,
#endif
#if defined(__NR_prlimit64)
    __NR_prlimit64,
#endif
#if defined(__NR_pselect6)
    __NR_pselect6,
#endif
#if defined(__NR_readlink)
    __NR_readlink,
#endif
#if defined(__NR_readlinkat)
    __NR_readlinkat,
#endif
#if defined(__NR_recv)
    __NR_recv,
#endif
#if defined(__NR_rename)
    __NR_rename,
#endif
#if defined(__NR_renameat)
    __NR_renameat,
#endif
#if defined(__NR_renameat2)
    __NR_renameat2,
#endif
#if defined(__NR_restart_syscall)
    __NR_restart_syscall,
#endif
#if defined(__NR_rmdir)
    __NR_rmdir,
#endif
#if defined(__NR_rseq)
    __NR_rseq,
#endif
#if defined(__NR_rt_sigaction)
    __NR_rt_sigaction,
#endif
#if defined(__NR_rt_sigpending)
    __NR_rt_sigpending,
#endif
#if defined(__NR_rt_sigprocmask)
    __NR_rt_sigprocmask,
#endif
#if defined(__NR_rt_sigreturn)
    __NR_rt_sigreturn,
#endif
#if defined(__NR_rt_sigsuspend)
    __NR_rt_sigsuspend,
#endif
#if defined(__NR_rt_sigtimedwait)
    __NR_rt_sigtimedwait,
#endif
#if defined(__NR_sched_getaffinity)
    __NR_sched_getaffinity,
#endif
#if defined(__NR_sched_yield)
    __NR_sched_yield,
#endif
#if defined(__NR_select)
    __NR_select,
#endif
#if defined(__NR_send)
    __NR_send,
#endif
#if defined(__NR_sendfile64)
    __NR_sendfile64,
#endif
#if defined(__NR_set_robust_list)
    __NR_set_robust_list,
#endif
#if defined(__NR_set_tid_address)
    __NR_set_tid_address,
#endif
#if defined(__NR_setitimer)
    __NR_setitimer,
#endif
#if defined(__NR_setsockopt)
    __NR_setsockopt,
#endif
#if defined(__NR_shutdown)
    __NR_shutdown,
#endif
#if defined(__NR_sigaltstack)
    __NR_sigaltstack,
#endif
#if defined(__NR_sigreturn)
    __NR_sigreturn,
#endif
#if defined(__NR_socket)
    __NR_socket,
#endif
#if defined(__NR_socketcall)
    __NR_socketcall,
#endif
#if defined(__NR_socketpair)
    __NR_socketpair,
#endif
#if defined(__NR_stat)
    __NR_stat,
#endif
#if defined(__NR_stat64)
    __NR_stat64,
#endif
#if defined(__NR_statfs)
    __NR_statfs,
#endif
#if defined(__NR_statfs64)
    __NR_statfs64,
#endif
#if defined(__NR_statx)
    __NR_statx,
#endif
#if defined(__NR_sysinfo)
    __NR_sysinfo,
#endif
#if defined(__NR_tgkill)
    __NR_tgkill,
#endif
#if defined(__NR_truncate)
    __NR_truncate,
#endif
#if defined(__NR_ugetrlimit)
    __NR_ugetrlimit,
#endif
#if defined(__NR_umask)
    __NR_umask,
#endif
#if defined(__NR_uname)
    __NR_uname,
#endif
#if defined(__NR_utimensat)
    __NR_utimensat,
#endif
#if defined(__NR_utimensat_time64)
    __NR_utimensat_time64,
#endif
#if defined(__NR_wait4)
    __NR_wait4,
#endif
#if defined(__NR_waitpid)
    __NR_waitpid,
#endif
};

enum { FILTER_MAX = ARRAY_LEN(allowed) + 8 };

/* Every comparison that matches jumps to the last instruction; a jump reaches 255 at most. */
static size_t build(struct sock_filter *f)
{
    size_t n = 0;

    f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
        f[n++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], (uint8_t)(ARRAY_LEN(allowed) - i), 0);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return n;
}

void sandbox_enter(void)
{
    struct sock_filter filter[FILTER_MAX];
    struct sock_fprog prog = { .filter = filter };

    _Static_assert(ARRAY_LEN(allowed) < 255, "a jump in the filter reaches 255 instructions");
    if (!SANDBOX_ARCH)
        return;
    prog.len = (unsigned short)build(filter);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
        log_debug("no system call filter: %s", strerror(errno)); /* the kernel has none; user and jail still hold */
}
