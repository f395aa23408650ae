// The heap of an engine that has loaded the core: made when this program was built (make-heap.c), put in place at a start.
#include <string.h>
#include <sys/mman.h>

#include "host.h"

/*
 * What scripts/heap.ts made of it. Its words that are addresses count from its own begin, or from that of this program;
 * a bit of `heap_addresses` stands for each word, a number of `program_addresses` for one that is of the program.
 */
extern const char heap_image[], heap_image_end[];
extern const uint64_t heap_addresses[];
extern const uint32_t program_addresses[], program_addresses_end[];
extern const char __ehdr_start[];

#define POPULATE_WRITE 23 /* MADV_POPULATE_WRITE */
#define PAGE_BYTES ((uintptr_t)4096)
/* what a run takes besides, at least */
#define RUN_BYTES ((size_t)384 << 10)

/* as many words as a number of `heap_addresses` has bits */
#define ROW_WORDS 64
typedef uint64_t pair __attribute__((vector_size(16), aligned(8)));
struct row {
	pair pairs[ROW_WORDS / 2];
};

static void prepare(const char *heap, size_t size);
static void copy(uint64_t *heap, size_t size);
static inline void copy_row(struct row *to, const struct row *from);
static inline void move(uint64_t *row, uint64_t addresses, uintptr_t distance);

JSContext *wake_core(void)
{
	size_t size = (size_t)(heap_image_end - heap_image);
	char *heap = memory_room(size);
	if (heap == NULL)
		return NULL;
	prepare(heap, size);
	copy((uint64_t *)(void *)heap, size);
	/* in its first block, behind the size of that */
	return ((JSContext **)(void *)heap)[1];
}

/* All of its pages at once, for half of what one after the other costs, where the kernel can (from Linux 5.14 on). */
static void prepare(const char *heap, size_t size)
{
	size_t left = memory_left(), more = left < RUN_BYTES ? left : RUN_BYTES;
	uintptr_t begin = (uintptr_t)heap & ~(PAGE_BYTES - 1), end = (uintptr_t)heap + size + more;
	madvise((void *)begin, end - begin, POPULATE_WRITE);
}

/* Row by row, each with its addresses. */
static void copy(uint64_t *heap, size_t size)
{
	const uint64_t *image = (const uint64_t *)(const void *)heap_image, *addresses = heap_addresses;
	size_t rows = size / sizeof(struct row), rest = size % sizeof(struct row);
	uint64_t *to = heap;
	for (size_t i = 0; i < rows; i++, image += ROW_WORDS, to += ROW_WORDS) {
		copy_row((struct row *)(void *)to, (const struct row *)(const void *)image);
		move(to, *addresses++, (uintptr_t)heap);
	}
	memcpy(to, image, rest);
	if (rest != 0)
		move(to, *addresses, (uintptr_t)heap);
	for (const uint32_t *at = program_addresses; at < program_addresses_end; at++)
		heap[*at] += (uintptr_t)__ehdr_start;
}

static inline void copy_row(struct row *to, const struct row *from)
{
#pragma GCC unroll 32
	for (size_t i = 0; i < ROW_WORDS / 2; i++)
		to->pairs[i] = from->pairs[i];
}

static inline void move(uint64_t *row, uint64_t addresses, uintptr_t distance)
{
	for (; addresses != 0; addresses &= addresses - 1)
		row[__builtin_ctzll(addresses)] += distance;
}
