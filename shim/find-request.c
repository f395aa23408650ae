// Whether a document asks for devices at all: by the decoded strings at the places where one can, read as a stream.
#include <errno.h>
#include <string.h>

#include "shim.h"

#define BLOCK_BYTES (64u << 10)
#define OPTIONAL "optional."
/* more than what is compared: the longest marker behind the word before it, and names of sections */
#define NAME_BYTES 64
#define TAIL_BYTES 256
/* nothing below this depth says where it is, but mounts */
#define KNOWN_DEPTH 3

enum place { ELSEWHERE, ROOT, ANNOTATIONS, PROCESS, ENV, MOUNTS };

enum state { BETWEEN, STRING, ESCAPE, DIGITS, SLASH, LINE_COMMENT, COMMENT, STAR };

/*
 * No runtime's reading alone: of members of one name each may be the one that counts, in any spelling that Go takes, and
 * comments (crun) and single quotes (json-c) are known. What is no JSON for a runtime that refuses it does not matter.
 */
struct asking {
	const struct markers *markers;
	enum state state;
	enum place places[KNOWN_DEPTH + 1];
	uint64_t depth;
	/* what the last string names, and where the member leads whose key it was */
	enum place named, next;
	/* of the string that is read: its beginning, as a variable up to its "="; and in mounts the end so far */
	unsigned char quote;
	unsigned digits, point;
	char name[NAME_BYTES];
	size_t name_length;
	bool has_equals, has_value;
	char tail[TAIL_BYTES];
	size_t tail_length;
	const char *marker;
	/* by which it asks, and whether the answer is known before the end of the file */
	const char *asks_by;
	bool done;
};

static bool take_all(struct asking *asking, const unsigned char *text, size_t length);
static void take(struct asking *asking, unsigned char byte);
static void take_between(struct asking *asking, unsigned char byte);
static void open_container(struct asking *asking);
static void begin_string(struct asking *asking, unsigned char quote);
static void take_in_string(struct asking *asking, unsigned char byte);
static void take_escape(struct asking *asking, unsigned char byte);
static void take_digit(struct asking *asking, unsigned char byte);
static void add_decoded(struct asking *asking, unsigned char byte);
static void add_text(struct asking *asking, const unsigned char *text, size_t length);
static void add_to_mount(struct asking *asking, const unsigned char *text, size_t length);
static void search_tail(struct asking *asking);
static void end_string(struct asking *asking);
static const char *asks_by_name(const struct asking *asking, enum place place);

static enum place place_of(const struct asking *asking)
{
	if (asking->depth <= KNOWN_DEPTH)
		return asking->places[asking->depth];
	return asking->places[KNOWN_DEPTH] == MOUNTS ? MOUNTS : ELSEWHERE;
}

bool document_asks(int descriptor, const struct markers *markers)
{
	static unsigned char buffer[BLOCK_BYTES];
	struct asking asking = { .markers = markers };
	off_t at = 0;
	for (;;) {
		ssize_t count = pread(descriptor, buffer, sizeof buffer, at);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0;
		if (take_all(&asking, buffer, (size_t)count))
			return asking.asks_by != NULL;
		at += count;
	}
}

const char *text_asks(const unsigned char *text, size_t length, const struct markers *markers)
{
	struct asking asking = { .markers = markers };
	take_all(&asking, text, length);
	return asking.asks_by;
}

/* Whether the answer is known. Most of a document is in strings, which are taken piece by piece; in single quotes few are. */
static bool take_all(struct asking *asking, const unsigned char *text, size_t length)
{
	for (size_t i = 0; i < length && !asking->done; i++) {
		if (asking->state == STRING && asking->quote == '"') {
			size_t start = i;
			i = skip_plain(text, start, length);
			add_text(asking, text + start, i - start);
		}
		if (i < length)
			take(asking, text[i]);
	}
	return asking->done;
}

