// The look for markers never says no where a string of the document has one, and says the same of a stream.
#include "../../../shim/prefilter.c"

#include <sys/socket.h>

#include "door.h"

/* of a stream, so that its markers lie across two of them; no more than a socket holds */
#define MOST_BLOCK 64
#define MOST_BLOCKS 64

bool settings_add_sources(struct shim *shim)
{
	(void)shim;
	return false;
}

/* Whether a string that begins at `at` has a marker, once its escapes are what they stand for; its end. */
static const char *end_of_string(const char *at, bool *has)
{
	char *text = text_of((const uint8_t *)at, strlen(at)), *to = text;
	for (; *at != '"'; at++) {
		if (*at != '\\') {
			*to++ = *at;
		} else if (*++at == 'u') {
			bool ascii = at[1] == '0' && at[2] == '0';
			*to++ = ascii ? (char)(hex_digit((unsigned char)at[3]) << 4 | hex_digit((unsigned char)at[4]))
				      : '?';
			at += 4;
		} else {
			*to++ = strchr("\"\\/", *at) != NULL ? *at : ' ';
		}
	}
	for (size_t i = 0; i < usual_markers.count; i++)
		*has = *has || memmem(text, (size_t)(to - text), usual[i], strlen(usual[i])) != NULL;
	free(text);
	return at;
}

static void expect_found(const char *text, size_t size)
{
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	bool has = false, good = json_parse(text, size, &json, &problem);
	free(json.nodes);
	for (const char *at = text; good && *at != '\0'; at++)
		if (*at == '"')
			at = end_of_string(at + 1, &has);
	EXPECT(!has || bytes_hold(&usual_markers, (const unsigned char *)text, size), "a marker is passed over");
}

static void expect_same_of_stream(const uint8_t *data, size_t size)
{
	int ends[2];
	struct stat status = { .st_size = (off_t)size };
	size_t block = 1 + data[0] % MOST_BLOCK + size / MOST_BLOCKS;
	/* each read gets what one write put in */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		abort();
	for (size_t at = 0; at < size; at += block)
		if (write(ends[1], data + at, size - at < block ? size - at : block) < 0)
			abort();
	EXPECT(stream_holds(ends[0], &status, &usual_markers) == bytes_hold(&usual_markers, data, size),
	       "a stream has another answer");
	close(ends[0]);
	close(ends[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *cleanup_free text = text_of(data, size);
	expect_found(text, size);
	if (size > 0)
		expect_same_of_stream(data, size);
	return 0;
}
