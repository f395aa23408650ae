// Any answer of a runtime to `features`: given as it is, or with our entries in it, once and as JSON.
#include "../../../shim/shim.h"

/* what would go to the caller */
static char given[1 << 20];
static size_t given_length;

static ssize_t take(int descriptor, const char *text, size_t length)
{
	(void)descriptor;
	if (length > sizeof given - given_length)
		abort();
	__builtin_memcpy(given + given_length, text, length);
	given_length += length;
	return (ssize_t)length;
}

#define write take
#include "../../../shim/features.c"
#undef write

#include "door.h"

/* as the core gives them: JSON strings, a line each */
static char entries[] = "\"cdi.k8s.io/\"\n\"x\"\n\"org.example/\\u00e9\"";

static bool is_object(const char *text, size_t length)
{
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	bool good = json_parse(text, length, &json, &problem) && json.nodes[0].kind == JSON_OBJECT;
	free(json.nodes);
	return good;
}

/* What is given for an answer that has as much behind it as the program's own room, and no more. */
static void answer_with(const char *text, size_t length)
{
	static const struct shim shim = { .unsafe_annotations = entries };
	char *cleanup_free answer = calloc(1, length + sizeof key);
	if (answer == NULL)
		abort();
	memcpy(answer, text, length);
	given_length = 0;
	EXPECT(give_changed(&shim, answer, length) == 0, "an answer that cannot be given");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > ANSWER_BYTES / 4)
		return 0;
	char *cleanup_free text = text_of(data, size);
	answer_with(text, size);
	bool same = given_length == size && memcmp(given, text, size) == 0;
	EXPECT(same || (is_object(text, size) && is_object(given, given_length)), "an answer that is no JSON any more");
	if (same)
		return 0;
	char *cleanup_free once = text_of((const uint8_t *)given, given_length);
	size_t length = given_length;
	EXPECT(memmem(once, length, "\"cdi.k8s.io/\"", 13) != NULL, "an answer that was changed for nothing");
	answer_with(once, length);
	EXPECT(given_length == length && memcmp(given, once, length) == 0, "an answer that is changed twice");
	return 0;
}
