// The settings as far as C has to know them, file by file: which runtime they name, and whether they add ways to ask.
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

#define FIXED_FILE "/etc/cdi-runtime/config.yaml"
#define DROP_INS "/etc/cdi-runtime/config.d"
#define OWN_FILE "/cdi-runtime/config.yaml"
#define SETTINGS_BYTES (1u << 20)

/* the keys that add a way to ask for devices; a backslash or a NUL may spell one of them otherwise */
static const char *const source_keys[] = { "prefixes", "variables", "presets", "mounts", "\\" };

/* One way through the files, in rising priority. */
struct walk {
	/* whether a rootless user's own file counts too */
	bool with_own;
	/* is told what a file says, or the errno that ends the walk */
	void (*take)(void *result, const char *file, const char *text, size_t length, int error);
	void *result;
	int error;
};

/* a piece of a text; its text is NULL where there is none */
struct scalar {
	const char *text;
	size_t length;
};

static void take_runtime(void *result, const char *file, const char *text, size_t length, int error);
static void take_sources(void *result, const char *file, const char *text, size_t length, int error);
static int walk_all(struct walk *walk);
static int walk_files(struct walk *walk);
static int walk_drop_ins(struct walk *walk);
static int walk_own(struct walk *walk);
static int walk_file(struct walk *walk, const char *file);
static int read_trusted(const char *file, char *buffer, size_t size, size_t *length);
static int read_regular(const char *file, struct stat *status, char *buffer, size_t size, size_t *length);
static bool trusted(const struct stat *status);
static struct scalar runtime_line(const char *text, size_t length);
static bool ends_document(const char *line, const char *end, bool *content);
static struct scalar value_of(const char *at, const char *end);

int settings_runtime(struct setting *setting)
{
	struct walk walk = { .take = take_runtime, .result = setting };
	setting->is_set = false;
	setting->file[0] = '\0';
	return walk_all(&walk);
}

/* The last file that says something of the runtime decides. */
static void take_runtime(void *result, const char *file, const char *text, size_t length, int error)
{
	struct setting *setting = result;
	struct scalar found = runtime_line(text, length);
	if (error == 0 && found.text == NULL)
		return;
	struct line path = line_over(setting->file, sizeof setting->file);
	struct line value = line_over(setting->value, sizeof setting->value);
	line_add(&path, file);
	/* what is cut here is longer than any path, and so leads nowhere */
	if (error == 0)
		line_add_bytes(&value, found.text, found.length);
	setting->is_set = error == 0 && strcmp(setting->value, "auto") != 0;
}

bool settings_add_sources(void)
{
	bool found = false;
	struct walk walk = { .with_own = true, .take = take_sources, .result = &found };
	return walk_all(&walk) != 0 || found;
}

static void take_sources(void *result, const char *file, const char *text, size_t length, int error)
{
	(void)file, (void)error;
	bool *found = result;
	for (size_t i = 0; i < sizeof source_keys / sizeof *source_keys; i++)
		*found = *found || memmem(text, length, source_keys[i], strlen(source_keys[i])) != NULL;
	*found = *found || memchr(text, '\0', length) != NULL;
}

static int walk_once(void *walk)
{
	return ((struct walk *)walk)->error = walk_files(walk);
}

static int walk_all(struct walk *walk)
{
	if (walk_once(walk) == EMFILE)
		work_apart(walk_once, walk);
	return walk->error;
}

