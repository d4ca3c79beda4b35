/* master_cf.c */
/* SPDX-License-Identifier: ISC */
#include "param/master_cf.h"
extern int master_cf_pending;
int master_cf_pending;
