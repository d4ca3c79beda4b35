/* master_int.h - what the files of master share */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_MASTER_INT_H
#define DAEMON_MASTER_INT_H

#include <sys/types.h>

#include "base/base.h"
#include "base/loop.h"
#include "param/master_cf.h"

enum { SVC_MAX_LISTENERS = 32 };

enum svc_kind {
    SVC_HERE,     /* a module called in place by other services: no socket, no process */
    SVC_APPLET,   /* an applet of this binary */
    SVC_PROGRAM,  /* a file below daemon_directory */
    SVC_MISSING,  /* known to Postfix, not in this build: no socket */
};

struct svc {                    /* one line of master.cf */
    const struct master_entry *entry;
    enum svc_kind kind;
    bool is_qmgr;               /* its work arrives by the news pipe, and there is never more than one */
    int fds[SVC_MAX_LISTENERS];
    int nfds;
    int max;                    /* processes; 0 = no limit */
    int total, idle;            /* processes now */
    bool throttled;             /* crashed at start; timer says when to try again */
    bool stress_aware;
    int64_t stress_until;       /* clock_ms */
    int64_t limit_warned;       /* clock_ms of the last warning that all processes are busy */
    struct loop_timer throttle_timer, wake_timer;
    struct svc *next;
};

struct child {
    pid_t pid;
    struct svc *svc;            /* NULL: started before a reload */
    int status_fd;
    bool idle, used;
    struct child *next;
};

/* services.c: the table and its listeners */
extern struct svc *svc_list;
/* Reads master.cf and opens listeners, taking over inherited ones. CONF when master.cf is wrong. */
enum result svc_load(uid_t owner, gid_t group) MUST;
struct svc *svc_qmgr(void);
const char *svc_text(const struct svc *s); /* "smtp/inet" style for messages; static */
/* Notes every listener for the exec of a reload. */
void svc_keep_listeners(void);
/* Watches or leaves alone the listeners, whichever the process counts ask for. */
void svc_watch(struct svc *s);

/* children.c: processes */
void child_start(struct svc *s);
void child_reap(void);
/* Tells the processes of a service that clients wait: they take less time for theirs, and end. */
void child_hurry(const struct svc *s);
/* Lets every child finish what it does and end (reload). */
void child_release_all(void);
void child_kill_all(int sig);
int child_count(void);
/* Children of the time before a reload that still matter: the queue manager. */
pid_t child_draining_qmgr(void);
void child_adopt_qmgr(pid_t pid);

/* shared_fd.c: memory for services, which master itself never looks at */
void shared_fd_open(void);
void shared_fd_keep(void);
/* For the services that have a use for it; -1 for the others. */
int shared_fd_for(const struct svc *s);

/* inherit.c: descriptors that survive a reload's fresh exec */
void inherit_read(void);
/* The descriptor kept under this key, or -1; it is then the caller's. */
int inherit_take(const char *key);
void inherit_close_rest(void);
/* Notes a descriptor for the next exec; inherit_export then clears close-on-exec and sets the environment. */
void inherit_keep(const char *key, int fd);
void inherit_export(void);

/* wake.c: work that no connection announces */
extern int news_pipe[2];
void wake_open(void);
void wake_start(void);
void wake_news(char kind);
void wake_qmgr_in(int64_t seconds);

#endif
