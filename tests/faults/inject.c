/* inject.c - runs a mail system under ptrace and makes one system call of one program go wrong
 *
 *   inject PROGRAM FILE ARGV0 [ARGUMENTS]
 *
 * Follows every process that FILE starts. System calls of processes whose
 * argv[0] has the base name PROGRAM (the word "all": of every one) are counted,
 * over all of them together, in the order in which they are begun. Orders come
 * as lines on standard input:
 *   arm N kill         SIGKILL when the N-th call from now has been made (its effect is there, nothing after it)
 *   arm N killall      the same for every process at once, as when the machine stops
 *   arm N CODE TIMES   the N-th call and, if TIMES is more than 1, those that follow it: ENOSPC, EIO, EMFILE, ENOMEM,
 *                      EINTR, EAGAIN, EACCES, ECONNRESET instead of the call, SHORT: only part of the bytes. A
 *                      call that cannot end so is left alone and the next is taken. TIMES 0: until further notice
 *   arm 0 kill         counts, and does nothing
 *   trace              as "arm 0 kill", and names every call with what can be done to it
 *   off                stops counting
 * Answers on standard output: "count N" (to off), "call N PID NAME KIND CODES", "fired N PID NAME KIND",
 * "ended PID PROGRAM STATUS". The last line is "end": no process is left.
 * FILE is started when the first order has come. An order holds from the next system call on, also for processes that
 * run already. When standard input ends, all are killed. INJECT_STDIN in the environment names FILE's standard input.
 *
 * Only for tests. x86-64 only.
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* ENOSPC is not for every file descriptor: the kinds of one, as letters. */
enum { FILES = 1, DIRS = 2, STREAMS = 4, PACKETS = 8, PIPES = 16, OTHERS = 32, NO_FD = 64 };
enum code { NONE_CODE, C_NOSPC, C_IO, C_MFILE, C_NOMEM, C_INTR, C_AGAIN, C_ACCES, C_RESET, C_SHORT, CODES };
enum { MAX_PROCS = 4096, NAME = 32 };

static const struct { const char *name; int number; } codes[CODES] = {
    [C_NOSPC] = { "ENOSPC", ENOSPC }, [C_IO] = { "EIO", EIO },       [C_MFILE] = { "EMFILE", EMFILE },
    [C_NOMEM] = { "ENOMEM", ENOMEM }, [C_INTR] = { "EINTR", EINTR }, [C_AGAIN] = { "EAGAIN", EAGAIN },
    [C_ACCES] = { "EACCES", EACCES }, [C_RESET] = { "ECONNRESET", ECONNRESET }, [C_SHORT] = { "SHORT", 0 },
};

#define B(code) (1u << (code))
enum {
    WRITE_FILE = B(C_NOSPC) | B(C_IO) | B(C_SHORT),
    STREAM_OUT = B(C_INTR) | B(C_RESET) | B(C_NOMEM) | B(C_SHORT),
    STREAM_IN = B(C_INTR) | B(C_RESET) | B(C_NOMEM) | B(C_SHORT),
    PACKET = B(C_INTR) | B(C_NOMEM) | B(C_RESET),
    NAMES = B(C_IO) | B(C_NOMEM) | B(C_ACCES),
    CHANGE = NAMES | B(C_NOSPC),
};

/* What a call may end with. count: which argument is a number of bytes (1 + its place), 9 = an iovec array in the
 * second.
 * A row per kind of descriptor (in the first argument); the first that fits counts. */
