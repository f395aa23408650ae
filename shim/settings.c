// The settings as they are in this run: every file is read once, for both halves, with who could have written it.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "shim.h"

#define FOLDER "/etc/cdi-runtime"
#define FIXED_FILE FOLDER "/config.yaml"
#define DROP_INS FOLDER "/config.d"
#define OWN_FILE "/cdi-runtime/config.yaml"
#define MOST_BYTES ((size_t)1 << 20)
#define ALIGN ((size_t)16)
#define FIRST_FILES 2

/* A file that changed less than this ago may be half, */
#define QUIET_MS 100
/* and one that is missing where something changed may have been moved away by a script whose machine is busy. */
#define GONE_MS 500
/* how long anything is waited for */
#define LONGEST_MS 2000
#define PAUSE_NS 100000

/* the keys that add a way to ask for devices; a tag, a backslash or a NUL may spell one of them otherwise */
static const char source_keys[][sizeof "variables"] = { "prefixes", "variables", "presets", "mounts", "\\", "!" };

/* One look at all of them, and what of it may be otherwise at the next. */
struct look {
	struct shim *shim;
	struct timespec now;
	bool half, lacking, listing;
	size_t names, most_names;
	int error;
};

/* what lies in our folder may be missing; what is named should not; a user's own says nothing of the runtime */
enum place { OURS, NAMED, OWN };

static void look_once(struct look *look);
static in_own_frame void look_on(struct look *look);
static int look_at_all(void *look);
static in_own_frame void look_at_drop_ins(struct look *look);
static in_own_frame void look_at_own(struct look *look);
static bool look_at_file(struct look *look, const char *path, enum place place);
static int read_file(struct look *look, struct settings_file *file, int descriptor);
static int hold_still(int descriptor);
static bool is_settled(const struct look *look, int64_t watched);
static struct settings_file *list_file(struct look *look, const char *path, enum place place, int error);
static void *take(struct settings *settings, size_t size);
static in_own_frame void judge_by_link(struct settings *settings, struct settings_file *file);
static void conclude(struct settings *settings, struct settings_file *file, const struct way *way);

void read_settings(struct shim *shim)
{
	struct look look = { .shim = shim };
	if (shim->settings.is_read)
		return;
	shim->settings.is_read = true;
	look_once(&look);
	if (!is_settled(&look, 0))
		look_on(&look);
}

static void look_once(struct look *look)
{
	if (look_at_all(look) == EMFILE)
		work_apart(look_at_all, look);
}

/* Until nothing changes. */
static void look_on(struct look *look)
{
	struct timespec began;
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (;;) {
		look->most_names = look->names > look->most_names ? look->names : look->most_names;
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
		look_once(look);
		if (is_settled(look, milliseconds_since(CLOCK_MONOTONIC, &began)))
			return;
	}
}

static bool is_settled(const struct look *look, int64_t watched)
{
	if (watched >= LONGEST_MS)
		return true;
	bool names_stay = !look->listing || (watched >= GONE_MS && look->names >= look->most_names);
	return !look->half && !look->lacking && names_stay;
}

/* Only where it matters: what says nothing may be anybody's. */
void judge_settings(struct shim *shim)
{
	struct settings *settings = &shim->settings;
	struct way folder;
	const char *last = NULL;
	size_t last_length = 0;
	if (settings->is_judged)
		return;
	settings->is_judged = true;
	read_settings(shim);
	for (size_t i = 0; i < settings->count; i++) {
		struct settings_file *file = &settings->table[i];
		if (file->error != 0 || file->problem != NULL)
			continue;
		if (file->by_link) {
			judge_by_link(settings, file);
			continue;
		}
		size_t length = (size_t)(strrchr(file->path, '/') - file->path);
		if (last == NULL || folder.error != 0 || length != last_length ||
		    memcmp(last, file->path, length) != 0) {
			last = file->path;
			last_length = length;
			follow_way(&folder, last, length, NULL);
			folder.around = folder.end;
		}
		bool is_clean = folder.problem[0] == '\0';
		judge_entry(&folder, &file->status, NULL);
		conclude(settings, file, &folder);
		if (is_clean)
			folder.problem[0] = '\0';
	}
}

static void judge_by_link(struct settings *settings, struct settings_file *file)
{
	struct way way;
	follow_way(&way, file->path, strlen(file->path), file->path);
	judge_entry(&way, &file->status, NULL);
	conclude(settings, file, &way);
}

static void conclude(struct settings *settings, struct settings_file *file, const struct way *way)
{
	if (way->error != 0)
		file->error = way->error;
	else if (way->problem[0] != '\0' && (file->problem = take(settings, strlen(way->problem) + 1)) == NULL)
		file->error = EFBIG;
	else if (way->problem[0] != '\0')
		strcpy(file->problem, way->problem);
}

