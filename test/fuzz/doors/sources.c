// Settings in which a key adds a way to ask, however YAML spells it, make the C half say that they may. With ADDS set,
// all inputs are known to add one.
#include "../../../shim/shim.h"
#include "../../../shim/yaml-tree.h"
#include "door.h"

#define MOST_NODES 4096

static bool has_key;

static bool add_text(void *to, const char *text, size_t length)
{
	static const char *const keys[] = { "prefixes", "variables", "presets", "mounts" };
	(void)to;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		has_key = has_key || (length == strlen(keys[i]) && memcmp(text, keys[i], length) == 0);
	return true;
}

/* which may make a key of a text that is none */
static bool add_tag(void *to, uint32_t node, const char *tag)
{
	(void)to, (void)node, (void)tag;
	has_key = true;
	return true;
}

static bool add_anchor(void *to, uint32_t node, const char *anchor)
{
	(void)to, (void)node, (void)anchor;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct shim shim;
	static const struct yaml_sink sink = { NULL, add_text, add_tag, add_anchor };
	struct yaml_tree tree;
	char *cleanup_free text = text_of(data, size);
	struct settings_file file = { .bytes = text, .size = size };
	shim.settings.is_read = true;
	shim.settings.table = &file;
	shim.settings.count = 1;
	bool may = settings_add_sources(&shim);
	EXPECT(may || getenv("ADDS") == NULL, "settings that add a way to ask are passed over");
	has_key = false;
	enum yaml_outcome outcome = yaml_read(text, size, MOST_NODES, &sink, &tree);
	free(tree.codes);
	free(tree.places);
	EXPECT(may || outcome != YAML_READ || !has_key, "a key is passed over");
	return 0;
}