/* No runtime reads past a NUL byte: crun takes it for the end, all others refuse it. */
static void take(struct asking *asking, unsigned char byte)
{
	asking->done = asking->done || byte == '\0';
	switch (asking->state) {
	case BETWEEN:
		take_between(asking, byte);
		break;
	case STRING:
		take_in_string(asking, byte);
		break;
	case ESCAPE:
		take_escape(asking, byte);
		break;
	case DIGITS:
		take_digit(asking, byte);
		break;
	case SLASH:
		asking->state = byte == '/' ? LINE_COMMENT : byte == '*' ? COMMENT : BETWEEN;
		if (asking->state == BETWEEN)
			take_between(asking, byte);
		break;
	case LINE_COMMENT:
		asking->state = byte == '\n' ? BETWEEN : LINE_COMMENT;
		break;
	case COMMENT:
	case STAR:
		asking->state = byte == '*' ? STAR : byte == '/' && asking->state == STAR ? BETWEEN : COMMENT;
	}
}

static void take_between(struct asking *asking, unsigned char byte)
{
	switch (byte) {
	case '"':
	case '\'':
		begin_string(asking, byte);
		break;
	case '/':
		asking->state = SLASH;
		break;
	case '{':
	case '[':
		open_container(asking);
		break;
	case '}':
	case ']':
		/* only the first value counts */
		asking->done = asking->depth <= 1;
		asking->depth--;
		break;
	case ':':
		asking->next = asking->named;
		if (place_of(asking) == ANNOTATIONS)
			asking->asks_by = asks_by_name(asking, ANNOTATIONS);
		asking->done = asking->asks_by != NULL;
		break;
	case ',':
		asking->next = ELSEWHERE;
	}
}

static void open_container(struct asking *asking)
{
	enum place around = place_of(asking);
	enum place inside = asking->depth == 0 ? ROOT : around == MOUNTS ? MOUNTS : asking->next;
	asking->depth++;
	if (asking->depth <= KNOWN_DEPTH)
		asking->places[asking->depth] = inside;
	asking->next = ELSEWHERE;
}

static void begin_string(struct asking *asking, unsigned char quote)
{
	asking->state = STRING;
	asking->quote = quote;
	asking->name_length = asking->tail_length = 0;
	asking->marker = NULL;
	asking->has_equals = asking->has_value = false;
}

static void take_in_string(struct asking *asking, unsigned char byte)
{
	if (byte == asking->quote)
		end_string(asking);
	else if (byte == '\\')
		asking->state = ESCAPE;
	else
		add_decoded(asking, byte);
}

static void take_escape(struct asking *asking, unsigned char byte)
{
	asking->state = byte == 'u' ? DIGITS : STRING;
	asking->digits = asking->point = 0;
	if (byte != 'u')
		/* line feeds and their like are in no marker and no name */
		add_decoded(asking, strchr("bfnrt", byte) == NULL ? byte : ' ');
}

static void take_digit(struct asking *asking, unsigned char byte)
{
	unsigned char low = byte | 0x20;
	asking->point = asking->point << 4 | (byte <= '9' ? byte & 0xf : (unsigned)(low - 'a' + 10) & 0xf);
	if (++asking->digits < 4)
		return;
	asking->state = STRING;
	/* beyond ASCII only one letter matters: the long s */
	if (asking->point >= 0x80)
		add_decoded(asking, 0xc5);
	add_decoded(asking, asking->point < 0x80 ? (unsigned char)asking->point : asking->point == 0x17f ? 0xbf : 0xff);
}

static void add_decoded(struct asking *asking, unsigned char byte)
{
	add_text(asking, &byte, 1);
}

