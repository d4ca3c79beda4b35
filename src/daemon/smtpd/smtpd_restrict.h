/* smtpd_restrict.h - restriction lists: compiled form, verdicts, what restriction functions may call */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_RESTRICT_H
#define DAEMON_SMTPD_SMTPD_RESTRICT_H

#include "daemon/smtpd/smtpd_int.h"

enum rule_arg { ARG_NONE, ARG_MAP, ARG_CERT_MAP, ARG_DOMAIN, ARG_NUMBER, ARG_SERVICE };

enum { /* lists in which a restriction means something */
    IN_CLIENT = 1 << STAGE_CLIENT, IN_HELO = 1 << STAGE_HELO, IN_SENDER = 1 << STAGE_SENDER,
    IN_RELAY = 1 << STAGE_RELAY, IN_RCPT = 1 << STAGE_RCPT, IN_DATA = 1 << STAGE_DATA, IN_EOD = 1 << STAGE_EOD,
    IN_ETRN = 1 << STAGE_ETRN,
    IN_REWRITE = 1 << STAGE_REWRITE,
    IN_ALL = IN_CLIENT | IN_HELO | IN_SENDER | IN_RELAY | IN_RCPT | IN_DATA | IN_EOD | IN_ETRN,
    IN_MAIL = IN_ALL & ~IN_ETRN,
};

struct rule;
struct rule_list;
struct policy;

struct restriction {               /* one row of restriction.def */
    const char *name;
    enum verdict (*run)(struct smtpd *s, const struct rule *r);
    enum rule_arg arg;
    unsigned lists;                /* IN_* */
};

struct rule {                      /* one restriction in a list of main.cf */
    const struct restriction *what;
    bool warn;                     /* after warn_if_reject */
    char *text;                    /* the argument as written; may be NULL */
    struct map *map;
    int64_t number;
    struct policy *policy;
    const struct rule_list *list;  /* a restriction class */
};

struct rule_list {
    const char *param;
    struct rule *rules;
    size_t n;
    bool open, checked;            /* while loops of classes are looked for */
};

#define RESTRICTION(name, run, arg, lists) enum verdict run(struct smtpd *s, const struct rule *r);
#include "daemon/smtpd/restriction.def"
#undef RESTRICTION
enum verdict smtpd_restrict_class(struct smtpd *s, const struct rule *r);

/* smtpd_rules.c */
/* Compiles a list; every fault is logged with the parameter's name and becomes a rule that answers 451 4.3.5. */
const struct rule_list *smtpd_rules_compile(const char *param, const char *text, enum smtpd_stage stage) MUST;
/* The same for a list found in a table: no tables inside. Free with smtpd_rules_free. */
struct rule_list *smtpd_rules_parse(const char *where, struct str text, enum smtpd_stage stage) MUST;
void smtpd_rules_free(struct rule_list *l);
void smtpd_rules_classes(void);
/* Is one of these restrictions in the list, where it can be reached? names is NULL-terminated. */
bool smtpd_rules_contain(const struct rule_list *l, const char *const *names);

/* smtpd_check.c */
enum verdict smtpd_run_list(struct smtpd *s, const struct rule_list *l) MUST;
/* Refuses with "code dsn text" (s->reject), logs. DUNNO when only a warning is wanted. */
enum verdict smtpd_refuse(struct smtpd *s, int code, const char *dsn, const char *fmt, ...) PRINTF(4, 5);
enum verdict smtpd_defer_if_permit(struct smtpd *s, const char *dsn, const char *fmt, ...) PRINTF(3, 4);
enum verdict smtpd_defer_if_reject(struct smtpd *s, const char *dsn, const char *fmt, ...) PRINTF(3, 4);
/* What a *_tempfail_action parameter says: defer_if_permit or refuse at once, with this code. */
enum verdict smtpd_tempfail(struct smtpd *s, const char *action, int code, const char *dsn, const char *fmt, ...)
    PRINTF(5, 6);
/* Configuration that shows its fault only now. */
enum verdict smtpd_server_error(struct smtpd *s) MUST;
/* A table or the resolver failed for this name. */
enum verdict smtpd_lookup_error(struct smtpd *s, const char *name) MUST;
/* Logs "permit" when smtpd_log_access_permit_actions asks for it. */
enum verdict smtpd_permit(struct smtpd *s, const char *action, const char *class, const char *value, const char *table);

/* smtpd_access.c: look in a table, act on what it says. none: what "not found" means. */
struct access {
    const struct rule *rule;
    struct map *map;
    const char *name, *class;      /* for replies: "<name>: class rejected: ..." */
    enum smtpd_stage stage;        /* for restriction lists in the answer */
    bool no_permit;                /* OK is not taken from this table (names of other people's hosts) */
    bool routed;                   /* the address leads elsewhere: OK means nothing */
};
enum verdict smtpd_access_domain(struct smtpd *s, const struct access *a, const char *domain, bool *found);
enum verdict smtpd_access_address(struct smtpd *s, const struct access *a, const char *ip, bool *found);
enum verdict smtpd_access_mail(struct smtpd *s, const struct access *a, const char *external, bool *found);
enum verdict smtpd_access_key(struct smtpd *s, const struct access *a, const char *key, bool *found);
/* A status about a recipient makes no sense for a sender, and the other way round; logs what it is mapped to. */
void smtpd_fix_dsn(const char *class, char dsn[12]);
/* Carries out an action as tables and policy servers give it. */
enum verdict smtpd_access_act(struct smtpd *s, const struct access *a, const char *table, struct str action);

/* smtpd_restrict_dns.c: dns_ask() with smtpd_dns_reply_filter */
void smtpd_dns_ask(struct dns_query *q, size_t n);

/* smtpd_policy.c */
struct policy *smtpd_policy_new(const char *param, const char *text, struct why *why) MUST;

extern const char smtpd_class_client[], smtpd_class_reverse[], smtpd_class_helo[], smtpd_class_sender[],
    smtpd_class_rcpt[], smtpd_class_etrn[], smtpd_class_cert[], smtpd_class_sasl[];

/* The recipient is accepted: was it an old default that did it? Logs which. */
void restrict_tell_compat(struct smtpd *s);

#endif
