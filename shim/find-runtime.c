// Which program is the real runtime: the link's name, else the settings, else the first known one; never this shim.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

#define DIRECTORIES "/usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin"
#define OWN_NAME "cdi-runtime"
#define SETTINGS_FOLDER "/etc/cdi-runtime"
/* No shim is larger, and most runtimes are: these need not be opened. */
#define LARGEST_SHIM (4u << 20)
/* the note lies right behind the headers */
#define HEAD_BYTES 1024

/*
 * The version, and the licence, as ELF notes that tools can read without running the file; every shim is known by the
 * first (look_at_head).
 */
__asm__(".pushsection .note.cdi-runtime,\"a\",%note\n"
	".balign 4\n"
	".long 2f - 1f\n"
	".long 4f - 3f\n"
	".long 1\n"
	"1: .asciz \"cdi-runtime\"\n"
	"2: .balign 4\n"
	"3: .ascii \"" CDI_RUNTIME_VERSION "\"\n"
	"4: .balign 4\n"
	".long 6f - 5f\n"
	".long 8f - 7f\n"
	".long 2\n"
	"5: .asciz \"cdi-runtime\"\n"
	"6: .balign 4\n"
	"7: .ascii \"Apache-2.0\"\n"
	"8: .balign 4\n"
	".popsection\n");

/* tables of texts, not of pointers, which would have to be relocated at each start */
static const char directories[][sizeof "/usr/local/sbin/"] = {
	"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/",
};
static const char known_runtimes[][sizeof "youki"] = { "runc", "crun", "youki" };

/* In order of what a search has to say in the end. TROUBLE ends it: what cannot be seen now may be the right one. */
enum candidate { USABLE, MISSING, NOT_REGULAR, NOT_EXECUTABLE, UNREACHABLE, COPY, ITSELF, TROUBLE };
static const char wording[][sizeof " is not executable for this user"] = {
	[MISSING] = " is missing",
	[NOT_REGULAR] = " is not a regular file",
	[NOT_EXECUTABLE] = " is not executable for this user",
	[UNREACHABLE] = " cannot be reached",
	[COPY] = " is a copy of this shim",
	[ITSELF] = " is this shim itself",
	[TROUBLE] = " cannot be looked at now",
};

/* What a program begins with. */
enum head { OTHER, SHIM, SCRIPT, UNSEEN };

static in_own_frame bool take_linked(struct shim *shim);
static const char *linked_name(const struct shim *shim, char path[PATH_MAX]);
static const char *named_by_default(const char *name);
static const char *base_of(const char *path);
static bool follow(char *path);
static void take_from_settings(struct shim *shim);
static in_own_frame void say_unread(struct shim *shim, const char *path, int error);
static void take_known(struct shim *shim);
static in_own_frame void take_set(struct shim *shim, struct scalar value, const char *owner);
static void take(struct shim *shim, const char *runtime, const char *owner_kind, const char *owner);
static enum candidate search(struct shim *shim, const char *name);
static enum candidate judge(const struct shim *shim, const char *path);
static bool is_itself(const struct shim *shim, const struct stat *status);
static enum head look_at_head(const char *path, const struct stat *status);

void find_runtime(struct shim *shim)
{
	if (strcmp(base_of(shim->started_as), OWN_NAME) == 0 || !take_linked(shim))
		take_from_settings(shim);
}

/* False where no link names a runtime. */
static bool take_linked(struct shim *shim)
{
	char path[PATH_MAX];
	const char *name = linked_name(shim, path);
	if (name == NULL)
		return false;
	const char *of_default = named_by_default(name);
	shim->by_default = of_default != NULL;
	take(shim, shim->by_default ? of_default : name, "the link ", path);
	return true;
}

/* The runtime of a link by which an engine calls its default runtime, `cdi-default-crun`; NULL for any other link. */
static const char *named_by_default(const char *name)
{
	static const char prefix[] = "default-";
	size_t length = sizeof prefix - 1;
	return strncmp(name, prefix, length) == 0 && name[length] != '\0' ? name + length : NULL;
}

/*
 * The runtime that is named by the name of the link we were called by: `cdi-crun` names crun. It points into `path`,
 * which then is that link; or it is NULL. Links are followed from name to name, since an alternative's link, or an
 * engine's, to `cdi-crun` means what `cdi-crun` means. Our own name names nothing, and nor does what lies behind it.
 */
