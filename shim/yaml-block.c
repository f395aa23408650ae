// Reads block YAML as generators write it, without libyaml: the same tree, for a fraction of what that costs. What is
// written in any other way, or wrong, is left to yaml-tree.c: nothing here says what is YAML and what is none.
#include <stdlib.h>
#include <string.h>

#include "yaml-tree.h"

#define MOST_DEPTH 32
/* libyaml takes hardly longer ones */
#define LONGEST_KEY 1000

struct reader {
	/* of the text, which is followed by a NUL */
	const char *at, *end;
	/* where the line begins, and its number */
	const char *begin;
	uint32_t line;
	const struct yaml_sink *sink;
	struct yaml_tree *tree;
	uint32_t first, most;
	/* the open collections, outermost first, and how far they are indented */
	struct open {
		uint32_t node, column;
		bool is_list;
	} open[MOST_DEPTH];
	unsigned depth;
	/* the value of the last key is still to come */
	bool lacks_value;
};

struct scalar {
	enum node_kind kind;
	/* where it stands, quotes included */
	const char *place;
	const char *text;
	size_t length;
};

static bool read_line(struct reader *reader);
static bool settle(struct reader *reader, uint32_t column, bool is_entry);
static bool open_collection(struct reader *reader, enum node_kind kind, const char *place, uint32_t column);
static void close_collection(struct reader *reader);
static bool read_value(struct reader *reader);
static bool read_flow(struct reader *reader);
static bool read_flow_key(struct reader *reader);
static bool read_flow_scalar(struct reader *reader);
static bool read_scalar(struct reader *reader, struct scalar *scalar);
static bool read_quoted(struct reader *reader, struct scalar *scalar);
static bool end_line(struct reader *reader);
static bool add_scalar(struct reader *reader, const struct scalar *scalar);
static bool add_node(struct reader *reader, enum node_kind kind, const char *place, const char *text, size_t length);

bool yaml_read_block(const char *bytes, size_t size, uint32_t most, const struct yaml_sink *sink,
		     struct yaml_tree *tree)
{
	struct reader reader = { .at = bytes,
				 .end = bytes + size,
				 .first = (uint32_t)(size / YAML_NODE_BYTES) + 1,
				 .most = most,
				 .sink = sink,
				 .tree = tree };
	*tree = (struct yaml_tree){ .codes = NULL };
	if (strncmp(bytes, "---\n", 4) == 0) {
		reader.at += 4;
		reader.line = 1;
	}
	while (reader.at < reader.end)
		if (!read_line(&reader))
			return false;
	while (reader.depth > 0)
		close_collection(&reader);
	return tree->count > 0 && !reader.lacks_value;
}

/* What a character can be in a plain scalar. All others, UTF-8's as well, are FOREIGN here. */
enum letter { FOREIGN, TELLING, INSIDE = 4, FIRST = 5 };
#define IS_ORDINARY(letter) (((letter) & INSIDE) != 0)
static const unsigned char letters[256] = {
	['\n'] = TELLING,       [' '] = TELLING,         ['!' ... '"'] = INSIDE, ['#'] = TELLING,
	['$'] = FIRST,          ['%' ... '\''] = INSIDE, ['('] = FIRST,          [')' ... '*'] = INSIDE,
	['+'] = FIRST,          [',' ... '-'] = INSIDE,  ['.' ... '9'] = FIRST,  [':'] = TELLING,
	[';'] = INSIDE,         ['<' ... '='] = FIRST,   ['>' ... '@'] = INSIDE, ['A' ... 'Z'] = FIRST,
	['[' ... '^'] = INSIDE, ['_'] = FIRST,           ['`'] = INSIDE,         ['a' ... 'z'] = FIRST,
	['{' ... '}'] = INSIDE, ['~'] = FIRST,
};

static enum letter letter_of(const char *at)
{
	return letters[(unsigned char)*at];
}

static bool is_blank(const struct reader *reader, const char *at)
{
	return *at == ' ' || *at == '\n' || at == reader->end;
}

