/* smtp_int.h - what the files of the SMTP/LMTP client share
 *
 * Three lifetimes: the process (struct smtp_agent), a session (struct
 * smtp_session), the delivery of one message through one session (smtp_tx.c).
 */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTP_INT_H
#define DAEMON_SMTP_INT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/why.h"
#include "deliver/deliver.h"
#include "map/map.h"
#include "map/match.h"
#include "net/crypto.h"
#include "net/dns.h"
#include "net/sock.h"
#include "net/stream.h"
#include "net/tls.h"
#include "param/param.h"

enum {
    SMTP_PORT = 25,
    SMTP_IN = 4096,           /* read buffer: the longest reply line we look at */
    SMTP_OUT = 16384,         /* write buffer: a short message leaves in one piece */
    SMTP_PIPELINE = 8192,     /* command bytes under way before replies are read, so neither side can block the other */
    SMTP_REPLY_MAX = 4096,    /* text of a reply that is kept */
    SMTP_NAMADDR = DNS_NAME + 132,
};

/* --- process --- */

enum smtp_argv_flag { SMTP_ADD_DELIVERED_TO = 1, SMTP_ADD_ORIGINAL_TO = 2, SMTP_ADD_RETURN_PATH = 4, SMTP_FINAL = 8 };

struct smtp_session;

struct smtp_agent {
    bool lmtp;
    unsigned argv_flags;                  /* master.cf flags=DORX */
    struct maps *generic, *reply_filter, *dns_filter;
    struct maps *ehlo_discard, *pix_maps; /* by server address */
    struct match *keep_for;               /* smtp_connection_cache_destinations */
    struct sock_addr *own;                /* inet_interfaces and proxy_interfaces, for loop detection */
    size_t own_n;
    struct sock_addr bind4, bind6;        /* .len 0: let the system choose */
    struct smtp_session *kept;            /* open, waiting for the next request to the same place */
};

extern struct smtp_agent *smtp_agent;

/* A parameter of this client: the row of smtp_X, or of its lmtp_ twin in the lmtp program. */
const char *smtp_str(enum par_id id);
int64_t smtp_num(enum par_id id);
bool smtp_bool(enum par_id id);
const char *smtp_par_name(enum par_id id);

/* --- where to: smtp_dest.c, smtp_hosts.c --- */

struct smtp_dest {
    char host[DNS_NAME];      /* or the path of a socket */
    bool use_mx;
    bool unix_path;
    uint16_t port;
    char service[32];         /* port as it was written, for SRV */
};

/* Cuts the next destination off a next hop: OK; NONE at the end; TEMP + why: not usable as it is written. */
enum result smtp_dest_next(struct str *nexthop, struct smtp_dest *out, struct why *why) MUST;

struct smtp_host {
    struct sock_addr addr;
    unsigned pref;
    char name[DNS_NAME];
};

struct smtp_hosts {
    struct smtp_host *list;   /* in the order in which to try them */
    size_t n;
    bool loop_check;          /* a server that uses our name is us */
};

/* OK; TEMP or PERM + why. */
enum result smtp_hosts_find(const struct smtp_dest *d, const char *nexthop, struct smtp_hosts *out,
                            struct why *why) MUST;
void smtp_hosts_done(struct smtp_hosts *h);
/* Is it one of our own addresses? */
bool smtp_hosts_is_self(const struct sock_addr *a);
/* Reads the interfaces; before the jail. */
void smtp_hosts_init(void);
/* Order of one preference group and limits, for tests: sorts, mixes families, cuts to smtp_mx_address_limit. */
void smtp_hosts_arrange(struct smtp_hosts *h);

/* --- TLS: smtp_tls.c --- */

enum smtp_tls_level { LEVEL_INVALID, LEVEL_NONE, LEVEL_MAY, LEVEL_ENCRYPT, LEVEL_FINGERPRINT, LEVEL_VERIFY,
                      LEVEL_SECURE, LEVEL_DANE, LEVEL_DANE_ONLY };