static const char *linked_name(const struct shim *shim, char path[PATH_MAX])
{
	/* a name that is only argv[0]'s leads nowhere */
	bool is_path = shim->own_path == shim->started_as;
	if (strlen(shim->started_as) >= PATH_MAX)
		return NULL;
	strcpy(path, shim->started_as);
	for (int links = 0; links < MOST_LINKS; links++) {
		const char *base = base_of(path);
		if (strcmp(base, OWN_NAME) == 0)
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

/* The last file that says something of the runtime decides, as long as all of them count. */
static void take_from_settings(struct shim *shim)
{
	struct scalar value = { NULL, 0 };
	const char *owner = "";
	judge_settings(shim);
	if (shim->settings.error != 0) {
		say_unread(shim, SETTINGS_FOLDER, shim->settings.error);
		return;
	}
	for (size_t i = 0; i < shim->settings.count; i++) {
		const struct settings_file *file = &shim->settings.table[i];
		if (file->own || file->missing)
			continue;
		if (file->error != 0) {
			say_unread(shim, file->path, file->error);
			return;
		}
		if (file->problem != NULL) {
			struct line problem = line_over(shim->problem, sizeof shim->problem);
			line_format(&problem, "the settings %s do not count: %s", quote(file->path).text,
				    file->problem);
			return;
		}
		struct scalar found = runtime_line(file->bytes, file->size);
		if (found.text == NULL)
			continue;
		value = found;
		owner = file->path;
	}
	if (value.text == NULL || (value.length == 4 && memcmp(value.text, "auto", 4) == 0))
		take_known(shim);
	else
		take_set(shim, value, owner);
}

static void take_set(struct shim *shim, struct scalar value, const char *owner)
{
	/* what is cut here is longer than any path, and so leads nowhere */
	char runtime[PATH_MAX + 1];
	struct line line = line_over(runtime, sizeof runtime);
	line_add_bytes(&line, value.text, value.length);
	take(shim, runtime, "", owner);
}

static in_own_frame void say_unread(struct shim *shim, const char *path, int error)
{
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_format(&problem, "the settings %s %s (%s)", quote(path).text,
		    error == EAGAIN ? "are being written" : "cannot be read", errno_name(error));
}

static void take_known(struct shim *shim)
{
	for (size_t i = 0; i < sizeof known_runtimes / sizeof *known_runtimes; i++) {
		enum candidate verdict = search(shim, known_runtimes[i]);
		if (verdict == USABLE)
			return;
		if (verdict != TROUBLE)
			continue;
		struct line problem = line_over(shim->problem, sizeof shim->problem);
		line_format(&problem, "the runtime \"%s\"%s", known_runtimes[i], wording[TROUBLE]);
		return;
	}
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_add(&problem, "none of runc, crun and youki is in " DIRECTORIES);
}

static void take(struct shim *shim, const char *runtime, const char *owner_kind, const char *owner)
{
	bool is_path = runtime[0] == '/', is_name = runtime[0] != '\0' && strchr(runtime, '/') == NULL;
	enum candidate verdict = is_path ? judge(shim, runtime) : is_name ? search(shim, runtime) : MISSING;
	if (verdict == USABLE) {
		if (is_path)
			strcpy(shim->runtime, runtime);
		return;
	}
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_format(&problem, "the runtime %s of %s%s", quote(runtime).text, owner_kind, quote(owner).text);
	if (!is_path && !is_name)
		line_add(&problem, " is neither a name nor an absolute path");
	else if (is_name && verdict < COPY)
		line_add(&problem, " is in none of " DIRECTORIES);
	else
		line_add(&problem, wording[verdict]);
}

/* Leaves the path in `runtime`, or an empty one and what the search met. */
static enum candidate search(struct shim *shim, const char *name)
{
	enum candidate met = MISSING;
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		struct line path = line_over(shim->runtime, sizeof shim->runtime);
		line_add(&path, directories[i]);
		line_add(&path, name);
		enum candidate verdict = path.length == path.size - 1 ? MISSING : judge(shim, shim->runtime);
		if (verdict == USABLE)
			return USABLE;
		met = verdict > met ? verdict : met;
		if (verdict == TROUBLE)
			break;
	}
	shim->runtime[0] = '\0';
	return met;
}

static enum candidate judge(const struct shim *shim, const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return errno == ENOENT || errno == ENOTDIR ? MISSING : is_lasting(errno) ? UNREACHABLE : TROUBLE;
	if (!S_ISREG(status.st_mode))
		return NOT_REGULAR;
	if (access(path, X_OK) != 0)
		return is_lasting(errno) ? NOT_EXECUTABLE : TROUBLE;
	/* what is neither a shim nor a script, whose interpreter may be one, cannot be this file */
	enum head head = look_at_head(path, &status);
	if (head != OTHER && is_itself(shim, &status))
		return ITSELF;
	return head == SHIM ? COPY : USABLE;
}

/*
 * The path the kernel opened tells it for a tenth of what /proc/self/exe costs, which each process has to make again;
 * /proc serves where that path leads nowhere.
 */
static bool is_itself(const struct shim *shim, const struct stat *status)
{
	struct stat own;
	if (stat(shim->own_path, &own) != 0 && stat("/proc/self/exe", &own) != 0 && stat(shim->started_as, &own) != 0)
		return false;
	return own.st_dev == status->st_dev && own.st_ino == status->st_ino;
}

/* Two copies that take each other for the runtime would go on for ever. All of them carry the note. */
static enum head look_at_head(const char *path, const struct stat *status)
{
	/* like all that is in a note, at a number of bytes that 4 divides */
	static const char note[] = "\1\0\0\0cdi-runtime";
	char head[HEAD_BYTES];
	size_t length;
	if (status->st_size > LARGEST_SHIM)
		return OTHER;
	cleanup_close int descriptor = open_path(path, READ_FLAGS);
	/* what may be run need not be readable */
	if (descriptor < 0 || read_up_to(descriptor, head, sizeof head, &length) != 0)
		return UNSEEN;
	for (size_t at = 0; at + sizeof note <= length; at += 4)
		if (memcmp(head + at, note, sizeof note) == 0)
			return SHIM;
	return length >= 2 && head[0] == '#' && head[1] == '!' ? SCRIPT : OTHER;
}
