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

enum candidate { USABLE, MISSING, NOT_REGULAR, NOT_EXECUTABLE, ITSELF, UNREACHABLE };
static const char *const wording[] = {
	[MISSING] = " is missing",
	[NOT_REGULAR] = " is not a regular file",
	[NOT_EXECUTABLE] = " is not executable for this user",
	[ITSELF] = " is this shim itself",
	[UNREACHABLE] = " cannot be reached",
};

static const char *linked_name(const char *started_as);
static void take_path(struct shim *shim, const char *path, const char *owner);
static void take_name(struct shim *shim, const char *name, const char *owner_kind, const char *owner);
static bool search(struct shim *shim, const char *name, bool *met_itself);
static enum candidate judge(const struct shim *shim, const char *path);
static bool is_itself(const struct shim *shim, const struct stat *status);

void find_runtime(struct shim *shim)
{
	const char *name = linked_name(shim->started_as);
	if (name != NULL) {
		take_name(shim, name, "the link ", shim->started_as);
		return;
	}
	char value[PATH_MAX];
	const char *file = settings_file(shim->envp);
	if (settings_runtime(file, value, sizeof value)) {
		if (value[0] == '/')
			take_path(shim, value, file);
		else
			take_name(shim, value, "", file);
		return;
	}
	bool met_itself = false;
	for (size_t i = 0; i < sizeof known_runtimes / sizeof *known_runtimes; i++)
		if (search(shim, known_runtimes[i], &met_itself))
			return;
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_add(&problem, "none of runc, crun and youki is in " DIRECTORIES);
}

/* `cdi-crun` names crun; our own name, or another one, names nothing. */
static const char *linked_name(const char *started_as)
{
	const char *slash = strrchr(started_as, '/');
	const char *base = slash == NULL ? started_as : slash + 1;
	if (strncmp(base, "cdi-", 4) != 0 || base[4] == '\0' || strcmp(base, "cdi-runtime") == 0)
		return NULL;
	return base + 4;
}

static struct line open_problem(struct shim *shim, const char *runtime, const char *owner_kind, const char *owner)
{
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_add(&problem, "the runtime ");
	line_quote(&problem, runtime);
	line_add(&problem, " of ");
	line_add(&problem, owner_kind);
	line_quote(&problem, owner);
	return problem;
}

static void take_path(struct shim *shim, const char *path, const char *owner)
{
	enum candidate verdict = judge(shim, path);
	if (verdict == USABLE) {
		strcpy(shim->runtime, path);
		return;
	}
	struct line problem = open_problem(shim, path, "", owner);
	line_add(&problem, wording[verdict]);
}

static void take_name(struct shim *shim, const char *name, const char *owner_kind, const char *owner)
{
	bool met_itself = false;
	if (name[0] != '\0' && strchr(name, '/') == NULL) {
		if (search(shim, name, &met_itself))
			return;
		struct line problem = open_problem(shim, name, owner_kind, owner);
		line_add(&problem, met_itself ? wording[ITSELF] : " is in none of " DIRECTORIES);
		return;
	}
	struct line problem = open_problem(shim, name, owner_kind, owner);
	line_add(&problem, " is neither a name nor an absolute path");
}

static bool search(struct shim *shim, const char *name, bool *met_itself)
{
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		size_t head = strlen(directories[i]), tail = strlen(name);
		if (head + tail >= sizeof shim->runtime)
			return false;
		memcpy(shim->runtime, directories[i], head);
		memcpy(shim->runtime + head, name, tail + 1);
		enum candidate verdict = judge(shim, shim->runtime);
		if (verdict == USABLE)
			return true;
		*met_itself = *met_itself || verdict == ITSELF;
	}
	shim->runtime[0] = '\0';
	return false;
}

static enum candidate judge(const struct shim *shim, const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return errno == ENOENT || errno == ENOTDIR ? MISSING : UNREACHABLE;
	if (!S_ISREG(status.st_mode))
		return NOT_REGULAR;
	if (access(path, X_OK) != 0)
		return NOT_EXECUTABLE;
	return is_itself(shim, &status) ? ITSELF : USABLE;
}

/*
 * The same file under any name. The path the kernel opened tells it for a tenth of what /proc/self/exe costs, which
 * each process has to make anew; /proc serves where that path leads nowhere.
 */
static bool is_itself(const struct shim *shim, const struct stat *status)
{
	struct stat own;
	if (stat(shim->own_path, &own) != 0 && stat("/proc/self/exe", &own) != 0 && stat(shim->started_as, &own) != 0)
		return false;
	return own.st_dev == status->st_dev && own.st_ino == status->st_ino;
}
