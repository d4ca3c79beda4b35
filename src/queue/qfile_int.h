/* qfile_int.h - the bytes of a queue file, known to its reader and its writer only */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QFILE_INT_H
#define QUEUE_QFILE_INT_H

#include <string.h>

#include "queue/qfile.h"

/* Head, all little endian:
 *   0 magic, 8 flags, 12 recipients, 16 arrival seconds, 24 microseconds, 28 length of attributes, 32 size,
 *  40 content offset, 48 content length, 56 envelope offset, 64 envelope length, 68 CRC of the content,
 *  72 CRC of the envelope, 76 boot, 80 milliseconds since boot, 88 queue id, 120 CRC of all before, 124 marks (low
 * half) and their complement. Smaller than a sector, so it reaches the disk whole or not at all. */
enum {
    QHEAD_SIZE = 128, QHEAD_ID = 88, QHEAD_ID_MAX = 32, QHEAD_CRC = 120, QHEAD_MARKS = 124,
    QENV_ATTR_MAX = 65536,    /* attributes: everything of the envelope that is not a recipient */
    QENV_RECORD = 5,          /* type, u32 length */
    QENV_RCPT_FIXED = 2,      /* state, notify; then address, original, ORCPT, each with its NUL */
    QENV_RCPT_MAX = 16384,
    QENV_RCPT_MIN = QENV_RECORD + QENV_RCPT_FIXED + 3,
    QSTATUS_FIXED = 24,       /* magic, length of the text, recipient, when, CRC; then dsn NUL text NUL */
    QSTATUS_MAGIC = 0x54535150,
    QSTATUS_TEXT_MAX = 2048,
};

#define QHEAD_MAGIC "postlet\x02" /* the last byte is the version */

struct qhead {
    uint32_t flags, rcpts, attr_len, usec, env_len, content_crc, env_crc, boot, crc;
    int64_t boot_ms, arrival, size, content_offset, content_len, env_offset;
};

/* One attribute of the envelope: its record type and its field in struct qfile_env. */
struct qfile_attr {
    char type;
    size_t at;    /* offsetof */
    bool number;  /* unsigned, as u32; else const char * */
};
extern const struct qfile_attr qfile_attrs[];
extern const size_t qfile_attr_count;

/* A number for this boot of the machine, never 0 unless unknown. */
uint32_t qboot_id(void);
int64_t qboot_ms(void);

static inline void le32_put(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static inline void le64_put(uint8_t *p, uint64_t v)
{
    le32_put(p, (uint32_t)v);
    le32_put(p + 4, (uint32_t)(v >> 32));
}

static inline uint32_t le32_get(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t le64_get(const uint8_t *p)
{
    return le32_get(p) | (uint64_t)le32_get(p + 4) << 32;
}

static inline uint32_t qmarks_pack(unsigned marks)
{
    return (marks & 0xFFFF) | (~marks & 0xFFFF) << 16;
}

/* Marks that do not match their complement count as none: they are hints, not mail. */
static inline unsigned qmarks_unpack(uint32_t v)
{
    return (v >> 16) == (~v & 0xFFFF) ? v & 0xFFFF : 0;
}

#endif
