// Host operations that look at names without opening them: directories, and device nodes.
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "host.h"

#define BLOCK_BYTES (32u << 10)
#define FIRST_NAMES 64

/* the kernel's own record; libc's readdir would copy it once more */
struct record {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int add_name(int descriptor, const struct record *record, struct names *names);
static void sort(struct name **names, struct name **spare, size_t count);

HOST(host_list_directory)
{
	(void)self, (void)argc;
	char path[PATH_MAX];
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return errno_to_js(js, error);
	cleanup_close int descriptor = open_path(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct names names = { NULL, 0, 0 };
	error = descriptor < 0 ? errno : read_names(descriptor, &names);
	struct name **cleanup_free table = names.table;
	if (error != 0)
		return unseen_to_js(js, error, path);
	if (!sort_names(&names))
		return JS_ThrowOutOfMemory(js);
	JSValue list = JS_NewArray(js);
	uint32_t length = 0;
	for (size_t i = 0; i < names.count; i++) {
		const char *text = table[i]->text;
		if (!push(js, list, &length, path_to_js(js, text, strlen(text))) ||
		    !push(js, list, &length, JS_NewInt32(js, table[i]->directory)))
			return JS_EXCEPTION;
		free(table[i]);
	}
	return list;
}

int read_names(int descriptor, struct names *names)
{
	char *cleanup_free block = malloc(BLOCK_BYTES);
	if (block == NULL)
		return ENOMEM;
	for (;;) {
		long size = syscall(SYS_getdents64, descriptor, block, BLOCK_BYTES);
		if (size <= 0)
			return size < 0 ? errno : 0;
		for (long at = 0; at < size;) {
			const struct record *record = (const struct record *)(const void *)(block + at);
			int error = add_name(descriptor, record, names);
			if (error != 0)
				return error;
			at += record->size;
		}
	}
}

static int add_name(int descriptor, const struct record *record, struct names *names)
{
	if (strcmp(record->name, ".") == 0 || strcmp(record->name, "..") == 0)
		return 0;
	bool directory = record->type == DT_DIR;
	struct stat status;
	if (record->type == DT_UNKNOWN)
		directory = fstatat(descriptor, record->name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
	if (names->count == names->room) {
		size_t room = names->room == 0 ? FIRST_NAMES : names->room * 2;
		struct name **table = realloc(names->table, room * sizeof *table);
		if (table == NULL)
			return ENOMEM;
		names->table = table;
		names->room = room;
	}
	size_t size = strlen(record->name) + 1;
	struct name *name = malloc(sizeof *name + size);
	if (name == NULL)
		return ENOMEM;
	name->directory = directory;
	memcpy(name->text, record->name, size);
	names->table[names->count++] = name;
	return 0;
}

bool sort_names(struct names *names)
{
	struct name **cleanup_free spare = malloc((names->count + 1) * sizeof *spare);
	if (spare == NULL)
		return false;
	sort(names->table, spare, names->count);
	return true;
}

/* Merge sort: comparing is what costs, and libc's qsort (smoothsort in musl) compares far more often. */
static void sort(struct name **names, struct name **spare, size_t count)
{
	if (count < 2)
		return;
	size_t half = count / 2;
	sort(names, spare, half);
	sort(names + half, spare, count - half);
	memcpy(spare, names, half * sizeof *spare);
	for (size_t left = 0, right = half, to = 0; left < half; to++) {
		bool take_right = right < count && strcmp(names[right]->text, spare[left]->text) < 0;
		names[to] = take_right ? names[right++] : spare[left++];
	}
}

HOST(host_device_info)
{
	(void)self, (void)argc;
	char path[PATH_MAX];
	struct stat status;
	int error = path_from(js, argv[0], path);
	if (error == 0 && lstat(path, &status) != 0)
		error = errno;
	if (error != 0)
		return unseen_to_js(js, error, path);
	mode_t mode = status.st_mode;
	const char *type = S_ISBLK(mode) ? "b" : S_ISCHR(mode) ? "c" : S_ISFIFO(mode) ? "p" : "";
	JSValue info = JS_NewArray(js);
	uint32_t count = 0;
	if (JS_IsException(info) || !push(js, info, &count, JS_NewString(js, type)) ||
	    !push(js, info, &count, JS_NewUint32(js, major(status.st_rdev))) ||
	    !push(js, info, &count, JS_NewUint32(js, minor(status.st_rdev))) ||
	    !push(js, info, &count, JS_NewUint32(js, mode & 07777)))
		return JS_EXCEPTION;
	return info;
}
