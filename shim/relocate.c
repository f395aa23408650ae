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
		/* of these there are many, and each start is here */
		if (!of_core && at >= tables && next <= end)
			continue;
		for (uint64_t bits = is_row ? *entry >> 1 : 1; bits != 0; bits >>= 1, at += sizeof at)
			if ((bits & 1) != 0 && (at >= tables && at < end) == of_core)
				*(uintptr_t *)at += program;
	}
}
