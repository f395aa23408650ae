// Host operations on a JSON text: by the numbers of its nodes, whose spans stay in C.
#include <string.h>
#include <strings.h>

#include "host.h"

static const char *const kinds[JSON_KINDS] = {
	[JSON_OBJECT] = "object", [JSON_ARRAY] = "array", [JSON_STRING] = "string", [JSON_NUMBER] = "number",
	[JSON_TRUE] = "true",     [JSON_FALSE] = "false", [JSON_NULL] = "null",
};

static bool find_member(const struct file *file, uint32_t number, const struct text *name, uint32_t *found);
static bool is_other(const char *key, size_t length, const struct text *name);
static JSValue decoded(JSContext *js, const struct file *file, size_t quote);
static bool may_be_like(const struct file *file, uint32_t key, const char *wanted);
static size_t end_of_string(const char *text, size_t quote);
static struct json_node *node_from(JSContext *js, JSValueConst *argv, struct file **file);
static JSValue span(JSContext *js, const struct file *file, size_t start, size_t end);

HOST(host_parse_json)
{
	struct file *file = file_from(js, argv[0]);
	struct json_problem problem;
	if (file == NULL)
		return JS_EXCEPTION;
	if (file->json != NULL)
		return JS_UNDEFINED;
	struct json *json = calloc(1, sizeof *json);
	if (json == NULL)
		return JS_ThrowOutOfMemory(js);
	if (json_parse(file->bytes, file->size, json, &problem)) {
		file->json = json;
		return JS_UNDEFINED;
	}
	free(json->nodes);
	free(json);
	if (problem.words == NULL)
		return JS_ThrowOutOfMemory(js);
	return syntax_to_js(js, problem.words, utf8_position(file->bytes, problem.at));
}

HOST(host_json_kind)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	/* an atom: the same string each time, and the same as the literal in the core */
	return node == NULL ? JS_EXCEPTION : JS_NewAtomString(js, kinds[node->kind]);
}

/* jsonMembers(file, node, like or undefined) */
HOST(host_json_members)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	struct text cleanup_text like = text_from(js, JS_IsUndefined(argv[2]) ? argv[1] : argv[2]);
	const char *wanted = JS_IsUndefined(argv[2]) ? "" : like.bytes;
	JSValue members = node == NULL || wanted == NULL ? JS_EXCEPTION : JS_NewArray(js);
	if (JS_IsException(members) || node->kind != JSON_OBJECT)
		return members;
	uint32_t count = 0, number = (uint32_t)(node - file->json->nodes) + 1;
	for (; number < node->next; number = file->json->nodes[number].next)
		if (may_be_like(file, file->json->nodes[number].key, wanted) &&
		    (!push(js, members, &count, decoded(js, file, file->json->nodes[number].key)) ||
		     !push(js, members, &count, JS_NewUint32(js, number))))
			return JS_EXCEPTION;
	return members;
}

/* By the first byte: an escape or a letter beyond ASCII may be any. */
static bool may_be_like(const struct file *file, uint32_t key, const char *wanted)
{
	char first = file->bytes[key + 1];
	return *wanted == 0 || first == '\\' || (first & 0x80) != 0 || (first | 0x20) == (*wanted | 0x20);
}

/* jsonMember(file, node, name) */
HOST(host_json_member)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	struct text cleanup_text name = text_from(js, argv[2]);
	uint32_t found;
	if (node == NULL || name.bytes == NULL)
		return JS_EXCEPTION;
	if (!find_member(file, (uint32_t)(node - file->json->nodes), &name, &found))
		return JS_UNDEFINED;
	return found == 0 ? JS_NULL : JS_NewUint32(js, found);
}

HOST(host_json_elements)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	JSValue elements = node == NULL ? JS_EXCEPTION : JS_NewArray(js);
	if (JS_IsException(elements) || (node->kind != JSON_ARRAY && node->kind != JSON_OBJECT))
		return elements;
	uint32_t count = 0, number = (uint32_t)(node - file->json->nodes) + 1;
	for (; number < node->next; number = file->json->nodes[number].next)
		if (!push(js, elements, &count, JS_NewUint32(js, number)))
			return JS_EXCEPTION;
	return elements;
}

