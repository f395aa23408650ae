// Whether the settings may ask for devices in other ways than the usual ones, so that only the core knows what to look for.
#include <string.h>

#include "shim.h"

/* the keys of settings that add a way; a backslash or a NUL may spell one of them otherwise */
static const char *const keys[] = { "prefixes", "variables", "presets", "mounts", "\\" };

struct sources_tour {
	struct settings_tour tour;
	bool found;
};

static void look(struct settings_tour *tour, const char *file, const char *text, size_t length, int error);

bool settings_add_sources(char **envp)
{
	struct sources_tour whole = { { envp, true, look }, false };
	return each_settings_file(&whole.tour) != 0 || whole.found;
}

static void look(struct settings_tour *tour, const char *file, const char *text, size_t length, int error)
{
	(void)file, (void)error;
	struct sources_tour *whole = (struct sources_tour *)tour;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		whole->found = whole->found || memmem(text, length, keys[i], strlen(keys[i])) != NULL;
	whole->found = whole->found || memchr(text, '\0', length) != NULL;
}
