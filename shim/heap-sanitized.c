// Stands in for heap.c in the build with sanitizers, whose allocator keeps no heap: the core is loaded at each start.
#include "host.h"

/* the core, compiled by qjsc */
extern const uint8_t core_bc[];
extern const uint32_t core_bc_size;

JSContext *wake_core(void)
{
	JSContext *js;
	/* an exception is left for main, which is missing then */
	load_core(core_bc, core_bc_size, &js);
	return js;
}
