/* smtpd_int.h - what the files of the SMTP server share: session, transaction, checks
 *
 * Three lifetimes: process (parameters, compiled restriction lists), session
 * (struct smtpd), transaction (struct smtpd_tx, from MAIL to its end; freed as a whole).
 */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_INT_H
#define DAEMON_SMTPD_SMTPD_INT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/why.h"
#include "mail/wire.h"
#include "net/dns.h"
#include "net/sock.h"
#include "net/stream.h"
#include "queue/qfile.h"
#include "route/resolve.h"
#include "service/service.h"

struct map;
struct match;
struct milters;

enum { ADDR_TEXT = 2048 };

enum smtpd_verb_id {
#define VERB(id, name, run, flags) SMTPD_##id,
#include "daemon/smtpd/smtpd_verbs.def"
#undef VERB
    SMTPD_UNKNOWN,
    SMTPD_VERBS,
};

/* EHLO keywords that smtpd_discard_ehlo_keywords can hide, in no order that matters. */
enum smtpd_ehlo {
    EHLO_8BITMIME = 1,
    EHLO_AUTH = 2,
    EHLO_ETRN = 4,
    EHLO_PIPELINING = 8,
    EHLO_SIZE = 16,
    EHLO_VERP = 32,
    EHLO_VRFY = 64,
    EHLO_XCLIENT = 128,
    EHLO_XFORWARD = 256,
    EHLO_STARTTLS = 512,
    EHLO_ENHANCEDSTATUSCODES = 1024,
    EHLO_DSN = 2048,
    EHLO_SMTPUTF8 = 4096,
    EHLO_CHUNKING = 8192,
    EHLO_REQUIRETLS = 16384,
    EHLO_SILENT = 32768,
};

/* Who is at the other end; XCLIENT replaces it. */
struct smtpd_peer {
    struct sock_addr sock, local;
    char addr[SOCK_ADDR_TEXT];
    char port[8];
    char name[DNS_NAME];       /* forward-confirmed, or "unknown" */
    char reverse[DNS_NAME];    /* PTR only, or "unknown" */
    char name_status;          /* '2' known, '4' could not tell, '5' unknown */
    char reverse_status;
    char label[DNS_NAME + SOCK_ADDR_TEXT + 12]; /* "name[addr]", for logs and replies */
    char local_addr[SOCK_ADDR_TEXT], local_port[8];
};

/* What XFORWARD told about the client behind a filter; for the log and the queue file only. */
struct smtpd_forward {
    bool active;
    char name[256], addr[256], port[256], helo[256], proto[256], ident[256], domain[256];
};

struct smtpd_rcpt {            /* the recipient (or VRFY argument) at hand */
    bool known;
    struct buf addr;           /* internal form */
    struct buf ext;            /* quoted form, for logs and tables */
    struct buf orcpt;
    unsigned notify;
    bool resolved, class_checked;
    enum result resolve_result;
    struct resolved route;
};

/* Content with bare LF line ends to wire form, from the first one on (smtpd_lf.c). */
struct smtpd_lf {
    enum { LF_START, LF_DOT, LF_DOT_CR, LF_TEXT, LF_CR } state;
    bool after_crlf;           /* the line before ended with CRLF */
    bool strict;               /* only CRLF.CRLF ends the data */
};
/* State in the middle of content of which the last bytes are known. */
void smtpd_lf_init(struct smtpd_lf *lf, const char last[4], bool strict);
/* Adds the wire form of a chunk to out. OK: end of data, *used bytes were needed, the final dot is not in out; AGAIN.
 */
enum result smtpd_lf_feed(struct smtpd_lf *lf, const char *p, size_t n, struct buf *out, size_t *used) MUST;

/* One mail transaction. NULL sink state until the first good recipient. */
struct smtpd_tx {
    struct buf sender, sender_ext;
    bool sender_resolved, sender_checked;
    enum result sender_result;
    struct resolved sender_route;
    unsigned flags;            /* QF_* */
    int64_t size;              /* as announced */
    unsigned ret;
    struct buf envid, verp, auth_sender;
    struct buf mail_line;      /* the MAIL command, for a filter behind us */
    int rcpts, overshoot;
    struct buf first_rcpt;     /* quoted form */
    bool opened;               /* the sink has it */
    char id[QUEUE_ID_MAX];
    struct timeval arrival;
    /* results of access tables */
    bool hold, discard;
    bool milter_discard;       /* a filter said so: the commands go on as if nothing had happened */
    struct buf filter, redirect;
    struct buf bcc, prepend;   /* lines */
    size_t bcc_done;           /* part of bcc the sink already has */
    bool defer_sender;
    /* content */
    bool bdat, content_begun;
    struct wire_in bdat_wire;
    struct buf bdat_out;       /* one chunk of BDAT in wire form */
    struct smtpd_lf lf;
    struct wire_scan scan;     /* of the content */
    int64_t received;          /* bytes from the client, for the log */
    char last[4];              /* the newest bytes of the content, whatever was done with them */
    char held[2];              /* not given to the sink yet: they may begin the final dot, or a line end */
    unsigned held_n;
    bool normalizing, bare_lf;
    char instance[40];         /* policy protocol */
    void *sink;                /* the sink's own */
};

