/* status.h - what a service process and master tell each other, over SERVICE_STATUS_FD
 *
 * SOCK_SEQPACKET, one struct a message, each child its own socket, so nobody
 * can speak for another. master closes its end to say: finish and go.
 */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_STATUS_H
#define SERVICE_STATUS_H

#include "base/base.h"

enum status_what {
    STATUS_IDLE = 'A',  /* waiting for a client */
    STATUS_BUSY = 'B',  /* has one */
    STATUS_HURRY = 'H', /* master says: all processes are busy; finish with less patience, and go */
    STATUS_WAKE = 'W',  /* arg: seconds until this service wants to be started again; <0 = for news only */
};

struct service_status {
    int64_t what;
    int64_t arg;
};

#endif
