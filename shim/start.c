// The program's beginning, in place of the C library's: only what stands by itself is relocated before main.
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "shim.h"

#define hidden __attribute__((visibility("hidden")))
/* as many words follow one another by a row of bits (ELF's RELR) */
#define ROW_WORDS 63

/* from order.ld: relocations; and where the tables of the core stand, in which most of them are */
extern hidden const char __ehdr_start[], core_tables[], core_tables_end[];
extern hidden const Elf64_Relr relocations[], relocations_end[];

hidden int main(int argc, char **argv, char **envp);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*end)(void));
hidden void begin(uintptr_t *stack);

/* from the kernel, with the stack's end alone */
__asm__(".pushsection .text.start, \"ax\", %progbits\n"
	".globl _start\n"
	"_start:\n"
#ifdef __x86_64__
	"xor %ebp, %ebp\n"
	"mov %rsp, %rdi\n"
	"and $-16, %rsp\n"
	"call begin\n"
#else
	"mov x29, 0\n"
	"mov x30, 0\n"
	"mov x0, sp\n"
	"and sp, x0, -16\n"
	"b begin\n"
#endif
	".popsection\n");

static void relocate(bool tables);

void begin(uintptr_t *stack)
{
	relocate(false);
	__libc_start_main(main, (int)*stack, (char **)(stack + 1), NULL, NULL, NULL);
}

void relocate_core(void)
{
	relocate(true);
}

static void relocate(bool tables)
{
	Elf64_Addr begin = (Elf64_Addr)(core_tables - __ehdr_start), end = (Elf64_Addr)(core_tables_end - __ehdr_start);
	Elf64_Addr at = 0;
	for (const Elf64_Relr *entry = relocations; entry < relocations_end; entry++) {
		bool is_row = (*entry & 1) != 0;
		if (!is_row)
			at = *entry;
		Elf64_Addr next = at + (is_row ? ROW_WORDS : 1) * sizeof at;
		if (tables || at < begin || next > end)
			for (uint64_t bits = is_row ? *entry >> 1 : 1; bits != 0; bits >>= 1, at += sizeof at)
				if ((bits & 1) != 0 && (at >= begin && at < end) == tables)
					*(Elf64_Addr *)(uintptr_t)(__ehdr_start + at) += (Elf64_Addr)__ehdr_start;
		at = next;
	}
}
