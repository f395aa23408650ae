// The characters of a YAML text. libyaml looks at them only as far as it happens to read ahead: here all of them count.
#include <string.h>

#include "yaml-parts.h"

static bool utf16_valid(const struct source *source);
static bool allowed(uint32_t letter);
static struct position position_in(struct source source, const unsigned char *at);

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

/* Printable ASCII and line ends: nearly all of a text. Of eight bytes at once, none is below a space or above a tilde. */
static const unsigned char *skip_usual(const unsigned char *at, const unsigned char *end)
{
	const uint64_t each = 0x0101010101010101u;
	uint64_t eight;
	for (;;) {
		if (end - at >= 8 && (memcpy(&eight, at, 8), (((eight - 0x20 * each) | (eight + each) | eight) & 0x80 * each) == 0))
			at += 8;
		else if (at < end && ((*at >= 0x20 && *at < 0x7f) || *at == '\n'))
			at++;
		else
			return at;
	}
}

bool characters_allowed(struct source source, const char **words, struct position *at)
{
	struct source start = source;
	bool utf8 = source.encoding == YAML_UTF8_ENCODING;
	*at = (struct position){ 0, 0 };
	*words = NOT_UTF8;
	if (utf8 ? !utf8_valid((const char *)source.at, (size_t)(source.end - source.at)) : !utf16_valid(&source))
		return false;
	while (source.at < source.end) {
		const unsigned char *character = utf8 ? skip_usual(source.at, source.end) : source.at;
		source.at = character;
		if (character < source.end && !allowed(next_character(&source))) {
			*words = "a character that YAML does not allow";
			*at = position_in(start, character);
			return false;
		}
	}
	return true;
}

static struct position position_in(struct source source, const unsigned char *at)
{
	struct position here = { 1, 1 };
	while (source.at < at) {
		bool ends = next_character(&source) == '\n';
		here = (struct position){ here.line + ends, ends ? 1 : here.column + 1 };
	}
	return here;
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