/* Where a transaction goes: the queue, or (stand-alone) the submission socket. */
struct smtpd;
struct smtpd_sink {
    /* Before the first recipient: sets tx->id. */
    enum result (*open)(struct smtpd *s, struct smtpd_tx *tx, struct why *why);
    enum result (*rcpt)(struct smtpd *s, struct smtpd_tx *tx, const char *addr, const char *orcpt, unsigned notify,
                        struct why *why);
    /* Content in wire form without the final ".CRLF". Errors are kept until end. */
    void (*data)(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n);
    /* Makes it durable; tx->id is final. The sink is closed whatever the result. */
    enum result (*end)(struct smtpd *s, struct smtpd_tx *tx, int64_t size, struct why *why);
    void (*abort)(struct smtpd *s, struct smtpd_tx *tx);
    /* NULL, or: content is about to come. */
    enum result (*begin)(struct smtpd *s, struct smtpd_tx *tx, struct why *why);
};
extern const struct smtpd_sink smtpd_sink_queue, smtpd_sink_submit, smtpd_sink_proxy;

enum smtpd_stage { STAGE_CLIENT, STAGE_HELO, STAGE_SENDER, STAGE_RELAY, STAGE_RCPT, STAGE_DATA, STAGE_EOD, STAGE_ETRN,
                   STAGE_REWRITE /* local_header_rewrite_clients */, STAGE_COUNT };

enum verdict { VERDICT_DUNNO, VERDICT_PERMIT, VERDICT_REJECT };

/* A temporary problem that changes a later permit or reject into a deferral. */
struct smtpd_deferral {
    bool active;
    int code;                  /* 0 = 450 */
    char dsn[12];
    char text[512];
};

/* State of the evaluation of restriction lists, reset for each list. */
struct smtpd_check {
    enum smtpd_stage stage;
    const char *name, *class;  /* what replies of generic restrictions speak of */
    const char *etrn;
    int depth;
    bool warn;                 /* warn_if_reject in force */
    struct smtpd_deferral if_permit, if_reject;
};

struct smtpd_auth {
    bool done;
    char method[32];
    struct buf user;
};

struct smtpd {                 /* one session */
    struct stream io;
    struct service *service;
    const struct smtpd_sink *sink;
    bool stand_alone;
    struct smtpd_peer peer;
    bool counted;              /* as a connection, for limits */
    struct smtpd_forward forward;
    const char *proto;         /* "SMTP", "ESMTP" */
    struct buf helo;           /* "" = not said yet */
    unsigned hidden;           /* EHLO_* */
    bool hidden_known;
    bool may_xclient, may_xforward;
    bool lf_std_eod, lf_reject, lf_note; /* smtpd_forbid_bare_newline for this client */
    bool noted_bare_lf;
    struct smtpd_auth auth;
    const char *where;         /* command at hand, for logs */
    const char *reason;        /* why the session ended, or NULL */
    int errors, junk;
    bool bdat_error;           /* a chunk was refused: until its transaction is ended, nothing else is done */
    bool bdat_mail;            /* ... and there was a MAIL before it */
    int64_t discard;           /* so many unwanted bytes are still read; 0 = none are being read */
    bool hangup;               /* end the session after the reply */
    bool pipelined;            /* illegal pipelining was seen */
    bool defer_client, defer_helo;
    struct buf denied;         /* client was refused at connect: said to every command */
    unsigned ok[SMTPD_VERBS], total[SMTPD_VERBS];
    struct smtpd_rcpt rcpt;
    struct smtpd_check check;
    struct buf reject;         /* reply of the last refusal */
    struct buf line;           /* the command at hand, for a filter behind us */
    struct buf relayed;        /* what that filter said, lines with CRLF between them; empty: nothing to pass on */
    struct buf scratch, answer; /* lookups */
    struct buf history;        /* what was said, when somebody wants to know */
    int history_lines;
    unsigned error_classes;    /* since the last message that was accepted */
    int64_t unauth_until;
    int connections;           /* of this client, when they are counted */
    struct milters *milters;   /* NULL = none */
    bool milter_refused;       /* a filter does not want this client */
    bool milter_hold;          /* every message of this session */
    bool milter_said;          /* a filter refused the content: milters_reply() */
    const char *milter_rcpt_refused; /* our refusal of the recipient that filters are being told of */
    struct smtpd_tx *tx;
};

