// Any text as YAML: refused in words at a place, or a flat tree whose nodes lie in one another.
#include "../../../shim/yaml-tree.h"
#include "door.h"

#define MOST_NODES 4096

struct reading {
	struct yaml_tree tree;
	uint32_t count;
};

static bool add_text(void *to, const char *text, size_t length)
{
	struct reading *reading = to;
	/* a sanitizer sees to it that the whole text is there */
	char *copy = malloc(length + 1);
	memcpy(copy, text, length);
	free(copy);
	reading->count++;
	return true;
}

static bool add_property(void *to, uint32_t node, const char *property)
{
	const struct reading *reading = to;
	EXPECT(node + 1 == reading->count && strlen(property) < SIZE_MAX, "a property of another node");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading = { .count = 0 };
	const struct yaml_sink sink = { &reading, add_text, add_property, add_property };
	char *text = text_of(data, size);
	enum yaml_outcome outcome = yaml_read(text, size, MOST_NODES, &sink, &reading.tree);
	const struct yaml_tree tree = reading.tree;
	EXPECT(outcome != YAML_NO_ROOM, "no memory");
	EXPECT(outcome != YAML_MALFORMED || tree.words != NULL, "a refusal without words");
	EXPECT(tree.count <= MOST_NODES && tree.count == reading.count, "too many nodes");
	for (uint32_t i = 0; outcome == YAML_READ && i < tree.count; i++) {
		uint32_t end = END_OF(tree.codes[i]);
		EXPECT(end > i && end <= tree.count, "a node that does not end");
		for (uint32_t child = i + 1; child < end; child = END_OF(tree.codes[child]))
			EXPECT(END_OF(tree.codes[child]) <= end, "a child outside its parent");
		EXPECT(tree.places[i].line > 0 && tree.places[i].column > 0, "a node without a place");
	}
	free(tree.codes);
	free(tree.places);
	free(text);
	return 0;
}
