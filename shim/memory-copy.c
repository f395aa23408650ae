// memcpy and memmove for small blocks, which is nearly all that is copied here: musl's take a slow start for each.
#include <stddef.h>
#include <stdint.h>

/* gcc would see what the loops do, and call memcpy for it */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

void *memcpy(void *restrict target, const void *restrict source, size_t size);
void *memmove(void *target, const void *source, size_t size);

/* As wide as the vector registers that every machine has. */
typedef struct {
	uint64_t halves[2];
} step;

#define LOAD(type, from) \
	__extension__({ \
		type loaded; \
		__builtin_memcpy(&loaded, (from), sizeof loaded); \
		loaded; \
	})
#define STORE(to, value) __builtin_memcpy((to), &(value), sizeof(value))

/* Both ends, which overlap where there is less than two of them; read before anything is written. */
#define COPY_ENDS(type) \
	do { \
		type begin = LOAD(type, from), end = LOAD(type, from + size - sizeof(type)); \
		STORE(to, begin); \
		STORE(to + size - sizeof(type), end); \
	} while (0)

static inline void copy_small(unsigned char *to, const unsigned char *from, size_t size)
{
	if (size >= 8)
		COPY_ENDS(uint64_t);
	else if (size >= 4)
		COPY_ENDS(uint32_t);
	else if (size >= 2)
		COPY_ENDS(uint16_t);
	else if (size == 1)
		*to = *from;
}

/* Also where the target begins inside the source's block or before it: what is read last was read ahead. */
static inline void copy_forward(unsigned char *to, const unsigned char *from, size_t size)
{
	size_t last = size - sizeof(step);
	step end = LOAD(step, from + last);
	for (size_t at = 0; at < last; at += sizeof(step)) {
		step next = LOAD(step, from + at);
		STORE(to + at, next);
	}
	STORE(to + last, end);
}

static inline void copy_backward(unsigned char *to, const unsigned char *from, size_t size)
{
	step begin = LOAD(step, from);
	for (size_t left = size; left > sizeof(step); left -= sizeof(step)) {
		step next = LOAD(step, from + left - sizeof(step));
		STORE(to + left - sizeof(step), next);
	}
	STORE(to, begin);
}

void *memcpy(void *restrict target, const void *restrict source, size_t size)
{
	if (size < sizeof(step))
		copy_small(target, source, size);
	else
		copy_forward(target, source, size);
	return target;
}

void *memmove(void *target, const void *source, size_t size)
{
	if (size < sizeof(step))
		copy_small(target, source, size);
	else if ((uintptr_t)target - (uintptr_t)source >= size)
		copy_forward(target, source, size);
	else
		copy_backward(target, source, size);
	return target;
}