/* smtpd_reply.c */
/* One reply, kept until the client's next input is waited for. 421 and 521 end the session. */
void smtpd_reply(struct smtpd *s, const char *fmt, ...) PRINTF(2, 3);
/* Lines of a multi-line reply before the last. */
void smtpd_reply_more(struct smtpd *s, const char *fmt, ...) PRINTF(2, 3);
/* Replies with what a restriction or the sink said: "dsn text" with the code that belongs to it. */
void smtpd_reply_why(struct smtpd *s, const struct why *why);
/* Queue id of the transaction, or NOQUEUE. */
const char *smtpd_qid(const struct smtpd *s);

/* smtpd_footer.c */
/* Adds a refusal with its footer: lines of the reply, separated by newline. */
void smtpd_footer(struct smtpd *s, const char *reply, struct buf *out);
/* smtpd_reject_filter_maps: another refusal in the place of this one, perhaps. */
void smtpd_reject_filter(char *reply, size_t cap);
/* smtpd_expansion_filter without its escapes. */
const char *smtpd_expansion_filter(void);

/* smtpd_session.c */
/* Serves one client; closes fd. */
void smtpd_session(struct service *service, int fd, const struct sock_addr *peer, bool stand_alone);
/* One line of input: OK; TEMP: the session is over (reason set). What replies wait is sent before waiting. */
enum result smtpd_get_line(struct smtpd *s, size_t limit, struct str *line) MUST;
/* What the client's address and name entitle it to. */
void smtpd_session_classify(struct smtpd *s);
void smtpd_greet(struct smtpd *s);
/* Time limits start anew. */
void smtpd_request_begins(struct smtpd *s);
/* The client is about to send what nobody wants: it is read to keep it in step, but only so much, and not for ever. */
void smtpd_discard_begins(struct smtpd *s, int64_t most);
/* Some of it was read. False: that was enough; the session is over. */
bool smtpd_discard_more(struct smtpd *s, size_t n) MUST;
/* Forgets HELO and everything after it (STARTTLS, XCLIENT). */
void smtpd_forget(struct smtpd *s);

/* smtpd_tx.c */
struct smtpd_tx *smtpd_tx_new(void) MUST;
/* Ends the transaction, if any; what the sink has is dropped. */
void smtpd_tx_end(struct smtpd *s);
/* Sets the recipient at hand. */
void smtpd_rcpt_set(struct smtpd *s, struct str internal);
void smtpd_rcpt_clear(struct smtpd *s);
const struct resolved *smtpd_rcpt_route(struct smtpd *s, enum result *result);
const struct resolved *smtpd_sender_route(struct smtpd *s, enum result *result);
/* For any other address; out is the caller's. */
enum result smtpd_resolve(const char *sender, struct str internal, struct resolved *out) MUST;

/* smtpd_parse.c */
/* Splits off the verb; rest has no blanks at its ends. NONE: empty line. */
enum result smtpd_parse_command(struct str line, struct str *verb, struct str *rest) MUST;
/* SMTPD_UNKNOWN when it is none. */
enum smtpd_verb_id smtpd_parse_verb(struct str verb);
/* "FROM:" and blanks cut off *rest: OK or PERM. */
enum result smtpd_parse_keyword(struct str *rest, const char *keyword) MUST;
/* "count [LAST]": OK or PERM. */
enum result smtpd_parse_bdat(struct str rest, int64_t *count, bool *last) MUST;
/* A mask of EHLO_* from a list of keywords; unknown ones are logged. */
unsigned smtpd_parse_ehlo_keywords(const char *list);
/* Their names, each with a blank in front. */
void smtpd_parse_ehlo_names(unsigned mask, struct buf *out);
/* Puts "?" where something might be taken for syntax in a header or in the log. */
void smtpd_parse_neuter(char *text);
/* Adds text (NULL = none) as part of a comment in a header, which it cannot end. */
void smtpd_parse_comment(struct buf *out, const char *text);
/* Looks like "Name:", which no SMTP command does. */
bool smtpd_parse_is_header(struct str word);

