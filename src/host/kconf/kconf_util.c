/* kconf_util.c - memory, messages and files of the configuration tool */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int kconf_faults;

static void say(struct place at, const char *kind, const char *fmt, va_list args)
{
    if (at.file)
        fprintf(stderr, "%s:%d: ", at.file, at.line);
    else
        fputs("kconf: ", stderr);
    fputs(kind, stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
}

void *kconf_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);

    if (!p) {
        fputs("kconf: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

char *kconf_copy(const char *p, size_t n)
{
    char *s = kconf_alloc(n + 1);

    memcpy(s, p, n);
    return s;
}

void kconf_die(struct place at, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(at, "", fmt, args);
    va_end(args);
    exit(1);
}

void kconf_warn(struct place at, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(at, "warning: ", fmt, args);
    va_end(args);
}

void kconf_fault(struct place at, const char *fmt, ...)
{
    va_list args;

    kconf_faults++;
    va_start(args, fmt);
    say(at, "", fmt, args);
    va_end(args);
}

char *kconf_read(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t size = 0, room = 4096;
    char *text = kconf_alloc(room + 1);

    if (!f)
        return NULL;
    for (size_t got; (got = fread(text + size, 1, room - size, f)) > 0;) {
        size += got;
        if (size == room) {
            char *more = kconf_alloc(room * 2 + 1);

            memcpy(more, text, size);
            free(text);
            text = more;
            room *= 2;
        }
    }
    fclose(f);
    text[size] = '\0';
    return text;
}

char *kconf_join(const char *a, const char *b, const char *c)
{
    size_t room = strlen(a) + strlen(b) + strlen(c) + 1;
    char *s = kconf_alloc(room);

    snprintf(s, room, "%s%s%s", a, b, c);
    return s;
}

char *kconf_unquote(const char **p, struct place at)
{
    char quote = **p, *s = kconf_alloc(strlen(*p)), *out = s;
    const char *q = *p + 1;

    for (; *q && *q != quote; q++) {
        if (*q == '\\' && q[1])
            q++;
        *out++ = *q;
    }
    if (!*q)
        kconf_die(at, "no closing %c", quote);
    *p = q + 1;
    return s;
}

bool kconf_write(const char *path, const char *text)
{
    char *old = kconf_read(path), *tmp = kconf_join(path, ".tmp", "");
    FILE *f;

    if (old && strcmp(old, text) == 0)
        return false;
    f = fopen(tmp, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0 || rename(tmp, path) != 0)
        kconf_die((struct place){ NULL, 0 }, "cannot write %s", path);
    return true;
}
