/* postkick.c - wake a service
 *
 * The queue manager has no socket here: what its letters ask for goes through
 * the flush service, which knows who may ask. pickup looks into maildrop
 * whenever somebody connects. Anybody else gets the request as it is.
 * Runs as: any user; the service decides.
 * Parameters: queue_directory, queue_service_name.  Tests: tests/smtp/postkick-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "param/param.h"
#include "service/flush.h"
#include "service/service.h"

enum { KICK_MS = 10000 };

static NORETURN void usage(void)
{
    log_fatal("usage: postkick [-c config_dir] [-v] class service request");
}

static NORETURN void down(const char *class, const char *service)
{
    log_fatal("Cannot contact class %s service %s - perhaps the mail system is down", class, service);
}

/* D: try deferred mail again, A: whatever its time, F: also where nothing worked lately; I, W: look for new files. */
static void kick_qmgr(const char *class, const char *service, const char *request)
{
    enum flush_answer a = service_flush(strpbrk(request, "DAF") ? FLUSH_ALL : FLUSH_LOOK, "");

    if (a == FLUSH_DENIED)
        log_fatal("you are not allowed to flush the mail queue");
    if (a != FLUSH_OK)
        down(class, service);
}

static void kick(const char *class, const char *service, const char *request)
{
    bool public = strcmp(class, "public") == 0;
    int fd;

    if (public && strcmp(service, par_queue_service_name()) == 0) {
        kick_qmgr(class, service, request);
        return;
    }
    fd = service_connect(class, service, KICK_MS);
    if (fd < 0)
        down(class, service);
    /* pickup need not be told more: it ends such a conversation and looks around. */
    if (!(public && strcmp(service, par_pickup_service_name()) == 0) &&
        io_write(fd, request, strlen(request) + 1) != OK)
        log_fatal("write to class %s service %s: %s", class, service, strerror(errno));
    close(fd);
}

int postkick_main(int argc, char **argv);

int postkick_main(int argc, char **argv)
{
    const char *dir = NULL;
    int c;

    log_open(&(struct log_options){ .tag = "postkick", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    optind = 1;
    opterr = 0;
    while ((c = getopt(argc, argv, "c:v")) > 0) {
        switch (c) {
        case 'c': dir = optarg; break;
        case 'v': log_verbose++; break;
        default: usage();
        }
    }
    if (optind + 3 != argc)
        usage();
    param_set_process("postkick", "postkick");
    param_load(dir, false);
    service_log_open("postkick", false);
    log_exit_status(1);
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(argv[optind], "public") != 0 && strcmp(argv[optind], "private") != 0)
        down(argv[optind], argv[optind + 1]);
    if (chdir(par_queue_directory()) < 0)
        log_fatal("chdir %s: %s", par_queue_directory(), strerror(errno));
    kick(argv[optind], argv[optind + 1], argv[optind + 2]);
    return 0;
}
