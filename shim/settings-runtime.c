// What the settings say of the runtime: the last of their files that says something.
#include <string.h>

#include "shim.h"

struct runtime_tour {
	struct settings_tour tour;
	struct setting *setting;
};

static void look(struct settings_tour *tour, const char *file, const char *text, size_t length, int error);

int settings_runtime(char **envp, struct setting *setting)
{
	struct runtime_tour whole = { { envp, false, look }, setting };
	setting->is_set = false;
	setting->file[0] = '\0';
	return each_settings_file(&whole.tour);
}

/* A file that says nothing of the runtime leaves what the ones before said. */
static void look(struct settings_tour *tour, const char *file, const char *text, size_t length, int error)
{
	struct setting *setting = ((struct runtime_tour *)tour)->setting;
	struct scalar found = runtime_line(text, length);
	if (error == 0 && found.text == NULL)
		return;
	struct line path = line_over(setting->file, sizeof setting->file);
	struct line value = line_over(setting->value, sizeof setting->value);
	line_add(&path, file);
	/* what is cut here is longer than any path, and so leads nowhere */
	line_add_bytes(&value, found.text, found.length);
	setting->is_set = error == 0 && strcmp(setting->value, "auto") != 0;
}
