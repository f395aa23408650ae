// An index of a directory with many specs: of each file, which kinds may be in it, so that most need not be opened. Only
// a hint: what it does not rule out is read. Kept where only our user may look; where anything is wrong, there is none.
#include <errno.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "spec-index.h"

#define FOLDER "/run/cdi-runtime"
/* with fewer, it costs as much to ask for each file's state as to read them */
#define LEAST_FILES 32
#define MOST_FILES (1u << 16)
/* files are found in the order in which they were entered, past so many that have gone */
#define MOST_PASSED 16
/* kept anew once it lacks more than one file in so many */
#define FEW 64
/* a time that is younger may be that of two states */
#define YOUNG_SECONDS 2
/* there are never more of them: directories whose numbers are alike share a name */
#define SLOTS 256
#define NAME_BYTES sizeof "specs-00"
#define ALL_MARKS UINT64_MAX

static bool tells_changes(int directory);
static void open_folder(struct spec_index *index);
static bool is_private(const struct stat *status);
static void read_table(struct spec_index *index);
static uint64_t sum_of(const struct index_table *table);
static const struct index_entry *find(struct spec_index *index, const struct index_entry *state);
static struct index_entry state_of(const struct stat *status);
static uint64_t marks_in(const char *bytes, size_t size, size_t *longest);

static size_t bytes_of(uint64_t count)
{
	return sizeof(struct index_table) + (size_t)count * sizeof(struct index_entry);
}

