// The plainest part of a YAML document as values of JavaScript, at once: src/text/shape.ts says which form a node may have.
#include <string.h>

#include "host.h"
#include "yaml-tree.h"

/* of all shapes together; a record has 31 at most */
#define MOST_FIELDS 64
#define MOST_SHAPES 16
#define MOST_DIGITS 9

/* lists of patterns are not longer, nor is a pattern (src/settings) */
#define MOST_PATTERNS 1000
#define LONGEST_PATTERN 512

/* A form that a node may have, as src/text/shape.ts writes it down. */
enum form { A_TEXT, TEXTS, AN_INTEGER, QUALIFIED, LABELS, DOTTED, A_CHOICE, A_RECORD, RECORDS };

struct shape {
	enum form form;
	/* of a record: its fields, those that must be there first; of a choice: its texts, as fields without a shape */
	uint32_t first, required, count;
};

struct field {
	struct text name;
	JSAtom atom;
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
	/* patterns that are left to the core: of each the form of its list, and its text */
	JSValueConst doubts;
	uint32_t doubt_count;
};

static bool read_shapes(JSContext *js, JSValueConst written, struct shapes *shapes);
static enum outcome read_node(struct reading *reading, uint32_t node, const struct shape *shape, JSValue *value);
static enum outcome read_list(struct reading *reading, uint32_t node, const struct shape *shape, JSValue *list);
static enum outcome read_record(struct reading *reading, uint32_t node, const struct shape *shape, JSValue *record);
static bool judge_pattern(struct reading *reading, enum form form, uint32_t node, JSValueConst value);
static bool is_sure(enum form form, const struct yaml_text *text);
static enum outcome judge_plain(const struct yaml_text *text);
static enum outcome read_integer(const struct yaml_text *text, JSValue *value);
static const struct field *field_of(const struct reading *reading, uint32_t key, const struct shape *shape);

/* yamlShaped(file, node, shapes, doubts): what is of the first shape as a value, or undefined where any of it is not */
HOST(host_yaml_shaped)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct shapes shapes = { .count = 0 };
	struct reading reading = { js, file, &shapes, argv[3], 0 };
	uint32_t node;
	JSValue value = JS_UNDEFINED;
	enum outcome outcome = THROWN;
	/* where there is no document, nothing is of any shape */
	if (file != NULL && file->node_count == 0)
		return JS_UNDEFINED;
	if (file != NULL && number_from(js, argv[1], file->node_count, &node) && read_shapes(js, argv[2], &shapes))
		outcome = read_node(&reading, node, shapes.table, &value);
	for (uint32_t i = 0; i < shapes.fields; i++) {
		text_free(&shapes.names[i].name);
		JS_FreeAtom(js, shapes.names[i].atom);
	}
	if (outcome == FINE)
		return value;
	JS_FreeValue(js, value);
	return outcome == ODD ? JS_UNDEFINED : JS_EXCEPTION;
}

/* Each shape is its form; of a record follow two numbers, of its fields and of those that must be there, and the fields;
   of a choice, so do its texts. */
static bool read_shapes(JSContext *js, JSValueConst written, struct shapes *shapes)
{
	int64_t length = array_length(js, written);
	uint32_t at = 0;
	while (at < length) {
		uint32_t parts[3] = { 0 }, most = 1;
		for (uint32_t i = 0; i < most; i++) {
			if (!number_from(js, JS_GetPropertyUint32(js, written, at++), MOST_FIELDS, &parts[i]))
				return false;
			most = parts[0] < A_CHOICE ? 1 : 3;
		}
		if (shapes->count == MOST_SHAPES || shapes->fields + parts[1] > MOST_FIELDS)
			return JS_ThrowRangeError(js, "the shape is too large"), false;
		shapes->table[shapes->count++] = (struct shape){ parts[0], shapes->fields, parts[2], parts[1] };
		for (uint32_t i = 0; i < parts[1]; i++) {
			struct field *field = &shapes->names[shapes->fields];
			JSValue name = JS_GetPropertyUint32(js, written, at++);
			field->name = text_from(js, name);
			field->atom = JS_ValueToAtom(js, name);
			JS_FreeValue(js, name);
			shapes->fields++;
			if (field->name.bytes == NULL || field->atom == JS_ATOM_NULL)
				return false;
			if (parts[0] != A_CHOICE &&
			    !number_from(js, JS_GetPropertyUint32(js, written, at++), MOST_SHAPES, &field->shape))
				return false;
		}
	}
	return true;
}

static enum outcome read_node(struct reading *reading, uint32_t node, const struct shape *shape, JSValue *value)
{
	static const enum node_kind kinds[] = { TEXT,     SEQUENCE, PLAIN,   SEQUENCE, SEQUENCE,
						SEQUENCE, TEXT,     MAPPING, SEQUENCE };
	enum node_kind kind = KIND_OF(reading->file->codes[node]);
	const struct field *choice;
	struct yaml_text text;
	if (kind != kinds[shape->form] && (shape->form != A_TEXT || kind != PLAIN))
		return ODD;
	switch (shape->form) {
	case A_TEXT:
		text = yaml_text_of(&reading->file->texts, node);
		if (kind == PLAIN && judge_plain(&text) != FINE)
			return ODD;
		*value = JS_NewStringLen(reading->js, text.bytes, text.length);
		return JS_IsException(*value) ? THROWN : FINE;
	case AN_INTEGER:
		text = yaml_text_of(&reading->file->texts, node);
		return read_integer(&text, value);
	case A_CHOICE:
		choice = field_of(reading, node, shape);
		if (choice != NULL)
			*value = JS_AtomToString(reading->js, choice->atom);
		return choice == NULL ? ODD : JS_IsException(*value) ? THROWN : FINE;
	case A_RECORD:
		return read_record(reading, node, shape, value);
	default:
		return read_list(reading, node, shape, value);
	}
}

