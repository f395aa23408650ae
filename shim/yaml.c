// Turns libyaml's events of the first document into the flat arrays of src/text/yaml-tree.ts.
#include <string.h>
#include <strings.h>

#include "yaml-parts.h"

#define FIRST_NODES 256
/* beyond, one file would take all the memory that a start may have */
#define NODES_PER_64_MIB 100000
#define LONGEST_NAME 16

struct array {
	JSValue value;
	uint32_t count;
};

struct builder {
	JSContext *js;
	yaml_parser_t parser;
	struct source source;
	uint32_t *codes;
	struct position *places;
	uint32_t count, room, most;
	/* the open collections, outermost first */
	uint32_t open[YAML_DEPTH + 1];
	unsigned depth;
	struct array texts, tags, anchors;
	JSValue empty;
};

/* WRONG: words and at say why; THROWN: the engine knows */
enum outcome { MORE, DONE, WRONG, THROWN };
struct failure {
	const char *words;
	struct position at;
};

static enum outcome build(struct builder *builder, struct failure *failure);
static enum outcome take_event(struct builder *builder, yaml_event_t *event, struct failure *failure);
static enum outcome add_node(struct builder *builder, enum node_kind kind, const yaml_event_t *event);
static bool add_property(struct builder *builder, struct array *array, const unsigned char *text);
static bool add_text(struct builder *builder, const unsigned char *text, size_t length);
static struct failure parser_failure(const struct builder *builder);
static JSValue finish(struct builder *builder);

HOST(host_parse_yaml)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct builder builder = { .js = js, .most = (uint32_t)(memory_limit_mebibytes() * NODES_PER_64_MIB / 64) };
	struct failure failure = { NULL, { 0, 0 } };
	if (file == NULL)
		return JS_EXCEPTION;
	builder.source = source_of(file);
	if (!characters_allowed(builder.source, &failure.words, &failure.at))
		return syntax_to_js(js, failure.words, failure.at);
	if (yaml_parser_initialize(&builder.parser) == 0)
		return JS_ThrowOutOfMemory(js);
	builder.texts.value = JS_NewArray(js);
	builder.tags.value = JS_NewArray(js);
	builder.anchors.value = JS_NewArray(js);
	builder.empty = JS_NewStringLen(js, "", 0);
	yaml_parser_set_input_string(&builder.parser, (const unsigned char *)file->bytes, file->size);
	enum outcome outcome = build(&builder, &failure);
	yaml_parser_delete(&builder.parser);
	JSValue result = outcome == DONE    ? finish(&builder) :
			 outcome == WRONG   ? syntax_to_js(js, failure.words, failure.at) :
					      JS_EXCEPTION;
	free(file->codes);
	free(file->places);
	file->codes = builder.codes;
	file->places = builder.places;
	file->texts = builder.texts.value;
	file->place_count = builder.count;
	return result;
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

/* Only the first document counts, and nothing behind it is looked at: so it is with the Go reader. */
static enum outcome build(struct builder *builder, struct failure *failure)
{
	enum outcome outcome = MORE;
	while (outcome == MORE) {
		yaml_event_t event;
		if (yaml_parser_parse(&builder->parser, &event) == 0) {
			if (builder->parser.error == YAML_MEMORY_ERROR) {
				JS_ThrowOutOfMemory(builder->js);
				return THROWN;
			}
			*failure = parser_failure(builder);
			return WRONG;
		}
		outcome = take_event(builder, &event, failure);
		yaml_event_delete(&event);
	}
	return outcome;
}

static struct position position_of(yaml_mark_t mark)
{
	return (struct position){ (uint32_t)mark.line + 1, (uint32_t)mark.column + 1 };
}

