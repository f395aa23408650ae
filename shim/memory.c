// Memory of the whole process: an allocator by bump and lists of freed blocks, with one limit; and small copies.
#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>

#include "shim.h"

#define DEFAULT_LIMIT_BYTES ((size_t)64 << 20)
#define FIRST_REGION ((size_t)2 << 20)
#define PAGE_BYTES ((size_t)4096)
/* so much of a region gets its pages at once, or more where more is wanted */
#define STEP_BYTES ((size_t)64 << 10)
#define POPULATE_WRITE 23 /* MADV_POPULATE_WRITE */
#define ALIGN ((size_t)16)
/* blocks carry their size in the word before them, so usable sizes are 8 modulo 16 */
#define WORD sizeof(size_t)
#define SMALL_BYTES ((size_t)1024)
#define SMALL_CLASSES (SMALL_BYTES / ALIGN + 1)
/* from here on the system's own pages are used, and given back */
#define LARGE_BYTES (((size_t)256 << 10) + WORD)
/* four sizes from each power of two to the next, from 1 KiB to 256 KiB */
#define CLASSES (SMALL_CLASSES + 8 * 4 + 1)
#define LARGE_HEAD ALIGN

struct freed {
	struct freed *next;
};

/* The one state outside struct shim: malloc is told nothing but a size. */
static struct memory {
	char *at;
	/* of what has pages, and of the region */
	char *end, *region_end;
	size_t taken;
	size_t limit;
	size_t next_region;
	bool ran_out;
	/* whether freed blocks are wiped, and the large ones cut into small ones */
	bool keeps_clean;
	/* what is left of one that is cut */
	char *scrap, *scrap_end;
	struct freed *freed[CLASSES];
} memory = { .limit = DEFAULT_LIMIT_BYTES, .next_region = FIRST_REGION };

static void *take_block(size_t size);
static void give_back(void *block);
static bool keep_clean(char *block, size_t size);
static void *take_large(size_t size);
static void *take_from_system(size_t size);
static inline bool has_room(size_t size);
static void take_pages(size_t size);
static bool grow(size_t size);
static unsigned class_of(size_t size);
static size_t class_bytes(unsigned number);

static size_t *head_of(void *block)
{
	return (size_t *)block - 1;
}

/* What was taken before a lower limit was set stays. */
static size_t room_left(void)
{
	return memory.limit > memory.taken ? memory.limit - memory.taken : 0;
}

void memory_limit(size_t bytes)
{
	memory.limit = bytes;
}

size_t memory_limit_mebibytes(void)
{
	return memory.limit >> 20;
}

bool memory_ran_out(void)
{
	return memory.ran_out;
}

void memory_begin(char *at, char *end)
{
	memory.at = at;
	memory.end = memory.region_end = end;
	memory.keeps_clean = true;
}

char *memory_room(size_t size)
{
	if (!has_room(size) && !grow(size))
		return NULL;
	char *room = memory.at;
	memory.at += size;
	return room;
}

void *malloc(size_t size)
{
	return take_block(size);
}

/* Not by way of malloc: gcc would turn malloc and memset into a call of calloc, that is, of this function. */
void *calloc(size_t count, size_t each)
{
	size_t size;
	if (__builtin_mul_overflow(count, each, &size)) {
		errno = ENOMEM;
		return NULL;
	}
	void *block = take_block(size);
	return block == NULL ? NULL : memset(block, 0, size);
}

void free(void *block)
{
	if (block != NULL)
		give_back(block);
}

void *realloc(void *block, size_t size)
{
	if (block == NULL)
		return take_block(size);
	size_t held = *head_of(block);
	if (size <= held)
		return block;
	/* the newest block grows where it stands */
	if (held <= LARGE_BYTES && (char *)block + held == memory.at && size <= LARGE_BYTES) {
		size_t wanted = class_bytes(class_of(size));
		if (has_room(wanted - held)) {
			memory.at += wanted - held;
			*head_of(block) = wanted;
			return block;
		}
	}
	void *moved = take_block(size);
	if (moved == NULL)
		return NULL;
	memcpy(moved, block, held);
	give_back(block);
	return moved;
}

size_t malloc_usable_size(void *block)
{
	return block == NULL ? 0 : *head_of(block);
}

static void *take_block(size_t size)
{
	if (size > LARGE_BYTES)
		return take_large(size);
	unsigned number = class_of(size);
	struct freed *freed = memory.freed[number];
	if (freed != NULL) {
		memory.freed[number] = freed->next;
		return freed;
	}
	size_t usable = class_bytes(number);
	char **from = (ptrdiff_t)(usable + WORD) <= memory.scrap_end - memory.scrap ? &memory.scrap : &memory.at;
	if (from == &memory.at && !has_room(usable + WORD) && !grow(usable + WORD))
		return NULL;
	size_t *head = (size_t *)(void *)*from;
	*head = usable;
	*from += WORD + usable;
	return head + 1;
}

