// Host operations that tell whose a path is, and where a link leads: what trust is judged by.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "host.h"

static JSValue info_to_js(JSContext *js, mode_t mode, uid_t uid, gid_t gid);

HOST(host_path_info)
{
	(void)self, (void)argc;
	char path[PATH_MAX];
	struct stat status;
	int error = path_from(js, argv[0], path);
	if (error == 0 && lstat(path, &status) != 0)
		error = errno;
	return error != 0 ? unseen_to_js(js, error, path) : info_to_js(js, status.st_mode, status.st_uid, status.st_gid);
}

/* The owner of what was read, which need not be what stands at its path by now. */
HOST(host_file_info)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	return file == NULL ? JS_EXCEPTION : info_to_js(js, file->mode, file->uid, file->gid);
}

/* An object, so that a target cannot be taken for an errno's name. */
HOST(host_read_link)
{
	(void)self, (void)argc;
	char path[PATH_MAX], target[PATH_MAX];
	int error = path_from(js, argv[0], path);
	ssize_t length = error == 0 ? readlink(path, target, sizeof target) : 0;
	if (error == 0 && length < 0)
		error = errno;
	if (error == 0 && (size_t)length == sizeof target)
		error = ENAMETOOLONG;
	if (error != 0)
		return unseen_to_js(js, error, path);
	JSValue result = JS_NewObject(js);
	if (JS_SetPropertyStr(js, result, "target", path_to_js(js, target, (size_t)length)) < 0)
		return JS_EXCEPTION;
	return result;
}

HOST(host_in_user_namespace)
{
	(void)self, (void)argc, (void)argv;
	return JS_NewBool(js, inside_user_namespace());
}

static JSValue info_to_js(JSContext *js, mode_t mode, uid_t uid, gid_t gid)
{
	const char *kind = S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "link" : "other";
	JSValue info = JS_NewArray(js);
	uint32_t count = 0;
	if (JS_IsException(info) || !push(js, info, &count, JS_NewString(js, kind)) ||
	    !push(js, info, &count, JS_NewUint32(js, uid)) ||
	    !push(js, info, &count, JS_NewUint32(js, gid)) ||
	    !push(js, info, &count, JS_NewUint32(js, mode & 07777)))
		return JS_EXCEPTION;
	return info;
}
