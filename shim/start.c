// The program's beginning, in place of the C library's: of what has to be relocated, most is the core's, and waits for it.
#include <elf.h>

#include "shim.h"

#define hidden __attribute__((visibility("hidden")))
/* relocations of many words are a row of bits (ELF's RELR) */
#define ROW_WORDS 63

/* from order.ld: all relocations, and where the tables of the core stand */
extern hidden const Elf64_Relr relocations[], relocations_end[];
extern hidden char __ehdr_start[], core_tables[], core_tables_end[];

hidden int main(int argc, char **argv, char **envp);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*end)(void));
hidden void begin(uintptr_t *stack);
static void relocate(bool of_core);

/* what the kernel leaves on the stack is handed on */
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

void begin(uintptr_t *stack)
{
	relocate(false);
	__libc_start_main(main, (int)*stack, (char **)(stack + 1), NULL, NULL, NULL);
}

void relocate_core(void)
{
	relocate(true);
}

/* The core's tables, or all else, without a look at each bit of the rows that are about the tables alone. */
static void relocate(bool of_core)
{
	uintptr_t program = (uintptr_t)__ehdr_start, next = program;
	uintptr_t tables = (uintptr_t)core_tables, end = (uintptr_t)core_tables_end;
	for (const Elf64_Relr *entry = relocations; entry < relocations_end; entry++) {
		bool is_row = (*entry & 1) != 0;
		uintptr_t at = is_row ? next : program + *entry;
		next = at + (is_row ? ROW_WORDS : 1) * sizeof at;
		if (!of_core && at >= tables && next <= end)
			continue;
		for (uint64_t bits = is_row ? *entry >> 1 : 1; bits != 0; bits >>= 1, at += sizeof at)
			if ((bits & 1) != 0 && (at >= tables && at < end) == of_core)
				*(uintptr_t *)at += program;
	}
}
