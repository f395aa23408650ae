// A JSON text as a table of nodes that keeps where each stands.
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* nodes may stand this deep below the root */
#define JSON_DEPTH 200
#define NO_KEY UINT32_MAX

enum json_kind { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };
#define JSON_KINDS (JSON_NULL + 1)

/* Node 0 is the root; children follow their parent in the order of the text. */
struct json_node {
	uint32_t start, end;
	/* the number of the node that follows the last descendant */
	uint32_t next;
	/* where the opening quote of a member's key stands, else NO_KEY */
	uint32_t key;
	uint8_t kind;
};

struct json {
	struct json_node *nodes;
	uint32_t count, room;
};

/* words is NULL when memory ran out */
struct json_problem {
	const char *words;
	size_t at;
};

/* Strict RFC 8259: UTF-8, no byte order mark, one value. `nodes` is malloc'ed, whatever the answer. */
bool json_parse(const char *text, size_t size, struct json *json, struct json_problem *problem);

#endif
