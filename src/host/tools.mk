# Daily help for those who change the source, and installation.  SPDX-License-Identifier: ISC
.PHONY: help lint longest size bloat bloat-base cross onefeature costs install uninstall clean

help:
	@echo 'The program'
	@echo '  make defconfig && make       builds $(O)/postlet'
	@echo '  make run                     everything from nothing: builds, starts privately, delivers two messages'
	@echo '  make check                   everything from nothing: builds and runs all tests'
	@echo '  make install DESTDIR= PREFIX=/usr        and uninstall'
	@echo 'Configuration'
	@echo '  make menuconfig | olddefconfig | savedefconfig SAVE=FILE | allnoconfig | allyesconfig'
	@echo '  make NAME_defconfig          NAME:' $(patsubst %_defconfig,%,$(notdir $(wildcard board/*/*_defconfig)))
	@echo '  make deps                    builds mbedTLS 3.6 and TinyCDB where the compiler finds none'
	@echo '  O=DIR CC= CROSS_COMPILE= HOSTCC= SYSROOT= DEPS=DIR CFLAGS= LDFLAGS= WERROR=1'
	@echo 'Tests, each a part of make check'
	@echo '  make unit | lint | dialogues [TESTS=path] | fuzz FUZZ_SECONDS=10 | params'
	@echo '  make compat                  the dialogues against the Postfix installed here'
	@echo '  make boards [TARGETS=]       unit tests and dialogues of every processor under qemu-user'
	@echo '  make malta                   a MIPS router in QEMU: sends, relays, loses its power'
	@echo '  make onefeature              every symbol switched off alone, every board'
	@echo 'Looking'
	@echo '  make longest | costs (writes what each symbol costs into the help texts)'
	@echo '  make size [TARGETS= BOARDS=]   programs for boards against their budgets, and where the bytes are'
	@echo '  make bloat [BASE=PROGRAM]    symbol by symbol against an earlier program (make bloat-base keeps one)'
	@echo '  make cross [TARGETS=]        musl compilers for boards in $(O)/cross/TARGET/cc'

lint:
	@src/host/lint.sh

longest:
	@src/host/longest.sh 30

# TARGETS="x86-64 mipsel" BOARDS="nullclient relay full" FILES=20
size:
	@MAKE="$(MAKE)" CROSS="$(O)/cross" src/host/size.sh $(O)/size

# BASE=PROGRAM is an earlier one, not stripped; without it, what "make bloat-base" kept.
bloat: $(O)/postlet
	@NM=$(CROSS_COMPILE)nm src/host/bloat.sh $(or $(BASE),$(O)/bloat.base) $(O)/postlet
bloat-base: $(O)/postlet
	@cp $(O)/postlet $(O)/bloat.base && echo "kept as $(O)/bloat.base"

# Compilers for boards, with musl and the libraries: $(O)/cross/TARGET/cc. TARGETS=mipsel
cross:
	@for t in $(or $(TARGETS),$$(src/host/cross.sh)); do src/host/cross.sh $$t $(O)/cross/$$t || exit 1; done

onefeature:
	@MAKE="$(MAKE)" CC="$(CC)" DEPS="$(abspath $(DEPS))" src/host/onefeature.sh $(O)/onefeature $(SYMBOLS)

costs:
	@test -f $(O)/onefeature/sizes || $(MAKE) onefeature
	@src/host/costs.sh $(O)/onefeature/sizes

clean:
	@rm -rf $(O)/src $(O)/test $(O)/postlet $(O)/.flags $(O)/onefeature

# What is installed where. Links are relative, so that DESTDIR can become any root.
SBINDIR  ?= $(PREFIX)/sbin
BINDIR   ?= $(PREFIX)/bin
LIBDIR   ?= $(PREFIX)/lib
MANDIR   ?= $(PREFIX)/share/man
CONFDIR   = $(call unquote,$(CONFIG_CONFIG_DIR))

install: $(O)/postlet
	@DESTDIR="$(DESTDIR)" SBINDIR="$(SBINDIR)" BINDIR="$(BINDIR)" LIBDIR="$(LIBDIR)" MANDIR="$(MANDIR)" \
	CONFDIR="$(CONFDIR)" STRIP="$(STRIP)" src/host/install.sh install $(O)/postlet $(O)/.config

uninstall:
	@DESTDIR="$(DESTDIR)" SBINDIR="$(SBINDIR)" BINDIR="$(BINDIR)" LIBDIR="$(LIBDIR)" MANDIR="$(MANDIR)" \
	CONFDIR="$(CONFDIR)" src/host/install.sh uninstall $(O)/postlet $(O)/.config
