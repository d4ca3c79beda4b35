/* mem_idle.c - a process about to sleep gives back what the file can bring again
 *
 * Code and constants that only the start needed stay mapped, and counted, until
 * somebody needs the memory. Letting go of them costs a few page faults when
 * work comes.
 * Runs in: master.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

/* The first object is the program. Segments it may have written to (relocations included) hold what no file has. */
static int let_go(struct dl_phdr_info *info, size_t size, void *arg)
{
    uintptr_t page = (uintptr_t)getpagesize();

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        uintptr_t start = (info->dlpi_addr + h->p_vaddr) & ~(page - 1);
        uintptr_t end = info->dlpi_addr + h->p_vaddr + h->p_memsz;

        if (h->p_type == PT_LOAD && !(h->p_flags & PF_W))
            (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 1;
}

void mem_idle(void)
{
    (void)dl_iterate_phdr(let_go, NULL);
}