static bool is_entry(const struct reader *reader)
{
	return *reader->at == '-' && is_blank(reader, reader->at + 1);
}

static bool is_flow(const struct reader *reader)
{
	return *reader->at == '[' || *reader->at == '{';
}

static uint32_t skip_spaces(struct reader *reader)
{
	while (*reader->at == ' ')
		reader->at++;
	return (uint32_t)(reader->at - reader->begin);
}

static bool read_line(struct reader *reader)
{
	struct scalar scalar;
	reader->begin = reader->at;
	reader->line++;
	uint32_t column = skip_spaces(reader);
	if (*reader->at == '#')
		while (*reader->at != '\n' && letter_of(reader->at) != FOREIGN)
			reader->at++;
	if (is_blank(reader, reader->at))
		return end_line(reader);
	/* what ends a document */
	if (column == 0 && (strncmp(reader->at, "---", 3) == 0 || strncmp(reader->at, "...", 3) == 0))
		return false;
	if (!settle(reader, column, is_entry(reader)))
		return false;
	bool begins = reader->lacks_value || reader->depth == 0, is_item = false;
	for (; is_entry(reader); begins = is_item = true) {
		if (begins && !open_collection(reader, SEQUENCE, reader->at, column))
			return false;
		reader->at++;
		column = skip_spaces(reader);
	}
	if (is_item && is_flow(reader))
		return read_flow(reader) && end_line(reader);
	if (!read_scalar(reader, &scalar))
		return false;
	bool is_key = *reader->at == ':' && is_blank(reader, reader->at + 1);
	if (is_key && begins && !open_collection(reader, MAPPING, scalar.place, column))
		return false;
	if ((!is_key && !is_item) || !add_scalar(reader, &scalar))
		return false;
	if (!is_key)
		return end_line(reader);
	if (reader->at - scalar.place > LONGEST_KEY)
		return false;
	reader->at++;
	skip_spaces(reader);
	reader->lacks_value = is_blank(reader, reader->at);
	return (reader->lacks_value || read_value(reader)) && end_line(reader);
}

/* Ends what is indented further than what comes now; false where that fits nowhere. */
static bool settle(struct reader *reader, uint32_t column, bool is_entry)
{
	const struct open *top = reader->open + reader->depth - 1;
	/* a list may stand as deep as its key */
	if (reader->lacks_value)
		return column > top->column || (column == top->column && is_entry);
	for (; reader->depth > 0 && (top->column > column || (top->column == column && top->is_list && !is_entry));
	     top--)
		close_collection(reader);
	return reader->depth == 0 ? reader->tree->count == 0 : top->column == column && top->is_list == is_entry;
}

static bool open_collection(struct reader *reader, enum node_kind kind, const char *place, uint32_t column)
{
	if (reader->depth == MOST_DEPTH)
		return false;
	reader->open[reader->depth++] = (struct open){ reader->tree->count, column, kind == SEQUENCE };
	reader->lacks_value = false;
	return add_node(reader, kind, place, "", 0);
}

static void close_node(struct yaml_tree *tree, uint32_t node)
{
	tree->codes[node] = tree->count << CODE_SHIFT | KIND_OF(tree->codes[node]);
}

static void close_collection(struct reader *reader)
{
	close_node(reader->tree, reader->open[--reader->depth].node);
}

static bool read_value(struct reader *reader)
{
	struct scalar scalar;
	if (is_flow(reader))
		return read_flow(reader);
	return read_scalar(reader, &scalar) && add_scalar(reader, &scalar);
}

