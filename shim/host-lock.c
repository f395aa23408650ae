// Host operations on a folder of small files that one run at a time has for itself, until it lets go of it or ends.
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "host.h"

#define LONGEST_PAUSE_MS 16
/* what is written takes its name only when it is whole; whoever has the folder is the only one to write */
#define UNFINISHED ".new"

static int make_folder(char *path);
static int lock(int folder, const struct deadline *deadline);
static bool stands_at(int folder, const char *path);
static int put(int folder, const char *name, const char *text, size_t length);

HOST(host_lock_folder)
{
	char path[PATH_MAX];
	struct shim *shim = shim_of(js);
	int error = path_from(js, argv[0], path);
	if (error == 0)
		error = make_folder(path);
	while (error == 0 && shim->files->locked < 0) {
		cleanup_close int folder = open_path(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		error = folder < 0 ? errno : lock(folder, &shim->deadline);
		if (error != 0 || !stands_at(folder, path))
			continue;
		shim->files->locked = folder;
		folder = -1;
	}
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

HOST(host_unlock_folder)
{
	struct files *files = shim_of(js)->files;
	close_held(&files->locked);
	files->locked = -1;
	return JS_UNDEFINED;
}

HOST(host_put_file)
{
	char name[PATH_MAX];
	int error = path_from(js, argv[0], name);
	struct text cleanup_text text = text_from(js, argv[1]);
	if (text.bytes == NULL)
		return JS_EXCEPTION;
	if (error == 0)
		error = put(shim_of(js)->files->locked, name, text.bytes, text.length);
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

HOST(host_remove_file)
{
	char name[PATH_MAX];
	int error = path_from(js, argv[0], name);
	if (error == 0 && unlinkat(shim_of(js)->files->locked, name, 0) != 0)
		error = errno;
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

/* The one that becomes the runtime, also where another one works for it. */
HOST(host_process_id)
{
	return JS_NewInt32(js, own_process());
}

/* With the one above it: what is above that has to be there. */
static int make_folder(char *path)
{
	char *slash = strrchr(path, '/');
	if (slash == NULL || slash == path)
		return EINVAL;
	*slash = '\0';
	int error = mkdir(path, 0700) != 0 && errno != EEXIST ? errno : 0;
	*slash = '/';
	return error != 0 ? error : mkdir(path, 0700) != 0 && errno != EEXIST ? errno : 0;
}

/* For half of what is left of limits.wall, so that there is time to say that it took too long. */
static int lock(int folder, const struct deadline *deadline)
{
	struct timespec begin;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	int64_t left = deadline->wall + deadline->waited - milliseconds_since(CLOCK_MONOTONIC, &deadline->begin);
	for (int64_t pause = 1; flock(folder, LOCK_EX | LOCK_NB) != 0;) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (milliseconds_since(CLOCK_MONOTONIC, &begin) >= left / 2)
			return ETIMEDOUT;
		nanosleep(&(struct timespec){ .tv_nsec = pause * 1000000 }, NULL);
		pause = pause < LONGEST_PAUSE_MS ? pause * 2 : pause;
	}
	return 0;
}

/* Whoever has taken the folder away meanwhile has taken its lock along. */
static bool stands_at(int folder, const char *path)
{
	struct stat ours, there;
	return fstat(folder, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

static int put(int folder, const char *name, const char *text, size_t length)
{
	if (unlinkat(folder, UNFINISHED, 0) != 0 && errno != ENOENT)
		return errno;
	cleanup_close int file = openat(folder, UNFINISHED, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return errno;
	int error = append_whole(file, text, length);
	if (error == 0 && renameat(folder, UNFINISHED, folder, name) != 0)
		error = errno;
	return error;
}
