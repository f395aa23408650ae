// Reads the first document of a YAML text: libyaml's events become the flat arrays of src/text/yaml-tree.ts.
// The shim and the WebAssembly of Node's side share this; what takes the texts is theirs (host-yaml.c, src/host/libyaml.c).
#include "yaml-tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#define FIRST_NODES 256

struct builder {
	yaml_parser_t parser;
	const char *bytes;
	const struct yaml_sink *sink;
	struct yaml_tree *tree;
	uint32_t most;
	/* the open collections, outermost first */
	uint32_t open[YAML_DEPTH + 1];
	unsigned depth;
};

enum step { MORE, DONE, WRONG, NO_ROOM };

static enum step take_event(struct builder *builder, const yaml_event_t *event);
static enum step add_node(struct builder *builder, enum node_kind kind, const yaml_event_t *event);
static bool add_properties(struct builder *builder, const yaml_char_t *tag, const yaml_char_t *anchor);
static bool enlarge(struct yaml_tree *tree);
static enum node_kind kind_of_scalar(const yaml_event_t *event);
static bool may_mean_more(const char *text, size_t length);
static enum step refuse(struct builder *builder, const char *words, struct position at);
static enum step parser_failure(struct builder *builder);
static struct position position_of(yaml_mark_t mark);
static struct position position_at(const char *bytes, size_t offset);
static const char *words_for(const char *problem);

enum yaml_outcome yaml_read(const char *bytes, size_t size, uint32_t most, const struct yaml_sink *sink,
			    struct yaml_tree *tree)
{
	struct builder builder = { .bytes = bytes, .sink = sink, .tree = tree, .most = most };
	enum step step = MORE;
	*tree = (struct yaml_tree){ .codes = NULL };
	if (yaml_parser_initialize(&builder.parser) == 0)
		return YAML_NO_ROOM;
	yaml_parser_set_input_string(&builder.parser, (const unsigned char *)bytes, size);
	/* Only the first document counts, and what is behind it is not looked at: so it is with the Go reader. */
	while (step == MORE) {
		yaml_event_t event;
		if (yaml_parser_parse(&builder.parser, &event) == 0) {
			step = parser_failure(&builder);
			break;
		}
		step = take_event(&builder, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&builder.parser);
	return step == DONE ? YAML_READ : step == WRONG ? YAML_MALFORMED : YAML_NO_ROOM;
}

static enum step take_event(struct builder *builder, const yaml_event_t *event)
{
	const struct position nowhere = { 0, 0 };
	bool ends = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
	if (builder->depth > YAML_DEPTH && !ends)
		return refuse(builder, "nested deeper than 256 levels", nowhere);
	if (builder->tree->count >= builder->most)
		return refuse(builder, "it has more than 100000 values for each 64 MiB of limits.memory", nowhere);
	switch (event->type) {
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return MORE;
	case YAML_ALIAS_EVENT:
		return add_node(builder, ALIAS, event);
	case YAML_SCALAR_EVENT:
		return add_node(builder, kind_of_scalar(event), event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT: {
		uint32_t number = builder->tree->count;
		enum step step =
			add_node(builder, event->type == YAML_SEQUENCE_START_EVENT ? SEQUENCE : MAPPING, event);
		builder->open[builder->depth++] = number;
		return step;
	}
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: {
		uint32_t *code = &builder->tree->codes[builder->open[--builder->depth]];
		*code = builder->tree->count << CODE_SHIFT | (*code & ((1u << CODE_SHIFT) - 1));
		return MORE;
	}
	default:
		return DONE;
	}
}

static enum step add_node(struct builder *builder, enum node_kind kind, const yaml_event_t *event)
{
	const struct yaml_sink *sink = builder->sink;
	struct yaml_tree *tree = builder->tree;
	bool fine;
	if (tree->count == tree->room && !enlarge(tree))
		return NO_ROOM;
	switch (kind) {
	case PLAIN:
	case TEXT:
		fine = sink->add_text(sink->to, (const char *)event->data.scalar.value, event->data.scalar.length) &&
		       add_properties(builder, event->data.scalar.tag, event->data.scalar.anchor);
		break;
	case ALIAS: {
		const char *anchor = (const char *)event->data.alias.anchor;
		fine = sink->add_text(sink->to, anchor, strlen(anchor));
		break;
	}
	case SEQUENCE:
		fine = sink->add_text(sink->to, "", 0) &&
		       add_properties(builder, event->data.sequence_start.tag, event->data.sequence_start.anchor);
		break;
	default:
		fine = sink->add_text(sink->to, "", 0) &&
		       add_properties(builder, event->data.mapping_start.tag, event->data.mapping_start.anchor);
	}
	tree->places[tree->count] = position_of(event->start_mark);
	tree->codes[tree->count] = (tree->count + 1) << CODE_SHIFT | kind;
	tree->count++;
	return fine ? MORE : NO_ROOM;
}

static bool add_properties(struct builder *builder, const yaml_char_t *tag, const yaml_char_t *anchor)
{
	const struct yaml_sink *sink = builder->sink;
	return (tag == NULL || sink->add_tag(sink->to, builder->tree->count, (const char *)tag)) &&
	       (anchor == NULL || sink->add_anchor(sink->to, builder->tree->count, (const char *)anchor));
}

static bool enlarge(struct yaml_tree *tree)
{
	tree->room = tree->room == 0 ? FIRST_NODES : tree->room * 2;
	uint32_t *codes = realloc(tree->codes, tree->room * sizeof *codes);
	if (codes != NULL)
		tree->codes = codes;
	struct position *places = realloc(tree->places, tree->room * sizeof *places);
	if (places != NULL)
		tree->places = places;
	return codes != NULL && places != NULL;
}

static enum node_kind kind_of_scalar(const yaml_event_t *event)
{
	bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	const char *text = (const char *)event->data.scalar.value;
	return is_plain && may_mean_more(text, event->data.scalar.length) ? PLAIN : TEXT;
}

/* One that begins like a number or a merge key, or is a word: only src/text/yaml-scalar.ts knows more. */
static bool may_mean_more(const char *text, size_t length)
{
	static const char words[][6] = { "y", "n", "yes", "no", "on", "off", "true", "false", "null" };
	if (length == 0)
		return true;
	switch (*text) {
	case '~':
	case '.':
	case '+':
	case '-':
	case '<':
	case '0' ... '9':
		return true;
	case 'y':
	case 'Y':
	case 'n':
	case 'N':
	case 'o':
	case 'O':
	case 't':
	case 'T':
	case 'f':
	case 'F':
		break;
	default:
		return false;
	}
	if (length >= sizeof *words)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i][length] == '\0' && strncasecmp(text, words[i], length) == 0)
			return true;
	return false;
}

