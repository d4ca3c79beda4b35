# The supervisor
obj-y += src/daemon/master/master.o src/daemon/master/services.o src/daemon/master/children.o
obj-y += src/daemon/master/inherit.o src/daemon/master/wake.o src/daemon/master/shared_fd.o
