/* dns.c - stub resolver: asks the name servers of resolv.conf
 *
 * Each question has a socket of its own for each try, so a random port goes
 * with the random id; what does not match the question is ignored until its time
 * is over. A server that fails or says nothing is left for the next one. "No such
 * name" comes only from a server that said so: everything else is TEMP.
 * Runs in: smtpd, smtp, postscreen, verify, posttls-finger, master (host name).  Parameters: none.
 * Trust: replies are anybody's.  Tests: tests/unit/dns_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/idna.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/dns_int.h"

enum {
    MAX_SERVERS = 4,
    MAX_SEARCH = 6,
    PARALLEL = 24,     /* questions under way at once */
    MAX_HOPS = 10,     /* aliases that we have to follow ourselves */
    MAX_STRANGERS = 64, /* replies that match no question, for each try */
    HOSTS_BUFFER = 4096,
};

static struct {
    bool ready;
    struct sock_addr servers[MAX_SERVERS];
    unsigned server_n;
    unsigned first;    /* the server that answered last, or the next in turn */
    int timeout_ms, attempts, ndots;
    bool rotate, edns;
    char *search[MAX_SEARCH];
    unsigned search_n;
    int hosts_fd;      /* kept open: the jail has no /etc */
} dns;

struct ask {               /* one question under way */
    struct dns_query *q;
    char name[DNS_NAME];   /* asked for now: after aliases and search domains */
    uint8_t out[2 + DNS_QUERY_MAX]; /* TCP's length in front */
    size_t out_n, sent;
    uint16_t id;
    int fd;
    bool tcp, plain, done, secure;
    uint8_t *in;           /* TCP reply */
    size_t in_n, in_want;
    unsigned server;       /* index */
    unsigned tries, soft, hops, strangers, next_search;
    int64_t until;
};

static void add_server(struct str text)
{
    struct str host, port;
    uint16_t number = 53;
    bool brackets;

    if (dns.server_n == MAX_SERVERS)
        return;
    if (sock_parse_addr(text, 53, &dns.servers[dns.server_n]) == OK ||
        (sock_split(text, &host, &port, &brackets) == OK && (!port.n || sock_parse_port(port, &number) == OK) &&
         sock_parse_addr(host, number, &dns.servers[dns.server_n]) == OK))
        dns.server_n++;
    else
        log_warn("resolv.conf: unusable nameserver \"%.*s\"", (int)text.n, text.p);
}

static void set_option(struct str word)
{
    static const struct {
        const char *name;
        int min, max, *value, unit;
    } numbers[] = {
        { "timeout:", 1, 30, &dns.timeout_ms, 1000 },
        { "attempts:", 1, 5, &dns.attempts, 1 },
        { "ndots:", 0, 15, &dns.ndots, 1 },
    };
    int64_t n;

    if (str_eq(word, "rotate"))
        dns.rotate = true;
    if (str_eq(word, "edns0"))
        dns.edns = true;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        size_t len = strlen(numbers[i].name);

        if (!str_begins_case(word, numbers[i].name) ||
            num_parse((struct str){ word.p + len, word.n - len }, 0, 1000, &n) != OK)
            continue;
        n = n < numbers[i].min ? numbers[i].min : n > numbers[i].max ? numbers[i].max : n;
        *numbers[i].value = (int)n * numbers[i].unit;
    }
}

static void forget_search(void)
{
    while (dns.search_n)
        free(dns.search[--dns.search_n]);
}

static void conf_line(struct str line)
{
    struct str key, word;

    line.n = str_find(line, '#');
    line.n = str_find(line, ';');
    if (str_word(&line, " \t\r", &key) != OK)
        return;
    if (str_eq(key, "search") || str_eq(key, "domain")) /* the last one counts */
        forget_search();
    while (str_word(&line, " \t\r", &word) == OK) {
        if (str_eq(key, "nameserver"))
            add_server(word);
        else if (str_eq(key, "options"))
            set_option(word);
        else if ((str_eq(key, "search") || str_eq(key, "domain")) && dns.search_n < MAX_SEARCH && !str_eq(word, "."))
            dns.search[dns.search_n++] = mem_dup_n(word.p, word.n);
    }
}

