/* fuzz_master_cf.c - param/master_cf */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "param/master_cf.h"
#include "param/param_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_dup_n((const char *)data, size);
    struct master_entry *list;
    size_t chars = 0;

    log_open(&(struct log_options){ .tag = "fuzz" });
    if (master_cf_parse("master.cf", text, size, &list) == OK)
        for (const struct master_entry *e = list; e; e = e->next) {
            for (int i = 0; i < e->argc; i++)
                chars += strlen(e->argv[i]);
            if (e->argv[e->argc] || !e->argc || chars > size || e->wakeup < 0 || e->maxproc < -1)
                abort();
            (void)master_cf_option(e, "a");
            if (!master_cf_find(list, e->name, e->type))
                abort();
        }
    master_cf_free(list);
    free(text);
    return 0;
}
