// Reads what one of the runtimes takes for JSON, without recursion; src/text/json-syntax.ts does the same, in the same
// words: besides RFC 8259 crun's comments and white space, any bytes in strings, and whatever follows the value.
#include <string.h>

#include "shim.h"

#define FIRST_NODES 512
#define NO_NODE UINT32_MAX

struct reader {
	const unsigned char *text;
	size_t size, at;
	struct json *json;
	/* the innermost open container; as long as one is open, its `next` is the one around it */
	uint32_t open;
	struct json_problem *problem;
};

static void skip_all_space(struct reader *reader);
static bool skip_comment(struct reader *reader);
static bool read_value(struct reader *reader, uint32_t key, bool *opened);
static bool read_rest(struct reader *reader, uint32_t *key, bool *done);
static bool read_key(struct reader *reader, uint32_t *key);
static struct json_node *add_node(struct reader *reader, uint32_t key);
static void close_container(struct reader *reader);
static bool read_string(struct reader *reader);
static bool read_escape(struct reader *reader);
static bool read_number(struct reader *reader);
static bool read_word(struct reader *reader, const char *word);

static bool fail(struct reader *reader, const char *words)
{
	*reader->problem = (struct json_problem){ words, reader->at };
	return false;
}

/* What stands next; 0 at the end, where a NUL byte would be an error as well. */
static unsigned char peek(const struct reader *reader)
{
	return reader->at < reader->size ? reader->text[reader->at] : 0;
}

static inline void skip_space(struct reader *reader)
{
	unsigned char byte = peek(reader);
	if (byte <= ' ' || byte == '/')
		skip_all_space(reader);
}

static void skip_all_space(struct reader *reader)
{
	for (;; reader->at++) {
		unsigned char byte = peek(reader);
		if (byte != ' ' && (byte < '\t' || byte > '\r') && (byte != '/' || !skip_comment(reader)))
			return;
	}
}

/* Up to its last byte: the line feed, or the slash; yajl knows both forms. */
static bool skip_comment(struct reader *reader)
{
	const char *at = (const char *)reader->text + reader->at;
	size_t left = reader->size - reader->at;
	bool line = left >= 2 && at[0] == '/' && at[1] == '/';
	if (!line && (left < 2 || at[0] != '/' || at[1] != '*'))
		return false;
	const char *end = line ? memchr(at, '\n', left) : memmem(at + 2, left - 2, "*/", 2);
	reader->at = end == NULL ? reader->size - 1 : (size_t)(end - (const char *)reader->text) + !line;
	return true;
}

bool json_parse(const char *text, size_t size, struct json *json, struct json_problem *problem)
{
	struct reader reader = {
		.text = (const unsigned char *)text, .size = size, .json = json, .open = NO_NODE, .problem = problem
	};
	uint32_t key = NO_KEY;
	bool opened, done = false;
	skip_space(&reader);
	while (!done) {
		if (!read_value(&reader, key, &opened))
			return false;
		skip_space(&reader);
		struct json_node *node = opened ? &json->nodes[reader.open] : NULL;
		key = NO_KEY;
		if (opened && peek(&reader) == (node->kind == JSON_OBJECT ? '}' : ']'))
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
		*done = reader->open == NO_NODE;
		if (*done)
			return true;
		skip_space(reader);
		bool object = reader->json->nodes[reader->open].kind == JSON_OBJECT;
		unsigned char byte = peek(reader);
		if (byte == ',') {
			reader->at++;
			skip_space(reader);
			return !object || read_key(reader, key);
		}
		if (byte != (object ? '}' : ']'))
			return fail(reader, object ? "a comma or } is missing" : "a comma or ] is missing");
		close_container(reader);
	}
}

