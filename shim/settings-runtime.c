// What the settings say of the runtime: the one file that is named, or else the fixed file and then its drop-ins.
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "shim.h"

#define FIXED_FILE "/etc/cdi-runtime/config.yaml"
#define DROP_INS "/etc/cdi-runtime/config.d"
#define SETTINGS_BYTES (1u << 20)

struct reading {
	char **envp;
	struct setting *setting;
	int error;
};

static int read_apart(void *context);
static int read_all(char **envp, struct setting *setting);
static int read_drop_ins(struct setting *setting);
static int read_one(const char *file, struct setting *setting);
static const char *named_file(char **envp);

int settings_runtime(char **envp, struct setting *setting)
{
	struct reading reading = { envp, setting, read_all(envp, setting) };
	if (reading.error == EMFILE)
		work_apart(read_apart, &reading);
	return reading.error;
}

static int read_apart(void *context)
{
	struct reading *reading = context;
	reading->error = read_all(reading->envp, reading->setting);
	return 0;
}

static int read_all(char **envp, struct setting *setting)
{
	const char *named = named_file(envp);
	setting->is_set = false;
	setting->file[0] = '\0';
	if (named != NULL)
		/* a name that is relative would mean another file in each folder */
		return named[0] == '/' ? read_one(named, setting) : 0;
	int error = read_one(FIXED_FILE, setting);
	return error != 0 ? error : read_drop_ins(setting);
}

static const char *named_file(char **envp)
{
	static const char name[] = "CDI_RUNTIME_CONFIG=";
	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, sizeof name - 1) == 0)
			return (*envp)[sizeof name - 1] != '\0' ? *envp + sizeof name - 1 : NULL;
	return NULL;
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
static int read_drop_ins(struct setting *setting)
{
	struct dirent **entries;
	int count = scandir(DROP_INS, &entries, is_drop_in, by_bytes);
	if (count < 0 && !is_lasting(errno)) {
		strcpy(setting->file, DROP_INS);
		return errno;
	}
	int error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		char path[sizeof DROP_INS + NAME_MAX + 1] = DROP_INS "/";
		strcpy(path + sizeof DROP_INS, entries[i]->d_name);
		error = read_one(path, setting);
	}
	return error;
}

/* A file that says nothing of the runtime leaves what the ones before said. */
static int read_one(const char *file, struct setting *setting)
{
	/* static: costs only the pages that a file fills, and a small stack stays possible */
	static char buffer[SETTINGS_BYTES];
	size_t length;
	int error = read_settings(file, buffer, sizeof buffer, &length);
	struct scalar found = runtime_line(buffer, length);
	if (error == 0 && found.text == NULL)
		return 0;
	struct line path = line_over(setting->file, sizeof setting->file);
	struct line value = line_over(setting->value, sizeof setting->value);
	line_add(&path, file);
	/* what is cut here is longer than any path, and so leads nowhere */
	line_add_bytes(&value, found.text, found.length);
	setting->is_set = error == 0 && strcmp(setting->value, "auto") != 0;
	return error;
}
