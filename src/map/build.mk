# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/map/map.o src/map/map_mem.o src/map/maps.o src/map/match.o src/map/network.o src/map/source.o
obj-$(CONFIG_MAP_CDB) += src/map/map_cdb.o src/map/source_alias.o
obj-$(CONFIG_MAP_CIDR) += src/map/map_cidr.o src/map/rules.o
obj-$(CONFIG_MAP_ENVIRON) += src/map/map_environ.o
obj-$(CONFIG_MAP_FAIL) += src/map/map_fail.o
obj-$(CONFIG_MAP_INLINE) += src/map/map_inline.o
obj-$(CONFIG_MAP_PCRE) += src/map/map_pcre.o src/map/rules.o src/map/pattern.o
obj-$(CONFIG_MAP_PIPEMAP) += src/map/map_pipemap.o
obj-$(CONFIG_MAP_RANDMAP) += src/map/map_randmap.o
obj-$(CONFIG_MAP_REGEXP) += src/map/map_regexp.o src/map/rules.o src/map/pattern.o
obj-$(CONFIG_MAP_SOCKETMAP) += src/map/map_socketmap.o src/map/map_server.o
obj-$(CONFIG_MAP_STATIC) += src/map/map_static.o
obj-$(CONFIG_MAP_TCP) += src/map/map_tcp.o src/map/map_server.o
obj-$(CONFIG_MAP_TEXTHASH) += src/map/map_texthash.o
obj-$(CONFIG_MAP_UNION) += src/map/map_union.o
obj-$(CONFIG_MAP_UNIX) += src/map/map_unix.o

# The writer is a separate object: a build without postmap and postalias only reads.
cdb-writer-$(CONFIG_POSTMAP) = src/map/map_cdb_make.o
cdb-writer-$(CONFIG_POSTALIAS) = src/map/map_cdb_make.o
obj-$(CONFIG_MAP_CDB) += $(cdb-writer-y)
obj-$(CONFIG_POSTALIAS) += src/map/source_alias.o
