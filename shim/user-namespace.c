// Tells the machine's own user ids from those of a user namespace.
#include <string.h>

#include "shim.h"

/* There, the host's root shows as an unmapped owner. Only the identity map is the host itself. */
bool inside_user_namespace(void)
{
	static const char *const identity[] = { "0", "0", "4294967295" };
	char map[128];
	cleanup_close int descriptor = open_path("/proc/self/uid_map", READ_FLAGS);
	if (descriptor < 0)
		return false;
	size_t length;
	if (read_up_to(descriptor, map, sizeof map - 1, &length) != 0)
		return false;
	map[length] = '\0';
	const char *at = map;
	for (size_t word = 0; word < 3; word++) {
		at += strspn(at, " \t\n");
		size_t size = strcspn(at, " \t\n");
		if (size != strlen(identity[word]) || memcmp(at, identity[word], size) != 0)
			return true;
		at += size;
	}
	return at[strspn(at, " \t\n")] != '\0';
}