static const struct call {
    int nr;
    const char *name;
    unsigned kinds, codes;
    int count;
} calls[] = {
    { SYS_read, "read", FILES, B(C_IO) | B(C_SHORT), 3 },
    { SYS_read, "read", STREAMS | PIPES, STREAM_IN, 3 },
    { SYS_read, "read", PACKETS, PACKET, 0 },
    { SYS_pread64, "pread64", FILES, B(C_IO) | B(C_SHORT), 3 },
    { SYS_readv, "readv", FILES, B(C_IO) | B(C_SHORT), 9 },
    { SYS_readv, "readv", STREAMS | PIPES, STREAM_IN, 9 },
    { SYS_recvfrom, "recvfrom", STREAMS, STREAM_IN, 3 },
    { SYS_recvfrom, "recvfrom", PACKETS, PACKET, 0 },
    { SYS_recvmsg, "recvmsg", STREAMS | PACKETS, PACKET, 0 },
    { SYS_write, "write", FILES, WRITE_FILE, 3 },
    { SYS_write, "write", STREAMS | PIPES, STREAM_OUT, 3 },
    { SYS_write, "write", PACKETS, PACKET, 0 },
    { SYS_pwrite64, "pwrite64", FILES, WRITE_FILE, 3 },
    { SYS_writev, "writev", FILES, WRITE_FILE, 9 },
    { SYS_writev, "writev", STREAMS | PIPES, STREAM_OUT, 9 },
    { SYS_pwritev, "pwritev", FILES, WRITE_FILE, 9 },
    { SYS_sendto, "sendto", STREAMS, STREAM_OUT, 3 },
    { SYS_sendto, "sendto", PACKETS, PACKET, 0 },
    { SYS_sendmsg, "sendmsg", STREAMS | PACKETS, PACKET, 0 },
    { SYS_sendfile, "sendfile", STREAMS | PIPES | FILES, B(C_IO) | B(C_SHORT), 4 },
    { SYS_copy_file_range, "copy_file_range", FILES, WRITE_FILE, 5 },
    { SYS_fsync, "fsync", FILES | DIRS, B(C_IO) | B(C_NOSPC), 0 },
    { SYS_fdatasync, "fdatasync", FILES | DIRS, B(C_IO) | B(C_NOSPC), 0 },
    { SYS_sync_file_range, "sync_file_range", FILES, B(C_IO) | B(C_NOSPC), 0 },
    { SYS_syncfs, "syncfs", FILES | DIRS, B(C_IO) | B(C_NOSPC), 0 },
    { SYS_fallocate, "fallocate", FILES, B(C_NOSPC) | B(C_IO), 0 },
    { SYS_ftruncate, "ftruncate", FILES, B(C_IO), 0 },
    { SYS_close, "close", FILES, B(C_IO) | B(C_NOSPC) | B(C_INTR), 0 },
    { SYS_close, "close", STREAMS | PACKETS | PIPES | OTHERS | DIRS, B(C_INTR), 0 },
    { SYS_open, "open", NO_FD, CHANGE | B(C_MFILE), 0 },
    { SYS_openat, "openat", NO_FD, CHANGE | B(C_MFILE), 0 },
    { SYS_creat, "creat", NO_FD, CHANGE | B(C_MFILE), 0 },
    { SYS_mkdir, "mkdir", NO_FD, CHANGE, 0 },
    { SYS_mkdirat, "mkdirat", NO_FD, CHANGE, 0 },
    { SYS_link, "link", NO_FD, CHANGE, 0 },
    { SYS_linkat, "linkat", NO_FD, CHANGE, 0 },
    { SYS_rename, "rename", NO_FD, CHANGE, 0 },
    { SYS_renameat, "renameat", NO_FD, CHANGE, 0 },
    { SYS_renameat2, "renameat2", NO_FD, CHANGE, 0 },
    { SYS_symlink, "symlink", NO_FD, CHANGE, 0 },
    { SYS_unlink, "unlink", NO_FD, NAMES, 0 },
    { SYS_unlinkat, "unlinkat", NO_FD, NAMES, 0 },
    { SYS_rmdir, "rmdir", NO_FD, NAMES, 0 },
    { SYS_chmod, "chmod", NO_FD, NAMES, 0 },
    { SYS_fchmod, "fchmod", NO_FD, B(C_IO), 0 },
    { SYS_chown, "chown", NO_FD, NAMES, 0 },
    { SYS_fchown, "fchown", NO_FD, B(C_IO), 0 },
    { SYS_access, "access", NO_FD, NAMES, 0 },
    { SYS_stat, "stat", NO_FD, NAMES, 0 },
    { SYS_lstat, "lstat", NO_FD, NAMES, 0 },
    { SYS_newfstatat, "newfstatat", NO_FD, NAMES, 0 },
    { SYS_statx, "statx", NO_FD, NAMES, 0 },
    { SYS_fstat, "fstat", FILES | DIRS, B(C_IO) | B(C_NOMEM), 0 },
    { SYS_statfs, "statfs", NO_FD, B(C_IO), 0 },
    { SYS_fstatfs, "fstatfs", NO_FD, B(C_IO), 0 },
    { SYS_getdents64, "getdents64", DIRS, B(C_IO), 0 },
    { SYS_readlink, "readlink", NO_FD, NAMES, 0 },
    { SYS_chdir, "chdir", NO_FD, NAMES, 0 },
    { SYS_fchdir, "fchdir", NO_FD, NAMES, 0 },
    { SYS_chroot, "chroot", NO_FD, NAMES, 0 },
    { SYS_flock, "flock", FILES, B(C_INTR) | B(C_NOMEM), 0 },
    { SYS_utimensat, "utimensat", NO_FD, B(C_IO), 0 },
    { SYS_socket, "socket", NO_FD, B(C_MFILE) | B(C_NOMEM), 0 },
    { SYS_socketpair, "socketpair", NO_FD, B(C_MFILE) | B(C_NOMEM), 0 },
    { SYS_pipe, "pipe", NO_FD, B(C_MFILE), 0 },
    { SYS_pipe2, "pipe2", NO_FD, B(C_MFILE), 0 },
    { SYS_accept, "accept", NO_FD, B(C_MFILE) | B(C_NOMEM) | B(C_INTR) | B(C_AGAIN), 0 },
    { SYS_accept4, "accept4", NO_FD, B(C_MFILE) | B(C_NOMEM) | B(C_INTR) | B(C_AGAIN), 0 },
    { SYS_connect, "connect", NO_FD, B(C_INTR) | B(C_AGAIN) | B(C_NOMEM), 0 },
    { SYS_bind, "bind", NO_FD, B(C_NOMEM), 0 },
    { SYS_dup, "dup", NO_FD, B(C_MFILE), 0 },
    { SYS_dup2, "dup2", NO_FD, B(C_MFILE), 0 },
    { SYS_dup3, "dup3", NO_FD, B(C_MFILE), 0 },
    { SYS_epoll_create1, "epoll_create1", NO_FD, B(C_MFILE) | B(C_NOMEM), 0 },
    { SYS_epoll_ctl, "epoll_ctl", NO_FD, B(C_NOMEM) | B(C_NOSPC), 0 },
    { SYS_epoll_wait, "epoll_wait", NO_FD, B(C_INTR), 0 },
    { SYS_epoll_pwait, "epoll_pwait", NO_FD, B(C_INTR), 0 },
    { SYS_poll, "poll", NO_FD, B(C_INTR) | B(C_NOMEM), 0 },
    { SYS_ppoll, "ppoll", NO_FD, B(C_INTR) | B(C_NOMEM), 0 },
    { SYS_select, "select", NO_FD, B(C_INTR) | B(C_NOMEM), 0 },
    { SYS_pselect6, "pselect6", NO_FD, B(C_INTR) | B(C_NOMEM), 0 },
    { SYS_wait4, "wait4", NO_FD, B(C_INTR), 0 },
    { SYS_nanosleep, "nanosleep", NO_FD, B(C_INTR), 0 },
    { SYS_clock_nanosleep, "clock_nanosleep", NO_FD, B(C_INTR), 0 },
    { SYS_mmap, "mmap", NO_FD, B(C_NOMEM), 0 },
    { SYS_mprotect, "mprotect", NO_FD, B(C_NOMEM), 0 },
    { SYS_mremap, "mremap", NO_FD, B(C_NOMEM), 0 },
    { SYS_brk, "brk", NO_FD, B(C_NOMEM), 0 },
    { SYS_fork, "fork", NO_FD, B(C_NOMEM) | B(C_AGAIN), 0 },
    { SYS_vfork, "vfork", NO_FD, B(C_NOMEM) | B(C_AGAIN), 0 },
    { SYS_clone, "clone", NO_FD, B(C_NOMEM) | B(C_AGAIN), 0 },
    { SYS_clone3, "clone3", NO_FD, B(C_NOMEM) | B(C_AGAIN), 0 },
    { SYS_execve, "execve", NO_FD, B(C_NOMEM) | B(C_ACCES), 0 },
    { SYS_setuid, "setuid", NO_FD, B(C_AGAIN), 0 },
    { SYS_setgid, "setgid", NO_FD, B(C_NOMEM), 0 },
    { SYS_setresuid, "setresuid", NO_FD, B(C_AGAIN), 0 },
    { SYS_setresgid, "setresgid", NO_FD, B(C_NOMEM), 0 },
    { SYS_setreuid, "setreuid", NO_FD, B(C_AGAIN), 0 },
    { SYS_setgroups, "setgroups", NO_FD, B(C_NOMEM), 0 },
    { SYS_fcntl, "fcntl", NO_FD, 0, 0 },
    { SYS_getpid, "getpid", NO_FD, 0, 0 },
    { SYS_getrandom, "getrandom", NO_FD, 0, 0 },
    { SYS_exit_group, "exit_group", NO_FD, 0, 0 },
    { SYS_prctl, "prctl", NO_FD, 0, 0 },
    { SYS_kill, "kill", NO_FD, 0, 0 },
    { SYS_lseek, "lseek", NO_FD, 0, 0 },
    { SYS_shutdown, "shutdown", NO_FD, 0, 0 },
    { SYS_munmap, "munmap", NO_FD, 0, 0 },
    { SYS_rt_sigaction, "rt_sigaction", NO_FD, 0, 0 },
    { SYS_rt_sigprocmask, "rt_sigprocmask", NO_FD, 0, 0 },
    { SYS_setsockopt, "setsockopt", NO_FD, 0, 0 },
    { SYS_getsockopt, "getsockopt", NO_FD, 0, 0 },
    { SYS_getsockname, "getsockname", NO_FD, 0, 0 },
    { SYS_getpeername, "getpeername", NO_FD, 0, 0 },
    { SYS_alarm, "alarm", NO_FD, 0, 0 },
    { SYS_umask, "umask", NO_FD, 0, 0 },
    { SYS_arch_prctl, "arch_prctl", NO_FD, 0, 0 },
};

