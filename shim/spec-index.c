// The spec files of a directory and, where they are many, an index of them: their names, and of each file which kinds may
// be in it, so that most need not be opened. Only a hint: what it does not rule out is read. Kept where only our user may
// look; where anything is wrong, there is none.
#include <errno.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "spec-index.h"

#define FOLDER "/run/cdi-runtime"
/* with fewer, it costs as much to ask for each file's state as to read them */
#define LEAST_FILES 32
#define MOST_FILES (1u << 16)
/* kept anew once it lacks more than one file in so many */
#define FEW 64
/* a time that is younger may be that of two states */
#define YOUNG_SECONDS 2
/* there are never more of them: directories whose numbers are alike share a name */
#define SLOTS 256
#define NAME_BYTES sizeof "specs-00"
#define ALL_MARKS UINT64_MAX

static uint64_t format_of(const bool telling[256]);
static void open_folder(struct spec_index *index);
static bool is_private(const struct stat *status);
static struct index_table *read_table(struct spec_index *index, int directory, const struct index_table *like);
static uint64_t sum_of(const struct index_table *table);
static bool tells_changes(int directory);
static int make_table(struct spec_index *index, int directory, const struct index_table *like);
static bool is_spec(const struct name *name);
static void take_known(struct index_table *table, const struct index_table *kept);
static struct index_state state_of(const struct stat *status);
static uint64_t marks_in(const char *bytes, size_t size, size_t *longest);

static size_t entries_size(uint64_t count)
{
	return sizeof(struct index_table) + (size_t)count * sizeof(struct index_entry);
}

static char *names_of(struct index_table *table)
{
	return (char *)&table->entries[table->count];
}

static bool is_same(const struct index_state *one, const struct index_state *other)
{
	return memcmp(one, other, sizeof *one) == 0;
}

