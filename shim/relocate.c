// Relocates the program: what each start uses at once, and the core's tables, which are nearly all, when it needs the core.
#include <elf.h>

#include "shim.h"

#define hidden __attribute__((visibility("hidden")))
/* relocations of many words are a row of bits (ELF's RELR) */
#define ROW_WORDS 63

/* from order.ld */
extern hidden const Elf64_Relr relocations[], relocations_end[];
extern hidden char __ehdr_start[], core_tables[], core_tables_end[];

void relocate(bool of_core)
{
	uintptr_t program = (uintptr_t)__ehdr_start, next = program;
	uintptr_t tables = (uintptr_t)core_tables, end = (uintptr_t)core_tables_end;
	for (const Elf64_Relr *entry = relocations; entry < relocations_end; entry++) {
		bool is_row = (*entry & 1) != 0;
		uintptr_t at = is_row ? next : program + *entry;
		next = at + (is_row ? ROW_WORDS : 1) * sizeof at;
		/* most are, and each start is here */
		bool is_core = at >= tables && next <= end;
		if (is_core && !of_core)
			continue;
		for (uint64_t bits = is_row ? *entry >> 1 : 1; bits != 0; bits &= bits - 1) {
			uintptr_t *word = (uintptr_t *)at + __builtin_ctzll(bits);
			if (is_core || ((uintptr_t)word >= tables && (uintptr_t)word < end) == of_core)
				*word += program;
		}
	}
}
