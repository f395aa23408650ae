// The spec files of one directory, with what an index knows of them, for as long as the directory is searched.
#ifndef SPEC_INDEX_H
#define SPEC_INDEX_H

#include "shim.h"

#define MOST_WANTED 16

/* Of a file, or of a directory: of equal ones, the bytes and the names are equal. None is all zero. */
struct index_state {
	uint64_t inode, size;
	int64_t modified, changed;
	uint32_t modified_ns, changed_ns;
};

/* A file in a state, and the marks of all words in it that could be a kind. */
struct index_entry {
	struct index_state state;
	uint64_t marks;
};

/* As it is kept. Behind the entries stand the files' names, by their bytes, each with a NUL. */
struct index_table {
	uint64_t format, sum;
	/* of the directory; whatever is entered is on the same device */
	uint64_t device;
	struct index_state directory;
	uint64_t count;
	/* of the whole table: a multiple of that of a word */
	uint64_t size;
	struct index_entry entries[];
};

struct spec_index {
	/* what is asked for, as marks */
	uint64_t wanted[MOST_WANTED];
	size_t wanted_count;
	bool is_of_kinds;
	/* before anything was looked at */
	struct timespec now;
	/* the folder, or -1 */
	int folder;
	struct index_table *table;
	/* whether it is to be kept, if it is not yet: how many entries lack there, and whether the names do */
	bool is_for_keeping;
	uint64_t added;
	bool is_listed_anew;
	/* the file that is looked at: its name, and its place among the entries */
	const char *name;
	uint64_t at;
	bool is_entered;
};
#define NO_INDEX ((struct spec_index){ .folder = -1, .is_of_kinds = true })

/* one more of the words that are searched for; only for kinds is there an index */
void index_want(struct spec_index *index, const char *word, size_t length);
/* Lists the spec files: an errno, or 0. `telling`: bytes by which a kind may be spelled differently from how it reads */
int index_list(struct spec_index *index, int directory, const bool telling[256]);
/* goes on to the next file; false behind the last one */
bool index_next(struct spec_index *index);
/* whether it surely is about none of the kinds */
bool index_rules_out(struct spec_index *index, int directory, size_t most);
/* enters it as it was read; `is_telling`: there is such a byte in it */
void index_enter(struct spec_index *index, const struct stat *status, const char *bytes, size_t size, bool is_telling);
/* keeps it, where it pays and where that is possible */
void index_keep(struct spec_index *index);
void index_free(struct spec_index *index);
#define cleanup_index __attribute__((cleanup(index_free)))

#endif
