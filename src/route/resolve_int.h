/* resolve_int.h - the tables that the files of resolve share */
/* SPDX-License-Identifier: ISC */
#ifndef ROUTE_RESOLVE_INT_H
#define ROUTE_RESOLVE_INT_H

#include "base/base.h"

extern struct resolve_tables {
    bool ready;
    struct match *virtual_alias_domains, *virtual_mailbox_domains, *relay_domains;
    struct maps *relocated_maps;
} resolve_tables;

#endif