struct proc {
    pid_t pid;
    bool target, loading; /* the dynamic loader is at work, which dies of errors; they are not ours */
    char name[NAME];
    enum { NOTHING, KILL_ONE, KILL_ALL, FAIL, RESULT, RESTORE } then; /* at the end of the call under way */
    int error;
    struct user_regs_struct before;
    struct iovec vec; /* the first one, as it was */
    bool vec_changed;
};

static struct proc procs[MAX_PROCS];
static const char *target;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    long at, times, count; /* at: which call; -1 = nothing armed */
    enum { DO_KILL, DO_KILLALL, DO_CODE } what;
    enum code code;
    bool on, trace;
} order;

static void say(const char *fmt, ...)
{
    char line[512];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(line, sizeof line - 1, fmt, ap);
    va_end(ap);
    line[n++] = '\n';
    (void)!write(STDOUT_FILENO, line, (size_t)n);
}

static struct proc *find(pid_t pid)
{
    for (int i = 0; i < MAX_PROCS; i++)
        if (procs[i].pid == pid)
            return &procs[i];
    return NULL;
}

static void learn_name(struct proc *p)
{
    char path[64], text[512] = "", *slash;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)p->pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, text, sizeof text - 1) < 0)
        text[0] = 0;
    if (fd >= 0)
        close(fd);
    slash = strrchr(text, '/');
    snprintf(p->name, sizeof p->name, "%.31s", slash ? slash + 1 : text);
    p->target = strcmp(target, "all") == 0 || strcmp(p->name, target) == 0;
}