struct smtp_policy {          /* what TLS towards one host must be */
    enum smtp_tls_level level;
    enum smtp_tls_level wanted; /* before a fallback to plaintext */
    bool reuse;               /* connections may be reused under TLS */
    char names[1024];         /* match list of verify and secure, or fingerprints; separated by ':' or '|' */
    char servername[DNS_NAME];
    char protocols[128], ciphers[16], exclude[256]; /* of the policy table; "" = the global ones */
    int loglevel;
};

void smtp_tls_init(void);     /* before the jail */
const char *smtp_tls_level_name(enum smtp_tls_level level);
/* nexthop as in the request. OK, or TEMP + why. */
enum result smtp_tls_policy(const char *nexthop, const char *host, bool unix_path, struct smtp_policy *out,
                            struct why *why) MUST;
/* Could the files and settings for this policy be loaded? */
bool smtp_tls_ready(const struct smtp_policy *p);
/* Handshake and the checks that the level asks for. TEMP + why: the session is over. */
enum result smtp_tls_start(struct smtp_session *ss, const char *nexthop, struct why *why) MUST;
/* Keeps what a later session to the same server can resume. Before the session closes. */
void smtp_tls_remember(const struct smtp_session *ss);
/* "[mail.example.com]:587" to "mail.example.com". */
void smtp_tls_nexthop_domain(const char *nexthop, char out[DNS_NAME]);
/* Reads the value of a policy table: "level attribute=value ...". PERM: malformed (logged). For tests. */
enum result smtp_tls_parse_policy(const char *table, const char *key, const char *value, struct smtp_policy *out) MUST;

/* --- REQUIRETLS: smtp_requiretls.c, feature REQUIRETLS --- */

/* How much of it a message and its next hop ask for. */
enum smtp_requiretls { REQUIRETLS_DISABLE, REQUIRETLS_OPPORTUNISTIC, REQUIRETLS_STARTTLS, REQUIRETLS_ENFORCE };
void smtp_requiretls_init(void); /* before the jail */
/* OK, or TEMP + why. */
enum result smtp_requiretls_find(const struct delivery *d, enum smtp_requiretls *out, struct why *why) MUST;
/* What TLS must be at least. */
void smtp_requiretls_raise(enum smtp_requiretls how, struct smtp_policy *p);
/* May this session have the message? OK, or TEMP + why: x.7.10 and x.7.30 can only be helped by another server. */
enum result smtp_requiretls_check(enum smtp_requiretls how, const struct smtp_session *ss, struct why *why) MUST;

/* --- replies: smtp_reply.c --- */

struct smtp_reply {
    int code;                 /* 200 to 599; 0 = nothing that SMTP knows */
    char dsn[12];             /* of the first line that has a fitting one, else x.0.0 */
    struct buf text;          /* all lines, joined by blanks */
};

void smtp_reply_init(struct smtp_reply *r);
void smtp_reply_done(struct smtp_reply *r);
/* Adds one line: AGAIN: more follow, OK: complete, PERM: not a reply line. Call smtp_reply_begin first. */
void smtp_reply_begin(struct smtp_reply *r);
enum result smtp_reply_add(struct smtp_reply *r, struct str line) MUST;
/* Status of a failure with this reply: class from the code; "Protocol error" when that is neither 4xx nor 5xx. */
enum result smtp_reply_why(const struct smtp_reply *r, struct why *why, const char *fmt, ...) MUST PRINTF(3, 4);

/* --- session: smtp_session.c --- */

