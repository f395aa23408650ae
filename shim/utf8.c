// UTF-8 as RFC 3629 has it: nothing overlong, no surrogates, nothing past U+10FFFF.
#include <string.h>

#include "shim.h"

/* Of what is no character, the longest part that could have begun one counts as one error, as for the WHATWG. */
int utf8_length(const unsigned char *at, const unsigned char *end)
{
	unsigned char lead = *at;
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return -1;
	int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	for (int i = 1; i < length; i++) {
		if (end - at <= i || at[i] < low || at[i] > high)
			return -i;
		low = 0x80;
		high = 0xbf;
	}
	return length;
}

bool utf8_valid(const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + length;
	while (at < end) {
		uint64_t eight;
		if (end - at >= 8 && (memcpy(&eight, at, 8), (eight & 0x8080808080808080u) == 0)) {
			at += 8;
			continue;
		}
		int step = utf8_length(at, end);
		if (step < 0)
			return false;
		at += step;
	}
	return true;
}

struct position utf8_position(const char *text, size_t at)
{
	struct position position = { 1, 1 };
	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n') {
			position.line++;
			position.column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			position.column++;
		}
	}
	return position;
}