void dns_init(const char *path)
{
    struct buf text;
    struct str rest, line;

    if (dns.ready && dns.hosts_fd >= 0)
        close(dns.hosts_fd);
    forget_search();
    dns.ready = true;
    dns.server_n = dns.first = 0;
    dns.timeout_ms = 5000;
    dns.attempts = 2;
    dns.ndots = 1;
    dns.rotate = dns.edns = false;
    dns.hosts_fd = open("/etc/hosts", O_RDONLY | O_CLOEXEC);
    if (!path)
        path = getenv("POSTLET_RESOLV_CONF");
    buf_init(&text, 1 << 16);
    if (io_read_file(AT_FDCWD, path ? path : "/etc/resolv.conf", &text) == OK) {
        rest = buf_view(&text);
        while (str_word(&rest, "\n", &line) == OK)
            conf_line(line);
    }
    buf_done(&text);
    if (!dns.server_n)
        add_server(STR("127.0.0.1"));
}

static void close_ask(struct ask *a)
{
    if (a->fd >= 0)
        close(a->fd);
    free(a->in);
    a->fd = -1;
    a->in = NULL;
    a->in_n = a->in_want = a->sent = 0;
    a->strangers = 0;
}

static void finish(struct ask *a)
{
    close_ask(a);
    a->done = true;
}

static void give_up(struct ask *a)
{
    dns_failed(a->q, TEMP, "Host not found, try again");
    finish(a);
}

/* A socket towards the ask's server, and the question on its way. */
static bool open_ask(struct ask *a, bool tcp)
{
    const struct sock_addr *to = &dns.servers[a->server];
    bool edns = (dns.edns || a->q->want_secure) && !a->plain;

    close_ask(a);
    a->tcp = tcp;
    crypto_random(&a->id, sizeof a->id);
    if (dns_build(a->name, a->q->type, a->id, edns, a->q->want_secure && edns, a->out + 2, &a->out_n) != OK)
        return false;
    a->out[0] = (uint8_t)(a->out_n >> 8);
    a->out[1] = (uint8_t)a->out_n;
    a->fd = socket(to->sa.sa_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (a->fd < 0 || (connect(a->fd, &to->sa, to->len) < 0 && errno != EINPROGRESS))
        return false;
    a->until = clock_ms() + dns.timeout_ms;
    return tcp || send(a->fd, a->out + 2, a->out_n, MSG_NOSIGNAL) == (ssize_t)a->out_n;
}

/* Asks the next server whose turn it is, or gives up. */
static void ask_next(struct ask *a)
{
    while (a->tries < dns.server_n * (unsigned)dns.attempts) {
        a->server = (dns.first + a->tries++) % dns.server_n;
        if (open_ask(a, false))
            return;
    }
    give_up(a);
}

static void ask_again(struct ask *a)
{
    a->tries = a->soft = 0;
    ask_next(a);
}

/* The next name to try for a name that was not found; false when there is none. */
static bool search_more(struct ask *a)
{
    struct dns_query *q = a->q;

    while (q->search && !a->hops && a->next_search < dns.search_n) {
        int n = snprintf(a->name, sizeof a->name, "%s.%s", q->name, dns.search[a->next_search++]);

        if (n > 0 && (size_t)n < sizeof a->name && dns_valid_hostname(str_of(a->name)) == OK)
            return true;
    }
    return false;
}

static void follow_alias(struct ask *a, const char *to)
{
    if (++a->hops > MAX_HOPS || dns_valid_hostname(str_of(to)) != OK) {
        dns_loop(a->q);
        finish(a);
        return;
    }
    snprintf(a->name, sizeof a->name, "%s", to);
    ask_again(a);
}

/* A packet that answers the question. */
static void take_answer(struct ask *a, const uint8_t *packet, size_t n)
{
    struct dns_query *q = a->q;
    char to[DNS_NAME];

    switch (dns_read(q, a->name, packet, n, to)) {
    case DNS_GOT:
        dns.first = a->server;
        q->secure = q->secure && a->secure && q->want_secure;
        if (q->result == NONE && search_more(a))
            ask_again(a);
        else
            finish(a);
        return;
    case DNS_FOLLOW:
        a->secure = a->secure && q->secure;
        follow_alias(a, to);
        return;
    case DNS_TRUNCATED:
        if (!a->tcp && open_ask(a, true))
            return;
        break;
    case DNS_NO_EDNS:
        if (!a->plain) {
            a->plain = true;
            if (open_ask(a, false))
                return;
        }
        /* fall through */
    case DNS_SOFT:
        if (++a->soft >= dns.server_n)
            a->tries = UINT16_MAX; /* every server was asked and said that it cannot tell */
        break;
    case DNS_GARBAGE:
        break;
    }
    ask_next(a);
}

static void read_udp(struct ask *a)
{
    uint8_t packet[4096];
    ssize_t n = recv(a->fd, packet, sizeof packet, 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n >= 0 && dns_matches(a->name, a->q->type, a->id, packet, (size_t)n))
        take_answer(a, packet, (size_t)n);
    else if (n < 0 || ++a->strangers > MAX_STRANGERS)
        ask_next(a); /* nobody listens there, or somebody guesses */
}

static void write_tcp(struct ask *a)
{
    ssize_t n = send(a->fd, a->out + a->sent, a->out_n + 2 - a->sent, MSG_NOSIGNAL);

    if (n >= 0)
        a->sent += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR)
        ask_next(a);
}

