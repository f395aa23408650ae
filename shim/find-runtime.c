// Which program is the real runtime: the link's name, else the settings, else the first known one; never this shim.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

#define DIRECTORIES "/usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin"

static const char *const directories[] = {
	"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/",
};
static const char *const known_runtimes[] = { "runc", "crun", "youki" };

/* In order of what a search has to say in the end. TROUBLE ends it: what cannot be looked at now may be the right one. */
enum candidate { USABLE, MISSING, NOT_REGULAR, NOT_EXECUTABLE, UNREACHABLE, COPY, ITSELF, TROUBLE };
static const char *const wording[] = {
	[MISSING] = " is missing",
	[NOT_REGULAR] = " is not a regular file",
	[NOT_EXECUTABLE] = " is not executable for this user",
	[UNREACHABLE] = " cannot be reached",
	[COPY] = " is a copy of this shim",
	[ITSELF] = " is this shim itself",
	[TROUBLE] = " cannot be looked at now",
};

static void take_from_settings(struct shim *shim);
static void take_known(struct shim *shim);
static void take(struct shim *shim, const char *runtime, const char *owner_kind, const char *owner);
static enum candidate search(struct shim *shim, const char *name);
static enum candidate judge(const struct shim *shim, const char *path);
static struct line problem_of(struct shim *shim, const char *what, const char *name);

void find_runtime(struct shim *shim)
{
	char path[PATH_MAX];
	const char *name = linked_name(shim, path);
	if (name != NULL)
		take(shim, name, "the link ", path);
	else
		take_from_settings(shim);
}

static void take_from_settings(struct shim *shim)
{
	struct setting setting;
	int error = settings_runtime(shim->envp, &setting);
	if (error != 0) {
		struct line problem = problem_of(shim, "the settings ", setting.file);
		line_add(&problem, " cannot be read (");
		line_add(&problem, errno_name(error));
		line_add(&problem, ")");
	} else if (setting.is_set) {
		take(shim, setting.value, "", setting.file);
	} else {
		take_known(shim);
	}
}

static void take_known(struct shim *shim)
{
	for (size_t i = 0; i < sizeof known_runtimes / sizeof *known_runtimes; i++) {
		enum candidate verdict = search(shim, known_runtimes[i]);
		if (verdict == USABLE)
			return;
		if (verdict != TROUBLE)
			continue;
		struct line problem = problem_of(shim, "the runtime ", known_runtimes[i]);
		line_add(&problem, wording[TROUBLE]);
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
	struct line problem = problem_of(shim, "the runtime ", runtime);
	line_add(&problem, " of ");
	line_add(&problem, owner_kind);
	line_quote(&problem, owner);
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
	if (is_itself(shim, &status))
		return ITSELF;
	return is_copy(path, &status) ? COPY : USABLE;
}

bool is_lasting(int error)
{
	static const int lasting[] = {
		0, ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EROFS, ENXIO, ENODEV,
	};
	for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
		if (error == lasting[i])
			return true;
	return false;
}

static struct line problem_of(struct shim *shim, const char *what, const char *name)
{
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_add(&problem, what);
	line_quote(&problem, name);
	return problem;
}
