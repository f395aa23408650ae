// Any text in a sentence, in a line of JSON, and as a line of the audit: bounded, one line, UTF-8 where it was that,
// and nothing in it steers a terminal.
#include "../../../shim/shim.h"
#include "door.h"

#define MOST_BYTES 4096

static bool steers(const char *text, size_t length)
{
	for (const unsigned char *at = (const unsigned char *)text, *end = at + length; at < end; at++) {
		bool control = end - at >= 2 && at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f;
		bool turn = end - at >= 3 && at[0] == 0xe2 &&
			    ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
			     (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
		if (control || turn)
			return true;
	}
	return false;
}

static bool is_json(const char *text, size_t length, uint32_t *count)
{
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	bool good = json_parse(text, length, &json, &problem);
	free(json.nodes);
	*count = json.count;
	return good;
}

static void quote_into(size_t room, const char *text)
{
	char quoted[MOST_BYTES];
	struct line line = line_over(quoted, room);
	line_format(&line, "%s", quote(text).text);
	EXPECT(line.length < room && strlen(quoted) == line.length, "a sentence that is too long");
	EXPECT(room < sizeof quoted || !utf8_valid(text, strlen(text)) || utf8_valid(quoted, line.length),
	       "a character is cut");
	EXPECT(!steers(quoted, line.length) && strpbrk(quoted, "\n\r\033") == NULL, "a sentence that steers");
}

static void escape_text(const char *text)
{
	char line[2 * MOST_BYTES + 2] = "\"";
	uint32_t count;
	escape_json(line + 1, sizeof line - 2, text);
	size_t length = strlen(line);
	line[length++] = '"';
	EXPECT(!utf8_valid(text, strlen(text)) || is_json(line, length, &count), "a text that is no JSON");
}

static void escape_line(const char *text)
{
	size_t length = strlen(text), before = length;
	uint32_t count, after;
	char *cleanup_free escaped = escape_steering(text, &length);
	EXPECT(escaped != NULL || (length == before && !steers(text, length)), "a line that steers");
	if (escaped == NULL)
		return;
	EXPECT(strlen(escaped) == length && !steers(escaped, length), "a line that steers once escaped");
	if (is_json(text, before, &count))
		EXPECT(is_json(escaped, length, &after) && after == count, "a line that is no JSON once escaped");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > MOST_BYTES)
		return 0;
	char *cleanup_free text = text_of(data + 1, size - 1);
	quote_into(1 + data[0], text);
	quote_into(MOST_BYTES, text);
	escape_text(text);
	escape_line(text);
	return 0;
}
