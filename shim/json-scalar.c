// Reads JSON's strings, numbers and words to their ends, without keeping their values.
#include <string.h>

#include "json-reader.h"

static bool read_escape(struct reader *reader);

bool json_read_string(struct reader *reader)
{
	const unsigned char *end = reader->text + reader->size;
	size_t start = reader->at++;
	while (reader->at < reader->size) {
		const unsigned char *at = reader->text + reader->at;
		if (*at == '"') {
			reader->at++;
			return true;
		}
		if (*at == '\\') {
			if (!read_escape(reader))
				return false;
		} else if (*at < 0x20) {
			return json_fail(reader, "a control character stands in a string");
		} else if (*at < 0x80) {
			reader->at++;
		} else {
			int step = utf8_length(at, end);
			if (step < 0)
				return json_fail(reader, NOT_UTF8);
			reader->at += (size_t)step;
		}
	}
	reader->at = start;
	return json_fail(reader, "a string does not end");
}

static bool hex(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* Halves of surrogate pairs may stand alone, as in most readers. */
static bool read_escape(struct reader *reader)
{
	reader->at++;
	const unsigned char *at = reader->text + reader->at;
	size_t left = reader->size - reader->at;
	size_t length = 1;
	if (left > 0 && at[0] == 'u')
		length = left >= 5 && hex(at[1]) && hex(at[2]) && hex(at[3]) && hex(at[4]) ? 5 : 0;
	else if (left == 0 || at[0] == '\0' || strchr("\"\\/bfnrt", at[0]) == NULL)
		length = 0;
	reader->at += length;
	return length > 0 || json_fail(reader, "an escape is not one of JSON");
}

static bool read_digits(struct reader *reader, const char *otherwise)
{
	size_t start = reader->at;
	while (json_peek(reader) >= '0' && json_peek(reader) <= '9')
		reader->at++;
	return reader->at > start || json_fail(reader, otherwise);
}

bool json_read_number(struct reader *reader)
{
	if (json_peek(reader) == '-')
		reader->at++;
	if (json_peek(reader) == '0')
		reader->at++;
	else if (!read_digits(reader, "a value is missing"))
		return false;
	if (json_peek(reader) == '.') {
		reader->at++;
		if (!read_digits(reader, "a number has no digit after its point"))
			return false;
	}
	if ((json_peek(reader) | 0x20) != 'e')
		return true;
	reader->at++;
	if (json_peek(reader) == '+' || json_peek(reader) == '-')
		reader->at++;
	return read_digits(reader, "a number has no digit in its exponent");
}

bool json_read_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);
	if (reader->size - reader->at < length || memcmp(reader->text + reader->at, word, length) != 0)
		return json_fail(reader, "a value is missing");
	reader->at += length;
	return true;
}
