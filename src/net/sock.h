/* sock.h - addresses, listeners, connections */
/* SPDX-License-Identifier: ISC */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/base.h"

enum { SOCK_ADDR_TEXT = 46 + 2 };

struct sock_addr {
    union {
        struct sockaddr sa;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_storage all;
    };
    socklen_t len;
};

/* Numeric address, with or without [ ] and the IPv6: prefix of RFC 5321: OK or PERM. */
enum result sock_parse_addr(struct str text, uint16_t port, struct sock_addr *out) MUST;
/* "192.0.2.1" or "2001:db8::1"; v4-mapped is shown as v4. */
void sock_text(const struct sock_addr *a, char text[SOCK_ADDR_TEXT]);
uint16_t sock_port(const struct sock_addr *a);
void sock_set_port(struct sock_addr *a, uint16_t port);
bool sock_same_host(const struct sock_addr *a, const struct sock_addr *b);
/* Digits, or a name of /etc/services (smtp, submission, submissions, smtps, lmtp built in). PERM when unknown. */
enum result sock_parse_port(struct str text, uint16_t *port) MUST;
/* "host:port", "[v6]:port", "host", "[host]:port", ":port". Parts are views into text, empty when absent; a lone
 * word is the host, the caller knows if it means a port. Brackets are removed and reported. PERM: malformed. */
enum result sock_split(struct str text, struct str *host, struct str *port, bool *bracketed) MUST;
/* -1 with errno. All sockets made here are non-blocking and close-on-exec. */
int sock_listen_inet(const struct sock_addr *a, int backlog);
int sock_listen_unix(const char *path, int backlog, bool dgram, unsigned mode);
/* Connects within timeout_ms (<0 = for ever); bind_to may be NULL. The socket, or -1 with errno (ETIMEDOUT). */
int sock_connect(const struct sock_addr *a, const struct sock_addr *bind_to, int timeout_ms);
/* Begins only: writable means done, and SO_ERROR says how it went. The socket, or -1 with errno. */
int sock_connect_start(const struct sock_addr *a, const struct sock_addr *bind_to);
int sock_connect_unix(const char *path, int timeout_ms);
/* The caller's identity on a UNIX socket: NONE when it cannot be told. */
enum result sock_peer(int fd, uid_t *uid, gid_t *gid, pid_t *pid) MUST;
/* Own interface addresses: calls visit for each with its prefix length. TEMP when they cannot be listed. */
enum result sock_each_local(bool (*visit)(const struct sock_addr *a, int prefix, void *arg), void *arg) MUST;

#endif
