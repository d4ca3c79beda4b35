/* smtp_client_test.h - what the tests of the SMTP client share: its process state, without a process */
/* SPDX-License-Identifier: ISC */
#ifndef TESTS_UNIT_SMTP_CLIENT_TEST_H
#define TESTS_UNIT_SMTP_CLIENT_TEST_H

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "test.h"

static inline void smtp_test_begin(const char *const *settings)
{
    static char dir[] = "/tmp/smtp_test.XXXXXX";

    if (!mkdtemp(dir))
        abort();
    param_load(dir, true);
    param_override("myhostname=me.example.test");
    for (; settings && *settings; settings++)
        param_override(*settings);
    smtp_agent = mem_new(sizeof *smtp_agent);
}

#endif
