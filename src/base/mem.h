/* mem.h - allocation that ends the process, with a temporary status, when it fails */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/base.h"

/* Zeroed memory; never NULL. The caller frees with free(). */
void *mem_new(size_t n) MUST;
/* n elements of size bytes, multiplication checked. */
void *mem_new_array(size_t n, size_t size) MUST;
void *mem_resize(void *p, size_t n) MUST;
char *mem_dup(const char *text) MUST;
char *mem_dup_n(const char *p, size_t n) MUST;
/* Formatted copy; the caller frees. */
char *mem_printf(const char *fmt, ...) MUST PRINTF(1, 2);
/* Overwrites a secret so that the compiler cannot leave it out. */
void mem_wipe(void *p, size_t n);
/* Before a long sleep: lets go of the program's own code and constants until they are needed again. */
void mem_idle(void);

#endif
