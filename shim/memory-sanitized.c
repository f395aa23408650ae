// Stands in for memory.c in the build with sanitizers, whose own allocator finds what is used wrongly.
#include "shim.h"

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* A report ends the run by a signal: status 1 is the shim's own. Nothing is freed at its end, which is no leak. */
const char *__asan_default_options(void)
{
	return "abort_on_error=1:detect_leaks=0:detect_stack_use_after_return=1:strict_string_checks=1";
}

const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

/* Never ran out: with shadow memory and the space around blocks no limit would mean what it says. */
static size_t limit = (size_t)64 << 20;

void memory_limit(size_t bytes)
{
	limit = bytes;
}

size_t memory_limit_mebibytes(void)
{
	return limit >> 20;
}

bool memory_ran_out(void)
{
	return false;
}