/* smtpd_verb.c */
enum smtpd_verb_flag {
    VERB_LAST = 1,             /* ends a pipeline group: nothing may be waiting behind it */
    VERB_JUNK = 2,             /* counts against smtpd_junk_command_limit */
    VERB_PRE_TLS = 4,          /* allowed before TLS when TLS is mandatory */
    VERB_QUIT = 8,
};
struct smtpd_verb {
    const char *name;          /* "MAIL" */
    /* 0, or -1 when the client made an error. */
    int (*run)(struct smtpd *s, struct str rest);
    unsigned flags;
};
extern const struct smtpd_verb smtpd_verbs[SMTPD_VERBS];
/* EHLO keywords to hide from this client. */
unsigned smtpd_verb_hidden(struct smtpd *s);
int smtpd_helo(struct smtpd *s, struct str rest);
int smtpd_ehlo(struct smtpd *s, struct str rest);
int smtpd_rset(struct smtpd *s, struct str rest);
int smtpd_noop(struct smtpd *s, struct str rest);
int smtpd_vrfy(struct smtpd *s, struct str rest);
int smtpd_etrn(struct smtpd *s, struct str rest);
int smtpd_help(struct smtpd *s, struct str rest);
int smtpd_quit(struct smtpd *s, struct str rest);
/* smtpd_mail.c */
int smtpd_mail(struct smtpd *s, struct str rest);
int smtpd_rcpt(struct smtpd *s, struct str rest);
/* Over TLS only; not to a filter in front of the queue, which may not know it. */
bool smtpd_requiretls_offered(const struct smtpd *s, unsigned hidden);
/* strict_smtputf8: text is not ASCII and SMTPUTF8 was not asked for; the client has been told. */
void smtpd_warn_address(struct smtpd *s, struct str text);
bool smtpd_undeclared_utf8(struct smtpd *s, struct str text, bool declared);
/* The address at the beginning of text in internal form (a path of MAIL or RCPT, or what resembles one), what follows
 * in rest. ADDRESS_UTF8: its domain may be in UTF-8; ADDRESS_SLOPPY: whatever strict_rfc821_envelopes says. PERM: none,
 * or one that might be taken for an option; logged. */
enum { ADDRESS_UTF8 = 1, ADDRESS_SLOPPY = 2 };
enum result smtpd_parse_address(struct smtpd *s, struct str text, unsigned how, struct buf *out,
                                struct str *rest) MUST;
/* smtpd_data.c */
int smtpd_data(struct smtpd *s, struct str rest);
int smtpd_bdat(struct smtpd *s, struct str rest);
/* Text of the Received: header in wire form. */
void smtpd_received(struct smtpd *s, struct smtpd_tx *tx, struct buf *out);
/* smtpd_xclient.c */
int smtpd_xclient(struct smtpd *s, struct str rest);
int smtpd_xforward(struct smtpd *s, struct str rest);
/* smtpd_tls.c */
int smtpd_starttls(struct smtpd *s, struct str rest);
void smtpd_tls_init(void);     /* before the jail */
bool smtpd_tls_offered(const struct smtpd *s);
bool smtpd_tls_required(void);
/* OK; TEMP: logged, the session is over. */
enum result smtpd_tls_accept(struct smtpd *s) MUST;
bool smtpd_tls_active(const struct smtpd *s);
void smtpd_tls_received(struct smtpd *s, struct buf *out);
/* Fingerprints of the client certificate: PERM when there is none. */
enum result smtpd_tls_fingerprint(const struct smtpd *s, bool public_key, char *out, size_t cap) MUST;
bool smtpd_tls_trusted(const struct smtpd *s); /* client certificate from a configured CA */
/* The attributes of the policy protocol that tell of TLS and of the client's certificate. */
void smtpd_tls_policy(const struct smtpd *s, struct buf *b,
                      void (*attr)(struct buf *b, const char *name, const char *value));

/* smtpd_auth.c */
int smtpd_auth(struct smtpd *s, struct str rest);
void smtpd_auth_init(void);
bool smtpd_auth_offered(struct smtpd *s);
/* Mechanisms to announce, " PLAIN LOGIN"; "" = none. */
void smtpd_auth_mechanisms(struct smtpd *s, struct buf *out);
void smtpd_auth_forget(struct smtpd *s);

