// The characters of a YAML text. libyaml looks at them only as far as it happens to read ahead: here all of them count.
#include <string.h>

#include "yaml-parts.h"

static bool utf16_valid(const struct source *source);
static bool allowed(uint32_t letter);

struct source source_of(const struct file *file)
{
	const unsigned char *bytes = (const unsigned char *)file->bytes;
	struct source source = { .at = bytes, .end = bytes + file->size, .encoding = YAML_UTF8_ENCODING, .suspicious = true };
	if (file->size >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
		source.encoding = YAML_UTF16LE_ENCODING;
	else if (file->size >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
		source.encoding = YAML_UTF16BE_ENCODING;
	if (source.encoding != YAML_UTF8_ENCODING) {
		source.at += 2;
		return source;
	}
	if (file->size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		source.at += 3;
	source.suspicious = memmem(bytes, file->size, "\\/", 2) != NULL;
	return source;
}

bool characters_allowed(struct source source, const char **words, struct position *at)
{
	bool utf8 = source.encoding == YAML_UTF8_ENCODING;
	struct position here = { 1, 1 };
	*at = (struct position){ 0, 0 };
	*words = NOT_UTF8;
	if (utf8 ? !utf8_valid((const char *)source.at, (size_t)(source.end - source.at)) : !utf16_valid(&source))
		return false;
	while (source.at < source.end) {
		/* nearly all of them */
		if (utf8 && *source.at >= 0x20 && *source.at < 0x7f) {
			source.at++;
			here.column++;
			continue;
		}
		uint32_t letter = next_character(&source);
		if (!allowed(letter)) {
			*words = "a character that YAML does not allow";
			*at = here;
			return false;
		}
		here = letter == '\n' ? (struct position){ here.line + 1, 1 } : (struct position){ here.line, here.column + 1 };
	}
	return true;
}

static bool allowed(uint32_t letter)
{
	return letter == '\t' || letter == '\n' || letter == '\r' || (letter >= 0x20 && letter < 0x7f) || letter == 0x85 ||
	       (letter >= 0xa0 && letter != 0xfffe && letter != 0xffff);
}

static uint32_t unit(const struct source *source, const unsigned char *at)
{
	bool little = source->encoding == YAML_UTF16LE_ENCODING;
	return little ? (uint32_t)at[1] << 8 | at[0] : (uint32_t)at[0] << 8 | at[1];
}

/* Whole units, and no half of a pair without the other. */
static bool utf16_valid(const struct source *source)
{
	if ((source->end - source->at) % 2 != 0)
		return false;
	for (const unsigned char *at = source->at; at < source->end; at += 2) {
		uint32_t first = unit(source, at) & 0xfc00;
		if (first == 0xdc00)
			return false;
		if (first != 0xd800)
			continue;
		at += 2;
		if (at == source->end || (unit(source, at) & 0xfc00) != 0xdc00)
			return false;
	}
	return true;
}

/* Of a text that is valid. Of a surrogate pair the first half stands for both. */
uint32_t next_character(struct source *source)
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
		letter = left < 2 ? 0 : unit(source, at);
		length = (letter & 0xfc00) == 0xd800 ? 4 : 2;
	}
	source->at += length < left ? length : left;
	source->index++;
	return letter;
}
