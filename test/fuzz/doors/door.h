// What the doors share: libFuzzer's entry, and how a door says that something is wrong.
#ifndef DOOR_H
#define DOOR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(fine, what) \
	do { \
		if (!(fine)) { \
			puts("FOUND: " what); \
			fflush(stdout); \
			abort(); \
		} \
	} while (0)

/* A copy that ends with a NUL, and not a byte behind it. */
static inline char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
