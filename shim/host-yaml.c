// The host's YAML: the shared reader's tree as arrays of JavaScript, and the plainest part of a spec at once.
#include <string.h>

#include "host.h"
#include "yaml-tree.h"

/* beyond, one file would take all the memory that a start may have */
#define NODES_PER_64_MIB 100000
#define LONGEST_NAME 16
/* of all shapes together; a record has 31 at most */
#define MOST_FIELDS 64
#define MOST_SHAPES 16
#define MOST_DIGITS 9

/* A form that a node may have, as src/text/shape.ts writes it down. */
enum form { A_TEXT, TEXTS, AN_INTEGER, A_RECORD, RECORDS };

struct shape {
	enum form form;
	/* of a record: its fields, those that must be there first */
	uint32_t first, required, count;
};

struct field {
	JSAtom name;
	uint32_t shape;
};

struct shapes {
	uint32_t count, fields;
	struct shape table[MOST_SHAPES];
	struct field names[MOST_FIELDS];
};

/* ODD: something that only the core's own reader judges; THROWN: the engine knows */
enum outcome { FINE, ODD, THROWN };

/* of one file, by its shapes */
struct reading {
	JSContext *js;
	const struct file *file;
	const struct shapes *shapes;
};

static bool read_shapes(JSContext *js, JSValueConst written, struct shapes *shapes);
static enum outcome read_node(const struct reading *reading, uint32_t node, const struct shape *shape, JSValue *value);
static enum outcome read_list(const struct reading *reading, uint32_t node, const struct shape *shape, JSValue *list);
static enum outcome read_record(const struct reading *reading, uint32_t node, const struct shape *shape,
				JSValue *record);
static enum outcome judge_plain(JSContext *js, JSValueConst content);
static enum outcome read_integer(JSContext *js, JSValue *content);
static const struct field *field_of(const struct reading *reading, uint32_t key, const struct shape *shape);

struct array {
	JSValue value;
	uint32_t count;
};

struct texts {
	JSContext *js;
	struct array texts, tags, anchors;
	JSValue empty;
};

static bool add_text(void *to, const char *text, size_t length);
static bool add_tag(void *to, uint32_t node, const char *tag);
static bool add_anchor(void *to, uint32_t node, const char *anchor);
static JSValue tree_to_js(const struct texts *texts, const struct yaml_tree *tree);

HOST(host_parse_yaml)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct yaml_tree tree;
	if (file == NULL)
		return JS_EXCEPTION;
	struct texts texts = { .js = js, .empty = JS_NewStringLen(js, "", 0) };
	texts.texts.value = JS_NewArray(js);
	texts.tags.value = JS_NewArray(js);
	texts.anchors.value = JS_NewArray(js);
	struct yaml_sink sink = { &texts, add_text, add_tag, add_anchor };
	uint32_t most = (uint32_t)(memory_limit_mebibytes() * NODES_PER_64_MIB / 64);
	enum yaml_outcome outcome = yaml_read(file->bytes, file->size, most, &sink, &tree);
	free(file->codes);
	free(file->places);
	file->codes = tree.codes;
	file->places = tree.places;
	file->texts = texts.texts.value;
	file->place_count = tree.count;
	if (outcome == YAML_NO_ROOM)
		return JS_ThrowOutOfMemory(js);
	return outcome == YAML_READ ? tree_to_js(&texts, &tree) : syntax_to_js(js, tree.words, tree.at);
}

static bool add_text(void *to, const char *text, size_t length)
{
	struct texts *texts = to;
	JSContext *js = texts->js;
	JSValue value;
	if (length == 0) {
		value = JS_DupValue(js, texts->empty);
	} else if (length > LONGEST_NAME) {
		value = JS_NewStringLen(js, text, length);
	} else {
		/* field names come again and again: as an atom, such a text finds its property without being hashed */
		JSAtom atom = JS_NewAtomLen(js, text, length);
		value = JS_AtomToString(js, atom);
		JS_FreeAtom(js, atom);
	}
	return push(js, texts->texts.value, &texts->texts.count, value);
}

static bool add_pair(JSContext *js, struct array *array, uint32_t node, const char *text)
{
	return push(js, array->value, &array->count, JS_NewUint32(js, node)) &&
	       push(js, array->value, &array->count, JS_NewString(js, text));
}

static bool add_tag(void *to, uint32_t node, const char *tag)
{
	struct texts *texts = to;
	return add_pair(texts->js, &texts->tags, node, tag);
}