/* Has the new program a loader? Its last call is munmap. */
static bool has_loader(pid_t pid)
{
    enum { AT_BASE_TYPE = 7 };
    uint64_t v[2];
    char path[64];
    bool found = false;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/auxv", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && read(fd, v, sizeof v) == sizeof v)
        found |= v[0] == AT_BASE_TYPE && v[1] != 0;
    if (fd >= 0)
        close(fd);
    return found;
}

static struct proc *find_or_add(pid_t pid)
{
    struct proc *p = find(pid);

    if (p)
        return p;
    p = find(0);
    if (!p) {
        fprintf(stderr, "inject: too many processes\n");
        exit(1);
    }
    *p = (struct proc){ .pid = pid };
    learn_name(p);
    return p;
}

/* --- what a descriptor is --- */

static unsigned socket_kind(pid_t pid, int fd)
{
    int type = 0, pidfd = (int)syscall(SYS_pidfd_open, pid, 0), own = -1;
    socklen_t n = sizeof type;

    if (pidfd >= 0)
        own = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    if (own >= 0)
        (void)getsockopt(own, SOL_SOCKET, SO_TYPE, &type, &n);
    if (own >= 0)
        close(own);
    if (pidfd >= 0)
        close(pidfd);
    return type == SOCK_STREAM ? STREAMS : PACKETS;
}

