// The heap of an engine that has loaded the core: made when this program was built (make-heap.c), put in place at a start.
#include <string.h>

#include "host.h"

/*
 * What scripts/heap.ts made of it. Its words that are addresses count from its own begin, or from that of this program;
 * a bit of `heap_addresses` stands for each word, a number of `program_addresses` for one that is of the program.
 */
extern const char heap_image[], heap_image_end[];
extern const uint64_t heap_addresses[];
extern const uint32_t program_addresses[], program_addresses_end[];
extern const char __ehdr_start[];

static void move(uint64_t *heap, size_t words);

JSContext *wake_core(void)
{
	size_t size = (size_t)(heap_image_end - heap_image);
	char *heap = memory_room(size);
	if (heap == NULL)
		return NULL;
	memcpy(heap, heap_image, size);
	move((uint64_t *)(void *)heap, size / sizeof(uint64_t));
	/* in its first block, behind the size of that */
	return ((JSContext **)(void *)heap)[1];
}

static void move(uint64_t *heap, size_t words)
{
	for (size_t group = 0; group * 64 < words; group++)
		for (uint64_t left = heap_addresses[group]; left != 0; left &= left - 1)
			heap[group * 64 + (size_t)__builtin_ctzll(left)] += (uintptr_t)heap;
	for (const uint32_t *at = program_addresses; at < program_addresses_end; at++)
		heap[*at] += (uintptr_t)__ehdr_start;
}
