/* fuzz_main_cf.c - param: lines, settings, expressions and values of main.cf */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "param/param.h"
#include "param/param_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text, why[200];
    const char *at = "";
    int line;
    const char *name, *raw;

    if (size > 4096)
        return 0;
    log_open(&(struct log_options){ .tag = "fuzz" });
    text = mem_dup_n((const char *)data, size);
    if (!param_load_text(text, size, &line, &at) && param_check() == OK)
        for (size_t i = 0; param_each_set(&i, &name, &raw);)
            if (!param_text_why(name, why, sizeof why))
                abort(); /* param_check has seen it */
    param_reset();
    free(text);
    return 0;
}