/* On one line. What the tree keeps is lost in the eyes of gcc's analyzer. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
static bool read_flow(struct reader *reader)
{
	uint32_t node = reader->tree->count;
	bool is_list = *reader->at == '[';
	char end = is_list ? ']' : '}';
	if (reader->depth == MOST_DEPTH || !add_node(reader, is_list ? SEQUENCE : MAPPING, reader->at, "", 0))
		return false;
	reader->depth++;
	do {
		reader->at++;
		skip_spaces(reader);
		if (*reader->at == end && reader->tree->count == node + 1)
			break;
		if (!is_list && !read_flow_key(reader))
			return false;
		if (!(is_flow(reader) ? read_flow(reader) : read_flow_scalar(reader)))
			return false;
		skip_spaces(reader);
	} while (*reader->at == ',');
	reader->depth--;
	if (*reader->at != end)
		return false;
	reader->at++;
	close_node(reader->tree, node);
	return true;
}
#pragma GCC diagnostic pop

static bool read_flow_key(struct reader *reader)
{
	const char *place = reader->at;
	if (!read_flow_scalar(reader) || reader->at - place > LONGEST_KEY || *reader->at != ':' || reader->at[1] != ' ')
		return false;
	reader->at++;
	skip_spaces(reader);
	return true;
}

/* A plain one is a single word. */
static bool read_flow_scalar(struct reader *reader)
{
	struct scalar scalar = { TEXT, reader->at, reader->at, 0 };
	if (*reader->at == '"' || *reader->at == '\'')
		return read_quoted(reader, &scalar) && add_scalar(reader, &scalar);
	if (letter_of(reader->at) != FIRST)
		return false;
	while (letter_of(reader->at) == FIRST || *reader->at == '-')
		reader->at++;
	scalar.length = (size_t)(reader->at - scalar.text);
	scalar.kind = yaml_may_mean_more(scalar.text, scalar.length) ? PLAIN : TEXT;
	return add_scalar(reader, &scalar);
}

/* What follows it is the caller's to judge; white space behind a plain one is no part of it. */
static bool read_scalar(struct reader *reader, struct scalar *scalar)
{
	const char *at = reader->at, *end = at;
	if (*at == '"' || *at == '\'')
		return read_quoted(reader, scalar);
	if (letter_of(at) != FIRST && (*at != '-' || is_blank(reader, at + 1)))
		return false;
	for (;;) {
		while (IS_ORDINARY(letter_of(at)))
			at++;
		end = at[-1] == ' ' ? end : at;
		if (*at == '\n' || at == reader->end || (*at == ':' && is_blank(reader, at + 1)))
			break;
		if (letter_of(at) == FOREIGN || (*at == '#' && at[-1] == ' '))
			return false;
		at++;
	}
	size_t length = (size_t)(end - reader->at);
	*scalar = (struct scalar){ yaml_may_mean_more(reader->at, length) ? PLAIN : TEXT, reader->at, reader->at,
				   length };
	reader->at = end;
	return true;
}

/* On one line, without an escape. */
static bool read_quoted(struct reader *reader, struct scalar *scalar)
{
	const char quote = *reader->at, *text = reader->at + 1, *at = text;
	while (*at != quote && *at != '\\' && *at != '\n' && letter_of(at) != FOREIGN)
		at++;
	if (*at != quote || at[1] == quote)
		return false;
	*scalar = (struct scalar){ TEXT, reader->at, text, (size_t)(at - text) };
	reader->at = at + 1;
	return true;
}

static bool end_line(struct reader *reader)
{
	skip_spaces(reader);
	if (reader->at == reader->end)
		return true;
	return *reader->at++ == '\n';
}

static bool add_scalar(struct reader *reader, const struct scalar *scalar)
{
	return add_node(reader, scalar->kind, scalar->place, scalar->text, scalar->length);
}

static bool add_node(struct reader *reader, enum node_kind kind, const char *place, const char *text, size_t length)
{
	struct yaml_tree *tree = reader->tree;
	if (tree->count == tree->room && !yaml_enlarge(tree, reader->first))
		return false;
	tree->codes[tree->count] = (tree->count + 1) << CODE_SHIFT | kind;
	tree->places[tree->count] = (struct position){ reader->line, (uint32_t)(place - reader->begin) + 1 };
	tree->count++;
	/* one that is too many is not for here */
	return tree->count < reader->most && reader->sink->add_text(reader->sink->to, text, length);
}