static enum step refuse(struct builder *builder, const char *words, struct position at)
{
	builder->tree->words = words;
	builder->tree->at = at;
	return WRONG;
}

static enum step parser_failure(struct builder *builder)
{
	const yaml_parser_t *parser = &builder->parser;
	if (parser->error == YAML_MEMORY_ERROR)
		return NO_ROOM;
	if (parser->error == YAML_READER_ERROR)
		return refuse(builder, words_for(parser->problem), position_at(builder->bytes, parser->problem_offset));
	struct position at = position_of(parser->problem_mark);
	/* libyaml's mark is behind the backslash and its letter */
	if (strcmp(parser->problem, "found invalid Unicode character escape code") == 0)
		at.column -= 2;
	return refuse(builder, words_for(parser->problem), at);
}

static struct position position_of(yaml_mark_t mark)
{
	return (struct position){ (uint32_t)mark.line + 1, (uint32_t)mark.column + 1 };
}

/* Where the character at an offset stands in a text that is fine up to there, its byte order mark not counted. */
static struct position position_at(const char *bytes, size_t offset)
{
	const unsigned char *text = (const unsigned char *)bytes;
	bool big = offset >= 2 && memcmp(text, "\xfe\xff", 2) == 0,
	     little = offset >= 2 && memcmp(text, "\xff\xfe", 2) == 0;
	size_t unit = big || little ? 2 : 1;
	struct position here = { 1, 1 };
	for (size_t at = unit == 2                                             ? 2
			 : offset >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3
									       : 0;
	     at < offset; at += unit) {
		unsigned letter = unit == 1 ? text[at]
				  : big     ? (unsigned)text[at] << 8 | text[at + 1]
					    : (unsigned)text[at + 1] << 8 | text[at];
		if (letter == '\n')
			here = (struct position){ here.line + 1, 1 };
		/* not what goes on with a character: UTF-8's later bytes, the second half of a pair */
		else if (unit == 1 ? (letter & 0xc0) != 0x80 : (letter & 0xfc00) != 0xdc00)
			here.column++;
	}
	return here;
}