static unsigned fd_kind(pid_t pid, int fd)
{
    char path[64];
    struct stat st;

    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
    if (stat(path, &st) < 0)
        return OTHERS;
    return S_ISREG(st.st_mode)    ? FILES
           : S_ISDIR(st.st_mode)  ? DIRS
           : S_ISSOCK(st.st_mode) ? socket_kind(pid, fd)
           : S_ISFIFO(st.st_mode) ? PIPES
                                  : OTHERS;
}

static const char *kind_name(unsigned kind)
{
    return kind == FILES     ? "file"
           : kind == DIRS    ? "directory"
           : kind == STREAMS ? "stream"
           : kind == PACKETS ? "packet"
           : kind == PIPES   ? "pipe"
                             : "-";
}

static const struct call *find_call(long nr, pid_t pid, int fd, unsigned *kind)
{
    const struct call *any = NULL;

    *kind = NO_FD;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].nr != nr)
            continue;
        if (calls[i].kinds == NO_FD)
            return &calls[i];
        if (*kind == NO_FD)
            *kind = fd_kind(pid, fd);
        if (calls[i].kinds & *kind)
            return &calls[i];
        any = &calls[i];
    }
    return any;
}

static bool can(const struct call *c, unsigned kind, enum code code)
{
    return c && (kind == NO_FD || (c->kinds & kind)) && (c->codes & B(code));
}

/* --- changing a call --- */

static bool get_regs(pid_t pid, struct user_regs_struct *r)
{
    struct iovec v = { r, sizeof *r };

    return ptrace(PTRACE_GETREGSET, pid, (void *)(uintptr_t)1, &v) == 0;
}

static void set_regs(pid_t pid, struct user_regs_struct *r)
{
    struct iovec v = { r, sizeof *r };

    (void)ptrace(PTRACE_SETREGSET, pid, (void *)(uintptr_t)1, &v);
}

static bool peek(pid_t pid, uint64_t at, void *p, size_t n)
{
    struct iovec own = { p, n }, other = { (void *)(uintptr_t)at, n };

    return process_vm_readv(pid, &own, 1, &other, 1, 0) == (ssize_t)n;
}

static void poke(pid_t pid, uint64_t at, const void *p, size_t n)
{
    struct iovec own = { (void *)(uintptr_t)p, n }, other = { (void *)(uintptr_t)at, n };

    (void)!process_vm_writev(pid, &own, 1, &other, 1, 0);
}

static bool make_short_vector(struct proc *p, struct user_regs_struct *r)
{
    struct iovec less;

    if (!peek(p->pid, r->rsi, &p->vec, sizeof p->vec) || p->vec.iov_len < 2)
        return false;
    less = p->vec;
    less.iov_len /= 2;
    poke(p->pid, r->rsi, &less, sizeof less);
    p->vec_changed = true;
    r->rdx = 1;
    return true;
}

