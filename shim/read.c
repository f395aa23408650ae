// Reads from the disk: the beginning of a file, a whole regular file, and the names in a directory.
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "shim.h"

/* A page more than a file without a size of its own (in /proc) usually needs. */
#define UNSIZED_BYTES 4096
#define BLOCK_BYTES (32u << 10)
#define FIRST_NAMES 64
#define ATTEMPTS 4

/* the kernel's own record; libc's readdir would copy it once more */
struct record {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int read_once(int descriptor, size_t most, struct stat *status, char **bytes, size_t *size);
static visit_name add_name;
static void sort(struct name **names, struct name **spare, size_t count);

int read_up_to(int descriptor, char *buffer, size_t size, size_t *length)
{
	*length = 0;
	while (*length < size) {
		ssize_t count = read(descriptor, buffer + *length, size - *length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		if (count == 0)
			break;
		*length += (size_t)count;
	}
	return 0;
}

/* One that is shorter than it was is being written over, or was not read well: it is read again. */
int read_descriptor(int descriptor, size_t most, struct stat *status, char **bytes, size_t *size)
{
	int error = ESTALE;
	for (int attempt = 0; attempt < ATTEMPTS && error == ESTALE; attempt++)
		if (attempt == 0 || lseek(descriptor, 0, SEEK_SET) == 0)
			error = read_once(descriptor, most, status, bytes, size);
	return error;
}

/* Also one that grows while it is read. */
static int read_once(int descriptor, size_t most, struct stat *status, char **bytes, size_t *size)
{
	if (fstat(descriptor, status) != 0)
		return errno;
	if (S_ISDIR(status->st_mode))
		return EISDIR;
	if (!S_ISREG(status->st_mode))
		return ENOTREGULAR;
	if ((uint64_t)status->st_size > most)
		return EFBIG;
	size_t expected = (size_t)status->st_size, length = 0;
	size_t room = expected > 0 ? expected + 1 : UNSIZED_BYTES;
	char *cleanup_free buffer = malloc(room);
	if (buffer == NULL)
		return ENOMEM;
	for (;;) {
		/* one byte more than expected: it takes the NUL, and shows whether the file grew */
		ssize_t count = read(descriptor, buffer + length, room - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		length += (size_t)count;
		if (length > most)
			return EFBIG;
		/* a short read at the expected end saves asking once more */
		if (count == 0 || length == expected)
			break;
		if (length == room) {
			char *larger = realloc(buffer, room *= 2);
			if (larger == NULL)
				return ENOMEM;
			buffer = larger;
		}
	}
	/* in sysfs each file has the size of a page, and no blocks */
	if (length < expected && (status->st_blocks != 0 || status->st_size != sysconf(_SC_PAGESIZE)))
		return ESTALE;
	buffer[length] = '\0';
	*bytes = buffer;
	*size = length;
	buffer = NULL;
	return 0;
}

int read_names(int descriptor, struct names *names)
{
	char *cleanup_free block = malloc(BLOCK_BYTES);
	return block == NULL ? ENOMEM : visit_names(descriptor, block, BLOCK_BYTES, add_name, names);
}

int visit_names(int descriptor, char *block, size_t room, visit_name *visit, void *context)
{
	for (;;) {
		long size = syscall(SYS_getdents64, descriptor, block, room);
		if (size <= 0)
			return size < 0 ? errno : 0;
		for (long at = 0; at < size;) {
			const struct record *record = (const struct record *)(const void *)(block + at);
			bool is_step = strcmp(record->name, ".") == 0 || strcmp(record->name, "..") == 0;
			int error = is_step ? 0 : visit(descriptor, record->name, record->type, context);
			if (error != 0)
				return error;
			at += record->size;
		}
	}
}

static int add_name(int descriptor, const char *text, unsigned char type, void *context)
{
	struct names *names = context;
	bool directory = type == DT_DIR;
	struct stat status;
	if (type == DT_UNKNOWN)
		directory = fstatat(descriptor, text, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
	if (names->count == names->room) {
		size_t room = names->room == 0 ? FIRST_NAMES : names->room * 2;
		struct name **table = realloc(names->table, room * sizeof *table);
		if (table == NULL)
			return ENOMEM;
		names->table = table;
		names->room = room;
	}
	size_t size = strlen(text) + 1;
	struct name *name = malloc(sizeof *name + size);
	if (name == NULL)
		return ENOMEM;
	name->directory = directory;
	memcpy(name->text, text, size);
	names->table[names->count++] = name;
	return 0;
}

void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->table[i]);
	free(names->table);
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
