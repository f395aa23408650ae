// Finds `\/` in double-quoted YAML: libyaml reads it, the Go reader refuses it, and libyaml's events don't show it.
#include <string.h>

#include "yaml-parts.h"

static uint32_t next_character(struct source *source);
static bool is_break(uint32_t letter);

struct source source_of(const struct file *file, yaml_encoding_t encoding)
{
	const unsigned char *bytes = (const unsigned char *)file->bytes;
	struct source source = { .at = bytes, .end = bytes + file->size, .encoding = encoding, .suspicious = true };
	if (encoding != YAML_UTF8_ENCODING) {
		source.at += 2;
		return source;
	}
	if (file->size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		source.at += 3;
	source.suspicious = memmem(bytes, file->size, "\\/", 2) != NULL;
	return source;
}

/* A scalar's mark is that of its anchor or tag, so comments may stand before the opening quote. */
bool holds_slash_escape(struct source *source, const yaml_event_t *scalar)
{
	enum { BEFORE, IN_COMMENT, QUOTED, ESCAPED } state = BEFORE;
	if (!source->suspicious)
		return false;
	while (source->index < scalar->start_mark.index && source->at < source->end)
		next_character(source);
	struct position here = { (uint32_t)scalar->start_mark.line + 1, (uint32_t)scalar->start_mark.column + 1 };
	for (uint32_t before = 0; source->index < scalar->end_mark.index && source->at < source->end;) {
		uint32_t letter = next_character(source);
		if (state == BEFORE)
			state = letter == '"' ? QUOTED : letter == '#' ? IN_COMMENT : BEFORE;
		else if (state == IN_COMMENT)
			state = is_break(letter) ? BEFORE : IN_COMMENT;
		else if (state == ESCAPED && letter == '/')
			return true;
		else
			state = state == QUOTED && letter == '\\' ? ESCAPED : QUOTED;
		if (state == ESCAPED)
			source->escape = here;
		here.column++;
		if (is_break(letter))
			here = (struct position){ here.line + (letter != '\n' || before != '\r'), 1 };
		before = letter;
	}
	return false;
}

/* libyaml has read this far, so the bytes are valid. Of a surrogate pair the first half stands for both. */
static uint32_t next_character(struct source *source)
{
	const unsigned char *at = source->at;
	size_t left = (size_t)(source->end - at), length;
	uint32_t letter = *at;
	if (source->encoding == YAML_UTF8_ENCODING) {
		length = letter < 0x80 ? 1 : letter < 0xe0 ? 2 : letter < 0xf0 ? 3 : 4;
		if (length > 1)
			letter &= 0x7fu >> length;
		for (size_t i = 1; i < length && i < left; i++)
			letter = letter << 6 | (at[i] & 0x3f);
	} else {
		bool little = source->encoding == YAML_UTF16LE_ENCODING;
		length = 2;
		letter = left < 2 ? 0 : little ? (uint32_t)at[1] << 8 | at[0] : (uint32_t)at[0] << 8 | at[1];
		if ((letter & 0xfc00) == 0xd800)
			length = 4;
	}
	source->at += length < left ? length : left;
	source->index++;
	return letter;
}

/* the line breaks of YAML 1.1 */
static bool is_break(uint32_t letter)
{
	return letter == '\n' || letter == '\r' || letter == 0x85 || letter == 0x2028 || letter == 0x2029;
}
