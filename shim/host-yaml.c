// The host's YAML: the shared reader's tree, of which the core gets what it asks for: arrays of nodes, or places alone.
#include <string.h>

#include "host.h"
#include "yaml-tree.h"

/* beyond, one file would take all the memory that a start may have */
#define NODES_PER_64_MIB 100000
#define LONGEST_NAME 16

struct array {
	JSValue value;
	uint32_t count;
};

/* what a tree is made of besides its codes */
struct sides {
	JSContext *js;
	struct yaml_texts *texts;
	/* of the file: what its texts have hardly more of */
	size_t size;
	struct array tags, anchors;
};

static bool add_text(void *to, const char *text, size_t length);
static bool add_tag(void *to, uint32_t node, const char *tag);
static bool add_anchor(void *to, uint32_t node, const char *anchor);
static JSValue text_of_node(JSContext *js, const struct file *file, uint32_t node, JSValueConst empty);
static JSValue place_to_js(JSContext *js, struct position place);

/* parseYaml(file): [tags, anchors], or why it is no YAML */
HOST(host_parse_yaml)
{
	struct file *file = file_from(js, argv[0]);
	struct yaml_tree tree;
	uint32_t count = 0;
	if (file == NULL)
		return JS_EXCEPTION;
	file->texts.count = 0;
	struct sides sides = { js, &file->texts, file->size, { JS_NewArray(js), 0 }, { JS_NewArray(js), 0 } };
	struct yaml_sink sink = { &sides, add_text, add_tag, add_anchor };
	uint32_t most = (uint32_t)(memory_limit_mebibytes() * NODES_PER_64_MIB / 64);
	enum yaml_outcome outcome = yaml_read(file->bytes, file->size, most, &sink, &tree);
	free(file->codes);
	free(file->places);
	file->codes = tree.codes;
	file->places = tree.places;
	file->node_count = outcome == YAML_READ ? tree.count : 0;
	if (outcome == YAML_NO_ROOM)
		return JS_ThrowOutOfMemory(js);
	if (outcome == YAML_MALFORMED)
		return syntax_to_js(js, tree.words, tree.at);
	JSValue parts = JS_NewArray(js);
	if (JS_IsException(parts) || !push(js, parts, &count, sides.tags.value) ||
	    !push(js, parts, &count, sides.anchors.value))
		return JS_EXCEPTION;
	return parts;
}

/* What the file keeps is lost in the eyes of gcc's analyzer. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
static bool add_text(void *to, const char *text, size_t length)
{
	const struct sides *sides = to;
	struct yaml_texts *texts = sides->texts;
	size_t start = texts->count == 0 ? 0 : texts->ends[texts->count - 1];
	if (texts->count == texts->room) {
		uint32_t room = texts->room == 0 ? (uint32_t)(sides->size / YAML_NODE_BYTES) + 1 : texts->room * 2;
		uint32_t *ends = realloc(texts->ends, room * sizeof *ends);
		if (ends == NULL)
			return false;
		texts->ends = ends;
		texts->room = room;
	}
	if (texts->size - start < length + 1) {
		size_t size = texts->size == 0 ? sides->size : texts->size * 2;
		size = size > start + length ? size : start + length + 1;
		char *bytes = size > UINT32_MAX ? NULL : realloc(texts->bytes, size);
		if (bytes == NULL)
			return false;
		texts->bytes = bytes;
		texts->size = size;
	}
	memcpy(texts->bytes + start, text, length);
	texts->ends[texts->count++] = (uint32_t)(start + length);
	return true;
}
#pragma GCC diagnostic pop

static bool add_pair(JSContext *js, struct array *array, uint32_t node, const char *text)
{
	return push(js, array->value, &array->count, JS_NewUint32(js, node)) &&
	       push(js, array->value, &array->count, JS_NewString(js, text));
}

static bool add_tag(void *to, uint32_t node, const char *tag)
{
	struct sides *sides = to;
	return add_pair(sides->js, &sides->tags, node, tag);
}

static bool add_anchor(void *to, uint32_t node, const char *anchor)
{
	struct sides *sides = to;
	return add_pair(sides->js, &sides->anchors, node, anchor);
}

/* yamlNodes(file): [codes, texts] */
HOST(host_yaml_nodes)
{
	struct file *file = file_from(js, argv[0]);
	struct array codes = { JS_NewArray(js), 0 }, texts = { JS_NewArray(js), 0 };
	JSValue nodes = JS_NewArray(js), empty = JS_NewString(js, "");
	uint32_t count = 0;
	if (file == NULL || JS_IsException(codes.value) || JS_IsException(texts.value) || JS_IsException(nodes))
		return JS_EXCEPTION;
	for (uint32_t i = 0; i < file->node_count; i++)
		if (!push(js, codes.value, &codes.count, JS_NewUint32(js, file->codes[i])) ||
		    !push(js, texts.value, &texts.count, text_of_node(js, file, i, empty)))
			return JS_EXCEPTION;
	if (!push(js, nodes, &count, codes.value) || !push(js, nodes, &count, texts.value))
		return JS_EXCEPTION;
	return nodes;
}

/* Lists and mappings, which have none, share one. */
static JSValue text_of_node(JSContext *js, const struct file *file, uint32_t node, JSValueConst empty)
{
	struct yaml_text text = yaml_text_of(&file->texts, node);
	if (text.length == 0)
		return JS_DupValue(js, empty);
	if (text.length > LONGEST_NAME)
		return JS_NewStringLen(js, text.bytes, text.length);
	/* field names come again and again: as an atom, such a text finds its property without being hashed */
	JSAtom atom = JS_NewAtomLen(js, text.bytes, text.length);
	JSValue value = JS_AtomToString(js, atom);
	JS_FreeAtom(js, atom);
	return value;
}

/* yamlPosition(file, node): [line, column] */
HOST(host_yaml_position)
{
	struct file *file = file_from(js, argv[0]);
	uint32_t node;
	if (file == NULL || !number_from(js, argv[1], file->node_count, &node))
		return JS_EXCEPTION;
	return place_to_js(js, file->places[node]);
}

static JSValue place_to_js(JSContext *js, struct position place)
{
	JSValue position = JS_NewArray(js);
	uint32_t count = 0;
	if (JS_IsException(position) || !push(js, position, &count, JS_NewUint32(js, place.line)) ||
	    !push(js, position, &count, JS_NewUint32(js, place.column)))
		return JS_EXCEPTION;
	return position;
}