static bool add_anchor(void *to, uint32_t node, const char *anchor)
{
	struct texts *texts = to;
	return add_pair(texts->js, &texts->anchors, node, anchor);
}

static JSValue tree_to_js(const struct texts *texts, const struct yaml_tree *tree)
{
	JSContext *js = texts->js;
	JSValue parts = JS_NewArray(js), codes = JS_NewArray(js);
	uint32_t filled = 0, count = 0;
	if (JS_IsException(parts) || JS_IsException(codes))
		return JS_EXCEPTION;
	for (uint32_t i = 0; i < tree->count; i++)
		if (!push(js, codes, &filled, JS_NewUint32(js, tree->codes[i])))
			return JS_EXCEPTION;
	if (!push(js, parts, &count, codes) || !push(js, parts, &count, texts->texts.value) ||
	    !push(js, parts, &count, texts->tags.value) || !push(js, parts, &count, texts->anchors.value))
		return JS_EXCEPTION;
	return parts;
}

HOST(host_yaml_position)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	uint32_t node, count = 0;
	if (file == NULL || !number_from(js, argv[1], file->place_count, &node))
		return JS_EXCEPTION;
	JSValue position = JS_NewArray(js);
	if (JS_IsException(position) || !push(js, position, &count, JS_NewUint32(js, file->places[node].line)) ||
	    !push(js, position, &count, JS_NewUint32(js, file->places[node].column)))
		return JS_EXCEPTION;
	return position;
}

/* yamlShaped(file, node, shapes): what is of the first shape as a value, or undefined where any of it is not */
HOST(host_yaml_shaped)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct shapes shapes = { .count = 0 };
	struct reading reading = { js, file, &shapes };
	uint32_t node;
	JSValue value = JS_UNDEFINED;
	enum outcome outcome = THROWN;
	if (file != NULL && number_from(js, argv[1], file->place_count, &node) && read_shapes(js, argv[2], &shapes))
		outcome = read_node(&reading, node, shapes.table, &value);
	for (uint32_t i = 0; i < shapes.fields; i++)
		JS_FreeAtom(js, shapes.names[i].name);
	if (outcome == FINE)
		return value;
	JS_FreeValue(js, value);
	return outcome == ODD ? JS_UNDEFINED : JS_EXCEPTION;
}

/* Each shape is its form; of a record follow two numbers, of its fields and of those that must be there, and the fields. */
static bool read_shapes(JSContext *js, JSValueConst written, struct shapes *shapes)
{
	int64_t length = array_length(js, written);
	uint32_t at = 0;
	while (at < length) {
		uint32_t parts[3] = { 0 }, most = 1;
		for (uint32_t i = 0; i < most; i++) {
			if (!number_from(js, JS_GetPropertyUint32(js, written, at++), MOST_FIELDS, &parts[i]))
				return false;
			most = parts[0] < A_RECORD ? 1 : 3;
		}
		if (shapes->count == MOST_SHAPES || shapes->fields + parts[1] > MOST_FIELDS)
			return JS_ThrowRangeError(js, "the shape is too large"), false;
		shapes->table[shapes->count++] = (struct shape){ parts[0], shapes->fields, parts[2], parts[1] };
		for (uint32_t i = 0; i < parts[1]; i++) {
			struct field *field = &shapes->names[shapes->fields];
			JSValue name = JS_GetPropertyUint32(js, written, at++);
			field->name = JS_ValueToAtom(js, name);
			JS_FreeValue(js, name);
			if (field->name == JS_ATOM_NULL)
				return false;
			shapes->fields++;
			if (!number_from(js, JS_GetPropertyUint32(js, written, at++), MOST_SHAPES, &field->shape))
				return false;
		}
	}
	return true;
}

static enum outcome read_node(const struct reading *reading, uint32_t node, const struct shape *shape, JSValue *value)
{
	static const enum node_kind kinds[] = { TEXT, SEQUENCE, PLAIN, MAPPING, SEQUENCE };
	enum node_kind kind = KIND_OF(reading->file->codes[node]);
	if (kind != kinds[shape->form] && (shape->form != A_TEXT || kind != PLAIN))
		return ODD;
	switch (shape->form) {
	case A_TEXT:
	case AN_INTEGER:
		*value = JS_GetPropertyUint32(reading->js, reading->file->texts, node);
		if (shape->form == AN_INTEGER)
			return read_integer(reading->js, value);
		return kind == TEXT ? FINE : judge_plain(reading->js, *value);
	case A_RECORD:
		return read_record(reading, node, shape, value);
	default:
		return read_list(reading, node, shape, value);
	}
}

