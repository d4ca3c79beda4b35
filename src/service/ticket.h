/* ticket.h - the key of TLS session tickets that all processes of a service share */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_TICKET_H
#define SERVICE_TICKET_H

#include "base/base.h"
#include "service/shared.h"

struct ticket_keys {
    uint8_t current[SHARED_TICKET_KEY], previous[SHARED_TICKET_KEY];
    bool has_previous;
};

/* The keys of now; a new one is made each lifetime seconds. True: they have changed since the last call. Without shared
 * memory they are this process's own. */
bool ticket_keys(struct ticket_keys *keys, int lifetime);

#endif