/* whole seconds: the clock may say less than it is */
static bool is_old(const struct spec_index *index, int64_t changed)
{
	return changed + YOUNG_SECONDS < index->now.tv_sec;
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

/* By a table that is kept, if the directory is as it was then. */
int index_list(struct spec_index *index, int directory, const bool telling[256])
{
	struct stat status;
	if (clock_gettime(CLOCK_REALTIME, &index->now) != 0 || fstat(directory, &status) != 0)
		return errno;
	struct index_table like = { .device = status.st_dev, .directory = state_of(&status) };
	struct index_table *cleanup_free kept = NULL;
	if (index->is_of_kinds) {
		like.format = format_of(telling);
		kept = read_table(index, directory, &like);
	}
	index->is_for_keeping = kept != NULL;
	if (kept != NULL && is_same(&kept->directory, &like.directory)) {
		index->table = kept;
		kept = NULL;
		return 0;
	}
	int error = make_table(index, directory, &like);
	if (error != 0)
		return error;
	if (kept != NULL)
		take_known(index->table, kept);
	else
		index->is_for_keeping =
			index->is_of_kinds && index->table->count >= LEAST_FILES && tells_changes(directory);
	return 0;
}

/* Marks of another build, or beside other letters, may mean something else. */
static uint64_t format_of(const bool telling[256])
{
	uint64_t format = mix(sizeof(struct index_table), CDI_RUNTIME_VERSION, strlen(CDI_RUNTIME_VERSION));
	return mix(format, telling, 256);
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

static void write_name(const struct index_table *table, char name[NAME_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t slot = (table->device ^ table->directory.inode) % SLOTS;
	memcpy(name, "specs-", NAME_BYTES - 3);
	name[NAME_BYTES - 3] = digits[slot / 16];
	name[NAME_BYTES - 2] = digits[slot % 16];
	name[NAME_BYTES - 1] = '\0';
}

/* malloc'ed; NULL where there is none of the directory */
static struct index_table *read_table(struct spec_index *index, int directory, const struct index_table *like)
{
	char name[NAME_BYTES];
	struct stat status;
	size_t length;
	open_folder(index);
	if (index->folder < 0)
		return NULL;
	write_name(like, name);
	cleanup_close int descriptor = openat(index->folder, name, READ_FLAGS | O_NOFOLLOW);
	if (descriptor < 0 || !tells_changes(directory) || fstat(descriptor, &status) != 0 ||
	    !S_ISREG(status.st_mode) || !is_private(&status) || status.st_nlink > 1 ||
	    status.st_size < (off_t)entries_size(0) ||
	    status.st_size > (off_t)(entries_size(MOST_FILES) + MOST_FILES * (NAME_MAX + 1)))
		return NULL;
	size_t size = (size_t)status.st_size;
	struct index_table *cleanup_free table = malloc(size);
	if (table == NULL || read_up_to(descriptor, (char *)table, size, &length) != 0 || length != size ||
	    table->format != like->format || table->device != like->device ||
	    table->directory.inode != like->directory.inode || table->size != size || size % sizeof(uint64_t) != 0 ||
	    table->count > MOST_FILES || entries_size(table->count) > size || ((char *)table)[size - 1] != '\0' ||
	    table->sum != sum_of(table))
		return NULL;
	struct index_table *read = table;
	table = NULL;
	return read;
}

/* Against mishaps: whoever could write a table that lies could as well write any program that root runs. */
static uint64_t sum_of(const struct index_table *table)
{
	const uint64_t *words = (const uint64_t *)table;
	uint64_t sum = table->format;
	for (size_t i = offsetof(struct index_table, device) / sizeof *words; i < table->size / sizeof *words; i++)
		sum += (words[i] ^ (i * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
	return sum;
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

/* By what is in the directory. */
static int make_table(struct spec_index *index, int directory, const struct index_table *like)
{
	struct names cleanup_names names = NO_NAMES;
	int error = read_names(directory, &names);
	if (error != 0)
		return error;
	size_t count = 0, size = 0;
	for (size_t i = 0; i < names.count; i++)
		if (is_spec(names.table[i])) {
			names.table[count++] = names.table[i];
			size += strlen(names.table[i]->text) + 1;
		}
	names.count = count;
	size = (entries_size(count) + size + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
	struct index_table *table = index->table = calloc(1, size);
	if (table == NULL || !sort_names(&names))
		return ENOMEM;
	*table = *like;
	table->count = count;
	table->size = size;
	char *to = names_of(table);
	for (size_t i = 0; i < count; i++)
		to = stpcpy(to, names.table[i]->text) + 1;
	index->is_listed_anew = true;
	return 0;
}

static bool is_spec(const struct name *name)
{
	size_t length = strlen(name->text);
	if (is_directory(name) || length < 5)
		return false;
	const char *end = name->text + length - 5;
	return strcmp(end, ".yaml") == 0 || strcmp(end, ".json") == 0;
}

/* What was known of files that still have their names. */
static void take_known(struct index_table *table, const struct index_table *kept)
{
	const char *name = names_of(table), *known = names_of((struct index_table *)kept);
	uint64_t at = 0;
	for (uint64_t i = 0; i < table->count; i++, name += strlen(name) + 1) {
		int order = 1;
		while (at < kept->count && known < (const char *)kept + kept->size &&
		       (order = strcmp(known, name)) < 0) {
			known += strlen(known) + 1;
			at++;
		}
		if (order == 0)
			table->entries[i] = kept->entries[at];
	}
}

bool index_next(struct spec_index *index)
{
	struct index_table *table = index->table;
	index->at = index->name == NULL ? 0 : index->at + 1;
	index->name = index->name == NULL ? names_of(table) : index->name + strlen(index->name) + 1;
	return index->at < table->count && index->name < (const char *)table + table->size;
}

bool index_rules_out(struct spec_index *index, int directory, size_t most)
{
	struct stat status;
	const struct index_entry *entry = &index->table->entries[index->at];
	index->is_entered = false;
	/* of what is not known, the state is that of the file that is read */
	if (entry->state.inode == 0 || fstatat(directory, index->name, &status, 0) != 0 ||
	    status.st_dev != index->table->device)
		return false;
	struct index_state state = state_of(&status);
	index->is_entered = is_same(&entry->state, &state);
	if (!index->is_entered)
		return false;
	for (size_t i = 0; i < index->wanted_count; i++)
		if ((entry->marks & index->wanted[i]) == index->wanted[i])
			return false;
	return state.size <= most;
}

static struct index_state state_of(const struct stat *status)
{
	return (struct index_state){ .inode = status->st_ino,
				     .size = (uint64_t)status->st_size,
				     .modified = status->st_mtim.tv_sec,
				     .modified_ns = (uint32_t)status->st_mtim.tv_nsec,
				     .changed = status->st_ctim.tv_sec,
				     .changed_ns = (uint32_t)status->st_ctim.tv_nsec };
}

void index_enter(struct spec_index *index, const struct stat *status, const char *bytes, size_t size, bool is_telling)
{
	size_t longest;
	if (!index->is_for_keeping || index->is_entered || status->st_dev != index->table->device ||
	    !is_old(index, status->st_ctim.tv_sec))
		return;
	index->table->entries[index->at] =
		(struct index_entry){ .state = state_of(status),
				      .marks = is_telling ? ALL_MARKS : marks_in(bytes, size, &longest) };
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
	struct index_table *table = index->table;
	bool is_old_list = is_old(index, table->directory.changed);
	if (!index->is_for_keeping || table->count > MOST_FILES ||
	    (index->added * FEW <= table->count && !(index->is_listed_anew && is_old_list)))
		return;
	if (!is_old_list)
		table->directory = (struct index_state){ .inode = table->directory.inode };
	if (index->folder < 0 && mkdir(FOLDER, S_IRWXU) == 0)
		open_folder(index);
	if (index->folder < 0)
		return;
	cleanup_close int descriptor = openat(index->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
	table->sum = sum_of(table);
	if (descriptor < 0 || write(descriptor, table, table->size) != (ssize_t)table->size)
		return;
	struct line path = line_over(link, sizeof link);
	line_add(&path, "/proc/self/fd/");
	line_add_number(&path, (uint64_t)descriptor);
	write_name(table, name);
	if (unlinkat(index->folder, name, 0) == 0 || errno == ENOENT)
		(void)!linkat(AT_FDCWD, link, index->folder, name, AT_SYMLINK_FOLLOW);
}

void index_free(struct spec_index *index)
{
	close_held(&index->folder);
	free(index->table);
}