enum smtp_feature {
    SMTP_ESMTP = 1, SMTP_PIPELINING = 2, SMTP_8BITMIME = 4, SMTP_SIZE = 8, SMTP_STARTTLS = 16, SMTP_AUTH = 32,
    SMTP_DSN = 64,
    SMTP_UTF8 = 128, SMTP_XFORWARD = 256, SMTP_CHUNKING = 4096, SMTP_ENHANCED = 8192,
    SMTP_REQUIRETLS = 1 << 14, SMTP_XF_NAME = 1 << 16, SMTP_XF_ADDR = 1 << 17, SMTP_XF_PORT = 1 << 18,
    SMTP_XF_PROTO = 1 << 19, SMTP_XF_HELO = 1 << 20,
    SMTP_XF_IDENT = 1 << 21, SMTP_XF_SOURCE = 1 << 22,
    SMTP_PIX_NO_ESMTP = 1 << 24, SMTP_PIX_DELAY_DOT = 1 << 25,
};

struct smtp_session {
    struct stream s;
    char host[DNS_NAME];
    char addr[128];           /* numeric, or the path of a socket */
    char namaddr[SMTP_NAMADDR];      /* host[addr] */
    char relay[SMTP_NAMADDR + 8];    /* host[addr]:port, as logged */
    char nexthop[DNS_NAME];   /* destination of the requests it may serve; "" = only the present one */
    uint16_t port;
    bool best;                /* of the best preference: worth keeping */
    bool only;                /* no other server to ask when this one fails */
    bool loop_check;
    unsigned features;        /* SMTP_* announced and not discarded */
    int64_t size_limit;
    char auth[256];           /* mechanisms offered that we may use */
    struct smtp_policy tls;
    bool verified;            /* server certificate matched at verify, secure or fingerprint */
    bool authenticated;
    bool say_requiretls;      /* MAIL of this message says REQUIRETLS */
    int uses;                 /* messages so far */
    int64_t opened;           /* clock_ms */
    bool dead;                /* nothing more may be said */
    bool retry_plain;         /* failed under TLS at level may: the same server may be asked again without */
    bool garbage;             /* it answered something that is not SMTP */
    const char *doing;        /* for lost connection and timeouts */
    struct smtp_reply reply;
};

struct smtp_target {
    const struct smtp_dest *dest;
    const struct smtp_host *host; /* NULL: a socket path */
    const struct smtp_policy *tls;
    bool loop_check, best;
};

/* Connects and comes to the point where MAIL may be sent; features, TLS, AUTH are done. Otherwise TEMP or PERM + why.
 * *out is always there: its relay names the server; retry_plain: TLS failed in a way that permits a try without. */
enum result smtp_session_open(const struct smtp_target *t, const struct delivery *d, struct smtp_session **out,
                              struct why *why) MUST;
/* QUIT when it is alive; frees. */
void smtp_session_close(struct smtp_session *ss);
/* Limits of the command that comes next. */
void smtp_session_limit(struct smtp_session *ss, enum par_id timeout, const char *doing);
/* Sends "fmt" CRLF, flushed, and reads the reply into ss->reply. TEMP: connection trouble, see smtp_session_lost. */
enum result smtp_session_command(struct smtp_session *ss, const char *fmt, ...) MUST PRINTF(2, 3);
enum result smtp_session_reply(struct smtp_session *ss) MUST;
/* The same; each line is also given to line: its number, and the text after the code. */
typedef void smtp_line_fn(struct smtp_session *ss, int number, struct str text, void *arg);
enum result smtp_session_reply_lines(struct smtp_session *ss, smtp_line_fn *line, void *arg) MUST;
/* Text for a stream error, as TEMP. */
enum result smtp_session_lost(const struct smtp_session *ss, struct why *why);

/* --- greeting, EHLO: smtp_hello.c --- */

/* The server speaks first. OK, TEMP or PERM + why. */
enum result smtp_hello_greeting(struct smtp_session *ss, const struct delivery *d, struct why *why) MUST;
/* EHLO, HELO or LHLO; fills features. */
enum result smtp_hello(struct smtp_session *ss, const struct delivery *d, struct why *why) MUST;
/* One line of an EHLO reply, without the code; discard: list of keywords. For the session and for tests. */
void smtp_hello_line(struct smtp_session *ss, struct str text, const char *discard);

