/* postpasswd.c - makes a password entry for the table of smtpd_sasl_type = postlet
 *
 * The password comes from the terminal, without echo and twice, or is the first line of standard input. The entry
 * goes to standard output, with the user's name in front when one is given: a line for postmap.
 * Runs as: anybody.  Parameters: none.  Feature: SASL_USERS.  Tests: tests/peers/test_auth_users.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/password.h"

int postpasswd_main(int argc, char **argv);

/* One line; the terminal, if it is one, does not show it. False at the end of input. */
static bool read_line(const char *prompt, char *line, int size)
{
    struct termios old, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &old) == 0;
    char *got;

    if (terminal) {
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        fputs(prompt, stderr);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    got = fgets(line, size, stdin);
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    if (got)
        line[strcspn(line, "\r\n")] = 0;
    return got != NULL;
}

static void read_password(char line[PASSWORD_MAX + 2])
{
    char again[PASSWORD_MAX + 2];
    bool same = true;

    setvbuf(stdin, NULL, _IONBF, 0); /* no second copy */
    if (!read_line("New password: ", line, PASSWORD_MAX + 2))
        log_fatal_status(EX_DATAERR, "no password");
    if (isatty(STDIN_FILENO)) {
        same = read_line("Again: ", again, sizeof again) && strcmp(line, again) == 0;
        mem_wipe(again, sizeof again);
    }
    if (!same)
        log_fatal_status(EX_DATAERR, "the two are not the same");
    if (!*line || strlen(line) > PASSWORD_MAX || !str_is_utf8(str_of(line)))
        log_fatal_status(EX_DATAERR, "a password has 1 to %d bytes of UTF-8", PASSWORD_MAX);
}

static void check_user(const char *user)
{
    for (const char *p = user; *p; p++)
        if (chr_is_space(*p) || (unsigned char)*p < 32 || *p == 127)
            log_fatal_status(EX_USAGE, "a user's name has no blanks");
}

int postpasswd_main(int argc, char **argv)
{
    struct password_scram entry = { .rounds = PASSWORD_ROUNDS, .salt_n = PASSWORD_SALT };
    char password[PASSWORD_MAX + 2];
    struct buf text;
    int64_t rounds;
    int c;

    log_open(&(struct log_options){ .tag = "postpasswd", .sinks = LOG_TO_STDERR, .exit_status = EX_SOFTWARE });
    optind = 1;
    while ((c = getopt(argc, argv, "i:")) > 0) {
        if (c != 'i')
            log_fatal_status(EX_USAGE, "usage: postpasswd [-i rounds] [user]");
        if (num_parse(str_of(optarg), PASSWORD_ROUNDS, PASSWORD_ROUNDS_MAX, &rounds) != OK)
            log_fatal_status(EX_USAGE, "-i wants a number from %d to %d", PASSWORD_ROUNDS, PASSWORD_ROUNDS_MAX);
        entry.rounds = (unsigned)rounds;
    }
    if (optind + 1 < argc)
        log_fatal_status(EX_USAGE, "usage: postpasswd [-i rounds] [user]");
    if (argv[optind])
        check_user(argv[optind]);
    read_password(password);
    crypto_random(entry.salt, entry.salt_n);
    if (password_keys(str_of(password), &entry) != OK)
        log_fatal("the TLS library has no SHA-256");
    mem_wipe(password, sizeof password);
    buf_init(&text, 512);
    password_print(&entry, &text);
    printf("%s%s%s\n", argv[optind] ? argv[optind] : "", argv[optind] ? "\t" : "", text.p);
    buf_done(&text);
    return 0;
}
