# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/param/param.o src/param/param_rows.o src/param/param_expand.o src/param/param_host.o src/param/param_check.o src/param/param_compat.o src/param/cf.o src/param/master_cf.o src/param/stand_in.o

# Tables derived from the rows and from who reads them; see src/host/param_gen.sh and src/host/param_pack.c.
# A file of them changes only when its text does.
ROW_FILES := src/param/rows.h $(wildcard src/*/*.def src/*/*/*.def)
$(O)/gen/param.stamp: src/host/param_gen.sh $(ROW_FILES) $(wildcard Kconfig src/*/Kconfig src/*/*.[ch] src/*/*/*.[ch])
	@mkdir -p $(@D)
	@sh src/host/param_gen.sh $(@D)
	@touch $@
$(O)/gen/param_ids.h $(O)/gen/param_feature.h $(O)/gen/param_used.h: $(O)/gen/param.stamp ;

$(O)/host/param_pack: src/host/param_pack.c $(ROW_FILES) $(O)/autoconf.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOSTCC) $(HOSTCFLAGS) -std=c11 -Wall -Wextra -Isrc -I$(O) $(if $(WERROR),-Werror) -o $@ $<
$(O)/gen/param_pack.h: $(O)/host/param_pack
	@mkdir -p $(@D)
	@$(O)/host/param_pack >$@.new && mv $@.new $@

# Before anything is compiled.
GENERATED += $(O)/gen/param_ids.h $(O)/gen/param_feature.h $(O)/gen/param_used.h $(O)/gen/param_pack.h

# MISSING=1 names the rest.
.PHONY: params
params: $(O)/gen/param.stamp
	@src/host/params.sh $(O)/gen/param_used.txt $(MISSING)
