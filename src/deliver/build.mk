# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/deliver/copy.o src/deliver/run_as.o src/deliver/mailbox.o src/deliver/mailbox_lock.o src/deliver/command.o
obj-y += src/deliver/deliver.o src/deliver/deliver_serve.o src/deliver/deliver_wire.o src/deliver/notice.o
obj-y += src/deliver/template.o src/deliver/command_env.o src/deliver/inside.o
obj-$(CONFIG_LOCAL) += src/deliver/pass.o
