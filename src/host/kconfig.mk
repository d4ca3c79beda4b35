# Configuration: the Kconfig files and .config in, autoconf.h out, by a small program of ours.
KCONF         := $(O)/host/kconf
KCONF_SRC     := $(wildcard src/host/kconf/*.c)
KCONFIG_FILES := Kconfig $(wildcard src/*/Kconfig src/*/*/Kconfig)
HOSTCFLAGS    ?= -O1
kconf          = KCONFIG_CONFIG=$(KCONFIG_CONFIG) $(KCONF) $(srctree) $(O)
defconfig_of   = $(firstword $(wildcard board/$(1)/$(1)_defconfig board/*/$(1)_defconfig board/$(1)_defconfig))

$(KCONF): $(KCONF_SRC) src/host/kconf/kconf.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(HOSTCFLAGS) -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra $(if $(WERROR),-Werror) -o $@ $(KCONF_SRC)

# Both keep their time stamp when nothing in them changes, so nothing is rebuilt for nothing.
$(KCONFIG_CONFIG): $(KCONFIG_FILES) | $(KCONF)
	@if [ -f $@ ]; then $(kconf) olddefconfig; else mkdir -p $(@D) && $(kconf) defconfig; fi

$(O)/autoconf.h: $(KCONFIG_CONFIG) $(KCONF)
	@mkdir -p $(@D)
	@$(kconf) olddefconfig

.PHONY: defconfig olddefconfig savedefconfig allyesconfig allnoconfig menuconfig
defconfig olddefconfig allyesconfig allnoconfig: $(KCONF)
	@mkdir -p $(O)
	@$(kconf) $@

# The distribution's own menu program when it is there, else a plain one of ours.
menuconfig: $(KCONF)
	@mkdir -p $(O)
	@mconf=$$(command -v kconfig-mconf || command -v mconf || :); \
	if [ -n "$$mconf" ] && [ -z "$(PLAIN)" ]; then KCONFIG_CONFIG=$(KCONFIG_CONFIG) $$mconf Kconfig && $(kconf) olddefconfig; \
	else $(kconf) menuconfig; fi

# SAVE=FILE names the result.
savedefconfig: $(KCONF)
	@$(kconf) savedefconfig $(if $(SAVE),$(SAVE),$(O)/defconfig)
	@echo "saved as $(if $(SAVE),$(SAVE),$(O)/defconfig)"

%_defconfig: $(KCONF)
	@mkdir -p $(O)
	@test -n "$(call defconfig_of,$*)" || { echo "no board/*/$@; there are:" $(notdir $(wildcard board/*/*_defconfig)) >&2; exit 1; }
	@$(kconf) defconfig $(call defconfig_of,$*)

# Libraries that the machine lacks: mbedTLS 3.6 on Debian 12.
.PHONY: deps
deps:
	@CC="$(CC)" AR="$(AR)" src/host/deps.sh $(DEPS)
