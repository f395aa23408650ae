// Any words as a command line, a line each: the C half finds out whether the core has to judge it.
#include "../../../shim/shim.h"
#include "door.h"

#define MOST_WORDS 300

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct shim shim;
	char name[] = "cdi-runtime", *argv[MOST_WORDS + 1] = { name };
	int argc = 1;
	char *cleanup_free text = text_of(data, size), *rest = text;
	for (char *word; argc < MOST_WORDS && (word = strsep(&rest, "\n")) != NULL;)
		argv[argc++] = word;
	shim.argc = argc;
	shim.argv = argv;
	asks_for_features(argc, argv);
	edits_a_bundle(argc, argv);
	bool asked = may_request(&shim);
	EXPECT(shim.document.bytes == NULL || asked, "a document is kept for nothing");
	if (shim.document.bytes != NULL)
		close(shim.document.descriptor);
	free(shim.document.bytes);
	shim.document.bytes = NULL;
	return 0;
}
