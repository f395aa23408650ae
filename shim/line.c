// One line of text built in a fixed room, without printf and malloc: the pass-through path has to stay small.
#include <string.h>

#include "shim.h"

#define QUOTED_BYTES 256

struct line line_over(char *text, size_t size)
{
	text[0] = '\0';
	return (struct line){ text, size, 0 };
}

void line_add(struct line *line, const char *text)
{
	line_add_bytes(line, text, strlen(text));
}

void line_add_bytes(struct line *line, const char *text, size_t length)
{
	size_t room = line->size - 1 - line->length;
	size_t taken = length < room ? length : room;
	memcpy(line->text + line->length, text, taken);
	line->length += taken;
	line->text[line->length] = '\0';
}

/* Names come from outside: whatever could break the line or steer a terminal becomes a question mark. */
void line_quote(struct line *line, const char *text)
{
	char clean[QUOTED_BYTES];
	size_t length = 0;
	for (; text[length] != '\0' && length < sizeof clean; length++) {
		unsigned char byte = (unsigned char)text[length];
		clean[length] = byte < 0x20 || byte == 0x7f ? '?' : text[length];
	}
	line_add(line, "\"");
	line_add_bytes(line, clean, length);
	line_add(line, text[length] == '\0' ? "\"" : "...\"");
}