HOST(host_json_string)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	if (node != NULL && node->kind != JSON_STRING)
		return JS_ThrowTypeError(js, "this node is no string");
	return node == NULL ? JS_EXCEPTION : decoded(js, file, node->start);
}

HOST(host_json_number)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	if (node != NULL && node->kind != JSON_NUMBER)
		return JS_ThrowTypeError(js, "this node is no number");
	return node == NULL ? JS_EXCEPTION : span(js, file, node->start, node->end);
}

HOST(host_json_start)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	return node == NULL ? JS_EXCEPTION : JS_NewUint32(js, node->start);
}

HOST(host_json_end)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	return node == NULL ? JS_EXCEPTION : JS_NewUint32(js, node->end);
}

HOST(host_json_key_start)
{
	struct file *file;
	struct json_node *node = node_from(js, argv, &file);
	if (node != NULL && node->key == NO_KEY)
		return JS_ThrowTypeError(js, "this node is no member's value");
	return node == NULL ? JS_EXCEPTION : JS_NewUint32(js, node->key);
}

HOST(host_json_slice)
{
	struct file *file = file_from(js, argv[0]);
	uint32_t start, end;
	if (file == NULL || !number_from(js, argv[1], (uint32_t)file->size + 1, &start) ||
	    !number_from(js, argv[2], (uint32_t)file->size + 1, &end))
		return JS_EXCEPTION;
	return start > end ? JS_ThrowRangeError(js, "the end is before the start") : span(js, file, start, end);
}

/* 0 where there is none; false for what is no object, and where a runtime may take another member for it. */
static bool find_member(const struct file *file, uint32_t number, const struct text *name, uint32_t *found)
{
	const struct json_node *nodes = file->json->nodes;
	uint32_t end = nodes[number].next;
	*found = 0;
	if (nodes[number].kind != JSON_OBJECT)
		return false;
	for (uint32_t member = number + 1; member < end; member = nodes[member].next) {
		const char *key = file->bytes + nodes[member].key + 1;
		size_t length = end_of_string(file->bytes, nodes[member].key) - nodes[member].key - 1;
		bool is_same = length == name->length && memcmp(key, name->bytes, length) == 0;
		if (is_same ? *found != 0 : is_other(key, length, name))
			return false;
		if (is_same)
			*found = member;
	}
	return true;
}

/* Whether some runtime may take a key for the name: no word that is plain and of another length. */
static bool is_other(const char *key, size_t length, const struct text *name)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)key[i] < ' ' || (unsigned char)key[i] > '~' || key[i] == '\\')
			return true;
	return length == name->length && strncasecmp(key, name->bytes, length) == 0;
}

static struct json_node *node_from(JSContext *js, JSValueConst *argv, struct file **file)
{
	uint32_t number;
	*file = file_from(js, argv[0]);
	if (*file == NULL)
		return NULL;
	uint32_t count = (*file)->json == NULL ? 0 : (*file)->json->count;
	return number_from(js, argv[1], count, &number) ? &(*file)->json->nodes[number] : NULL;
}

static JSValue span(JSContext *js, const struct file *file, size_t start, size_t end)
{
	return text_to_js(js, file->bytes + start, end - start);
}

/* The value of the string whose opening quote stands at `quote`. */
static JSValue decoded(JSContext *js, const struct file *file, size_t quote)
{
	const char *text = file->bytes + quote + 1;
	size_t length = end_of_string(file->bytes, quote) - quote - 1;
	if (memchr(text, '\\', length) == NULL)
		return text_to_js(js, text, length);
	/* first what is no UTF-8: halves of pairs that are escaped stay as they are */
	JSValue value = text_to_js(js, text - 1, length + 2);
	struct text cleanup_text quoted = text_from(js, value);
	JS_FreeValue(js, value);
	return quoted.bytes == NULL ? JS_EXCEPTION : JS_ParseJSON(js, quoted.bytes, quoted.length, "");
}

/* Only for strings that were parsed: they do end. */
static size_t end_of_string(const char *text, size_t quote)
{
	size_t at = quote + 1;
	while (text[at] != '"')
		at += text[at] == '\\' ? 2 : 1;
	return at;
}
