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
/* Nothing is added when value is NULL or empty, or there is no room. */
void command_env_add(struct command_env *e, const char *name, const char *value);
void command_env_done(struct command_env *e);

#endif