bool settings_add_sources(struct shim *shim)
{
	read_settings(shim);
	if (shim->settings.error != 0)
		return true;
	for (size_t i = 0; i < shim->settings.count; i++) {
		const struct settings_file *file = &shim->settings.table[i];
		/* the home of a service's user may be anything: /dev/null, or root's */
		bool is_read = file->error == 0 || file->missing || (file->own && is_lasting(file->error));
		if (!is_read || memchr(file->bytes, '\0', file->size) != NULL)
			return true;
		for (size_t key = 0; key < sizeof source_keys / sizeof *source_keys; key++)
			if (find_word(file->bytes, file->size, source_keys[key], strlen(source_keys[key])) != NULL)
				return true;
	}
	return false;
}

/* The one file that is named, or else the fixed file, its drop-ins, and a user's own. In rising priority. */
static int look_at_all(void *context)
{
	struct look *look = context;
	const char *named = getenv("CDI_RUNTIME_CONFIG");
	look->half = look->lacking = look->listing = false;
	look->names = 0;
	look->error = 0;
	/* by the kernel: to find out how to ask without it, once, takes a start longer, and two more pages */
	syscall(SYS_clock_gettime, CLOCK_REALTIME, &look->now);
	struct settings *settings = &look->shim->settings;
	settings->used = settings->count = settings->room = 0;
	settings->error = 0;
	if (named != NULL && named[0] != '\0') {
		/* a name that is relative would mean another file in each folder */
		if (named[0] == '/')
			look_at_file(look, named, NAMED);
		return look->error;
	}
	if (look_at_file(look, FIXED_FILE, OURS))
		look_at_drop_ins(look);
	if (look->shim->with_own)
		look_at_own(look);
	return look->error;
}

bool is_recent(const struct stat *status, const struct timespec *now, int64_t milliseconds)
{
	int64_t age = milliseconds_between(&status->st_ctim, now);
	/* a clock that was set back tells nothing */
	return age < milliseconds && age > -milliseconds;
}

/* The directory in which something is missing, or where that is missing as well, the one above it. */
static in_own_frame bool is_changing_above(const struct look *look, const char *path, bool *is_there)
{
	char above[PATH_MAX];
	struct stat status;
	struct line line = line_over(above, sizeof above);
	line_add(&line, path);
	*is_there = true;
	for (char *slash; (slash = strrchr(above, '/')) != NULL; *is_there = false) {
		*slash = '\0';
		if (stat(slash == above ? "/" : above, &status) == 0)
			return is_recent(&status, &look->now, *is_there ? GONE_MS : QUIET_MS);
	}
	return false;
}

/* As a shell's `*.yaml`: names that begin with a dot are those of editors. */
static bool is_drop_in(const struct name *name)
{
	const char *ending = strrchr(name->text, '.');
	return !is_directory(name) && name->text[0] != '.' && ending != NULL && strcmp(ending, ".yaml") == 0;
}