static enum outcome read_list(struct reading *reading, uint32_t node, const struct shape *shape, JSValue *list)
{
	static const struct shape text = { .form = A_TEXT };
	struct shape record = *shape;
	JSContext *js = reading->js;
	const uint32_t *codes = reading->file->codes;
	uint32_t count = 0, end = END_OF(codes[node]);
	bool is_pattern = shape->form >= QUALIFIED && shape->form <= DOTTED;
	record.form = A_RECORD;
	*list = JS_NewArray(js);
	if (JS_IsException(*list))
		return THROWN;
	for (uint32_t item = node + 1; item < end; item = END_OF(codes[item])) {
		JSValue value = JS_UNDEFINED;
		enum outcome outcome = read_node(reading, item, shape->form == RECORDS ? &record : &text, &value);
		if (outcome != FINE) {
			JS_FreeValue(js, value);
			return outcome;
		}
		if (!push(js, *list, &count, value) ||
		    (is_pattern && !judge_pattern(reading, shape->form, item, value)))
			return THROWN;
	}
	return is_pattern && (count == 0 || count > MOST_PATTERNS) ? ODD : FINE;
}

/* False after an exception. */
static bool judge_pattern(struct reading *reading, enum form form, uint32_t node, JSValueConst value)
{
	struct yaml_text text = yaml_text_of(&reading->file->texts, node);
	JSContext *js = reading->js;
	uint32_t *count = &reading->doubt_count;
	return is_sure(form, &text) || (push(js, reading->doubts, count, JS_NewInt32(js, form)) &&
					push(js, reading->doubts, count, JS_DupValue(js, value)));
}

/*
 * Whether a pattern is of the usual forms: `vendor.com/class=name`, or how that begins with a `*` behind it; a label; labels
 * with full stops between. All of these could match something.
 */
static bool is_sure(enum form form, const struct yaml_text *text)
{
	const char *separator = form == QUALIFIED ? "/=" : "";
	const char *inner = form == QUALIFIED ? "._-" : form == DOTTED ? ".-" : "-";
	/* whether a part begins here, and whether it could end */
	bool begins = true, ends = false;
	for (size_t i = 0; i < text->length; i++) {
		char byte = text->bytes[i], letter = (char)(form == QUALIFIED ? byte | 0x20 : byte);
		if ((letter >= 'a' && letter <= 'z') || byte == '*' || byte == '?' ||
		    (byte >= '0' && byte <= '9' && (!begins || *separator == '\0'))) {
			begins = false;
			ends = true;
		} else if (byte != '\0' && byte == *separator && ends) {
			inner = *++separator == '\0' ? "._-:" : inner;
			begins = true;
			ends = false;
		} else if (byte != '\0' && strchr(inner, byte) != NULL && !begins) {
			ends = false;
		} else {
			return false;
		}
	}
	return ends && text->length <= LONGEST_PATTERN && (*separator == '\0' || text->bytes[text->length - 1] == '*');
}

static enum outcome read_record(struct reading *reading, uint32_t node, const struct shape *shape, JSValue *record)
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
		if (JS_DefinePropertyValue(js, *record, field->atom, value, JS_PROP_C_W_E) < 0)
			return THROWN;
	}
	return (seen & ((1u << shape->required) - 1)) == (1u << shape->required) - 1 ? FINE : ODD;
}

/* What has a character that no number and no word has is text, and so are versions and flags (src/text/yaml-scalar.ts). */
static enum outcome judge_plain(const struct yaml_text *text)
{
	const char *begin = text->bytes, *end = begin + text->length;
	unsigned points = 0;
	bool is_version = true;
	if (text->length >= 2 && memcmp(begin, "--", 2) == 0)
		return FINE;
	for (const char *at = begin; at < end; at++) {
		bool is_digit = *at >= '0' && *at <= '9';
		char letter = (char)(*at | 0x20);
		if (!is_digit && (letter < 'a' || letter > 'z') && memchr("_.+~<-", *at, 6) == NULL)
			return FINE;
		if (*at == '.' && at != begin && at[-1] != '.' && at + 1 < end)
			points++;
		else
			is_version = is_version && is_digit;
	}
	return is_version && points == 2 ? FINE : ODD;
}

/* The number that a text spells, where no one could read it as another one. */
static enum outcome read_integer(const struct yaml_text *text, JSValue *value)
{
	int32_t number = 0;
	if (text->length == 0 || text->length > MOST_DIGITS || (text->bytes[0] == '0' && text->length > 1))
		return ODD;
	for (size_t i = 0; i < text->length; i++) {
		if (text->bytes[i] < '0' || text->bytes[i] > '9')
			return ODD;
		number = number * 10 + (text->bytes[i] - '0');
	}
	*value = JS_NewInt32(NULL, number);
	return FINE;
}

/* the field that a key names; NULL where it is none, or no plain key */
static const struct field *field_of(const struct reading *reading, uint32_t key, const struct shape *shape)
{
	const struct field *field = &reading->shapes->names[shape->first], *end = field + shape->count;
	if (KIND_OF(reading->file->codes[key]) > TEXT)
		return NULL;
	struct yaml_text text = yaml_text_of(&reading->file->texts, key);
	for (; field < end; field++)
		if (field->name.length == text.length && memcmp(field->name.bytes, text.bytes, text.length) == 0)
			return field;
	return NULL;
}
