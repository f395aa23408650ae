// Goes through the settings: the one file that is named, or else the fixed file, its drop-ins, and a user's own.
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "shim.h"

#define FIXED_FILE "/etc/cdi-runtime/config.yaml"
#define DROP_INS "/etc/cdi-runtime/config.d"
#define OWN_FILE "/cdi-runtime/config.yaml"
#define SETTINGS_BYTES (1u << 20)

struct tour {
	struct settings_tour *plan;
	int error;
};

static int go_apart(void *context);
static int go(struct settings_tour *tour);
static int visit_drop_ins(struct settings_tour *tour);
static int visit_own(struct settings_tour *tour);
static int visit(struct settings_tour *tour, const char *file);
static const char *variable(char **envp, const char *name);

int each_settings_file(struct settings_tour *tour)
{
	struct tour whole = { tour, go(tour) };
	if (whole.error == EMFILE)
		work_apart(go_apart, &whole);
	return whole.error;
}

static int go_apart(void *context)
{
	struct tour *whole = context;
	whole->error = go(whole->plan);
	return 0;
}

static int go(struct settings_tour *tour)
{
	const char *named = variable(tour->envp, "CDI_RUNTIME_CONFIG");
	if (named != NULL)
		/* a name that is relative would mean another file in each folder */
		return named[0] == '/' ? visit(tour, named) : 0;
	int error = visit(tour, FIXED_FILE);
	if (error == 0)
		error = visit_drop_ins(tour);
	return error == 0 && tour->with_own ? visit_own(tour) : error;
}

/* As a shell's `*.yaml`: names that begin with a dot are those of editors. */
static int is_drop_in(const struct dirent *entry)
{
	const char *ending = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && ending != NULL && strcmp(ending, ".yaml") == 0;
}

static int by_bytes(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

/* Each over the ones before, in the order of their bytes. */
static int visit_drop_ins(struct settings_tour *tour)
{
	struct dirent **entries;
	int count = scandir(DROP_INS, &entries, is_drop_in, by_bytes);
	if (count < 0 && !is_lasting(errno)) {
		int error = errno;
		tour->visit(tour, DROP_INS, "", 0, error);
		return error;
	}
	int error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		char path[sizeof DROP_INS + NAME_MAX + 1] = DROP_INS "/";
		strcpy(path + sizeof DROP_INS, entries[i]->d_name);
		error = visit(tour, path);
	}
	return error;
}

/* Only a rootless user's: $XDG_CONFIG_HOME, or else $HOME/.config. */
static int visit_own(struct settings_tour *tour)
{
	char path[PATH_MAX];
	struct line line = line_over(path, sizeof path);
	const char *base = variable(tour->envp, "XDG_CONFIG_HOME"), *home = variable(tour->envp, "HOME");
	if (geteuid() == 0 && !inside_user_namespace())
		return 0;
	if (base != NULL && base[0] == '/') {
		line_add(&line, base);
	} else if (home != NULL && home[0] == '/') {
		line_add(&line, home);
		line_add(&line, "/.config");
	} else {
		return 0;
	}
	line_add(&line, OWN_FILE);
	return visit(tour, path);
}

static int visit(struct settings_tour *tour, const char *file)
{
	/* static: costs only the pages that a file fills, and a small stack stays possible */
	static char buffer[SETTINGS_BYTES];
	size_t length;
	int error = read_settings(file, buffer, sizeof buffer, &length);
	tour->visit(tour, file, buffer, length, error);
	return error;
}

static const char *variable(char **envp, const char *name)
{
	size_t length = strlen(name);
	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, length) == 0 && (*envp)[length] == '=')
			return (*envp)[length + 1] != '\0' ? *envp + length + 1 : NULL;
	return NULL;
}
