/* milter_packet.h - packets of the Milter protocol: numbers, texts, nothing else */
/* SPDX-License-Identifier: ISC */
#ifndef MILTER_MILTER_PACKET_H
#define MILTER_MILTER_PACKET_H

#include "base/base.h"
#include "base/buf.h"
#include "milter/milter.h"

enum { MILTER_PACKET_MAX = 1 << 20 };

enum milter_action { /* what a filter may change */
    MACT_ADD_HEADERS = 1, MACT_BODY = 2, MACT_ADD_RCPT = 4, MACT_DEL_RCPT = 8, MACT_CHANGE_HEADERS = 0x10,
    MACT_QUARANTINE = 0x20, MACT_SENDER = 0x40, MACT_RCPT_PARAMS = 0x80, MACT_SYMBOLS = 0x100,
};

enum milter_protocol { /* what it does not want to be told, or does not answer */
    MPROT_NO_CONNECT = 1, MPROT_NO_HELO = 2, MPROT_NO_MAIL = 4, MPROT_NO_RCPT = 8, MPROT_NO_BODY = 0x10,
    MPROT_NO_HEADERS = 0x20, MPROT_NO_EOH = 0x40, MPROT_NR_HEADER = 0x80, MPROT_NO_UNKNOWN = 0x100,
    MPROT_NO_DATA = 0x200, MPROT_SKIP = 0x400, MPROT_RCPT_REJECTED = 0x800, MPROT_NR_CONNECT = 0x1000,
    MPROT_NR_HELO = 0x2000, MPROT_NR_MAIL = 0x4000, MPROT_NR_RCPT = 0x8000, MPROT_NR_DATA = 0x10000,
    MPROT_NR_UNKNOWN = 0x20000, MPROT_NR_EOH = 0x40000, MPROT_NR_BODY = 0x80000, MPROT_LEADING_SPACE = 0x100000,
};

struct milter_offer { /* the filter's side of the negotiation */
    uint32_t version, actions, protocol;
    struct str symbols; /* see milter_packet_symbols() */
};

/* Payload of an 'O' packet. */
enum result milter_packet_offer(struct str data, struct milter_offer *out) MUST;
/* Cuts one "stage, names" off: OK; NONE at the end; PERM: malformed. */
enum result milter_packet_symbols(struct str *rest, uint32_t *stage, struct str *names) MUST;
/* Payload of a 'y' packet: an SMTP reply 4xx or 5xx, "%%" read as "%". PERM: it is none. */
enum result milter_packet_reply(struct str data, struct buf *out) MUST;
/* Payload of a change; names and values are views into data, which stays. PERM: malformed. */
enum result milter_packet_edit(char what, struct str data, struct milter_edit *out) MUST;
/* Is this packet a change? */
bool milter_packet_is_edit(char what);
void milter_packet_u32(struct buf *out, uint32_t v);

#endif
