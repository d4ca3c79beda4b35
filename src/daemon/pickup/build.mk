# Local submission
obj-y += src/daemon/pickup/pickup.o src/daemon/pickup/maildrop.o
