// The host's YAML: the shared reader's tree as arrays of JavaScript, and the plainest part of a spec at once.
#include "host.h"
#include "yaml-tree.h"

/* beyond, one file would take all the memory that a start may have */
#define NODES_PER_64_MIB 100000
#define LONGEST_NAME 16
#define MOST_FIELDS 32
#define MOST_DIGITS 9

/* The fields that the core knows for a record: the texts, those of them that must be there first, the lists, the numbers. */
struct fields {
	JSAtom names[MOST_FIELDS];
	uint32_t required, texts, lists, count;
};

/* ODD: something that only the core's own reader judges; THROWN: the engine knows */
enum outcome { FINE, ODD, THROWN };

static bool add_names(JSContext *js, struct fields *fields, JSValueConst names);
static enum outcome read_list(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields,
			      JSValue *list);
static enum outcome read_record(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields,
				JSValue *record);
static enum outcome read_texts(JSContext *js, const struct file *file, uint32_t node, JSValue *list);
static enum outcome read_integer(JSContext *js, JSValue *content);
static uint32_t field_of(JSContext *js, const struct file *file, uint32_t key, const struct fields *fields);

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

/* yamlRecords(file, node, required, texts, lists, integers): the records, or undefined where one is not of the plainest form */
HOST(host_yaml_records)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct fields fields = { .count = 0 };
	uint32_t node;
	JSValue list = JS_UNDEFINED;
	if (file == NULL || !number_from(js, argv[1], file->place_count, &node) || !add_names(js, &fields, argv[2]))
		return JS_EXCEPTION;
	fields.required = fields.count;
	if (!add_names(js, &fields, argv[3]))
		return JS_EXCEPTION;
	fields.texts = fields.count;
	if (!add_names(js, &fields, argv[4]))
		return JS_EXCEPTION;
	fields.lists = fields.count;
	if (!add_names(js, &fields, argv[5]))
		return JS_EXCEPTION;
	enum outcome outcome = read_list(js, file, node, &fields, &list);
	for (uint32_t i = 0; i < fields.count; i++)
		JS_FreeAtom(js, fields.names[i]);
	if (outcome == FINE)
		return list;
	JS_FreeValue(js, list);
	return outcome == ODD ? JS_UNDEFINED : JS_EXCEPTION;
}

static bool add_names(JSContext *js, struct fields *fields, JSValueConst names)
{
	uint32_t length;
	JSValue given = JS_GetPropertyStr(js, names, "length");
	if (JS_ToUint32(js, &length, given) != 0)
		return false;
	for (uint32_t i = 0; i < length && fields->count < MOST_FIELDS; i++) {
		JSValue name = JS_GetPropertyUint32(js, names, i);
		JSAtom atom = JS_ValueToAtom(js, name);
		JS_FreeValue(js, name);
		if (atom == JS_ATOM_NULL)
			return false;
		fields->names[fields->count++] = atom;
	}
	return true;
}

static enum outcome read_list(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields,
			      JSValue *list)
{
	uint32_t count = 0, end = END_OF(file->codes[node]);
	if (KIND_OF(file->codes[node]) != SEQUENCE)
		return ODD;
	*list = JS_NewArray(js);
	if (JS_IsException(*list))
		return THROWN;
	for (uint32_t item = node + 1; item < end; item = END_OF(file->codes[item])) {
		JSValue record = JS_UNDEFINED;
		enum outcome outcome = read_record(js, file, item, fields, &record);
		if (outcome != FINE) {
			JS_FreeValue(js, record);
			return outcome;
		}
		if (!push(js, *list, &count, record))
			return THROWN;
	}
	return FINE;
}

static enum outcome read_record(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields,
				JSValue *record)
{
	uint32_t seen = 0, end = END_OF(file->codes[node]);
	if (KIND_OF(file->codes[node]) != MAPPING)
		return ODD;
	*record = JS_NewObject(js);
	if (JS_IsException(*record))
		return THROWN;
	for (uint32_t key = node + 1; key < end; key = END_OF(file->codes[key + 1])) {
		uint32_t value = key + 1, field = field_of(js, file, key, fields);
		enum node_kind kind = KIND_OF(file->codes[value]), wanted = PLAIN;
		if (field < fields->lists)
			wanted = field < fields->texts ? TEXT : SEQUENCE;
		if (field == fields->count || (seen & 1u << field) != 0 || kind != wanted)
			return ODD;
		seen |= 1u << field;
		JSValue content = JS_UNDEFINED;
		enum outcome outcome = FINE;
		if (kind == SEQUENCE)
			outcome = read_texts(js, file, value, &content);
		else
			content = JS_GetPropertyUint32(js, file->texts, value);
		if (kind == PLAIN)
			outcome = read_integer(js, &content);
		if (outcome != FINE) {
			JS_FreeValue(js, content);
			return outcome;
		}
		if (JS_DefinePropertyValue(js, *record, fields->names[field], content, JS_PROP_C_W_E) < 0)
			return THROWN;
	}
	return (seen & ((1u << fields->required) - 1)) == (1u << fields->required) - 1 ? FINE : ODD;
}

static enum outcome read_texts(JSContext *js, const struct file *file, uint32_t node, JSValue *list)
{
	uint32_t count = 0, end = END_OF(file->codes[node]);
	*list = JS_NewArray(js);
	if (JS_IsException(*list))
		return THROWN;
	for (uint32_t item = node + 1; item < end; item++) {
		if (KIND_OF(file->codes[item]) != TEXT)
			return ODD;
		if (!push(js, *list, &count, JS_GetPropertyUint32(js, file->texts, item)))
			return THROWN;
	}
	return FINE;
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

/* the field that a key names; the number of fields where it is none, or no plain key */
static uint32_t field_of(JSContext *js, const struct file *file, uint32_t key, const struct fields *fields)
{
	if (KIND_OF(file->codes[key]) > TEXT)
		return fields->count;
	JSValue text = JS_GetPropertyUint32(js, file->texts, key);
	JSAtom atom = JS_ValueToAtom(js, text);
	JS_FreeValue(js, text);
	uint32_t field = 0;
	while (field < fields->count && fields->names[field] != atom)
		field++;
	JS_FreeAtom(js, atom);
	return field;
}
