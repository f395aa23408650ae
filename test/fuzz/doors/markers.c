// The look for requests never says no where a document has one, however it is spelled, and says the same of a stream.
#include "../../../shim/prefilter.c"

#include <sys/mman.h>
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

/* so that each document is in a block of its own, whose end is watched */
char *spare_room(struct settings *settings, size_t size)
{
	(void)settings, (void)size;
	return NULL;
}

/* The string whose opening quote stands there, with its escapes as what they stand for; those beyond ASCII are "?". */
static char *string_at(const char *at)
{
	char *text = text_of((const uint8_t *)at, strlen(at)), *to = text;
	for (at++; *at != '"'; at++) {
		if (*at != '\\') {
			*to++ = *at;
		} else if (*++at == 'u') {
			int letter = hex_digit((unsigned char)at[3]) << 4 | hex_digit((unsigned char)at[4]);
			*to++ = at[1] == '0' && at[2] == '0' && letter != 0 ? (char)letter : '?';
			at += 4;
		} else {
			*to++ = strchr("\"\\/", *at) != NULL ? *at : ' ';
		}
	}
	*to = '\0';
	return text;
}

static bool begins(const char *at, const char *with)
{
	char *cleanup_free text = string_at(at);
	return strncmp(text, with, strlen(with)) == 0 && text[strlen(with)] != '\0';
}

/* The member of a container with this key; its own number where there is none, which has no such members either. */
static uint32_t member(const char *text, const struct json_node *nodes, uint32_t of, const char *name)
{
	for (uint32_t at = of + 1; nodes[of].kind == JSON_OBJECT && at < nodes[of].next; at = nodes[at].next) {
		char *cleanup_free key = string_at(text + nodes[at].key);
		if (strcmp(key, name) == 0)
			return at;
	}
	return of;
}

/* Whether one of the usual ways to ask is in it, where it counts. */
static bool asks(const char *text, const struct json_node *nodes)
{
	uint32_t annotations = member(text, nodes, 0, "annotations"), process = member(text, nodes, 0, "process");
	uint32_t env = process == 0 ? 0 : member(text, nodes, process, "env");
	for (uint32_t at = annotations + 1;
	     annotations != 0 && nodes[annotations].kind == JSON_OBJECT && at < nodes[annotations].next;
	     at = nodes[at].next)
		if (begins(text + nodes[at].key, "cdi.k8s.io/") || begins(text + nodes[at].key, "optional.cdi.k8s.io/"))
			return true;
	for (uint32_t at = env + 1; env != 0 && nodes[env].kind == JSON_ARRAY && at < nodes[env].next;
	     at = nodes[at].next)
		if (nodes[at].kind == JSON_STRING && begins(text + nodes[at].start, "CDI_DEVICES="))
			return true;
	return false;
}

static void expect_found(const char *text, size_t size)
{
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	bool good = json_parse(text, size, &json, &problem);
	struct json_node *cleanup_free nodes = json.nodes;
	EXPECT(!good || !asks(text, nodes) || bytes_may_ask(text, size, &usual_markers) != NULL,
	       "a request is passed over");
}

static void expect_same_of_file(const uint8_t *data, size_t size)
{
	static int file = -1;
	if (file < 0)
		file = memfd_create("file", MFD_CLOEXEC);
	if (pwrite(file, data, size, 0) < 0 || ftruncate(file, (off_t)size) != 0)
		abort();
	EXPECT(document_asks(file, &usual_markers) == (text_asks(data, size, &usual_markers) != NULL),
	       "a file has another answer");
}

/* What is no file cannot be read once more, so that a marker or an escape alone decides. */
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
	EXPECT(stream_holds(ends[0], &status, &usual_markers) == is_telling((const char *)data, size, &usual_markers),
	       "a stream has another answer");
	close(ends[0]);
	close(ends[1]);
}

/* The first bytes as a word, in all of them and in what follows them. */
static void expect_same_places(const char *text, size_t size)
{
	size_t length = (unsigned char)text[0] % MOST_MARKER_BYTES % size, behind = size - length;
	EXPECT(find_word(text + length, behind, text, length) == memmem(text + length, behind, text, length) &&
		       find_word(text + 1, size - 1, text, length) == memmem(text + 1, size - 1, text, length),
	       "a word stands elsewhere");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *cleanup_free text = text_of(data, size);
	expect_found(text, size);
	if (size > 0)
		expect_same_of_file(data, size), expect_same_of_stream(data, size), expect_same_places(text, size);
	return 0;
}
