// The one line of the settings that must be readable in a file that is otherwise broken: settings/runtime-line.ts in C.
#include <string.h>

#include "shim.h"

static bool ends_document(const char *line, const char *end, bool *content);
static struct scalar value_of(const char *at, const char *end);

/* The last line `runtime: VALUE` of the first document. Has to work where the rest of the file is broken. */
struct scalar runtime_line(const char *text, size_t length)
{
	static const char key[] = "runtime:";
	struct scalar found = { NULL, 0 };
	bool content = false;
	const char *at = text, *end = text + length, *last = NULL;
	/* beyond the last line that could say it, nothing matters */
	for (const char *next = text; next < end && (next = memmem(next, (size_t)(end - next), key, sizeof key - 1));)
		last = next++;
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (last != NULL && at <= last) {
		const char *stop = at;
		/* YAML ends a line at a lone CR as well; after CR LF an empty line does no harm */
		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		if (ends_document(at, stop, &content))
			break;
		if ((size_t)(stop - at) > sizeof key - 1 && memcmp(at, key, sizeof key - 1) == 0) {
			struct scalar value = value_of(at + sizeof key - 1, stop);
			if (value.text != NULL)
				found = value;
		}
		at = stop + 1;
	}
	return found;
}

static bool blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool ends_document(const char *line, const char *end, bool *content)
{
	const char *first = line;
	while (first < end && blank(*first))
		first++;
	if (first == end || *first == '#' || (*line == '%' && !*content))
		return false;
	bool bare = end - line == 3 || (end - line > 3 && blank(line[3]));
	bool ends = bare && (memcmp(line, "...", 3) == 0 || (*content && memcmp(line, "---", 3) == 0));
	*content = true;
	return ends;
}

static bool plain_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       (byte != '\0' && strchr("_./+-", byte) != NULL);
}

/* The scalar after the colon, if it is one that ends on its line and needs no unescaping. */
static struct scalar value_of(const char *at, const char *end)
{
	struct scalar value = { NULL, 0 };
	const char *start = at;
	while (at < end && blank(*at))
		at++;
	if (at == start || at == end)
		return value;
	char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
	const char *text = at;
	if (quote == '\0')
		while (at < end && plain_byte(*at))
			at++;
	else
		while (at < end && *at != '"' && *at != '\'' && *at != '\\' &&
		       ((unsigned char)*at >= 0x20 || *at == '\t'))
			at++;
	size_t length = (size_t)(at - text);
	if (quote == '\0' ? length == 0 : at == end || *at++ != quote)
		return value;
	const char *after = at;
	while (at < end && blank(*at))
		at++;
	if (at == end || (*at == '#' && at > after))
		value = (struct scalar){ text, length };
	return value;
}
