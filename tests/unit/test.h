/* test.h - the whole test framework: CHECK() counts, a summary line ends each program */
/* SPDX-License-Identifier: ISC */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <stdio.h>
#include <string.h>

static int test_passed, test_failed;

#define CHECK(what)                                                              \
    do {                                                                         \
        if (what) {                                                              \
            test_passed++;                                                       \
        } else {                                                                 \
            test_failed++;                                                       \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #what);   \
        }                                                                        \
    } while (0)

#define CHECK_STR(got, want)                                                     \
    do {                                                                         \
        const char *got_ = (got), *want_ = (want);                               \
        if (got_ && strcmp(got_, want_) == 0) {                                  \
            test_passed++;                                                       \
        } else {                                                                 \
            test_failed++;                                                       \
            fprintf(stderr, "%s:%d: got \"%s\", want \"%s\"\n", __FILE__,        \
                    __LINE__, got_ ? got_ : "(null)", want_);                    \
        }                                                                        \
    } while (0)

#define TEST_END()                                                               \
    (printf("%s: %d passed, %d failed\n", __FILE__, test_passed, test_failed),   \
     test_failed != 0)

#endif
