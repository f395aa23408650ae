// Reads from the disk: the beginning of a file, a whole regular file, and the names in a directory.
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "shim.h"

/* A page more than a file without a size of its own (in /proc) usually needs. */
#define UNSIZED_BYTES 4096
/* of records: most directories need no second block */
#define FIRST_BLOCK ((size_t)4 << 10)
#define BLOCK_BYTES ((size_t)32 << 10)
#define LARGEST_RECORD (sizeof(struct record) + NAME_MAX + 1)
#define FIRST_NAMES 64
#define ATTEMPTS 4

/* the kernel's own record, which ends as a `struct name`; libc's readdir would copy it once more */
struct record {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

/* Of names that were read, which stay where the kernel has put them. */
struct block {
	struct block *next;
	char records[];
};

static int read_once(int descriptor, size_t most, struct stat *status, char **bytes, size_t *size);
static struct record *next_record(char *block, size_t size, size_t *at);
static struct block *add_block(struct names *names, size_t room);
static bool add_name(struct names *names, int descriptor, struct name *name);
static int compare_names(const void *one, const void *other);

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
	size_t room = FIRST_BLOCK - sizeof(struct block), used = 0;
	struct block *block = add_block(names, room);
	while (block != NULL) {
		long size = syscall(SYS_getdents64, descriptor, block->records + used, room - used);
		if (size <= 0)
			return size < 0 ? errno : 0;
		struct record *record;
		for (size_t at = 0; (record = next_record(block->records + used, (size_t)size, &at)) != NULL;)
			if (!add_name(names, descriptor, (struct name *)&record->type))
				return ENOMEM;
		used += (size_t)size;
		if (room - used >= LARGEST_RECORD)
			continue;
		room = BLOCK_BYTES - sizeof(struct block);
		used = 0;
		block = add_block(names, room);
	}
	return ENOMEM;
}

int visit_names(int descriptor, char *block, size_t room, visit_name *visit, void *context)
{
	for (;;) {
		long size = syscall(SYS_getdents64, descriptor, block, room);
		if (size <= 0)
			return size < 0 ? errno : 0;
		struct record *record;
		for (size_t at = 0; (record = next_record(block, (size_t)size, &at)) != NULL;) {
			int error = visit(descriptor, record->name, record->type, context);
			if (error != 0)
				return error;
		}
	}
}

/* NULL behind the last one; what only leads to the directory itself, or up, is no name */
static struct record *next_record(char *block, size_t size, size_t *at)
{
	while (*at < size) {
		struct record *record = (struct record *)(void *)(block + *at);
		const char *name = record->name;
		*at += record->size;
		if (name[0] != '.' || (name[1] != '\0' && (name[1] != '.' || name[2] != '\0')))
			return record;
	}
	return NULL;
}

static struct block *add_block(struct names *names, size_t room)
{
	struct block *block = malloc(sizeof *block + room);
	if (block != NULL) {
		block->next = names->blocks;
		names->blocks = block;
	}
	return block;
}

static bool add_name(struct names *names, int descriptor, struct name *name)
{
	struct stat status;
	if (name->type == DT_UNKNOWN && fstatat(descriptor, name->text, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(status.st_mode))
		name->type = DT_DIR;
	if (names->count == names->room) {
		size_t room = names->room == 0 ? FIRST_NAMES : names->room * 2;
		struct name **table = realloc(names->table, room * sizeof *table);
		if (table == NULL)
			return false;
		names->table = table;
		names->room = room;
	}
	names->table[names->count++] = name;
	return true;
}

bool is_directory(const struct name *name)
{
	return name->type == DT_DIR;
}

void free_names(struct names *names)
{
	while (names->blocks != NULL) {
		struct block *block = names->blocks;
		names->blocks = block->next;
		free(block);
	}
	free(names->table);
}

void sort_names(struct names *names)
{
	if (names->count > 1)
		qsort(names->table, names->count, sizeof *names->table, compare_names);
}

static int compare_names(const void *one, const void *other)
{
	return strcmp((*(struct name *const *)one)->text, (*(struct name *const *)other)->text);
}
