// Reads JSON strictly as RFC 8259 has it, without recursion; src/text/json-syntax.ts does the same, in the same words.
#include "json-reader.h"

#define FIRST_NODES 512

static bool read_value(struct reader *reader, uint32_t key, bool *opened);
static bool read_rest(struct reader *reader, uint32_t *key, bool *done);
static bool read_key(struct reader *reader, uint32_t *key);
static struct json_node *add_node(struct reader *reader, uint32_t key);
static void close_container(struct reader *reader);

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->size) {
		unsigned char byte = reader->text[reader->at];
		if (byte != ' ' && byte != '\n' && byte != '\t' && byte != '\r')
			break;
		reader->at++;
	}
}

bool json_parse(const char *text, size_t size, struct json *json, struct json_problem *problem)
{
	struct reader reader = { .text = (const unsigned char *)text, .size = size, .json = json, .problem = problem };
	uint32_t key = NO_KEY;
	bool opened, done = false;
	skip_space(&reader);
	while (!done) {
		if (!read_value(&reader, key, &opened))
			return false;
		skip_space(&reader);
		struct json_node *node = opened ? &json->nodes[reader.open[reader.depth - 1]] : NULL;
		key = NO_KEY;
		if (opened && json_peek(&reader) == (node->kind == JSON_OBJECT ? '}' : ']'))
			close_container(&reader);
		else if (opened && (node->kind == JSON_ARRAY || read_key(&reader, &key)))
			continue;
		else if (opened)
			return false;
		if (!read_rest(&reader, &key, &done))
			return false;
	}
	return true;
}

/* After a whole value: ends of containers, then a comma and a key, or the end. */
static bool read_rest(struct reader *reader, uint32_t *key, bool *done)
{
	for (;;) {
		skip_space(reader);
		if (reader->depth == 0) {
			*done = true;
			return reader->at == reader->size || json_fail(reader, "something follows the end of the value");
		}
		bool object = reader->json->nodes[reader->open[reader->depth - 1]].kind == JSON_OBJECT;
		unsigned char byte = json_peek(reader);
		if (byte == ',') {
			reader->at++;
			skip_space(reader);
			return !object || read_key(reader, key);
		}
		if (byte != (object ? '}' : ']'))
			return json_fail(reader, object ? "a comma or } is missing" : "a comma or ] is missing");
		close_container(reader);
	}
}

static bool read_value(struct reader *reader, uint32_t key, bool *opened)
{
	if (reader->depth > JSON_DEPTH)
		return json_fail(reader, "nested deeper than 200 levels");
	struct json_node *node = add_node(reader, key);
	unsigned char byte = json_peek(reader);
	if (node == NULL)
		return json_fail(reader, NULL);
	uint32_t number = reader->json->count - 1;
	bool fine = true;
	*opened = byte == '{' || byte == '[';
	if (*opened) {
		node->kind = byte == '{' ? JSON_OBJECT : JSON_ARRAY;
		reader->open[reader->depth++] = number;
		reader->at++;
		return true;
	}
	switch (byte) {
	case '"':
		node->kind = JSON_STRING;
		fine = json_read_string(reader);
		break;
	case 't':
		node->kind = JSON_TRUE;
		fine = json_read_word(reader, "true");
		break;
	case 'f':
		node->kind = JSON_FALSE;
		fine = json_read_word(reader, "false");
		break;
	case 'n':
		node->kind = JSON_NULL;
		fine = json_read_word(reader, "null");
		break;
	default:
		node->kind = JSON_NUMBER;
		fine = json_read_number(reader);
	}
	node->end = (uint32_t)reader->at;
	return fine;
}

static struct json_node *add_node(struct reader *reader, uint32_t key)
{
	struct json *json = reader->json;
	if (json->count == json->room) {
		uint32_t room = json->room == 0 ? FIRST_NODES : json->room * 2;
		struct json_node *nodes = realloc(json->nodes, room * sizeof *nodes);
		if (nodes == NULL)
			return NULL;
		json->nodes = nodes;
		json->room = room;
	}
	struct json_node *node = &json->nodes[json->count++];
	*node = (struct json_node){ .start = (uint32_t)reader->at, .next = json->count, .key = key };
	return node;
}

static void close_container(struct reader *reader)
{
	struct json_node *node = &reader->json->nodes[reader->open[--reader->depth]];
	node->end = (uint32_t)++reader->at;
	node->next = reader->json->count;
}

static bool read_key(struct reader *reader, uint32_t *key)
{
	if (json_peek(reader) != '"')
		return json_fail(reader, "a key in double quotes is missing");
	*key = (uint32_t)reader->at;
	if (!json_read_string(reader))
		return false;
	skip_space(reader);
	if (json_peek(reader) != ':')
		return json_fail(reader, "a colon is missing");
	reader->at++;
	skip_space(reader);
	return true;
}