/* Each over the ones before, in the order of their bytes. */
static void look_at_drop_ins(struct look *look)
{
	bool is_there;
	struct stat status;
	struct names cleanup_names names = NO_NAMES;
	cleanup_close int descriptor = open_path(DROP_INS, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool by_link = descriptor < 0 && (errno == ENOTDIR || errno == ELOOP);
	if (by_link)
		descriptor = open_path(DROP_INS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = descriptor < 0 || fstat(descriptor, &status) != 0 ? errno : read_names(descriptor, &names);
	if (error == ENOENT && !by_link) {
		look->listing = is_changing_above(look, DROP_INS, &is_there);
		return;
	}
	if (error != 0) {
		list_file(look, DROP_INS, OURS, error);
		return;
	}
	sort_names(&names);
	look->listing = is_recent(&status, &look->now, GONE_MS);
	close_held(&descriptor);
	descriptor = -1;
	for (size_t i = 0; i < names.count; i++) {
		char path[sizeof DROP_INS + NAME_MAX + 1] = DROP_INS "/";
		strcpy(path + sizeof DROP_INS, names.table[i]->text);
		if (is_drop_in(names.table[i]))
			look_at_file(look, path, OURS);
	}
}

/* Only a rootless user's: $XDG_CONFIG_HOME, or else $HOME/.config. */
static void look_at_own(struct look *look)
{
	char path[PATH_MAX];
	struct line line = line_over(path, sizeof path);
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (base != NULL && base[0] == '/') {
		line_add(&line, base);
	} else if (home != NULL && home[0] == '/') {
		line_add(&line, home);
		line_add(&line, "/.config");
	} else {
		return;
	}
	if (own_user() == 0 && !inside_user_namespace())
		return;
	line_add(&line, OWN_FILE);
	look_at_file(look, path, OWN);
}

/* False where not even its directory is there. */
static bool look_at_file(struct look *look, const char *path, enum place place)
{
	bool is_there = true;
	cleanup_close int descriptor = open_path(path, READ_FLAGS | O_NOFOLLOW);
	bool by_link = descriptor < 0 && errno == ELOOP;
	if (by_link)
		descriptor = open_path(path, READ_FLAGS);
	int error = descriptor < 0 ? errno : 0;
	bool missing = !by_link && (error == ENOENT || (error == ENOTDIR && place != OURS));
	if (missing && is_changing_above(look, path, &is_there))
		look->lacking = true;
	/* so may by now what was listed */
	if (missing && place == OURS)
		return is_there;
	struct settings_file *file = list_file(look, path, place, error);
	if (file == NULL)
		return true;
	file->missing = missing;
	file->by_link = by_link;
	if (error == 0)
		file->error = read_file(look, file, descriptor);
	if (!is_lasting(file->error))
		look->error = file->error;
	return true;
}

/* Whole, as it was at one moment, or it is looked at once more. */
static int read_file(struct look *look, struct settings_file *file, int descriptor)
{
	struct stat after, *status = &file->status;
	if (fstat(descriptor, status) != 0)
		return errno;
	bool recent = is_recent(status, &look->now, QUIET_MS);
	/* an empty one may be somebody's who has emptied it to write it anew, however slowly */
	int error = recent || status->st_size == 0 ? hold_still(descriptor) : 0;
	bool held = error == 0 && (recent || status->st_size == 0);
	look->half = look->half || error == EAGAIN || (error != 0 && recent);
	if (error == EAGAIN)
		return error;
	if (held && fstat(descriptor, status) != 0)
		return errno;
	/* made by somebody who is about to write to it */
	look->half = look->half || (recent && status->st_size == 0);
	if (!S_ISREG(status->st_mode))
		return S_ISDIR(status->st_mode) ? EISDIR : ENOTREGULAR;
	if ((uint64_t)status->st_size > MOST_BYTES)
		return EFBIG;
	size_t size = (size_t)status->st_size;
	file->bytes = take(&look->shim->settings, size + 1);
	if (file->bytes == NULL)
		return EFBIG;
	error = read_up_to(descriptor, file->bytes, size, &file->size);
	if (error != 0)
		return error;
	file->bytes[file->size] = '\0';
	if (!held && fstat(descriptor, &after) != 0)
		return errno;
	bool same = held || (after.st_size == status->st_size && same_time(after.st_ctim, status->st_ctim));
	if (file->size == size && same)
		return 0;
	look->half = true;
	return EAGAIN;
}

/*
 * By a lease, which the kernel gives only where no one has the file open for writing: 0, EAGAIN, or another errno where
 * it cannot be known. Whoever opens it for writing meanwhile waits until we close. The signal that tells us of them is
 * one that does nothing.
 */
static int hold_still(int descriptor)
{
	if (fcntl(descriptor, F_SETSIG, SIGURG) != 0 || fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0)
		return errno;
	return 0;
}

static struct settings_file *list_file(struct look *look, const char *path, enum place place, int error)
{
	static char nothing[1];
	struct settings *settings = &look->shim->settings;
	if (settings->count == settings->room) {
		size_t room = settings->room == 0 ? FIRST_FILES : settings->room * 2;
		struct settings_file *table = take(settings, room * sizeof *table);
		if (table == NULL) {
			look->error = settings->error = EFBIG;
			return NULL;
		}
		if (settings->count > 0)
			memcpy(table, settings->table, settings->count * sizeof *table);
		settings->table = table;
		settings->room = room;
	}
	char *copy = take(settings, strlen(path) + 1);
	if (copy == NULL) {
		look->error = settings->error = EFBIG;
		return NULL;
	}
	strcpy(copy, path);
	look->names += error != ENOENT;
	if (!is_lasting(error))
		look->error = error;
	struct settings_file *file = &settings->table[settings->count++];
	*file = (struct settings_file){ .path = copy, .bytes = nothing, .error = error, .own = place == OWN };
	return file;
}

/* From room that costs only the pages which are used; NULL where it is full. */
static void *take(struct settings *settings, size_t size)
{
	size_t whole = (size + ALIGN - 1) & ~(ALIGN - 1);
	void *block = spare_room(settings, whole);
	settings->used += block == NULL ? 0 : whole;
	return block;
}

char *spare_room(struct settings *settings, size_t size)
{
	return size > sizeof settings->store - settings->used ? NULL : settings->store + settings->used;
}
