// Any text as YAML: refused in words at a place, or a flat tree whose nodes lie in one another; the reader of what
// generators write makes libyaml's tree, or leaves the text to it.
#include "../../../shim/yaml-tree.h"
#include "door.h"

#define MOST_NODES 4096

struct reading {
	struct yaml_tree tree;
	uint32_t count;
	/* one behind the other, with a NUL behind each */
	char *texts;
	size_t size;
};

static bool add_text(void *to, const char *text, size_t length)
{
	struct reading *reading = to;
	reading->texts = realloc(reading->texts, reading->size + length + 1);
	memcpy(reading->texts + reading->size, text, length);
	reading->texts[reading->size + length] = '\0';
	reading->size += length + 1;
	reading->count++;
	return true;
}

static bool add_property(void *to, uint32_t node, const char *property)
{
	const struct reading *reading = to;
	EXPECT(node + 1 == reading->count && strlen(property) < SIZE_MAX, "a property of another node");
	return true;
}

static void end_reading(struct reading *reading)
{
	free(reading->tree.codes);
	free(reading->tree.places);
	free(reading->texts);
}

static void expect_same(const struct reading *one, const struct reading *other)
{
	const struct yaml_tree *tree = &one->tree;
	EXPECT(tree->count == other->tree.count && one->size == other->size, "another number of nodes");
	EXPECT(memcmp(tree->codes, other->tree.codes, tree->count * sizeof *tree->codes) == 0, "another tree");
	EXPECT(memcmp(tree->places, other->tree.places, tree->count * sizeof *tree->places) == 0, "other places");
	EXPECT(memcmp(one->texts, other->texts, one->size) == 0, "other texts");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading quick = { .count = 0 }, reading = { .count = 0 };
	const struct yaml_sink into_quick = { &quick, add_text, add_property, add_property };
	const struct yaml_sink sink = { &reading, add_text, add_property, add_property };
	char *text = text_of(data, size);
	bool is_quick = yaml_read_block(text, size, MOST_NODES, &into_quick, &quick.tree);
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
	EXPECT(!is_quick || outcome == YAML_READ, "what libyaml refuses");
	if (is_quick)
		expect_same(&quick, &reading);
	end_reading(&quick);
	end_reading(&reading);
	free(text);
	return 0;
}
