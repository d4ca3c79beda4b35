/* master.h - the supervisor's entry */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_MASTER_MASTER_H
#define DAEMON_MASTER_MASTER_H

int master_main(int argc, char **argv);

#endif
