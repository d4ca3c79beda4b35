# postlet - see README.md.  SPDX-License-Identifier: ISC
#
#   make defconfig && make        the program, build/postlet
#   make run | check              one command each on a fresh machine
#   make help                     everything else

.DEFAULT_GOAL := all
O        ?= build
CROSS_COMPILE ?=
ifeq ($(origin CC),default)
CC       := $(CROSS_COMPILE)gcc
endif
AR       := $(CROSS_COMPILE)ar
STRIP    := $(CROSS_COMPILE)strip
HOSTCC   ?= cc
PREFIX   ?= /usr
DEPS     ?= $(O)/deps
KCONFIG_CONFIG ?= $(O)/.config

srctree  := $(CURDIR)

# Configuration targets do not need a configuration; several goals with one of them among them run one by one.
config_goals := $(filter %config,$(MAKECMDGOALS))
ifneq ($(and $(config_goals),$(filter-out $(config_goals),$(MAKECMDGOALS))),)

.PHONY: one_by_one $(MAKECMDGOALS)
$(MAKECMDGOALS): one_by_one
	@:
one_by_one:
	@for goal in $(MAKECMDGOALS); do $(MAKE) --no-print-directory $$goal || exit 1; done

else

# Nor do these; on a fresh machine they come before the compiler.
bare_goals := run check help lint longest clean deps onefeature costs size cross boards malta
ifneq ($(or $(filter-out $(config_goals) $(bare_goals),$(MAKECMDGOALS)),$(if $(MAKECMDGOALS),,all)),)
-include $(KCONFIG_CONFIG)
endif

# Quotes of Kconfig strings are not for make.
unquote   = $(patsubst "%",%,$(1))

CFLAGS   ?= -Os -g
WARN      = -Wall -Wextra -Wundef -Wvla -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wno-unused-parameter
BASE_CFLAGS = -std=c11 -D_GNU_SOURCE -Isrc -I$(O) -I$(O)/gen $(WARN) $(if $(WERROR),-Werror) \
	-ffunction-sections -fdata-sections -fno-strict-aliasing -fno-common -fno-asynchronous-unwind-tables -fno-unwind-tables
BASE_LDFLAGS = -Wl,--gc-sections -Wl,--as-needed $(if $(CONFIG_STATIC),-static)
ifneq ($(SYSROOT),)
BASE_CFLAGS  += --sysroot=$(SYSROOT)
BASE_LDFLAGS += --sysroot=$(SYSROOT)
endif
DEPS_CFLAGS  = $(if $(wildcard $(DEPS)/include),-isystem $(DEPS)/include)
DEPS_LDFLAGS = $(if $(wildcard $(DEPS)/lib),-L$(DEPS)/lib)

.DEFAULT_GOAL := all

obj-y :=
libs-y :=
include src/build.mk
include $(wildcard src/*/build.mk) $(wildcard src/*/*/build.mk)

# A dozen functions are not worth a shared library: each one costs every process memory and time at its start.
cdb_archive := $(wildcard $(shell $(CC) $(if $(SYSROOT),--sysroot=$(SYSROOT)) -print-file-name=libcdb.a 2>/dev/null))

libs-$(CONFIG_TLS)     += -lmbedtls -lmbedx509 -lmbedcrypto
libs-$(CONFIG_MAP_CDB) += $(if $(wildcard $(DEPS)/lib/libcdb.*),-lcdb,$(or $(cdb_archive),-lcdb))
libs-$(CONFIG_SASL_CRYPT) += -lcrypt
libs-$(CONFIG_MAP_PCRE) += -lpcre2-8

OBJS := $(addprefix $(O)/,$(sort $(obj-y)))

# The same source gives the same bytes, wherever it lies.
BASE_CFLAGS += -ffile-prefix-map=$(abspath $(O))=build -ffile-prefix-map=$(srctree)=.

# Rewritten when the commands change, so that objects and program follow.
flags_now = $(CC) $(filter-out -W%,$(BASE_CFLAGS)) $(DEPS_CFLAGS) $(CFLAGS) $(CPPFLAGS) / $(BASE_LDFLAGS) $(DEPS_LDFLAGS) $(LDFLAGS) $(libs-y) / $(OBJS)
$(O)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(flags_now)' | cmp -s - $@ || echo '$(flags_now)' >$@
.PHONY: FORCE
FORCE:

# Says what to do about a missing library before the compiler says it in its own words.
$(O)/.libs: $(KCONFIG_CONFIG) $(O)/.flags
	@sh src/host/libs.sh $(KCONFIG_CONFIG) $(CC) $(if $(SYSROOT),--sysroot=$(SYSROOT)) $(DEPS_CFLAGS) $(DEPS_LDFLAGS) $(LDFLAGS)
	@touch $@

.PHONY: all
all: $(O)/postlet

$(O)/postlet: $(OBJS) $(O)/.flags
	@echo "  LD      $@"
	@$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(DEPS_LDFLAGS) $(LDFLAGS) -o $@ $(OBJS) $(libs-y) $(LDLIBS)

# -MD and not -MMD would name system headers too; header removal is handled by -MP.
$(O)/%.o: %.c $(O)/autoconf.h $(O)/.flags | $(O)/.libs $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(BASE_CFLAGS) $(DEPS_CFLAGS) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJS:.o=.d)

include src/host/kconfig.mk
include src/host/tools.mk
include tests/tests.mk

endif