/* The one file that is named, or else the fixed file, its drop-ins, and a user's own. */
static int walk_files(struct walk *walk)
{
	const char *named = getenv("CDI_RUNTIME_CONFIG");
	if (named != NULL && named[0] != '\0')
		/* a name that is relative would mean another file in each folder */
		return named[0] == '/' ? walk_file(walk, named) : 0;
	int error = walk_file(walk, FIXED_FILE);
	if (error == 0)
		error = walk_drop_ins(walk);
	return error == 0 && walk->with_own ? walk_own(walk) : error;
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
static int walk_drop_ins(struct walk *walk)
{
	struct dirent **entries;
	int count = scandir(DROP_INS, &entries, is_drop_in, by_bytes);
	if (count < 0 && !is_lasting(errno)) {
		int error = errno;
		walk->take(walk->result, DROP_INS, "", 0, error);
		return error;
	}
	int error = 0;
	for (int i = 0; i < count && error == 0; i++) {
		char path[sizeof DROP_INS + NAME_MAX + 1] = DROP_INS "/";
		strcpy(path + sizeof DROP_INS, entries[i]->d_name);
		error = walk_file(walk, path);
	}
	return error;
}

/* Only a rootless user's: $XDG_CONFIG_HOME, or else $HOME/.config. */
static int walk_own(struct walk *walk)
{
	char path[PATH_MAX];
	struct line line = line_over(path, sizeof path);
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
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
	return walk_file(walk, path);
}

static int walk_file(struct walk *walk, const char *file)
{
	/* static: costs only the pages that a file fills, and a small stack stays possible */
	static char buffer[SETTINGS_BYTES];
	size_t length;
	int error = read_trusted(file, buffer, sizeof buffer, &length);
	walk->take(walk->result, file, buffer, length, error);
	return error;
}

/* Never half, and only if no one else may have written it: a file that does not count is read as an empty one. */
static int read_trusted(const char *file, char *buffer, size_t size, size_t *length)
{
	struct stat status = { 0 };
	int error = read_regular(file, &status, buffer, size, length);
	if (error != 0 || !trusted(&status))
		*length = 0;
	return is_lasting(error) ? 0 : error;
}

/* Closed before it is judged, so that one descriptor is enough. */
static int read_regular(const char *file, struct stat *status, char *buffer, size_t size, size_t *length)
{
	*length = 0;
	cleanup_close int descriptor = open_path(file, READ_FLAGS);
	if (descriptor < 0 || fstat(descriptor, status) != 0)
		return errno;
	if (!S_ISREG(status->st_mode))
		return 0;
	return read_up_to(descriptor, buffer, (uint64_t)status->st_size < size ? (size_t)status->st_size : size,
			  length);
}

/* A file that others can write would let them choose the program that root runs. */
static bool trusted(const struct stat *status)
{
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return false;
	if (status->st_uid == 0 || status->st_uid == geteuid())
		return true;
	return status->st_uid == UNMAPPED_OWNER && inside_user_namespace();
}

/* There, the host's root shows as an unmapped owner. Only the identity map is the host itself. */
bool inside_user_namespace(void)
{
	static const char *const identity[] = { "0", "0", "4294967295" };
	char map[128];
	size_t length;
	cleanup_close int descriptor = open_path("/proc/self/uid_map", READ_FLAGS);
	if (descriptor < 0 || read_up_to(descriptor, map, sizeof map - 1, &length) != 0)
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

/* The last line `runtime: VALUE` of the first document. Has to work where the rest of the file is broken. */
static struct scalar runtime_line(const char *text, size_t length)
{
	static const char key[] = "runtime:";
	struct scalar found = { NULL, 0 };
	bool content = false;
	const char *at = text, *end = text + length;
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end) {
		const char *stop = at;
		/* YAML ends a line at a lone CR as well; after CR LF an empty line does no harm */
		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		if (ends_document(at, stop, &content))
			break;
		if ((size_t)(stop - at) > sizeof key - 1 && memcmp(at, key, sizeof key - 1) == 0) {
			struct scalar value = value_of(at + sizeof key - 1, stop);
			if (value.text != NULL)
				found = value;
		}
		at = stop + 1;
	}
	return found;
}

static bool blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool ends_document(const char *line, const char *end, bool *content)
{
	const char *first = line;
	while (first < end && blank(*first))
		first++;
	if (first == end || *first == '#' || (*line == '%' && !*content))
		return false;
	bool bare = end - line == 3 || (end - line > 3 && blank(line[3]));
	bool ends = bare && (memcmp(line, "...", 3) == 0 || (*content && memcmp(line, "---", 3) == 0));
	*content = true;
	return ends;
}

static bool plain_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       (byte != '\0' && strchr("_./+-", byte) != NULL);
}

/* The scalar after the colon, if it is one that ends on its line and needs no unescaping. */
static struct scalar value_of(const char *at, const char *end)
{
	struct scalar value = { NULL, 0 };
	const char *start = at;
	while (at < end && blank(*at))
		at++;
	if (at == start || at == end)
		return value;
	char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
	const char *text = at;
	if (quote == '\0')
		while (at < end && plain_byte(*at))
			at++;
	else
		while (at < end && *at != '"' && *at != '\'' && *at != '\\' &&
		       ((unsigned char)*at >= 0x20 || *at == '\t'))
			at++;
	size_t length = (size_t)(at - text);
	if (quote == '\0' ? length == 0 : at == end || *at++ != quote)
		return value;
	const char *after = at;
	while (at < end && blank(*at))
		at++;
	if (at == end || (*at == '#' && at > after))
		value = (struct scalar){ text, length };
	return value;
}