/* smtpd_peer.c */
/* False: a proxy was to say who it is, and did not (logged). */
bool smtpd_peer_init(struct smtpd_peer *p, int fd, const struct sock_addr *peer);
void smtpd_peer_label(struct smtpd_peer *p);
bool smtpd_peer_is_mynetworks(struct smtpd *s);
/* "IPv6:" prefix for address literals in mail headers. */
void smtpd_peer_literal(const char *addr, char *out, size_t cap);

/* smtpd_history.c: feature TRANSCRIPTS. What is said is noted ... */
enum { HISTORY_MAX = 32 * 1024 };
void smtpd_history_in(struct smtpd *s, struct str line);
void smtpd_history_out(struct smtpd *s, struct str line);
/* ... a message was accepted, ... */
void smtpd_history_accepted(struct smtpd *s);
/* ... and the postmaster is told of errors. */
void smtpd_history_end(struct smtpd *s);

/* smtpd_milter.c: feature MILTER. NULL = go on; otherwise the reply, for smtpd_milter_refuse(). */
/* A new client. False: it has been told to go away. */
bool smtpd_milter_connect(struct smtpd *s);
void smtpd_milter_end(struct smtpd *s);
const char *smtpd_milter_helo(struct smtpd *s);
const char *smtpd_milter_mail(struct smtpd *s, struct str params);
/* refused: our own refusal, or NULL. */
const char *smtpd_milter_rcpt(struct smtpd *s, struct str params, const char *refused);
const char *smtpd_milter_data(struct smtpd *s);
const char *smtpd_milter_unknown(struct smtpd *s, struct str command);
const char *smtpd_milter_other(struct smtpd *s);
void smtpd_milter_abort(struct smtpd *s);
/* Sends a reply of one or more lines; -1. */
int smtpd_milter_refuse(struct smtpd *s, const char *reply);

/* smtpd_limits.c */
enum smtpd_limit { LIMIT_MAIL, LIMIT_RCPT, LIMIT_TLS, LIMIT_AUTH };
void smtpd_limits_init(void);
/* Counts the connection, or one event of this client. NONE: over the limit (logged). */
enum result smtpd_limits_connect(struct smtpd *s) MUST;
enum result smtpd_limits_count(struct smtpd *s, enum smtpd_limit what) MUST;
/* The same for LIMIT_TLS, before it happens and without counting. */
enum result smtpd_limits_look(struct smtpd *s, enum smtpd_limit what) MUST;
void smtpd_limits_disconnect(struct smtpd *s);
void smtpd_limits_done(void);

/* smtpd_proxy.c: feature SMTPD_PROXY */
/* The filter's own words to the client: 0 or -1. */
int smtpd_proxy_tell(struct smtpd *s);

/* smtpd_lists.c: parameters that are lists of clients, opened before the jail */
struct smtpd_lists {
    struct match *mynetworks, *xclient, *xforward, *bare_lf_exclusions, *sasl_exceptions, *limit_exceptions, *forbidden,
        *verp;
    struct maps *ehlo_maps, *sender_login, *relay_certs, *rbl_replies, *command_filter, *footers,
        *milter_maps, *dns_filter, *reject_filter;
};
extern struct smtpd_lists smtpd_lists;
void smtpd_lists_init(void);

/* smtpd_check.c: access decisions. NULL = go on; otherwise the reply, "" = say nothing and hang up. */
void smtpd_check_init(void);   /* before the jail: compiles the lists, opens their tables */
const char *smtpd_check_client(struct smtpd *s);
const char *smtpd_check_helo(struct smtpd *s);
const char *smtpd_check_mail(struct smtpd *s);
const char *smtpd_check_rcpt(struct smtpd *s);
const char *smtpd_check_data(struct smtpd *s);
const char *smtpd_check_eod(struct smtpd *s);
const char *smtpd_check_etrn(struct smtpd *s, const char *domain);
const char *smtpd_check_size(struct smtpd *s, int64_t size);
const char *smtpd_check_queue(struct smtpd *s);
/* local_header_rewrite_clients: are this client's headers completed? */
bool smtpd_check_rewrite(struct smtpd *s);
/* Logs "QID: action: STATE from NAME[IP]: text; from=<> to=<> proto= helo=<>". */
void smtpd_check_log(struct smtpd *s, const char *action, const char *text);
/* The last part of it, from "from=" on, with a blank in front. */
void smtpd_check_whatsup(const struct smtpd *s, char *out, size_t cap);

#endif
