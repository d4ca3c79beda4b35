/* preload.c - for tests, loaded into the processes of a mail system: another time of day, a bad disk, or attempts to
 * break out
 *
 * POSTLET_CLOCK names a file of 8 bytes: seconds to add to the time of day, which the test changes while they run.
 * POSTLET_BAD_DISK names one too: while it says 1 every sync fails, 2 those of directories.
 * POSTLET_PROBE names a file: each service, once it is where it serves clients, tries what it must not be able to do
 * and adds lines "PROGRAM ATTEMPT ERRNO" (0: it could).
 */
/* SPDX-License-Identifier: ISC */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { PROBE_FD = 900 };

static const volatile int64_t *offset, *bad_disk;
static int probing;

/* 8 bytes that the test changes. */
static const volatile int64_t *shared(const char *name)
{
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *p = fd >= 0 ? mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (fd >= 0)
        close(fd);
    return p != MAP_FAILED ? p : NULL;
}

__attribute__((constructor)) static void begin(void)
{
    const char *probe = getenv("POSTLET_PROBE");
    int fd;

    offset = shared(getenv("POSTLET_CLOCK"));
    bad_disk = shared(getenv("POSTLET_BAD_DISK"));
    fd = probe ? open(probe, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (fd >= 0 && dup3(fd, PROBE_FD, O_CLOEXEC) >= 0) {
        close(fd);
        probing = 1;
    }
}

/* --- disk --- */

static int sync_file(long nr, int fd)
{
    struct stat st;

    if (bad_disk && *bad_disk && (*bad_disk == 1 || (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)))) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(nr, fd);
}

int fsync(int fd)
{
    return sync_file(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_file(SYS_fdatasync, fd);
}

/* --- time --- */

int clock_gettime(clockid_t id, struct timespec *ts)
{
    long r = syscall(SYS_clock_gettime, id, ts);

    if (r == 0 && offset && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        ts->tv_sec += *offset;
    return (int)r;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *to)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    if (to)
        *to = ts.tv_sec;
    return ts.tv_sec;
}

/* --- attempts: < 0 with errno when it was refused --- */

static long a_fork(void)
{
    long pid = syscall(SYS_clone, (long)SIGCHLD, 0, 0, 0, 0);

    if (pid == 0)
        syscall(SYS_exit_group, 0);
    return pid;
}

static long a_exec(void)
{
    char *argv[] = { (char *)"x", NULL }, *env[] = { NULL };

    return syscall(SYS_execve, "/no/such/program", argv, env);
}

static long a_read_passwd(void) { return open("/etc/passwd", O_RDONLY); }
static long a_read_outside(void) { return open("../../../../../../../../etc/passwd", O_RDONLY); }
static long a_read_proc(void) { return open("/proc/self/status", O_RDONLY); }
static long a_write_pid_file(void) { return open("pid/master.pid", O_WRONLY); }
static long a_write_in_root(void) { return mkdir("/made-by-a-service", 0700); }
static long a_be_root(void) { return syscall(SYS_setuid, 0); }
static long a_be_roots_group(void) { return syscall(SYS_setgid, 0); }
static long a_be_another(void) { return syscall(SYS_setresuid, 1, 1, 1); }
static long a_chroot(void) { return syscall(SYS_chroot, "incoming"); }
static long a_device(void) { return mknod("incoming/device", S_IFCHR | 0600, makedev(1, 1)); }
static long a_mount(void) { return mount("none", "incoming", "tmpfs", 0, NULL); }
static long a_new_namespace(void) { return unshare(CLONE_NEWUSER); }
static long a_trace_master(void) { return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL); }
static long a_read_master(void)
{
    char byte;
    struct iovec own = { &byte, 1 }, other = { (void *)begin, 1 };

    return syscall(SYS_process_vm_readv, getppid(), &own, 1, &other, 1, 0);
}
static long a_signal_master(void) { return kill(getppid(), 0); }
static long a_priority(void) { return setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - 5); }
static long a_core_files(void)
{
    struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

    return setrlimit(RLIMIT_CORE, &all);
}
static long a_raw_socket(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static long a_packet_socket(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static long a_low_port(void)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    long r = bind(fd, (struct sockaddr *)&sa, sizeof sa);
    int error = errno;

    close(fd);
    errno = error;
    return r;
}
static long a_memory_file(void) { return syscall(SYS_memfd_create, "x", 0); }
static long a_bpf(void) { return syscall(SYS_bpf, 0, NULL, 0); }
static long a_perf(void) { return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0); }
static long a_keys(void) { return syscall(SYS_keyctl, 0, -3, 0); }
static long a_userfault(void) { return syscall(SYS_userfaultfd, 0); }
static long a_io_uring(void) { return syscall(SYS_io_uring_setup, 0, NULL); }
static long a_module(void) { return syscall(SYS_init_module, NULL, 0, ""); }
static long a_reboot(void) { return syscall(SYS_reboot, 0, 0, 0, NULL); }
static long a_set_time(void) { return syscall(SYS_settimeofday, NULL, NULL); }
static long a_set_name(void) { return syscall(SYS_sethostname, "", -1); }
static long a_personality(void) { return syscall(SYS_personality, 0xffffffff); }
static long a_handle(void) { return syscall(SYS_open_by_handle_at, -1, NULL, 0); }
static long a_new_thread(void) { return syscall(SYS_clone3, NULL, 0); }
static long a_keep_privileges(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? (errno = EPERM, -1) : 0; }
static long a_be_dumped(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? (errno = EPERM, -1) : 0; }

#define TRY(name) { #name, a_##name }
static const struct { const char *name; long (*run)(void); } attempts[] = {
    TRY(fork), TRY(exec), TRY(new_thread), TRY(read_passwd), TRY(read_outside), TRY(read_proc), TRY(write_pid_file),
    TRY(write_in_root), TRY(be_root), TRY(be_roots_group), TRY(be_another), TRY(chroot), TRY(device), TRY(mount),
    TRY(new_namespace), TRY(trace_master), TRY(read_master), TRY(signal_master), TRY(priority), TRY(core_files),
    TRY(raw_socket), TRY(packet_socket), TRY(low_port), TRY(memory_file), TRY(bpf), TRY(perf), TRY(keys),
    TRY(userfault), TRY(io_uring), TRY(module), TRY(reboot), TRY(set_time), TRY(set_name), TRY(personality),
    TRY(handle), TRY(keep_privileges), TRY(be_dumped),
};
/* What a service that runs as root may do by design, or what would change it for what comes after. */
static const char *const harmless[] = { "read_passwd", "read_proc", "core_files", "be_dumped" };

static int tried_as_root(const char *name)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (strcmp(harmless[i], name) == 0)
            return 1;
    return 0;
}

static void probe(void)
{
    int was = errno;
    char line[128];

    if (!probing || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        return; /* it is not yet where it serves clients */
    probing = 0;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        long r;
        int n;

        if (geteuid() == 0 && !tried_as_root(attempts[i].name))
            continue;
        errno = 0;
        r = attempts[i].run();
        n = snprintf(line, sizeof line, "%s %s %d\n", program_invocation_short_name, attempts[i].name,
                     r < 0 ? errno : 0);
        (void)!write(PROBE_FD, line, (size_t)n);
    }
    close(PROBE_FD);
    errno = was;
}

int epoll_wait(int fd, struct epoll_event *ev, int max, int ms)
{
    static int (*real)(int, struct epoll_event *, int, int);

    probe();
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "epoll_wait");
    return real(fd, ev, max, ms);
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
    static int (*real)(struct pollfd *, nfds_t, int);

    probe();
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "poll");
    return real(fds, n, ms);
}
