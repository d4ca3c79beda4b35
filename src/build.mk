# main.o is left out of the unit tests
obj-y += src/main.o
