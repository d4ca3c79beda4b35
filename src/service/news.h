/* news.h - the pipe that tells the queue manager of new mail */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_NEWS_H
#define SERVICE_NEWS_H

#include "base/base.h"

/* on: this process was started by master and has SERVICE_NEWS_FD. */
void news_open(bool on);
/* One record, SERVICE_NEWS_SIZE bytes: kind, NUL-padded text. */
void news_fill(char *record, char kind, const char *arg);

#endif
