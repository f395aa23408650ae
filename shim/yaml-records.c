// The plainest part of a spec at once: a list of records whose fields are texts and lists of texts.
#include "yaml-parts.h"

#define MOST_FIELDS 32

/* The fields that the core knows for a record: the texts, those of them that must be there first, then the lists. */
struct fields {
	JSAtom names[MOST_FIELDS];
	uint32_t required, texts, count;
};

/* ODD: something that only the core's own reader judges; THROWN: the engine knows */
enum outcome { FINE, ODD, THROWN };

static bool add_names(JSContext *js, struct fields *fields, JSValueConst names);
static enum outcome read_list(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields, JSValue *list);
static enum outcome read_record(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields, JSValue *record);
static enum outcome read_texts(JSContext *js, const struct file *file, uint32_t node, JSValue *list);
static uint32_t field_of(JSContext *js, const struct file *file, uint32_t key, const struct fields *fields);

/* yamlRecords(file, node, required, texts, lists): the records, or undefined where one is not of the plainest form */
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

static enum outcome read_list(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields, JSValue *list)
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

static enum outcome read_record(JSContext *js, const struct file *file, uint32_t node, const struct fields *fields, JSValue *record)
{
	uint32_t seen = 0, end = END_OF(file->codes[node]);
	if (KIND_OF(file->codes[node]) != MAPPING)
		return ODD;
	*record = JS_NewObject(js);
	if (JS_IsException(*record))
		return THROWN;
	for (uint32_t key = node + 1; key < end; key = END_OF(file->codes[key + 1])) {
		uint32_t value = key + 1, field = field_of(js, file, key, fields);
		enum node_kind kind = KIND_OF(file->codes[value]);
		if (field == fields->count || (seen & 1u << field) != 0 || kind != (field < fields->texts ? TEXT : SEQUENCE))
			return ODD;
		seen |= 1u << field;
		JSValue text = JS_UNDEFINED;
		if (kind == TEXT) {
			text = JS_GetPropertyUint32(js, file->texts, value);
		} else {
			enum outcome outcome = read_texts(js, file, value, &text);
			if (outcome != FINE) {
				JS_FreeValue(js, text);
				return outcome;
			}
		}
		if (JS_DefinePropertyValue(js, *record, fields->names[field], text, JS_PROP_C_W_E) < 0)
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
