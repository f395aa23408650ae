// Opens a log of our own by folders that are held one after the other, so that no one else's link leads it elsewhere.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "shim.h"

#define LOG_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)
#define NO_LINKS 4 /* RESOLVE_NO_SYMLINKS */

/* what is left of the way to the folder; static, since a handler of signals has little stack */
static char way[PATH_MAX];

static int open_log_by_steps(const char *path);
static int hold_folder(const char *path, size_t length);
static int begin_way(void);
static int enter(int folder, const char *name, bool make);
static int follow(int folder, int link, const struct stat *status, const char *rest);
static bool is_ours(const struct stat *link, int folder);
static int let_go(int folder, int error);

/* Mostly there is no link at all, and the kernel sees to that by itself (openat2(2), from Linux 5.6 on). */
int open_log(const char *path)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { LOG_FLAGS, 0640, NO_LINKS };
	int log = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
	return log >= 0 ? log : open_log_by_steps(path);
}

static int open_log_by_steps(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	cleanup_close int folder = hold_folder(path, (size_t)(name - path));
	return folder < 0 ? -1 : openat(folder, name, LOG_FLAGS, 0640);
}

/* Only the last folder is made: a longer path that is missing is a mistake in the settings. */
static int hold_folder(const char *path, size_t length)
{
	if (length >= sizeof way)
		return let_go(-1, ENAMETOOLONG);
	memcpy(way, path, length);
	way[length] = '\0';
	char *rest = way, name[NAME_MAX + 1];
	int folder = begin_way();
	for (unsigned links = 0; folder >= 0;) {
		rest += strspn(rest, "/");
		size_t size = strcspn(rest, "/");
		if (size == 0)
			return folder;
		if (size > NAME_MAX)
			return let_go(folder, ENAMETOOLONG);
		memcpy(name, rest, size);
		name[size] = '\0';
		rest += size;
		rest += strspn(rest, "/");
		struct stat status;
		int next = enter(folder, name, *rest == '\0');
		if (next < 0 || fstat(next, &status) != 0)
			return let_go(folder, errno);
		if (S_ISLNK(status.st_mode)) {
			int error = ++links > MOST_LINKS ? ELOOP : follow(folder, next, &status, rest);
			close(next);
			if (error != 0)
				return let_go(folder, error);
			rest = way;
			if (way[0] != '/')
				continue;
			next = begin_way();
		}
		close(folder);
		folder = next;
	}
	return folder;
}

static int begin_way(void)
{
	return open_path(way[0] == '/' ? "/" : ".", O_PATH | O_CLOEXEC);
}

static int enter(int folder, const char *name, bool make)
{
	int next = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (next >= 0 || errno != ENOENT || !make)
		return next;
	if (mkdirat(folder, name, 0750) != 0 && errno != EEXIST)
		return -1;
	return openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* What a link says comes before the rest of the way. */
static int follow(int folder, int link, const struct stat *status, const char *rest)
{
	static char target[PATH_MAX];
	if (!is_ours(status, folder))
		return ELOOP;
	ssize_t length = readlinkat(link, "", target, sizeof target);
	if (length < 0)
		return errno;
	size_t size = (size_t)length, more = strlen(rest) + 1;
	if (size + 1 + more > sizeof target)
		return ENAMETOOLONG;
	target[size] = '/';
	memcpy(target + size + 1, rest, more);
	memcpy(way, target, size + 1 + more);
	return 0;
}

/* In a user namespace an unmapped owner is somebody outside, who could be anybody where others may put things. */
static bool is_ours(const struct stat *link, int folder)
{
	struct stat around;
	if (is_root_or_user(link->st_uid))
		return true;
	return link->st_uid == UNMAPPED_OWNER && fstat(folder, &around) == 0 &&
	       (around.st_mode & (S_IWGRP | S_IWOTH)) == 0 && inside_user_namespace();
}

static int let_go(int folder, int error)
{
	if (folder >= 0)
		close(folder);
	errno = error;
	return -1;
}
