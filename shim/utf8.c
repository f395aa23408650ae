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

char *utf8_replaced(const char *text, size_t length, size_t *clean_length)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *at = (const unsigned char *)text, *end = at + length;
	char *clean = malloc(length * (sizeof replacement - 1) + 1), *to = clean;
	while (clean != NULL && at < end) {
		int step = utf8_length(at, end);
		size_t count = step > 0 ? (size_t)step : sizeof replacement - 1;
		memcpy(to, step > 0 ? (const char *)at : replacement, count);
		to += count;
		at += step > 0 ? step : -step;
	}
	*clean_length = (size_t)(to - clean);
	return clean;
}

/* A byte that stands for no character counts as one. */
struct position utf8_position(const char *text, size_t at)
{
	struct position position = { 1, 1 };
	const unsigned char *next = (const unsigned char *)text, *end = next + at;
	while (next < end) {
		bool line = *next == '\n';
		int step = utf8_length(next, end);
		position.line += line;
		position.column = line ? 1 : position.column + (step > 0 ? 1 : (uint32_t)-step);
		next += step > 0 ? step : -step;
	}
	return position;
}
