// A YAML text as the flat arrays of src/text/yaml-tree.ts. Knows neither the shim nor JavaScript.
#ifndef YAML_TREE_H
#define YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "position.h"

/* nodes may stand this deep below the root */
#define YAML_DEPTH 256
/* most texts have no more than a node for so many bytes */
#define YAML_NODE_BYTES 16

/* a node's code: its kind, and above these bits the number of the node behind it */
enum node_kind { PLAIN, TEXT, SEQUENCE, MAPPING, ALIAS };
#define CODE_SHIFT 3
#define KIND_OF(code) ((enum node_kind)((code) & ((1u << CODE_SHIFT) - 1)))
#define END_OF(code) ((code) >> CODE_SHIFT)

/* Takes the texts as they come; false where memory has run out. */
struct yaml_sink {
	void *to;
	/* of each node in turn: a scalar's text, an alias' anchor, else an empty one */
	bool (*add_text)(void *to, const char *text, size_t length);
	/* a node's explicit tag, and its anchor */
	bool (*add_tag)(void *to, uint32_t node, const char *tag);
	bool (*add_anchor)(void *to, uint32_t node, const char *anchor);
};

/* The codes and places are malloc'ed, and the caller's to free after any outcome. */
struct yaml_tree {
	uint32_t *codes;
	struct position *places;
	uint32_t count, room;
	/* why the text is no YAML, and where */
	const char *words;
	struct position at;
};

enum yaml_outcome { YAML_READ, YAML_MALFORMED, YAML_NO_ROOM };

/* at most `most` nodes */
enum yaml_outcome yaml_read(const char *bytes, size_t size, uint32_t most, const struct yaml_sink *sink,
			    struct yaml_tree *tree);

#endif