static void read_tcp(struct ask *a)
{
    ssize_t n;

    if (!a->in) {
        a->in_want = 2;
        a->in = mem_new(65537);
    }
    n = recv(a->fd, a->in + a->in_n, a->in_want - a->in_n, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        ask_next(a);
        return;
    }
    a->in_n += (size_t)n;
    if (a->in_n == 2)
        a->in_want = 2 + ((size_t)a->in[0] << 8 | a->in[1]);
    if (a->in_n < a->in_want)
        return;
    if (dns_matches(a->name, a->q->type, a->id, a->in + 2, a->in_n - 2)) {
        uint8_t *packet = a->in;

        a->in = NULL; /* must outlive a socket that is closed for the next question */
        take_answer(a, packet + 2, a->in_want - 2);
        free(packet);
    } else {
        ask_next(a);
    }
}

/* True when there is something to ask; otherwise the outcome is set. */
static bool begin(struct ask *a, struct dns_query *q)
{
    struct buf ascii;
    bool dotted;
    size_t n;

    *a = (struct ask){ .q = q, .fd = -1, .secure = true };
    q->result = TEMP;
    q->records = NULL;
    q->nxdomain = q->secure = false;
    buf_init(&ascii, sizeof a->name - 1);
    if (idna_to_ascii(str_of(q->name), &ascii) == OK && ascii.n)
        snprintf(a->name, sizeof a->name, "%s", ascii.p);
    buf_done(&ascii);
    n = strlen(a->name);
    dotted = n > 1 && a->name[n - 1] == '.';
    a->name[n - dotted] = 0;
    if (dns_valid_hostname(str_of(a->name)) != OK) {
        q->result = PERM;
        why_set(&q->why, "5.4.4", "Name service error for %s: invalid host or domain name", q->name);
        a->done = true;
        return false;
    }
    if (q->search && (dotted || strchr(a->name, '.')))
        a->next_search = MAX_SEARCH; /* complete as it is */
    else if (q->search)
        (void)search_more(a);
    ask_next(a);
    return !a->done;
}

/* One round of waiting, at most until the deadline. */
static void serve(struct ask *asks, size_t n, int64_t deadline)
{
    struct pollfd p[PARALLEL];
    int64_t now = clock_ms(), until = deadline;

    for (size_t i = 0; i < n; i++) {
        struct ask *a = &asks[i];

        p[i] = (struct pollfd){ .fd = a->done ? -1 : a->fd,
                                .events = a->tcp && a->sent < a->out_n + 2 ? POLLOUT : POLLIN };
        if (!a->done && a->until < until)
            until = a->until;
    }
    if (poll(p, n, until > now ? (int)(until - now) : 0) < 0 && errno != EINTR)
        log_fatal("poll: %s", strerror(errno));
    now = clock_ms();
    for (size_t i = 0; i < n; i++) {
        struct ask *a = &asks[i];

        if (a->done)
            continue;
        if (p[i].revents && !a->tcp)
            read_udp(a);
        else if (p[i].revents && p[i].events == POLLOUT)
            write_tcp(a);
        else if (p[i].revents)
            read_tcp(a);
        if (!a->done && now >= deadline)
            give_up(a);
        else if (!a->done && now >= a->until)
            ask_next(a);
    }
}