/* libyaml's problems in plain words. */
static const struct {
	const char *problem;
	const char *words;
} translations[] = {
	{ "control characters are not allowed", "a character that YAML does not allow" },
	{ "invalid leading UTF-8 octet", NOT_UTF8 },
	{ "incomplete UTF-8 octet sequence", NOT_UTF8 },
	{ "invalid trailing UTF-8 octet", NOT_UTF8 },
	{ "invalid length of a UTF-8 sequence", NOT_UTF8 },
	{ "invalid Unicode character", NOT_UTF8 },
	{ "incomplete UTF-16 character", NOT_UTF16 },
	{ "unexpected low surrogate area", NOT_UTF16 },
	{ "incomplete UTF-16 surrogate pair", NOT_UTF16 },
	{ "expected low surrogate area", NOT_UTF16 },
	{ "found character that cannot start any token", "this character cannot begin a value" },
	{ "could not find expected ':'", "a colon after the key is missing" },
	{ "did not find expected key", "a key is missing here, or the indentation is wrong" },
	{ "did not find expected '-' indicator", "a list entry is missing here, or the indentation is wrong" },
	{ "did not find expected ',' or ']'", "a comma or ] is missing" },
	{ "did not find expected ',' or '}'", "a comma or } is missing" },
	{ "did not find expected node content", "a value is missing" },
	{ "did not find expected <document start>", "--- is missing after the directives" },
	{ "mapping values are not allowed in this context", "a colon stands where no key can be" },
	{ "mapping keys are not allowed in this context", "a key cannot stand here" },
	{ "block sequence entries are not allowed in this context", "a list entry cannot stand here" },
	{ "found unexpected end of stream", "a quoted text does not end" },
	{ "found unexpected document indicator", "a quoted text does not end" },
	{ "found unexpected ':'", "a colon stands inside a word" },
	{ "found unknown escape character", "an escape that YAML 1.1 does not have" },
	{ "found invalid Unicode character escape code", "an escape that YAML 1.1 does not have" },
	{ "did not find expected hexdecimal number", "an escape in a quoted text lacks hexadecimal digits" },
	{ "found a tab character where an indentation space is expected", "a tab stands where spaces must indent" },
	{ "found a tab character that violates indentation", "a tab stands where spaces must indent" },
	{ "found an indentation indicator equal to 0", "an indentation of 0 cannot be asked for" },
	{ "did not find expected comment or line break", "only a comment may follow here" },
	{ "did not find expected whitespace or line break", "a space is missing" },
	{ "did not find expected whitespace", "a space is missing" },
	{ "did not find expected alphabetic or numeric character", "a name after & or * is missing" },
	{ "found undefined tag handle", "the beginning of a tag is not declared" },
	{ "did not find expected tag URI", "a tag is malformed" },
	{ "did not find expected '!'", "a tag is malformed" },
	{ "did not find the expected '>'", "a tag is malformed" },
	{ "did not find URI escaped octet", "a tag is malformed" },
	{ "found an incorrect leading UTF-8 octet", "a tag is malformed" },
	{ "found an incorrect trailing UTF-8 octet", "a tag is malformed" },
	{ "found unknown directive name", "a directive is unknown" },
	{ "could not find expected directive name", "a directive is unknown" },
	{ "found unexpected non-alphabetical character", "a directive is malformed" },
	{ "did not find expected digit or '.' character", "a directive is malformed" },
	{ "did not find expected version number", "a directive is malformed" },
	{ "found extremely long version number", "a directive is malformed" },
	{ "found duplicate %YAML directive", "a directive stands twice" },
	{ "found duplicate %TAG directive", "a directive stands twice" },
	{ "found incompatible YAML document", "a %YAML directive other than 1.1" },
};

static const char *words_for(const char *problem)
{
	for (size_t i = 0; i < sizeof translations / sizeof *translations; i++)
		if (strcmp(translations[i].problem, problem) == 0)
			return translations[i].words;
	return problem;
}
