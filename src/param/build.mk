# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/param/param.o src/param/param_expand.o src/param/param_host.o src/param/param_check.o src/param/cf.o src/param/master_cf.o

# Tables derived from the rows and from who reads them; see src/host/param_gen.sh.
PARAM_GEN := $(addprefix $(O)/gen/,param_sorted.h param_feature.h param_used.h)
$(O)/gen/param.stamp: src/host/param_gen.sh $(wildcard Kconfig src/*/Kconfig) \
		$(wildcard src/*/*.def src/*/*/*.def src/*/*.[ch] src/*/*/*.[ch])
	@mkdir -p $(@D)
	@sh src/host/param_gen.sh $(@D)
	@touch $@
$(PARAM_GEN): $(O)/gen/param.stamp ;
$(O)/src/param/param.o $(O)/src/param/param_check.o $(O)/test/src/param/param.o $(O)/test/src/param/param_check.o: $(PARAM_GEN)

# MISSING=1 names the rest.
.PHONY: params
params: $(O)/gen/param.stamp
	@src/host/params.sh $(O)/gen/param_used.txt $(MISSING)
