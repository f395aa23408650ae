// The runtime that the name names by which we were called: `cdi-crun` names crun, also by way of links to that link.
#include <string.h>

#include "shim.h"

#define MOST_LINKS 40

static const char *base_of(const char *path);
static bool follow(char *path);

/*
 * Links are followed from name to name, since an alternative's link, or an engine's, to `cdi-crun` means what
 * `cdi-crun` means. Our own name names nothing, and nor does what lies behind it.
 */
const char *linked_name(const struct shim *shim, char path[PATH_MAX])
{
	/* a name that is only argv[0]'s leads nowhere */
	bool is_path = shim->own_path == shim->started_as;
	if (strlen(shim->started_as) >= PATH_MAX)
		return NULL;
	strcpy(path, shim->started_as);
	for (int links = 0; links < MOST_LINKS; links++) {
		const char *base = base_of(path);
		if (strcmp(base, "cdi-runtime") == 0)
			return NULL;
		if (strncmp(base, "cdi-", 4) == 0 && base[4] != '\0')
			return base + 4;
		if (!is_path || !follow(path))
			return NULL;
	}
	return NULL;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

/* A relative target starts from the link's own directory. */
static bool follow(char *path)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof target - 1);
	if (length <= 0)
		return false;
	target[length] = '\0';
	size_t kept = target[0] == '/' ? 0 : (size_t)(base_of(path) - path);
	if (kept + (size_t)length >= PATH_MAX)
		return false;
	memcpy(path + kept, target, (size_t)length + 1);
	return true;
}
