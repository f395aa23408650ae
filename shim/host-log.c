// Host operation that appends to a log of our own, which is made where it is missing.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "host.h"

#define LOG_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)

static int open_log(char *path);
static int append(int descriptor, const char *text, size_t length);

HOST(host_append_log)
{
	(void)self, (void)argc;
	char path[PATH_MAX];
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return errno_to_js(js, error);
	struct text cleanup_text text = text_from(js, argv[1]);
	if (text.bytes == NULL)
		return JS_EXCEPTION;
	cleanup_close int descriptor = open_log(path);
	error = descriptor < 0 ? errno : append(descriptor, text.bytes, text.length);
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

/* Only the last directory is made: a longer path that is missing is a mistake in the settings. */
static int open_log(char *path)
{
	int descriptor = openat(AT_FDCWD, path, LOG_FLAGS, 0640);
	char *slash = strrchr(path, '/');
	if (descriptor >= 0 || errno != ENOENT || slash == NULL || slash == path)
		return descriptor;
	*slash = '\0';
	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return -1;
	*slash = '/';
	return openat(AT_FDCWD, path, LOG_FLAGS, 0640);
}

static int append(int descriptor, const char *text, size_t length)
{
	struct stat status;
	if (fstat(descriptor, &status) != 0)
		return errno;
	return S_ISREG(status.st_mode) ? append_whole(descriptor, text, length) : ENOTREGULAR;
}
