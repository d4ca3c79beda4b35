# Tests.  SPDX-License-Identifier: ISC
#
# Unit tests: every tests/unit/NAME_test.c is a program, linked with all of src
# but main.c, under address and undefined-behaviour sanitizers; with SAN= the objects are the program's own.
T_DIR     = $(O)/test
SAN      ?= -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
TEST_OBJS = $(patsubst %,$(if $(SAN),$(T_DIR),$(O))/%,$(filter-out src/main.o,$(sort $(obj-y))))
UNIT      = $(patsubst tests/unit/%.c,$(T_DIR)/%,$(wildcard tests/unit/*_test.c))

$(T_DIR)/%.o: %.c $(O)/autoconf.h $(O)/.flags | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC-SAN  $<"
	@$(CC) $(BASE_CFLAGS) $(DEPS_CFLAGS) -O1 -g $(SAN) -Itests/unit -MMD -MP -c -o $@ $<

$(T_DIR)/libpostlet.a: $(TEST_OBJS)
	@mkdir -p $(@D) && rm -f $@ && $(AR) rcsD $@ $^

$(T_DIR)/%_test: $(T_DIR)/tests/unit/%_test.o $(T_DIR)/libpostlet.a
	@$(CC) $(SAN) -Wl,--gc-sections $(DEPS_LDFLAGS) $(LDFLAGS) $(UNIT_LDFLAGS) -o $@ $< $(T_DIR)/libpostlet.a $(libs-y)

-include $(TEST_OBJS:.o=.d) $(UNIT:$(T_DIR)/%=$(T_DIR)/tests/unit/%.d)

.PRECIOUS: $(T_DIR)/%.o
.PHONY: unit unit_programs check run compat dialogues boards malta fuzz fuzzers
unit_programs: $(UNIT)
unit: unit_programs
	@for t in $(UNIT); do ASAN_OPTIONS=detect_leaks=0 $$t || exit 1; done

# Figures beside Debian's Postfix: ROUNDS=5 ONLY=relay1,flash* QUEUE=/dev/shm; WRITE=1 keeps them
.PHONY: bench
bench: $(O)/postlet
	@command -v smtp-source >/dev/null || [ -x /usr/sbin/smtp-source ] || { echo "bench: installing postfix"; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postfix >/dev/null; }
	@python3 tests/bench/bench.py --rounds $(or $(ROUNDS),3) $(if $(ONLY),--only '$(ONLY)') $(if $(QUEUE),--queue $(QUEUE)) \
	  $(if $(filter-out 0,$(WRITE)),--write tests/bench/RESULTS.md) $(O)/postlet

# One command on a fresh machine each.
check:
	@MAKE="$(MAKE)" O="$(O)" CC="$(CC)" DEPS="$(DEPS)" tests/check.sh

run:
	@src/host/packages.sh build
	@test -f $(KCONFIG_CONFIG) || $(MAKE) --no-print-directory defconfig
	@sh src/host/libs.sh $(KCONFIG_CONFIG) $(CC) -isystem $(DEPS)/include -L$(DEPS)/lib 2>/dev/null || $(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory all
	@src/host/demo.sh $(O)/postlet $(O)/run

# TESTS="tests/smtp/rcpt-*.t" chooses.
dialogues: $(O)/postlet
	@python3 tests/run.py --build $(O) $(TESTS)

# Static programs for the processors of boards, and their tests. TARGETS="mipsel s390x" chooses.
boards:
	@MAKE="$(MAKE)" CROSS="$(O)/cross" src/host/boards.sh $(O)/boards

# A router in QEMU: board/qemu-malta/README.md
malta:
	@MAKE="$(MAKE)" CROSS="$(O)/cross" board/qemu-malta/run.sh $(O)/malta

# Every fault at every system call (tests/faults/REPORT.md); FAULTS="--only smtp" chooses.
FAULTS ?=
$(O)/faults/inject: tests/faults/inject.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOSTCC) -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wshadow -Wno-unused-parameter $(if $(WERROR),-Werror) -o $@ $< -pthread

$(O)/faults/feed: tests/faults/feed.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOSTCC) -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wshadow -Wno-unused-parameter $(if $(WERROR),-Werror) -static -o $@ $<

# Power cuts at every flush of a virtual machine's disk; POWERCUT="--every 5" is quicker.
POWERCUT ?=
.PHONY: powercut
powercut: $(O)/postlet $(O)/faults/feed
	@command -v qemu-system-x86_64 >/dev/null && command -v busybox >/dev/null || { echo "powercut: installing QEMU"; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-system-x86 busybox-static >/dev/null; }
	@python3 tests/faults/powercut.py --build $(O) $(POWERCUT)

.PHONY: faults faults_tool
faults_tool: $(O)/faults/inject
faults: $(O)/postlet $(O)/faults/inject
	@for mode in kill killall errors; do python3 tests/faults/faults.py $$mode --build $(O) $(FAULTS) || exit 1; done
	@python3 tests/run.py --build $(O) tests/faults

# Every dialogue, and the generated ones, with Debian's Postfix and with ours: tests/compat/. REUSE=1 takes the recordings
# of Postfix that are in $(O)/compat already.
compat: $(O)/postlet
	@src/host/packages.sh peers
	@python3 tests/compat/compat.py --build $(O) $(if $(filter-out 0,$(REUSE)),--reuse) $(TESTS)

# Sessions and messages by chance: SEED=7 COUNT=100
.PHONY: compat_random
compat_random: $(O)/postlet
	@python3 tests/compat/at_random.py --build $(O) --seed $(or $(SEED),1) --count $(or $(COUNT),30)

# Fuzz targets need clang; each runs FUZZ_SECONDS on a copy of its corpus, and
# what it finds stays in the build directory.
FUZZ_SECONDS ?= 10
FUZZ_CC  ?= clang
F_DIR     = $(O)/fuzz
FUZZERS   = $(patsubst tests/fuzz/%.c,$(F_DIR)/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_OBJS = $(patsubst %,$(F_DIR)/%,$(filter-out src/main.o,$(sort $(obj-y))))
FUZZ_SAN  = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined

$(F_DIR)/%.o: %.c $(O)/autoconf.h $(O)/.flags | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC-FUZZ $<"
	@$(FUZZ_CC) $(BASE_CFLAGS) -Wno-missing-prototypes $(DEPS_CFLAGS) -O1 -g $(FUZZ_SAN) -MMD -MP -c -o $@ $<

$(F_DIR)/libpostlet.a: $(FUZZ_OBJS)
	@mkdir -p $(@D) && rm -f $@ && $(AR) rcsD $@ $^

$(F_DIR)/fuzz_%: $(F_DIR)/tests/fuzz/fuzz_%.o $(F_DIR)/libpostlet.a
	@$(FUZZ_CC) -fsanitize=fuzzer,address,undefined $(DEPS_LDFLAGS) -o $@ $< $(F_DIR)/libpostlet.a $(libs-y)

-include $(FUZZ_OBJS:.o=.d) $(FUZZERS:$(F_DIR)/%=$(F_DIR)/tests/fuzz/%.d)

.PRECIOUS: $(F_DIR)/%.o
fuzzers: $(FUZZERS)
fuzz: $(FUZZERS)
	@tests/fuzz/run.sh $(F_DIR) $(FUZZ_SECONDS) $(FUZZERS)