static uint64_t mix(uint64_t mixed, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		mixed = (mixed ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
	return mixed;
}

void index_want(struct spec_index *index, const char *word, size_t length)
{
	size_t longest;
	uint64_t marks = marks_in(word, length, &longest);
	index->is_of_kinds = index->is_of_kinds && longest == length && index->wanted_count < MOST_WANTED;
	if (index->is_of_kinds)
		index->wanted[index->wanted_count++] = marks;
}

void index_open(struct spec_index *index, int directory, size_t files, const bool telling[256])
{
	struct stat status;
	struct timespec now;
	if (!index->is_of_kinds || files < LEAST_FILES || files > MOST_FILES || !tells_changes(directory) ||
	    fstat(directory, &status) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
		return;
	index->made = malloc(bytes_of(files));
	if (index->made == NULL)
		return;
	/* marks of another build, or beside other letters, may mean something else */
	uint64_t format = mix(sizeof(struct index_entry), CDI_RUNTIME_VERSION, strlen(CDI_RUNTIME_VERSION));
	*index->made = (struct index_table){ .format = mix(format, telling, 256),
					     .device = status.st_dev,
					     .inode = status.st_ino };
	index->now = now.tv_sec;
	open_folder(index);
	if (index->folder >= 0)
		read_table(index);
}

/* Not what a server's times say, nor those in an image that is only read: another one may have the same. */
static bool tells_changes(int directory)
{
	static const unsigned known[] = { 0xef53 /* ext4 */, 0x58465342 /* xfs */, 0x9123683e /* btrfs */,
					  0x01021994 /* tmpfs */ };
	struct statfs status;
	if (fstatfs(directory, &status) != 0 || (status.f_flags & ST_RDONLY) != 0)
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if ((unsigned)status.f_type == known[i])
			return true;
	return false;
}

/* Ours alone, where nobody else could put another one in its place. */
static void open_folder(struct spec_index *index)
{
	struct stat status, around;
	cleanup_close int folder = open_path(FOLDER, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 || fstat(folder, &status) != 0 || !is_private(&status) ||
	    fstatat(folder, "..", &around, 0) != 0 || !is_root_or_user(around.st_uid) ||
	    ((around.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (around.st_mode & S_ISVTX) == 0))
		return;
	index->folder = folder;
	folder = -1;
}

static bool is_private(const struct stat *status)
{
	return status->st_uid == own_user() && (status->st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

static void write_name(const struct spec_index *index, char name[NAME_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t slot = (index->made->device ^ index->made->inode) % SLOTS;
	memcpy(name, "specs-", NAME_BYTES - 3);
	name[NAME_BYTES - 3] = digits[slot / 16];
	name[NAME_BYTES - 2] = digits[slot % 16];
	name[NAME_BYTES - 1] = '\0';
}

static void read_table(struct spec_index *index)
{
	char name[NAME_BYTES];
	struct stat status;
	size_t size, length;
	write_name(index, name);
	cleanup_close int descriptor = openat(index->folder, name, READ_FLAGS | O_NOFOLLOW);
	if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || !is_private(&status) ||
	    status.st_nlink > 1 || status.st_size < (off_t)bytes_of(0) || status.st_size > (off_t)bytes_of(MOST_FILES))
		return;
	size = (size_t)status.st_size;
	struct index_table *cleanup_free table = malloc(size);
	if (table == NULL || read_up_to(descriptor, (char *)table, size, &length) != 0 || length != size)
		return;
	const struct index_table *made = index->made;
	if (table->format != made->format || table->device != made->device || table->inode != made->inode ||
	    table->count > MOST_FILES || bytes_of(table->count) != size || table->sum != sum_of(table))
		return;
	index->old = table;
	table = NULL;
}

/* Against mishaps: whoever could write a table that lies could as well write any program that root runs. */
static uint64_t sum_of(const struct index_table *table)
{
	uint64_t sum = table->format ^ table->device ^ table->inode ^ table->count;
	const uint64_t *words = (const uint64_t *)table->entries;
	for (size_t i = 0; i < (size_t)table->count * (sizeof *table->entries / sizeof *words); i++)
		sum += (words[i] ^ (i * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
	return sum;
}

bool index_rules_out(struct spec_index *index, int directory, const char *name, size_t most)
{
	struct stat status;
	index->is_entered = false;
	/* where there is none yet, each file is read and looked at then */
	if (index->old == NULL || fstatat(directory, name, &status, 0) != 0 || status.st_dev != index->old->device)
		return false;
	struct index_entry state = state_of(&status);
	const struct index_entry *entry = find(index, &state);
	if (entry == NULL)
		return false;
	index->is_entered = true;
	index->made->entries[index->made->count++] = *entry;
	for (size_t i = 0; i < index->wanted_count; i++)
		if ((entry->marks & index->wanted[i]) == index->wanted[i])
			return false;
	return entry->size <= most;
}

static const struct index_entry *find(struct spec_index *index, const struct index_entry *state)
{
	const struct index_entry *entries = index->old->entries;
	uint64_t end = index->old->count - index->at < MOST_PASSED ? index->old->count : index->at + MOST_PASSED;
	for (uint64_t at = index->at; at < end; at++) {
		if (entries[at].inode != state->inode)
			continue;
		index->at = at + 1;
		/* all but the marks, which stand last */
		return memcmp(&entries[at], state, offsetof(struct index_entry, marks)) == 0 ? &entries[at] : NULL;
	}
	return NULL;
}

static struct index_entry state_of(const struct stat *status)
{
	return (struct index_entry){ .inode = status->st_ino,
				     .size = (uint64_t)status->st_size,
				     .modified = status->st_mtim.tv_sec,
				     .modified_ns = (uint32_t)status->st_mtim.tv_nsec,
				     .changed = status->st_ctim.tv_sec,
				     .changed_ns = (uint32_t)status->st_ctim.tv_nsec };
}

void index_enter(struct spec_index *index, const struct stat *status, const char *bytes, size_t size, bool is_telling)
{
	struct index_table *made = index->made;
	size_t longest;
	/* whole seconds: the clock may say less than it is */
	if (made == NULL || index->is_entered || status->st_dev != made->device ||
	    status->st_ctim.tv_sec + YOUNG_SECONDS >= index->now)
		return;
	struct index_entry *entry = &made->entries[made->count++];
	*entry = state_of(status);
	entry->marks = is_telling ? ALL_MARKS : marks_in(bytes, size, &longest);
	index->added++;
}

static bool is_letter(unsigned char byte)
{
	unsigned char lower = byte | 0x20;
	return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' ||
	       byte == '.';
}

/* The marks of all words `letters/letters` that are not a part of a longer word or path, and the length of the longest. */
static uint64_t marks_in(const char *bytes, size_t size, size_t *longest)
{
	uint64_t marks = 0;
	const char *limit = bytes + size, *at = bytes;
	*longest = 0;
	while ((at = memchr(at, '/', (size_t)(limit - at))) != NULL) {
		const char *start = at, *end = at + 1;
		while (start > bytes && is_letter((unsigned char)start[-1]))
			start--;
		while (end < limit && is_letter((unsigned char)*end))
			end++;
		size_t length = (size_t)(end - start);
		bool is_word = start < at && end > at + 1 && (start == bytes || start[-1] != '/') &&
			       (end == limit || *end != '/');
		at = end;
		if (!is_word)
			continue;
		/* three of 64: of a thousand files with one kind each, none is likely to have the marks of another */
		uint64_t mixed = mix(length, start, length) * 0x9e3779b97f4a7c15;
		marks |= 1ull << (mixed >> 58) | 1ull << (mixed >> 52 & 63) | 1ull << (mixed >> 46 & 63);
		*longest = length > *longest ? length : *longest;
	}
	return marks;
}

/* By a file without a name, so that a kill leaves nothing, and what has the name is always whole. */
void index_keep(struct spec_index *index)
{
	char name[NAME_BYTES], link[32];
	struct index_table *made = index->made;
	if (made == NULL || index->added * FEW <= made->count)
		return;
	if (index->folder < 0 && mkdir(FOLDER, S_IRWXU) == 0)
		open_folder(index);
	if (index->folder < 0)
		return;
	cleanup_close int descriptor = openat(index->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
	size_t size = bytes_of(made->count);
	made->sum = sum_of(made);
	if (descriptor < 0 || write(descriptor, made, size) != (ssize_t)size)
		return;
	struct line path = line_over(link, sizeof link);
	line_add(&path, "/proc/self/fd/");
	line_add_number(&path, (uint64_t)descriptor);
	write_name(index, name);
	if (unlinkat(index->folder, name, 0) == 0 || errno == ENOENT)
		(void)!linkat(AT_FDCWD, link, index->folder, name, AT_SYMLINK_FOLLOW);
}

void index_free(struct spec_index *index)
{
	close_held(&index->folder);
	free(index->old);
	free(index->made);
}
