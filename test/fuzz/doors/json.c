// Any text as JSON: refused at a place in it, or a table of nodes that lie in one another and in the text.
#include "../../../shim/shim.h"
#include "door.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json json = { NULL, 0, 0 };
	struct json_problem problem = { NULL, 0 };
	char *cleanup_free text = text_of(data, size);
	bool good = json_parse(text, size, &json, &problem);
	struct json_node *cleanup_free nodes = json.nodes;
	if (!good) {
		EXPECT(problem.words != NULL && problem.at <= size, "a refusal without a place");
		utf8_position(text, problem.at);
		return 0;
	}
	EXPECT(json.count > 0 && nodes[0].next == json.count, "a root that is not all");
	for (uint32_t i = 0; i < json.count; i++) {
		const struct json_node *node = &nodes[i];
		EXPECT(node->start < node->end && node->end <= size, "a node outside the text");
		EXPECT(node->next > i && node->next <= json.count, "a node that does not end");
		EXPECT(node->key == NO_KEY || (node->key < node->start && text[node->key] == '"'), "a key elsewhere");
		for (uint32_t child = i + 1; child < node->next; child = nodes[child].next)
			EXPECT(nodes[child].start > node->start && nodes[child].end < node->end &&
				       nodes[child].next <= node->next,
			       "a child outside its parent");
	}
	return 0;
}