static enum outcome read_list(const struct reading *reading, uint32_t node, const struct shape *shape, JSValue *list)
{
	static const struct shape text = { .form = A_TEXT };
	struct shape record = *shape;
	JSContext *js = reading->js;
	const uint32_t *codes = reading->file->codes;
	uint32_t count = 0, end = END_OF(codes[node]);
	record.form = A_RECORD;
	*list = JS_NewArray(js);
	if (JS_IsException(*list))
		return THROWN;
	for (uint32_t item = node + 1; item < end; item = END_OF(codes[item])) {
		JSValue value = JS_UNDEFINED;
		enum outcome outcome = read_node(reading, item, shape->form == TEXTS ? &text : &record, &value);
		if (outcome != FINE) {
			JS_FreeValue(js, value);
			return outcome;
		}
		if (!push(js, *list, &count, value))
			return THROWN;
	}
	return FINE;
}

static enum outcome read_record(const struct reading *reading, uint32_t node, const struct shape *shape,
				JSValue *record)
{
	JSContext *js = reading->js;
	const uint32_t *codes = reading->file->codes;
	const struct field *fields = &reading->shapes->names[shape->first];
	uint32_t seen = 0, end = END_OF(codes[node]);
	*record = JS_NewObject(js);
	if (JS_IsException(*record))
		return THROWN;
	for (uint32_t key = node + 1; key < end; key = END_OF(codes[key + 1])) {
		const struct field *field = field_of(reading, key, shape);
		uint32_t bit = field == NULL ? 0 : 1u << (field - fields);
		if (field == NULL || (seen & bit) != 0)
			return ODD;
		seen |= bit;
		JSValue value = JS_UNDEFINED;
		enum outcome outcome = read_node(reading, key + 1, &reading->shapes->table[field->shape], &value);
		if (outcome != FINE) {
			JS_FreeValue(js, value);
			return outcome;
		}
		if (JS_DefinePropertyValue(js, *record, field->name, value, JS_PROP_C_W_E) < 0)
			return THROWN;
	}
	return (seen & ((1u << shape->required) - 1)) == (1u << shape->required) - 1 ? FINE : ODD;
}

/* What has a character that no number and no word has is text, and so are versions and flags (src/text/yaml-scalar.ts). */
static enum outcome judge_plain(JSContext *js, JSValueConst content)
{
	struct text cleanup_text text = text_from(js, content);
	unsigned points = 0;
	bool is_version = true;
	if (text.bytes == NULL)
		return THROWN;
	if (strncmp(text.bytes, "--", 2) == 0)
		return FINE;
	for (const char *at = text.bytes; *at != 0; at++) {
		bool is_digit = *at >= '0' && *at <= '9';
		char letter = (char)(*at | 0x20);
		if (!is_digit && (letter < 'a' || letter > 'z') && strchr("_.+~<-", *at) == NULL)
			return FINE;
		if (*at == '.' && at != text.bytes && at[-1] != '.' && at[1] != 0)
			points++;
		else
			is_version = is_version && is_digit;
	}
	return is_version && points == 2 ? FINE : ODD;
}

/* A text becomes the number that it spells, where no one could read it as another one. */
static enum outcome read_integer(JSContext *js, JSValue *content)
{
	struct text cleanup_text text = text_from(js, *content);
	int32_t number = 0;
	if (text.bytes == NULL)
		return THROWN;
	if (text.length == 0 || text.length > MOST_DIGITS || (text.bytes[0] == '0' && text.length > 1))
		return ODD;
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9')
			return ODD;
		number = number * 10 + (text.bytes[i] - '0');
	}
	JS_FreeValue(js, *content);
	*content = JS_NewInt32(js, number);
	return FINE;
}

/* the field that a key names; NULL where it is none, or no plain key */
static const struct field *field_of(const struct reading *reading, uint32_t key, const struct shape *shape)
{
	JSContext *js = reading->js;
	if (KIND_OF(reading->file->codes[key]) > TEXT)
		return NULL;
	JSValue text = JS_GetPropertyUint32(js, reading->file->texts, key);
	JSAtom atom = JS_ValueToAtom(js, text);
	JS_FreeValue(js, text);
	const struct field *field = &reading->shapes->names[shape->first], *end = field + shape->count;
	while (field < end && field->name != atom)
		field++;
	JS_FreeAtom(js, atom);
	return field == end ? NULL : field;
}
