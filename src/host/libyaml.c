// The shared reader of YAML for WebAssembly: a text in, one struct of results out, both for src/host/yaml.ts.
#include <stdlib.h>
#include <string.h>

#include "../../shim/yaml-tree.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define FIRST_BYTES 4096

struct buffer {
	char *bytes;
	size_t size, room;
};

enum text_kind { OF_NODE, TAG, ANCHOR };

/* Eleven 32-bit numbers, whose order src/host/yaml.ts knows. */
static struct result {
	enum yaml_outcome outcome;
	uint32_t count;
	const uint32_t *codes;
	const struct position *places;
	const char *words;
	struct position at;
	/* one text behind the other: a node's, then its tag, then its anchor */
	const char *texts;
	size_t texts_size;
	/* a text's kind and, above two bits, its length in UTF-16 units */
	const uint32_t *marks;
	size_t marks_size;
} result;

/*
 * Where wasi-libc's heap begins and ends before it grows. Older linkers do not define the end, so we define both: no room.
 */
char __heap_base;
extern char __heap_end __attribute__((alias("__heap_base")));

static char *input;
static struct yaml_tree tree;
static struct buffer texts, marks;

static bool add(struct buffer *buffer, const void *bytes, size_t size)
{
	if (buffer->room - buffer->size < size) {
		size_t room = buffer->room == 0 ? FIRST_BYTES : buffer->room;
		while (room - buffer->size < size)
			room *= 2;
		char *larger = realloc(buffer->bytes, room);
		if (larger == NULL)
			return false;
		buffer->bytes = larger;
		buffer->room = room;
	}
	memcpy(buffer->bytes + buffer->size, bytes, size);
	buffer->size += size;
	return true;
}

static bool add_marked(enum text_kind kind, const char *text, size_t length)
{
	uint32_t units = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];
		units += (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
	}
	uint32_t mark = units << 2 | kind;
	return add(&marks, &mark, sizeof mark) && (length == 0 || add(&texts, text, length));
}

static bool add_text(void *to, const char *text, size_t length)
{
	(void)to;
	return add_marked(OF_NODE, text, length);
}

static bool add_tag(void *to, uint32_t node, const char *tag)
{
	(void)to, (void)node;
	return add_marked(TAG, tag, strlen(tag));
}

static bool add_anchor(void *to, uint32_t node, const char *anchor)
{
	(void)to, (void)node;
	return add_marked(ANCHOR, anchor, strlen(anchor));
}

/* where to put a text of so many bytes; NULL where there is no room for it */
EXPORT(reserve) char *reserve(size_t size)
{
	free(input);
	free(tree.codes);
	free(tree.places);
	tree = (struct yaml_tree){ .codes = NULL };
	return input = malloc(size + 1);
}

EXPORT(read) const struct result *read_input(size_t size)
{
	const struct yaml_sink sink = { NULL, add_text, add_tag, add_anchor };
	texts.size = marks.size = 0;
	result.outcome = yaml_read(input, size, UINT32_MAX, &sink, &tree);
	result.count = tree.count;
	result.codes = tree.codes;
	result.places = tree.places;
	result.words = tree.words;
	result.at = tree.at;
	result.texts = texts.bytes;
	result.texts_size = texts.size;
	result.marks = (const uint32_t *)(const void *)marks.bytes;
	result.marks_size = marks.size / sizeof *result.marks;
	return &result;
}
