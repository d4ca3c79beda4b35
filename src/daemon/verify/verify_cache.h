/* verify_cache.h - what is known of addresses, in memory and, now and then, in a file */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_VERIFY_CACHE_H
#define DAEMON_VERIFY_CACHE_H

#include "base/base.h"
#include "service/verify.h"

struct verify_entry {
    enum verify_status status;
    int64_t probed;  /* unix time of the last probe that has not answered yet; 0 = none */
    int64_t updated; /* of the last answer; 0 = none */
    char text[];
};

/* Before the jail: opens the directory of address_verify_map. */
void verify_cache_open(void);
/* Reads what was kept. */
void verify_cache_load(void);
/* NULL: nothing known, or expired. */
struct verify_entry *verify_cache_get(const char *addr);
/* Makes or replaces. */
void verify_cache_put(const char *addr, enum verify_status status, int64_t probed, int64_t updated, const char *text);
/* Throws out what has expired. */
void verify_cache_clean(void);
/* Writes the file when something has changed. */
void verify_cache_save(void);
/* Would anything be lost if the process ended? */
bool verify_cache_needed(void);

#endif