/* --- AUTH: smtp_auth.c, smtp_sasl.c --- */

void smtp_auth_init(void);    /* before the jail */
/* Logs in when credentials exist for this server: OK, or TEMP/PERM + why. */
enum result smtp_auth(struct smtp_session *ss, const struct delivery *d, const char *nexthop, struct why *why) MUST;
/* Sends text CRLF that must not be logged, and reads the reply. */
enum result smtp_session_secret(struct smtp_session *ss, struct str text) MUST;
/* Whether the session may serve other senders than the one it was opened for. */
bool smtp_auth_per_sender(void);

/* SASL mechanisms, without connection and parameters. */
enum smtp_sasl_option { SASL_NOPLAINTEXT = 1, SASL_NOACTIVE = 2, SASL_NODICTIONARY = 4, SASL_FORWARD_SECRECY = 8,
                        SASL_MUTUAL = 16 };

struct smtp_sasl {
    const struct smtp_sasl_mech *mech;
    const char *user, *password;  /* borrowed */
    int step;
    char nonce[40];               /* SCRAM: ours, base64 */
    struct buf first;             /* SCRAM: client-first-message-bare */
    uint8_t server_signature[CRYPTO_MAX_HASH];
};

/* The strongest mechanism of the list "PLAIN LOGIN ..." that the options (SASL_NO*) permit: OK or NONE. */
enum result smtp_sasl_init(struct smtp_sasl *s, const char *offered, unsigned options, const char *user,
                           const char *password) MUST;
const char *smtp_sasl_name(const struct smtp_sasl *s);
void smtp_sasl_done(struct smtp_sasl *s);
/* The first message, not base64: OK, or NONE when the server has to begin. */
enum result smtp_sasl_first(struct smtp_sasl *s, struct buf *out) MUST;
/* The answer to a challenge (decoded): OK; PERM + reason: this is not what the mechanism allows. */
enum result smtp_sasl_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason) MUST;
/* The server says that all is well: has it proved that it knows us (SCRAM)? */
bool smtp_sasl_complete(const struct smtp_sasl *s);

/* --- one message through one session: smtp_tx.c --- */

enum smtp_tx_end {
    TX_CLEAN,     /* the session can take another message */
    TX_DIRTY,     /* replies are in step, but a RSET is due */
    TX_LOST,      /* the session is over; what was not taken is pending or failed */
    TX_STALE,     /* a kept session turned out to be over before it took anything: open a new one */
};
/* final: no other server will be asked, so failures are final too. Otherwise a temporary one leaves DELIVER_PENDING
 * and its reason in the recipient. */
enum smtp_tx_end smtp_tx(struct smtp_session *ss, struct delivery *d, bool final);

/* --- which server, which session: smtp_connect.c --- */

/* Delivers one request, trying what its next hop and smtp_fallback_relay name. */
void smtp_deliver(struct delivery *d);
/* Ends the session that is kept open, if there is one. */
void smtp_drop_kept(void);
/* Milliseconds a session without work is kept; 0 = sessions are not kept. */
int smtp_keep_ms(void);

/* --- content that must be changed on its way: smtp_content.c --- */

struct smtp_content {         /* what this message needs */
    bool to_7bit;             /* the server takes no 8-bit data: quoted-printable */
    bool checks;              /* smtp_header_checks and relatives */
    bool generic;
    size_t line_limit;        /* 0 = lines need no look */
};
void smtp_content_init(void);
void smtp_content_needs(const struct delivery *d, const struct smtp_session *ss, struct smtp_content *out);
/* All of the content with the final dot. TEMP: see s.err; when that is fine the queue file could not be read. */
enum result smtp_content_send(struct smtp_session *ss, struct delivery *d, const struct smtp_content *how) MUST;

/* Address of the envelope as smtp_generic_maps changes it: OK, TEMP: lookup failed. */
enum result smtp_generic(struct str addr, struct buf *out) MUST;

#endif
