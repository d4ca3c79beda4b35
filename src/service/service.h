/* service.h - what every daemon shares: options, parameters, identity, jail, the accept loop
 *
 * master starts a service by fork and a fresh exec of this binary as
 *   smtpd -n smtp -t inet -u -c -o name=value ...
 * with these descriptors. The daemon supplies hooks only.
 */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "base/base.h"
#include "net/sock.h"

enum {
    SERVICE_STATUS_FD = 3,  /* to master: struct service_status records */
    SERVICE_NEWS_FD = 4,    /* to the queue manager: "there is mail"; the queue manager itself reads here */
    SERVICE_SHARED_FD = 5,  /* shared memory (service/shared.h), for the services that have a use for it */
    SERVICE_LISTEN_FD = 6,  /* first of -s N listeners */
};

struct service {             /* one running daemon */
    const char *program;     /* "smtpd" */
    const char *name;        /* -n, master.cf's first column */
    const char *type;        /* -t */
    int listeners;           /* -s; 0 = stand-alone on stdin */
    bool unprivileged, jailed;
    bool stand_alone;        /* -S: one client on descriptors 0 and 1 */
    int max_use;             /* clients before the process ends */
    int max_idle;            /* seconds */
    char **argv;             /* what follows the options: pipe's flags=, user=, argv= */
    int argc;
    void *state;             /* the daemon's own */
};

enum service_model {
    SERVICE_SINGLE,          /* serve() is called with one accepted descriptor at a time */
    SERVICE_EVENT,           /* run() has the process to itself; it watches the listeners (base/loop.h) */
};

struct service_daemon {      /* one row in daemon/daemons.def */
    const char *program;
    enum service_model model;
    void (*before_jail)(struct service *s); /* open tables, keys, resolv.conf; still root when started so */
    void (*after_jail)(struct service *s);
    void (*serve)(struct service *s, int fd,
                  const struct sock_addr *peer); /* takes fd over; peer->len 0 for UNIX sockets */
    void (*run)(struct service *s);
    bool (*idle)(struct service *s);        /* before waiting for the next client; false = end now. May be NULL */
    void (*done)(struct service *s);        /* the process ends in its own time. May be NULL */
    bool keeps_root; /* local, pipe, virtual, spawn: refuse to run with -u as root's replacement */
};

/* Entry point of every daemon applet. Returns the exit status. */
int service_main(const struct service_daemon *d, int argc, char **argv);

/* Tells the queue manager of a new message; when it cannot be told the periodic scan finds the message. */
void service_news(const char *queue_id);
/* Other news: 'F' flush all, 'I' id, 'S' site, 'W' look for work. */
void service_news_kind(char kind, const char *arg);
enum { SERVICE_NEWS_SIZE = 64 }; /* bytes of one record in the pipe: kind, NUL-padded text */

/* Connects to a UNIX-domain service: "private" or "public" class below the queue directory. -1 with errno. */
int service_connect(const char *class, const char *name, int timeout_ms);

/* The queue manager's last word before it ends: start it again in so many seconds (<0 = only for new mail). */
void service_wake_at(int64_t seconds);
/* Call before a jail (before_jail) in services that ask who a user is. */
void service_users_keep(void);
/* The account of this name: OK, NONE: there is none, TEMP: it could not be found out. On OK free *text when *pw is no
 * longer needed. */
struct passwd;
enum result service_find_user(const char *name, struct passwd *pw, char **text) MUST;
/* The account's name, valid until the next call; NULL when there is none. */
const char *service_user_name(uid_t uid);
/* One of the authorized_X_users lists against a user id: OK, NONE, TEMP (users/uids: static:anyone, names, !name,
 * tables). */
enum result service_user_allowed(const char *param_name, const char *list, uid_t uid) MUST;

/* True once SIGTERM arrived or master has gone away: finish what is at hand and end. */
bool service_stopping(void);
/* SERVICE_STATUS_FD is readable: this process ends after what is at hand. True: more clients wait than there are
 * processes, so the limits of stress hold for this one too. */
bool service_hurry(void);
/* Opens log sinks from maillog_file, syslog_name, syslog_facility for this program name. */
void service_log_open(const char *program, bool daemon);
/* mail_owner and setgid_group as numbers; fatal when unknown. As an ordinary user: that user. */
void service_owner(uid_t *uid, gid_t *gid);
/* Spares the services that master starts the account database; they trust their environment, which is master's. */
void service_owner_hand_on(uid_t uid, gid_t gid);
/* What master handed on: OK; NONE: nothing, or another mail_owner. */
enum result service_owner_given(uid_t *uid, gid_t *gid) MUST;
/* The words of a list parameter, each 1 << its place in names. Fatal when one is not there. */
unsigned service_words(const char *param, const char *list, const char *const names[], size_t n);
/* user=name[:group] of a service that runs commands: never root or the owner of the queue. Fatal when it cannot be. */
void service_command_user(const char *service, const char *text, uid_t *uid, gid_t *gid);
/* default_privs as numbers: not root's, not mail_owner's. Fatal when it cannot be. */
void service_default_privs(uid_t *uid, gid_t *gid);
/* Becomes uid/gid for good, supplementary groups dropped. Fatal when it cannot. */
void service_become(uid_t uid, gid_t gid);

#endif
