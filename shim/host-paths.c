// Host operations that look and do not read: whose a path is, where a link leads, what a directory or device is.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host.h"

static JSValue owner_to_js(JSContext *js, mode_t mode, uid_t uid, gid_t gid);
static JSValue row_to_js(JSContext *js, const char *kind, uint32_t one, uint32_t other, mode_t mode);

HOST(host_path_info)
{
	char path[PATH_MAX];
	struct stat status;
	int error = path_from(js, argv[0], path);
	if (error == 0)
		error = look_at_path(path, &status);
	return error != 0 ? unseen_to_js(js, error, path)
			  : owner_to_js(js, status.st_mode, status.st_uid, status.st_gid);
}

/* The owner of what was read, which need not be what stands at its path by now. */
HOST(host_file_info)
{
	struct file *file = file_from(js, argv[0]);
	return file == NULL ? JS_EXCEPTION : owner_to_js(js, file->mode, file->uid, file->gid);
}

/* An object, so that a target cannot be taken for an errno's name. */
HOST(host_read_link)
{
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

HOST(host_list_directory)
{
	char path[PATH_MAX];
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return errno_to_js(js, error);
	cleanup_close int descriptor = open_path(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct names cleanup_names names = NO_NAMES;
	error = descriptor < 0 ? errno : read_names(descriptor, &names);
	if (error != 0)
		return unseen_to_js(js, error, path);
	sort_names(&names);
	JSValue list = JS_NewArray(js);
	uint32_t length = 0;
	for (size_t i = 0; i < names.count; i++) {
		const struct name *name = names.table[i];
		if (!push(js, list, &length, path_to_js(js, name->text, strlen(name->text))) ||
		    !push(js, list, &length, JS_NewInt32(js, is_directory(name))))
			return JS_EXCEPTION;
	}
	return list;
}

HOST(host_device_info)
{
	char path[PATH_MAX];
	struct stat status;
	int error = path_from(js, argv[0], path);
	if (error == 0 && lstat(path, &status) != 0)
		error = errno;
	if (error != 0)
		return unseen_to_js(js, error, path);
	mode_t mode = status.st_mode;
	const char *type = S_ISBLK(mode) ? "b" : S_ISCHR(mode) ? "c" : S_ISFIFO(mode) ? "p" : "";
	return row_to_js(js, type, major(status.st_rdev), minor(status.st_rdev), mode);
}

static JSValue owner_to_js(JSContext *js, mode_t mode, uid_t uid, gid_t gid)
{
	const char *kind = S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "link" : "other";
	return row_to_js(js, kind, uid, gid, mode);
}

static JSValue row_to_js(JSContext *js, const char *kind, uint32_t one, uint32_t other, mode_t mode)
{
	JSValue row = JS_NewArray(js);
	uint32_t count = 0;
	if (JS_IsException(row) || !push(js, row, &count, JS_NewString(js, kind)) ||
	    !push(js, row, &count, JS_NewUint32(js, one)) || !push(js, row, &count, JS_NewUint32(js, other)) ||
	    !push(js, row, &count, JS_NewUint32(js, mode & 07777)))
		return JS_EXCEPTION;
	return row;
}