static bool read_value(struct reader *reader, uint32_t key, bool *opened)
{
	struct json_node *node = add_node(reader, key);
	unsigned char byte = peek(reader);
	if (node == NULL)
		return fail(reader, NULL);
	uint32_t number = reader->json->count - 1;
	bool fine = true;
	*opened = byte == '{' || byte == '[';
	if (*opened) {
		node->kind = byte == '{' ? JSON_OBJECT : JSON_ARRAY;
		node->next = reader->open;
		reader->open = number;
		reader->at++;
		return true;
	}
	switch (byte) {
	case '"':
		node->kind = JSON_STRING;
		fine = read_string(reader);
		break;
	case 't':
		node->kind = JSON_TRUE;
		fine = read_word(reader, "true");
		break;
	case 'f':
		node->kind = JSON_FALSE;
		fine = read_word(reader, "false");
		break;
	case 'n':
		node->kind = JSON_NULL;
		fine = read_word(reader, "null");
		break;
	default:
		node->kind = JSON_NUMBER;
		fine = read_number(reader);
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
	struct json_node *node = &reader->json->nodes[reader->open];
	reader->open = node->next;
	node->end = (uint32_t)++reader->at;
	node->next = reader->json->count;
}

static bool read_key(struct reader *reader, uint32_t *key)
{
	if (peek(reader) != '"')
		return fail(reader, "a key in double quotes is missing");
	*key = (uint32_t)reader->at;
	if (!read_string(reader))
		return false;
	skip_space(reader);
	if (peek(reader) != ':')
		return fail(reader, "a colon is missing");
	reader->at++;
	skip_space(reader);
	return true;
}

/* Strings, numbers and words are read to their ends; their values are not kept. */
static bool read_string(struct reader *reader)
{
	size_t start = reader->at++;
	for (;;) {
		reader->at = skip_plain(reader->text, reader->at, reader->size);
		if (reader->at == reader->size)
			break;
		unsigned char byte = reader->text[reader->at];
		if (byte == '"') {
			reader->at++;
			return true;
		}
		if (byte != '\\')
			return fail(reader, "a control character stands in a string");
		if (!read_escape(reader))
			return false;
	}
	reader->at = start;
	return fail(reader, "a string does not end");
}

size_t skip_plain(const unsigned char *text, size_t at, size_t size)
{
	while (at < size && text[at] != '"' && text[at] != '\\' && text[at] >= ' ')
		at++;
	return at;
}

static bool hex(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* Halves of surrogate pairs may stand alone, as in most readers. */
static bool read_escape(struct reader *reader)
{
	reader->at++;
	const unsigned char *at = reader->text + reader->at;
	size_t left = reader->size - reader->at;
	size_t length = 1;
	if (left > 0 && at[0] == 'u')
		length = left >= 5 && hex(at[1]) && hex(at[2]) && hex(at[3]) && hex(at[4]) ? 5 : 0;
	else if (left == 0 || at[0] == '\0' || strchr("\"\\/bfnrt", at[0]) == NULL)
		length = 0;
	reader->at += length;
	return length > 0 || fail(reader, "an escape is not one of JSON");
}

static bool read_digits(struct reader *reader, const char *otherwise)
{
	size_t start = reader->at;
	while (peek(reader) >= '0' && peek(reader) <= '9')
		reader->at++;
	return reader->at > start || fail(reader, otherwise);
}

static bool read_number(struct reader *reader)
{
	if (peek(reader) == '-')
		reader->at++;
	if (peek(reader) == '0')
		reader->at++;
	else if (!read_digits(reader, "a value is missing"))
		return false;
	if (peek(reader) == '.') {
		reader->at++;
		if (!read_digits(reader, "a number has no digit after its point"))
			return false;
	}
	if ((peek(reader) | 0x20) != 'e')
		return true;
	reader->at++;
	if (peek(reader) == '+' || peek(reader) == '-')
		reader->at++;
	return read_digits(reader, "a number has no digit in its exponent");
}

static bool read_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);
	if (reader->size - reader->at < length || memcmp(reader->text + reader->at, word, length) != 0)
		return fail(reader, "a value is missing");
	reader->at += length;
	return true;
}