static bool make_short(struct proc *p, const struct call *c, struct user_regs_struct *r)
{
    unsigned long long *n = c->count == 3 ? &r->rdx : c->count == 4 ? &r->r10 : c->count == 5 ? &r->r8 : NULL;

    if (c->count == 9)
        return make_short_vector(p, r);
    if (!n || *n < 2)
        return false;
    *n = *n > 8 ? *n / 2 : 1;
    return true;
}

/* At the beginning of a call. */
static bool apply_code(struct proc *p, const struct call *c, enum code code)
{
    struct user_regs_struct r;

    if (!get_regs(p->pid, &r))
        return false;
    p->before = r;
    if (c->nr == SYS_brk) { /* failure is the old break, which is what brk(0) says */
        if (!r.rdi)
            return false;
        r.rdi = 0;
        p->then = RESTORE;
    } else if (code == C_SHORT) {
        if (!make_short(p, c, &r))
            return false;
        p->then = RESTORE;
    } else if (c->nr == SYS_close) {
        p->then = RESULT; /* the descriptor is gone, whatever close says */
        p->error = codes[code].number;
        return true;
    } else {
        r.orig_rax = (unsigned long long)-1;
        p->then = FAIL;
        p->error = codes[code].number;
    }
    set_regs(p->pid, &r);
    return true;
}

static void kill_all(void)
{
    for (int i = 0; i < MAX_PROCS; i++)
        if (procs[i].pid)
            kill(procs[i].pid, SIGKILL);
}

static void name_codes(const struct call *c, unsigned kind, char *out, size_t size)
{
    size_t n = 0;

    out[0] = 0;
    for (enum code code = C_NOSPC; code < CODES; code++)
        if (can(c, kind, code))
            n += (size_t)snprintf(out + n, size - n, " %s", codes[code].name);
}

static void call_begins(struct proc *p, const struct __ptrace_syscall_info *info)
{
    char text[160], number[24];
    const struct call *c;
    unsigned kind;
    bool hit;

    pthread_mutex_lock(&lock);
    if (order.on)
        order.count++;
    hit = order.on && order.at > 0 && order.count >= order.at;
    if (!hit && !order.trace)
        goto out;
    c = find_call((long)info->entry.nr, p->pid, (int)info->entry.args[0], &kind);
    snprintf(number, sizeof number, "%llu", (unsigned long long)info->entry.nr);
    if (order.trace) {
        name_codes(c, kind, text, sizeof text);
        say("call %ld %d %s %s%s", order.count, (int)p->pid, c ? c->name : number, kind_name(kind), text);
    }
    if (!hit)
        goto out;
    if (order.what == DO_CODE && (p->loading || !can(c, kind, order.code) || !apply_code(p, c, order.code)))
        goto out;
    if (order.what != DO_CODE)
        p->then = order.what == DO_KILL ? KILL_ONE : KILL_ALL;
    if (order.what == DO_CODE && order.times == 0) {
        goto out; /* too many to tell */
    }
    say("fired %ld %d %s %s", order.count, (int)p->pid, c ? c->name : number, kind_name(kind));
    if (order.what != DO_CODE || (order.times && --order.times == 0))
        order.at = -1;
out:
    if (info->entry.nr == SYS_munmap)
        p->loading = false;
    pthread_mutex_unlock(&lock);
}

static void call_ends(struct proc *p)
{
    struct user_regs_struct r;

    if (p->then == NOTHING)
        return;
    if (p->then == KILL_ONE) {
        kill(p->pid, SIGKILL);
    } else if (p->then == KILL_ALL) {
        kill_all();
    } else if (get_regs(p->pid, &r)) {
        if (p->then == RESTORE) {
            r.rdi = p->before.rdi;
            r.rdx = p->before.rdx;
            r.r10 = p->before.r10;
            r.r8 = p->before.r8;
            if (p->vec_changed)
                poke(p->pid, p->before.rsi, &p->vec, sizeof p->vec);
            p->vec_changed = false;
        } else {
            r.rax = (unsigned long long)-(long long)p->error;
        }
        set_regs(p->pid, &r);
    }
    p->then = NOTHING;
}

