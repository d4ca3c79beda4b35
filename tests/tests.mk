# Unit tests: every tests/unit/NAME_test.c is a program, linked with all of src
# but main.c, under address and undefined-behaviour sanitizers.
T         = $(O)/test
SAN      ?= -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
TEST_OBJS = $(patsubst %,$(T)/%,$(filter-out src/main.o,$(sort $(obj-y))))
UNIT      = $(patsubst tests/unit/%.c,$(T)/%,$(wildcard tests/unit/*_test.c))

$(T)/%.o: %.c $(O)/autoconf.h
	@mkdir -p $(@D)
	@echo "  CC-SAN  $<"
	@$(CC) $(BASE_CFLAGS) $(DEPS_CFLAGS) -O1 -g $(SAN) -Itests/unit -MMD -MP -c -o $@ $<

$(T)/libpostlet.a: $(TEST_OBJS)
	@rm -f $@ && $(AR) rcsD $@ $^

$(T)/%_test: $(T)/tests/unit/%_test.o $(T)/libpostlet.a
	@$(CC) $(SAN) $(DEPS_LDFLAGS) -o $@ $< $(T)/libpostlet.a $(libs-y)

-include $(TEST_OBJS:.o=.d) $(UNIT:$(T)/%=$(T)/tests/unit/%.d)

.PRECIOUS: $(T)/%.o
.PHONY: unit
unit: $(UNIT)
	@for t in $(UNIT); do ASAN_OPTIONS=detect_leaks=0 $$t || exit 1; done

# Figures beside Debian's Postfix; ROUNDS=5, ONLY=relay1,flash
.PHONY: bench
bench: $(O)/postlet
	@command -v smtp-source >/dev/null || [ -x /usr/sbin/smtp-source ] || { echo "bench: installing postfix"; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postfix >/dev/null; }
	@python3 tests/bench/bench.py --rounds $(or $(ROUNDS),3) $(if $(ONLY),--only $(ONLY),--write tests/bench/RESULTS.md) $(O)/postlet