void dns_ask(struct dns_query *q, size_t n, int timeout_ms)
{
    int64_t deadline = clock_ms() + (timeout_ms < 0 ? INT32_MAX : timeout_ms);
    struct ask *asks;

    if (!dns.ready)
        dns_init(NULL);
    if (dns.rotate)
        dns.first = (dns.first + 1) % dns.server_n;
    asks = mem_new_array(n < PARALLEL ? n : PARALLEL, sizeof *asks);
    for (size_t from = 0; from < n; from += PARALLEL) {
        size_t part = n - from < PARALLEL ? n - from : PARALLEL, open = 0;

        for (size_t i = 0; i < part; i++)
            open += begin(&asks[i], &q[from + i]);
        while (open) {
            serve(asks, part, deadline);
            open = 0;
            for (size_t i = 0; i < part; i++)
                open += !asks[i].done;
        }
    }
    free(asks);
}

/* What a line of hosts is compared with, and what is taken from it. */
struct hosts_scan {
    struct str name;              /* look for this name's addresses ... */
    const struct sock_addr *addr; /* ... or this address's name */
    int family;
    struct dns_record **end;
    unsigned found;
};

static void hosts_add(struct hosts_scan *s, const struct sock_addr *a, struct str name)
{
    struct dns_record *r = mem_new(sizeof *r);

    if (s->addr)
        r->type = DNS_PTR;
    else
        r->type = a->sa.sa_family == AF_INET ? DNS_A : DNS_AAAA;
    r->addr = *a;
    snprintf(r->name, sizeof r->name, "%.*s", (int)name.n, name.p);
    if (s->addr)
        memcpy(r->data, r->name, sizeof r->data);
    *s->end = r;
    s->end = &r->next;
    s->found++;
}

static void hosts_line(struct hosts_scan *s, struct str line)
{
    struct sock_addr a;
    struct str word;

    line.n = str_find(line, '#');
    if (str_word(&line, " \t\r", &word) != OK || sock_parse_addr(word, 0, &a) != OK || s->found >= DNS_MAX_RECORDS)
        return;
    if (s->addr) {
        if (!s->found && sock_same_host(&a, s->addr) && str_word(&line, " \t\r", &word) == OK)
            hosts_add(s, &a, word);
        return;
    }
    if (s->family != AF_UNSPEC && s->family != a.sa.sa_family)
        return;
    if (!ENABLE_IPV6 && a.sa.sa_family == AF_INET6)
        return;
    while (str_word(&line, " \t\r", &word) == OK) {
        if (str_same_case(word, s->name)) {
            hosts_add(s, &a, word);
            return;
        }
    }
}

/* Reads through the file piece by piece: advertisement blockers make it megabytes long. */
static void hosts_find(struct hosts_scan *s)
{
    char text[HOSTS_BUFFER];
    size_t have = 0;
    off_t at = 0;
    ssize_t n;

    while (dns.hosts_fd >= 0 && (n = pread(dns.hosts_fd, text + have, sizeof text - have, at)) >= 0) {
        size_t used = 0;
        char *lf;

        at += n;
        have += (size_t)n;
        while ((lf = memchr(text + used, '\n', have - used)) != NULL || (n == 0 && used < have)) {
            size_t end = lf ? (size_t)(lf - text) : have;

            hosts_line(s, (struct str){ text + used, end - used });
            used = lf ? end + 1 : end;
        }
        if (n == 0)
            break;
        if (!used && have == sizeof text)
            used = have; /* no line is that long */
        have -= used;
        memmove(text, text + used, have);
    }
}