static void on_call(struct proc *p)
{
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, (void *)sizeof info, &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY && p->target)
        call_begins(p, &info);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
        call_ends(p);
}

static void resume(struct proc *p, int sig)
{
    (void)ptrace(p->target ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL, (void *)(intptr_t)sig);
}

static void on_stop(struct proc *p, int status)
{
    int sig = WSTOPSIG(status), event = status >> 16;

    if (sig == (SIGTRAP | 0x80)) {
        on_call(p);
        sig = 0;
    } else if (event == PTRACE_EVENT_EXEC) {
        learn_name(p);
        p->loading = has_loader(p->pid);
        sig = 0;
    } else if (event == PTRACE_EVENT_STOP) {
        if (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU) {
            (void)ptrace(PTRACE_LISTEN, p->pid, NULL, NULL);
            return;
        }
        sig = 0;
    } else if (event) {
        sig = 0;
    }
    resume(p, sig);
}

static void take_order(char *line)
{
    char *words[4] = { NULL };
    int n = 0;

    for (char *w = strtok(line, " \n"); w && n < 4; w = strtok(NULL, " \n"))
        words[n++] = w;
    pthread_mutex_lock(&lock);
    if (n >= 3 && strcmp(words[0], "arm") == 0) {
        order.on = true;
        order.trace = false;
        order.count = 0;
        order.at = atol(words[1]) > 0 ? atol(words[1]) : -1;
        order.what = strcmp(words[2], "kill") == 0 ? DO_KILL : strcmp(words[2], "killall") == 0 ? DO_KILLALL : DO_CODE;
        order.times = n > 3 ? atol(words[3]) : 1;
        for (enum code code = C_NOSPC; code < CODES; code++)
            if (strcmp(codes[code].name, words[2]) == 0)
                order.code = code;
    } else if (n && strcmp(words[0], "trace") == 0) {
        order.on = order.trace = true;
        order.count = 0;
        order.at = -1;
    } else if (n && strcmp(words[0], "off") == 0) {
        say("count %ld", order.count);
        order.on = order.trace = false;
    }
    pthread_mutex_unlock(&lock);
}

static void *read_orders(void *arg)
{
    char line[256];

    while (fgets(line, sizeof line, stdin))
        take_order(line);
    kill_all(); /* the test has gone */
    return NULL;
}

static void start(char **argv)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    const char *input = getenv("INJECT_STDIN");
    int go[2];
    pid_t pid;
    char byte;

    unsetenv("INJECT_STDIN");
    if (pipe(go) < 0 || (pid = fork()) < 0) {
        perror("inject: fork");
        exit(1);
    }
    if (pid == 0) {
        int in = open(input ? input : "/dev/null", O_RDWR);

        dup2(in, STDIN_FILENO);
        dup2(STDERR_FILENO, STDOUT_FILENO);
        close(in);
        close(go[1]);
        (void)!read(go[0], &byte, 1);
        close(go[0]);
        execv(argv[0], argv + 1);
        perror(argv[0]);
        _exit(127);
    }
    close(go[0]);
    if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) < 0) {
        perror("inject: ptrace");
        kill(pid, SIGKILL);
        exit(77);
    }
    (void)find_or_add(pid);
    close(go[1]);
}

static void watch(void)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);
        struct proc *p;

        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            return;
        p = find_or_add(pid);
        if (WIFSTOPPED(status)) {
            on_stop(p, status);
            continue;
        }
        say("ended %d %s %s%d", (int)pid, p->name, WIFSIGNALED(status) ? "signal " : "",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        p->pid = 0;
    }
}

/* inject PROGRAM FILE ARGV0 [ARGUMENTS] */
int main(int argc, char **argv)
{
    pthread_t reader;
    char line[256];

    if (argc < 4) {
        fprintf(stderr, "usage: inject PROGRAM FILE ARGV0 [ARGUMENTS]\n");
        return 64;
    }
    target = argv[1];
    if (!fgets(line, sizeof line, stdin))
        return 0;
    take_order(line);
    start(argv + 2);
    if (pthread_create(&reader, NULL, read_orders, NULL))
        return 1;
    watch();
    say("end");
    return 0;
}