/* A plain scalar that begins like a number or a merge key, or is a word (src/text/yaml-tree.ts has the same). */
static bool may_mean_more(const yaml_event_t *event)
{
	static const char words[][6] = { "y", "n", "yes", "no", "on", "off", "true", "false", "null" };
	const char *text = (const char *)event->data.scalar.value;
	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	if (*text == 0 || strchr("~.+-<0123456789", *text) != NULL)
		return true;
	if (event->data.scalar.length > 5)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

static enum outcome take_event(struct builder *builder, yaml_event_t *event, struct failure *failure)
{
	const yaml_version_directive_t *version;
	bool ends = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
	if (builder->depth > YAML_DEPTH && !ends) {
		*failure = (struct failure){ "nested deeper than 256 levels", { 0, 0 } };
		return WRONG;
	}
	if (builder->count >= builder->most) {
		*failure = (struct failure){ "it has more than 100000 values for each 64 MiB of limits.memory", { 0, 0 } };
		return WRONG;
	}
	switch (event->type) {
	case YAML_STREAM_START_EVENT:
		return MORE;
	case YAML_DOCUMENT_START_EVENT:
		version = event->data.document_start.version_directive;
		if (version == NULL || (version->major == 1 && version->minor == 1))
			return MORE;
		*failure = (struct failure){ YAML_VERSION_WORDS, position_of(event->start_mark) };
		return WRONG;
	case YAML_ALIAS_EVENT:
		return add_node(builder, ALIAS, event);
	case YAML_SCALAR_EVENT:
		if (event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && holds_slash_escape(&builder->source, event)) {
			*failure = (struct failure){ YAML_ESCAPE_WORDS, builder->source.escape };
			return WRONG;
		}
		return add_node(builder, may_mean_more(event) ? PLAIN : TEXT, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		builder->open[builder->depth++] = builder->count;
		return add_node(builder, event->type == YAML_SEQUENCE_START_EVENT ? SEQUENCE : MAPPING, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: {
		uint32_t *code = &builder->codes[builder->open[--builder->depth]];
		*code = builder->count << CODE_SHIFT | (*code & ((1u << CODE_SHIFT) - 1));
		return MORE;
	}
	default:
		return DONE;
	}
}

static enum outcome add_node(struct builder *builder, enum node_kind kind, const yaml_event_t *event)
{
	if (builder->count == builder->room) {
		uint32_t room = builder->room == 0 ? FIRST_NODES : builder->room * 2;
		uint32_t *codes = realloc(builder->codes, room * sizeof *codes);
		builder->codes = codes == NULL ? builder->codes : codes;
		struct position *places = realloc(builder->places, room * sizeof *places);
		builder->places = places == NULL ? builder->places : places;
		if (codes == NULL || places == NULL) {
			JS_ThrowOutOfMemory(builder->js);
			return THROWN;
		}
		builder->room = room;
	}
	bool fine;
	switch (kind) {
	case PLAIN:
	case TEXT:
		fine = add_text(builder, event->data.scalar.value, event->data.scalar.length) &&
		       add_property(builder, &builder->tags, event->data.scalar.tag) &&
		       add_property(builder, &builder->anchors, event->data.scalar.anchor);
		break;
	case ALIAS:
		fine = add_text(builder, event->data.alias.anchor, strlen((const char *)event->data.alias.anchor));
		break;
	case SEQUENCE:
		fine = add_text(builder, NULL, 0) && add_property(builder, &builder->tags, event->data.sequence_start.tag) &&
		       add_property(builder, &builder->anchors, event->data.sequence_start.anchor);
		break;
	default:
		fine = add_text(builder, NULL, 0) && add_property(builder, &builder->tags, event->data.mapping_start.tag) &&
		       add_property(builder, &builder->anchors, event->data.mapping_start.anchor);
	}
	builder->places[builder->count] = position_of(event->start_mark);
	builder->codes[builder->count] = (builder->count + 1) << CODE_SHIFT | kind;
	builder->count++;
	return fine ? MORE : THROWN;
}

static bool add_text(struct builder *builder, const unsigned char *text, size_t length)
{
	JSValue value;
	if (length == 0) {
		value = JS_DupValue(builder->js, builder->empty);
	} else if (length > LONGEST_NAME) {
		value = JS_NewStringLen(builder->js, (const char *)text, length);
	} else {
		/* field names come again and again: as an atom, such a text finds its property without being hashed */
		JSAtom atom = JS_NewAtomLen(builder->js, (const char *)text, length);
		value = JS_AtomToString(builder->js, atom);
		JS_FreeAtom(builder->js, atom);
	}
	return push(builder->js, builder->texts.value, &builder->texts.count, value);
}

static bool add_property(struct builder *builder, struct array *array, const unsigned char *text)
{
	return text == NULL ||
	       (push(builder->js, array->value, &array->count, JS_NewUint32(builder->js, builder->count)) &&
		push(builder->js, array->value, &array->count, JS_NewString(builder->js, (const char *)text)));
}

static struct failure parser_failure(const struct builder *builder)
{
	const yaml_parser_t *parser = &builder->parser;
	struct failure failure = { yaml_words(parser->problem), position_of(parser->problem_mark) };
	/* libyaml's mark is behind the backslash and its letter */
	if (strcmp(parser->problem, "found invalid Unicode character escape code") == 0)
		failure.at.column -= 2;
	return failure;
}

static JSValue finish(struct builder *builder)
{
	JSContext *js = builder->js;
	JSValue tree = JS_NewArray(js), codes = JS_NewArray(js);
	uint32_t filled = 0, parts = 0;
	if (JS_IsException(tree) || JS_IsException(codes))
		return JS_EXCEPTION;
	for (uint32_t i = 0; i < builder->count; i++)
		if (!push(js, codes, &filled, JS_NewUint32(js, builder->codes[i])))
			return JS_EXCEPTION;
	if (!push(js, tree, &parts, codes) || !push(js, tree, &parts, builder->texts.value) ||
	    !push(js, tree, &parts, builder->tags.value) || !push(js, tree, &parts, builder->anchors.value))
		return JS_EXCEPTION;
	return tree;
}