static void give_back(void *block)
{
	size_t size = *head_of(block);
	if (size > LARGE_BYTES) {
		memory.taken -= size + LARGE_HEAD;
		munmap((char *)block - LARGE_HEAD, size + LARGE_HEAD);
		return;
	}
	if (__builtin_expect(memory.keeps_clean, false) && keep_clean(block, size))
		return;
	if ((char *)block + size == memory.at) {
		memory.at = (char *)head_of(block);
		return;
	}
	struct freed *freed = block;
	struct freed **list = &memory.freed[class_of(size)];
	freed->next = *list;
	*list = freed;
}

/* Whether it is to be cut: what is not is for others of its size. */
static bool keep_clean(char *block, size_t size)
{
	memset(block, 0, size);
	if (size <= SMALL_BYTES || block + size == memory.at || (ptrdiff_t)size <= memory.scrap_end - memory.scrap)
		return false;
	memory.scrap = (char *)head_of(block);
	memory.scrap_end = block + size;
	return true;
}

static void *take_large(size_t size)
{
	if (size > memory.limit) {
		memory.ran_out = true;
		errno = ENOMEM;
		return NULL;
	}
	size_t whole = (size + LARGE_HEAD + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	char *region = take_from_system(whole);
	if (region == NULL)
		return NULL;
	char *block = region + LARGE_HEAD;
	*head_of(block) = whole - LARGE_HEAD;
	return block;
}

static inline bool has_room(size_t size)
{
	if ((ptrdiff_t)size <= memory.end - memory.at)
		return true;
	if (size > (size_t)(memory.region_end - memory.at))
		return false;
	take_pages(size);
	return true;
}

/* Several at once, for half of what one after the other costs, where the kernel can (from Linux 5.14 on). */
static void take_pages(size_t size)
{
	size_t left = (size_t)(memory.region_end - memory.end);
	/* a new region has none yet, and begins with a head */
	size_t lacking = (size_t)(memory.at + size - memory.end);
	size_t step = lacking > STEP_BYTES ? (lacking + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1) : STEP_BYTES;
	int error = errno;
	step = step < left ? step : left;
	madvise(memory.end, step, POPULATE_WRITE);
	memory.end += step;
	/* callers still may want to know what failed before */
	errno = error;
}

/* What is left of the old region is lost: at most a block's size. */
static bool grow(size_t size)
{
	size_t room = room_left();
	size_t whole = memory.next_region < room ? memory.next_region : room & ~(PAGE_BYTES - 1);
	if (whole < size + ALIGN) {
		memory.ran_out = true;
		errno = ENOMEM;
		return false;
	}
	char *region = take_from_system(whole);
	if (region == NULL)
		return false;
	memory.next_region = whole * 2;
	memory.at = region + ALIGN - WORD;
	memory.end = region;
	memory.region_end = region + whole;
	return has_room(size);
}

static void *take_from_system(size_t size)
{
	void *region = MAP_FAILED;
	if (size <= room_left())
		region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED) {
		memory.ran_out = true;
		errno = ENOMEM;
		return NULL;
	}
	memory.taken += size;
	return region;
}

static unsigned class_of(size_t size)
{
	if (size <= SMALL_BYTES + WORD)
		return size <= ALIGN + WORD ? 1 : (unsigned)((size - WORD + ALIGN - 1) / ALIGN);
	/* quarters of the power of two below, so that no class wastes more than a fifth */
	size_t rest = size - WORD - 1;
	unsigned power = 63 - (unsigned)__builtin_clzll(rest);
	unsigned quarter = (unsigned)(rest >> (power - 2)) & 3;
	return (unsigned)SMALL_CLASSES + (power - 10) * 4 + quarter;
}

static size_t class_bytes(unsigned number)
{
	if (number < SMALL_CLASSES)
		return number * ALIGN + WORD;
	unsigned power = (number - (unsigned)SMALL_CLASSES) / 4 + 10, quarter = (number - (unsigned)SMALL_CLASSES) % 4;
	return ((size_t)(quarter + 5) << (power - 2)) + WORD;
}

/*
 * Nearly all that is copied is small, and musl's functions take a slow start for each block: without these a create
 * with a request takes 3 % longer. gcc would see what the loops do, and call memcpy for it.
 */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

/* Of a size that the compiler knows it is no call, but a register or two. */
#define COPY(bytes) (__builtin_memcpy(to, from, (bytes)), to += (bytes), from += (bytes))

static inline void copy_forward(unsigned char *to, const unsigned char *from, size_t size)
{
	for (size_t left = size; left >= 16; left -= 16)
		COPY(16);
	if ((size & 8) != 0)
		COPY(8);
	if ((size & 4) != 0)
		COPY(4);
	if ((size & 2) != 0)
		COPY(2);
	if ((size & 1) != 0)
		*to = *from;
}

/* Of two places that overlap, what is read is never behind what was written. */
static inline void copy_backward(unsigned char *to, const unsigned char *from, size_t size)
{
	for (; size >= 8; size -= 8)
		__builtin_memcpy(to + size - 8, from + size - 8, 8);
	while (size-- > 0)
		to[size] = from[size];
}

void *memcpy(void *restrict target, const void *restrict source, size_t size)
{
	copy_forward(target, source, size);
	return target;
}

void *memmove(void *target, const void *source, size_t size)
{
	if ((uintptr_t)target - (uintptr_t)source >= size)
		copy_forward(target, source, size);
	else
		copy_backward(target, source, size);
	return target;
}
