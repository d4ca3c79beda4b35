# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/cleanup/cleanup.o src/cleanup/cleanup_checks.o src/cleanup/cleanup_content.o src/cleanup/cleanup_header.o
obj-y += src/cleanup/cleanup_lines.o src/cleanup/cleanup_map.o src/cleanup/cleanup_missing.o
obj-y += src/cleanup/cleanup_rcpt.o
obj-$(CONFIG_MILTER) += src/cleanup/cleanup_milter.o
obj-y += src/cleanup/cleanup_post.o
