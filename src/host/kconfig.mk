# Configuration: .config and autoconf.h from the Kconfig files.
$(KCONFIG_CONFIG):
	@mkdir -p $(@D)
	@awk '/^config /{n=$$2} /^\t(bool|string|int)/{t=$$1} /^\tdefault /{v=$$0; sub(/^\tdefault /,"",v); \
	  if (t=="bool") print (v=="y") ? "CONFIG_" n "=y" : "# CONFIG_" n " is not set"; else print "CONFIG_" n "=" v}' \
	  $$(find Kconfig src -name Kconfig) > $@

.PHONY: defconfig
defconfig:
	@rm -f $(KCONFIG_CONFIG)
	@$(MAKE) --no-print-directory $(KCONFIG_CONFIG)

$(O)/autoconf.h: $(KCONFIG_CONFIG)
	@mkdir -p $(@D)
	@awk -F= '/^CONFIG_/{n=substr($$1,8); v=substr($$0,length($$1)+2); \
	   if (v=="y") printf "#define CONFIG_%s 1\n#define ENABLE_%s 1\n#define IF_%s(...) __VA_ARGS__\n",n,n,n; \
	   else printf "#define CONFIG_%s %s\n",n,v} \
	  /is not set/{split($$2,a," "); n=substr($$0,10); sub(/ is not set/,"",n); printf "#define ENABLE_%s 0\n#define IF_%s(...)\n",n,n}' $< > $@

# Libraries that the machine lacks: mbedTLS 3.6 on Debian 12.
.PHONY: deps
deps:
	@CC="$(CC)" AR="$(AR)" src/host/deps.sh $(DEPS)
