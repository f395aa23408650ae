// What reading JSON needs in both of its files.
#ifndef JSON_READER_H
#define JSON_READER_H

#include "host.h"
#include "json.h"

struct reader {
	const unsigned char *text;
	size_t size, at;
	struct json *json;
	/* the open containers, outermost first */
	uint32_t open[JSON_DEPTH + 1];
	unsigned depth;
	struct json_problem *problem;
};

static inline bool json_fail(struct reader *reader, const char *words)
{
	*reader->problem = (struct json_problem){ words, reader->at };
	return false;
}

/* What stands next; 0 at the end, where a NUL byte would be an error as well. */
static inline unsigned char json_peek(const struct reader *reader)
{
	return reader->at < reader->size ? reader->text[reader->at] : 0;
}

/* json-scalar.c: false after a problem was noted */
bool json_read_string(struct reader *reader);
bool json_read_number(struct reader *reader);
bool json_read_word(struct reader *reader, const char *word);

#endif