/* A name that is an address, or that hosts knows. */
static bool host_known(struct dns_query *q, int family, bool use_hosts)
{
    struct hosts_scan s = { .name = str_of(q->name), .family = family, .end = &q->records };
    struct sock_addr a;

    if (sock_parse_addr(s.name, 0, &a) == OK && (family == AF_UNSPEC || family == a.sa.sa_family)) {
        hosts_add(&s, &a, s.name);
        return true;
    }
    if (s.name.n && s.name.p[s.name.n - 1] == '.')
        s.name.n--;
    if (use_hosts)
        hosts_find(&s);
    return s.found > 0;
}

/* One outcome from the two families': something found beats a failure, a failure beats absence. */
static void join(struct dns_query *q, struct dns_query *a)
{
    struct dns_record **end = &q->records;

    while (*end)
        end = &(*end)->next;
    if (a->result == OK) {
        q->secure = q->result == OK ? q->secure && a->secure : a->secure;
        *end = a->records;
        q->result = OK;
    } else if (q->result != OK && (q->result != TEMP || a->result == TEMP)) {
        q->result = a->result;
        q->nxdomain = a->nxdomain;
        q->secure = a->secure;
        q->why = a->why;
    }
}

static void native_reason(struct dns_query *q)
{
    why_set(&q->why, q->result == TEMP ? "4.4.3" : "5.4.4", "unable to look up host %s: %s", q->name,
            dns_native_reason(q));
}

const char *dns_native_reason(const struct dns_query *q)
{
    if (q->result == TEMP)
        return "Temporary failure in name resolution";
    return q->result == NONE && !q->nxdomain ? "No address associated with hostname" : "Name or service not known";
}

void dns_host(struct dns_query *q, int family, bool use_dns, bool use_hosts, int timeout_ms)
{
    struct dns_query both[2];
    size_t n = 0;

    if (!dns.ready)
        dns_init(NULL);
    q->records = NULL;
    q->nxdomain = q->secure = false;
    if (host_known(q, family, use_hosts)) {
        q->result = OK;
        return;
    }
    if (family != AF_INET6)
        both[n++] = (struct dns_query){ .name = q->name, .type = DNS_A };
    if (ENABLE_IPV6 && family != AF_INET)
        both[n++] = (struct dns_query){ .name = q->name, .type = DNS_AAAA };
    for (size_t i = 0; i < n; i++) {
        both[i].want_secure = q->want_secure;
        both[i].search = q->search || use_hosts;
    }
    q->result = NONE;
    q->nxdomain = true;
    if (use_dns)
        dns_ask(both, n, timeout_ms);
    for (size_t i = 0; use_dns && i < n; i++)
        join(q, &both[i]);
    if (use_hosts && q->result != OK)
        native_reason(q);
    else if (q->result != OK && !q->why.dsn[0])
        dns_failed(q, NONE, "Host not found");
}

void dns_reverse_name(const struct sock_addr *a, const char *zone, char out[DNS_NAME + 80])
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    const uint8_t *p = (const uint8_t *)&a->in.sin_addr;
    char *at = out;

    if (a->sa.sa_family == AF_INET6) {
        p = a->in6.sin6_addr.s6_addr;
        for (int i = 15; memcmp(p, mapped, sizeof mapped) != 0 && i >= 0; i--)
            at += snprintf(at, sizeof "x.x.", "%x.%x.", p[i] & 15, p[i] >> 4);
        p += 12;
    }
    if (at == out)
        at += snprintf(at, sizeof "255.255.255.255.", "%d.%d.%d.%d.", p[3], p[2], p[1], p[0]);
    snprintf(at, DNS_NAME, "%s", zone);
}

void dns_reverse(struct dns_query *q, const struct sock_addr *a, bool use_hosts, int timeout_ms)
{
    struct hosts_scan s = { .addr = a, .end = &q->records };
    const char *given = q->name;
    char name[DNS_NAME + 80], text[SOCK_ADDR_TEXT];

    if (!dns.ready)
        dns_init(NULL);
    q->records = NULL;
    q->nxdomain = q->secure = false;
    q->result = OK;
    if (use_hosts)
        hosts_find(&s);
    if (s.found)
        return;
    sock_text(a, text);
    dns_reverse_name(a, strchr(text, ':') ? "ip6.arpa" : "in-addr.arpa", name);
    q->name = name;
    q->type = DNS_PTR;
    dns_ask(q, 1, timeout_ms);
    q->name = given;
}
