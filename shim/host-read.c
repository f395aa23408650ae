// Host operations that read files. Their bytes stay in C; the core gets numbers and asks for what it needs.
#include <errno.h>
#include <string.h>
#include <sys/statfs.h>

#include "host.h"

#define FIRST_FILES 16
#define PROC_FILE_SYSTEM 0x9fa0

static int most_from(JSContext *js, JSValueConst value, size_t *most);
static int take_over(struct document *document, size_t most, struct held *held, struct file *file);
static int open_directory(struct held *held, char *path);
static int check_link(int directory);
static int take_ahead(struct files *files, const char *path, size_t most);

void note_owner(struct file *file, const struct stat *status)
{
	file->uid = status->st_uid;
	file->gid = status->st_gid;
	file->mode = status->st_mode;
}

HOST(host_read_file)
{
	char path[PATH_MAX];
	struct stat status;
	size_t most;
	struct file file = { .bytes = NULL };
	int error = path_from(js, argv[0], path);
	if (error == 0)
		error = most_from(js, argv[1], &most);
	if (error != 0)
		return errno_to_js(js, error);
	int ahead = take_ahead(shim_of(js)->files, path, most);
	if (ahead >= 0)
		return JS_NewInt32(js, ahead);
	cleanup_close int descriptor = open_path(path, READ_FLAGS);
	error = descriptor < 0 ? errno : read_descriptor(descriptor, most, &status, &file.bytes, &file.size);
	if (error != 0)
		return unseen_to_js(js, error, path);
	note_owner(&file, &status);
	return add_file(js, &file);
}

bool read_ahead(JSContext *js, const char *directory, const char *name, struct file *file)
{
	size_t length = strlen(directory), size = strlen(name) + 1;
	while (length > 0 && directory[length - 1] == '/')
		length--;
	char *path = file->path = malloc(length + 1 + size);
	if (path == NULL) {
		free(file->bytes);
		JS_ThrowOutOfMemory(js);
		return false;
	}
	memcpy(path, directory, length);
	path[length] = '/';
	memcpy(path + length + 1, name, size);
	return !JS_IsException(add_file(js, file));
}

/* Its number, or -1: no more than one look, however many there are. */
static int take_ahead(struct files *files, const char *path, size_t most)
{
	if (files->ahead >= files->count)
		return -1;
	struct file *next = &files->table[files->ahead];
	if (next->path == NULL || strcmp(next->path, path) != 0 || next->size > most)
		return -1;
	free(next->path);
	next->path = NULL;
	return (int)files->ahead++;
}

HOST(host_hold_file)
{
	char path[PATH_MAX];
	size_t most;
	struct file file = { .bytes = NULL };
	int error = path_from(js, argv[0], path);
	if (error == 0)
		error = most_from(js, argv[1], &most);
	if (error != 0)
		return errno_to_js(js, error);
	struct held *held = malloc(sizeof *held);
	if (held == NULL)
		return JS_ThrowOutOfMemory(js);
	held->text = (struct assembled){ NULL, 0, 0 };
	held->pieces = JS_UNDEFINED;
	error = hold(&shim_of(js)->document, path, most, held, &file);
	if (error == 0) {
		file.held = held;
		note_owner(&file, &held->status);
		return add_file(js, &file);
	}
	close_held(&held->directory);
	close_held(&held->descriptor);
	free(held);
	return errno_to_js(js, error);
}

/* Follows a link in the last place by hand, so that the file and its directory are known to belong together. */
int hold(struct document *document, const char *given, size_t most, struct held *held, struct file *file)
{
	char path[PATH_MAX];
	held->directory = held->descriptor = -1;
	held->asks_by = NULL;
	strcpy(path, given);
	strcpy(held->path, given);
	for (int links = 0; links <= MOST_LINKS; links++) {
		int error = open_directory(held, path);
		if (error != 0)
			return error;
		error = take_over(document, most, held, file);
		if (error != ENOENT)
			return error;
		held->descriptor = openat(held->directory, held->name, READ_FLAGS | O_NOFOLLOW);
		if (held->descriptor >= 0)
			return read_descriptor(held->descriptor, most, &held->status, &file->bytes, &file->size);
		error = errno == ELOOP ? check_link(held->directory) : errno;
		if (error != 0)
			return error;
		ssize_t length = readlinkat(held->directory, held->name, path, sizeof path - 1);
		if (length < 0)
			return errno;
		path[length] = '\0';
	}
	return ELOOP;
}

/* The bytes in which a request was seen, if this is their file and still holds them; ENOENT where it is another. */
static int take_over(struct document *document, size_t most, struct held *held, struct file *file)
{
	struct stat status;
	if (document->bytes == NULL)
		return ENOENT;
	if (fstatat(held->directory, held->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno;
	if (status.st_dev != document->status.st_dev || status.st_ino != document->status.st_ino)
		return S_ISREG(status.st_mode) && strcmp(held->path, document->path) == 0 ? ESTALE : ENOENT;
	if (!same_state(&status, &document->status))
		return ESTALE;
	if (document->size > most)
		return EFBIG;
	held->descriptor = document->descriptor;
	if (held->descriptor < 0)
		held->descriptor = openat(held->directory, held->name, READ_FLAGS | O_NOFOLLOW);
	if (held->descriptor < 0)
		return errno;
	held->status = document->status;
	file->bytes = document->bytes;
	file->size = document->size;
	document->bytes = NULL;
	held->asks_by = document->asks_by;
	return 0;
}

/* Splits the path at its last slash; relative ones start at the directory that is held, if one is. */
static int open_directory(struct held *held, char *path)
{
	char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *parent = slash == NULL ? "." : slash == path ? "/" : path;
	size_t length = strlen(name);
	if (path[0] == '\0')
		return ENOENT;
	if (length == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return EISDIR;
	if (length > NAME_MAX)
		return ENAMETOOLONG;
	memcpy(held->name, name, length + 1);
	if (slash != NULL)
		*slash = '\0';
	cleanup_close int from = held->directory;
	held->directory = openat(from < 0 ? AT_FDCWD : from, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return held->directory < 0 ? errno : 0;
}

/* One in /proc (/dev/stdin, /dev/fd/3) leads to the file itself: who opens it sees no other that is put in its place. */
static int check_link(int directory)
{
	struct statfs system;
	if (fstatfs(directory, &system) != 0)
		return errno;
	return system.f_type == PROC_FILE_SYSTEM ? EXDEV : 0;
}

HOST(host_size)
{
	struct file *file = file_from(js, argv[0]);
	return file == NULL ? JS_EXCEPTION : JS_NewInt64(js, (int64_t)file->size);
}

HOST(host_text)
{
	struct file *file = file_from(js, argv[0]);
	return file == NULL ? JS_EXCEPTION : text_to_js(js, file->bytes, file->size);
}

static int most_from(JSContext *js, JSValueConst value, size_t *most)
{
	int64_t wide;
	if (JS_ToInt64(js, &wide, value) != 0)
		return -1;
	/* spans are kept in 32 bits */
	*most = wide < 0 ? 0 : wide > INT32_MAX ? INT32_MAX : (size_t)wide;
	return 0;
}

JSValue add_file(JSContext *js, const struct file *file)
{
	struct files *files = shim_of(js)->files;
	if (files->count == files->room) {
		uint32_t room = files->room == 0 ? FIRST_FILES : files->room * 2;
		struct file *table = realloc(files->table, room * sizeof *table);
		if (table == NULL)
			return JS_ThrowOutOfMemory(js);
		files->table = table;
		files->room = room;
	}
	files->table[files->count] = *file;
	return JS_NewUint32(js, files->count++);
}
