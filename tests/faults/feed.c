/* feed.c - sends numbered messages and writes down, on the disk itself, which were acknowledged
 *
 *   feed PORT DISK MARKS CHILDREN MESSAGES
 *
 * Runs inside the machine of powercut.py. Each child sends MESSAGES messages, by SMTP to 127.0.0.1 and by sendmail.
 * For each that was acknowledged a block with the text "ACK TOKEN" goes directly to DISK behind the offset MARKS, where
 * no file system is: in the log of the disk's writes it stands after everything that was written before the reply.
 * The content can be checked by its token alone: see check_text() in powercut.py.
 */
/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCK = 512, PER_CHILD = 1 << 20, SMALL = 12, LARGE = 2500 };

static int port, disk = -1;
static long marks;

static void mark(int child, int number, const char *token)
{
    static char room[2 * BLOCK];
    char *block = (char *)(((uintptr_t)room + BLOCK - 1) / BLOCK * BLOCK);

    memset(block, 0, BLOCK);
    snprintf(block, BLOCK, "ACK %s\n", token);
    if (pwrite(disk, block, BLOCK, marks + (long)child * PER_CHILD + (long)number * BLOCK) != BLOCK)
        perror("feed: mark");
    fprintf(stderr, "feed: ACK %s\n", token);
}

static void content(FILE *to, const char *token, int lines, const char *eol)
{
    fprintf(to, "Subject: %s%s%s", token, eol, eol);
    for (int i = 1; i <= lines; i++)
        fprintf(to, "line %d of %d in %s, and some more text for its length%s", i, lines, token, eol);
}

static int reply(FILE *f)
{
    char line[1024] = "";

    while (fgets(line, sizeof line, f))
        if (strlen(line) > 3 && line[3] != '-')
            return atoi(line);
    return -1;
}

static int command(FILE *in, FILE *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(out, fmt, ap);
    va_end(ap);
    fflush(out);
    return reply(in);
}

static int by_smtp(const char *rcpt, const char *token, int lines)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), good = 0;
    FILE *in, *out;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        close(fd);
        return 0;
    }
    in = fdopen(fd, "r");
    out = fdopen(dup(fd), "w");
    if (reply(in) == 220 && command(in, out, "EHLO feed.test\r\n") == 250 &&
        command(in, out, "MAIL FROM:<bob@example.test>\r\n") == 250 &&
        command(in, out, "RCPT TO:<%s>\r\n", rcpt) == 250 && command(in, out, "DATA\r\n") == 354) {
        content(out, token, lines, "\r\n");
        good = command(in, out, ".\r\n") == 250;
    }
    fclose(in);
    fclose(out);
    return good;
}

static int by_sendmail(const char *rcpt, const char *token, int lines)
{
    int ends[2], status;
    pid_t pid;
    FILE *to;

    if (pipe(ends) < 0 || (pid = fork()) < 0)
        return 0;
    if (pid == 0) {
        dup2(ends[0], 0);
        close(ends[0]);
        close(ends[1]);
        execl("/bin/sendmail", "sendmail", "-i", "-f", "bob@example.test", rcpt, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    to = fdopen(ends[1], "w");
    content(to, token, lines, "\n");
    fclose(to);
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static void feed(int child, int messages)
{
    static const char *const rcpts[] = { "alice@example.test", "alice@example.test", "boxed@example.test",
                                         "someone@later.test", "alice@example.test" };

    for (int i = 0; i < messages; i++) {
        int kind = (i + child) % 5, lines = i % 7 == 3 ? LARGE : SMALL;
        char token[64];

        snprintf(token, sizeof token, "m%d-%d-%d", child, i, lines);
        if (kind == 4 ? by_sendmail(rcpts[kind], token, lines) : by_smtp(rcpts[kind], token, lines))
            mark(child, i, token);
        else
            fprintf(stderr, "feed: no acknowledgement for %s\n", token);
    }
}

int main(int argc, char **argv)
{
    int children = argc == 6 ? atoi(argv[4]) : 0;

    if (argc != 6)
        return 64;
    port = atoi(argv[1]);
    marks = atol(argv[3]);
    disk = open(argv[2], O_WRONLY | O_DIRECT);
    if (disk < 0) {
        perror(argv[2]);
        return 1;
    }
    for (int c = 0; c < children; c++)
        if (fork() == 0) {
            feed(c, atoi(argv[5]));
            return 0;
        }
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    return 0;
}
