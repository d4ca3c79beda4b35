/* command_env.h - the environment that commands of others get */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_COMMAND_ENV_H
#define DELIVER_COMMAND_ENV_H

#include "base/base.h"

struct command_env {
    char *list[64]; /* "NAME=value", NULL-terminated */
    size_t n;
};

/* What export_environment allows of our own, and a search path. */
void command_env_init(struct command_env *e);
/* In place of an earlier value of this name. The value in the list; NULL: value is NULL, or there is no room. */
char *command_env_set(struct command_env *e, const char *name, const char *value);
void command_env_done(struct command_env *e);

#endif
