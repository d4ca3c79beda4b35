/* rows.h - every parameter row, in the order of their files
 *
 * Include after defining the P_ macros that are wanted; they are undefined again
 * at the end. Deliberately without an include guard.
 */
/* SPDX-License-Identifier: ISC */
#ifndef P_STR
#define P_STR(...)
#endif
#ifndef P_RAW
#define P_RAW(...)
#endif
#ifndef P_INT
#define P_INT(...)
#endif
#ifndef P_SIZE
#define P_SIZE(...)
#endif
#ifndef P_TIME
#define P_TIME(...)
#endif
#ifndef P_BOOL
#define P_BOOL(...)
#endif
#ifndef P_NONE
#define P_NONE(...)
#endif
#ifndef P_OLD
#define P_OLD(...)
#endif
#ifndef P_GONE
#define P_GONE(...)
#endif
#ifndef P_VOID
#define P_VOID(...)
#endif

#include "cleanup/canonical.def"
#include "cleanup/checks.def"
#include "cleanup/cleanup_core.def"
#include "cleanup/smtputf8.def"
#include "cleanup/virtual_alias.def"
#include "daemon/bounce/bounce.def"
#include "daemon/flush/flush.def"
#include "daemon/local/local.def"
#include "daemon/local/mailbox.def"
#include "daemon/master/master.def"
#include "daemon/postscreen/postscreen.def"
#include "daemon/postscreen/tlsproxy.def"
#include "daemon/qmgr/qmgr.def"
#include "daemon/smtp/lmtp.def"
#include "daemon/smtp/smtp_cache.def"
#include "daemon/smtp/smtp_core.def"
#include "daemon/smtp/smtp_dane.def"
#include "daemon/smtp/smtp_dns.def"
#include "daemon/smtp/smtp_sasl.def"
#include "daemon/smtp/smtp_tls.def"
#include "daemon/smtpd/anvil.def"
#include "daemon/smtpd/smtpd_core.def"
#include "daemon/smtpd/smtpd_policy.def"
#include "daemon/smtpd/smtpd_proxy.def"
#include "daemon/smtpd/smtpd_restrictions.def"
#include "daemon/smtpd/smtpd_sasl.def"
#include "daemon/smtpd/smtpd_tls.def"
#include "daemon/verify/verify.def"
#include "daemon/virtual/virtual.def"
#include "map/tables.def"
#include "milter/milter.def"
#include "param/basic.def"
#include "param/compat.def"
#include "param/paths.def"
#include "queue/queue.def"
#include "route/resolve.def"
#include "route/rewrite.def"
#include "service/logging.def"
#include "service/tls_library.def"
#include "tool/submission.def"

#undef P_STR
#undef P_RAW
#undef P_INT
#undef P_SIZE
#undef P_TIME
#undef P_BOOL
#undef P_NONE
#undef P_OLD
#undef P_GONE
#undef P_VOID