static void add_text(struct asking *asking, const unsigned char *text, size_t length)
{
	enum place place = place_of(asking);
	if (length == 0 || place == ELSEWHERE)
		return;
	if (place == MOUNTS) {
		add_to_mount(asking, text, length);
		return;
	}
	const unsigned char *equals = place == ENV && !asking->has_equals ? memchr(text, '=', length) : NULL;
	size_t room = NAME_BYTES - asking->name_length, part = equals == NULL ? length : (size_t)(equals - text);
	asking->has_value = asking->has_equals || (equals != NULL && part + 1 < length);
	if (!asking->has_equals) {
		memcpy(asking->name + asking->name_length, text, part < room ? part : room);
		asking->name_length += part < room ? part : room;
	}
	asking->has_equals = asking->has_equals || equals != NULL;
}

static void add_to_mount(struct asking *asking, const unsigned char *text, size_t length)
{
	while (length > 0) {
		size_t room = TAIL_BYTES - asking->tail_length, part = length < room ? length : room;
		memcpy(asking->tail + asking->tail_length, text, part);
		asking->tail_length += part;
		text += part;
		length -= part;
		if (part < room)
			return;
		search_tail(asking);
		memcpy(asking->tail, asking->tail + TAIL_BYTES - MOST_MARKER_BYTES, MOST_MARKER_BYTES);
		asking->tail_length = MOST_MARKER_BYTES;
	}
}

/* Anywhere: the path may be written in any way. */
static void search_tail(struct asking *asking)
{
	for (size_t i = 0; i < asking->markers->count && asking->marker == NULL; i++) {
		const char *marker = asking->markers->table[i];
		if (find_word(asking->tail, asking->tail_length, marker, strnlen(marker, MOST_MARKER_BYTES)) != NULL)
			asking->marker = marker;
	}
}

/* As Go folds names, and up to a NUL, where C's strings end. */
static bool is_named(const struct asking *asking, const char *name)
{
	size_t at = 0;
	for (; *name != '\0'; name++) {
		const char *letter = &asking->name[at];
		size_t left = asking->name_length - at;
		bool is_long = left >= 2 && *name == 's' && memcmp(letter, "\xc5\xbf", 2) == 0;
		if (!is_long && (left == 0 || ((*letter & 0x40) != 0 ? *letter | 0x20 : *letter) != *name))
			return false;
		at += is_long ? 2 : 1;
	}
	return at == asking->name_length || asking->name[at] == '\0';
}

static void end_string(struct asking *asking)
{
	enum place place = place_of(asking);
	asking->state = BETWEEN;
	asking->named = ELSEWHERE;
	if (place == ROOT)
		asking->named = is_named(asking, "annotations") ? ANNOTATIONS
				: is_named(asking, "process")   ? PROCESS
				: is_named(asking, "mounts")    ? MOUNTS
								: ELSEWHERE;
	else if (place == PROCESS && is_named(asking, "env"))
		asking->named = ENV;
	if (place == MOUNTS)
		search_tail(asking);
	if (place == MOUNTS)
		asking->asks_by = asking->marker;
	else if (place == ENV && asking->has_value)
		asking->asks_by = asks_by_name(asking, ENV);
	asking->done = asking->asks_by != NULL;
}

static bool begins_with(const char *name, size_t length, const char *marker, bool whole)
{
	size_t wanted = strnlen(marker, MOST_MARKER_BYTES);
	return length >= wanted && memcmp(name, marker, wanted) == 0 &&
	       (!whole || length == wanted || wanted == MOST_MARKER_BYTES);
}

/* An annotation by the beginning of its key, a variable by its name; NULL where it does not. */
static const char *asks_by_name(const struct asking *asking, enum place place)
{
	const char *name = asking->name;
	size_t length = asking->name_length, word = sizeof OPTIONAL - 1;
	bool optional = place == ANNOTATIONS && length > word && memcmp(name, OPTIONAL, word) == 0;
	for (size_t i = 0; i < asking->markers->count; i++) {
		const char *marker = asking->markers->table[i];
		if (begins_with(name, length, marker, place == ENV) ||
		    (optional && begins_with(name + word, length - word, marker, false)))
			return marker;
	}
	return NULL;
}
