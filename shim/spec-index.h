// An index of one directory of specs, for as long as the directory is searched.
#ifndef SPEC_INDEX_H
#define SPEC_INDEX_H

#include "shim.h"

#define MOST_WANTED 16

/* A file in a state, and the marks of all words in it that could be a kind; of equal states, the bytes are equal. */
struct index_entry {
	uint64_t inode, size;
	int64_t modified, changed;
	uint32_t modified_ns, changed_ns;
	uint64_t marks;
};

/* as it is kept */
struct index_table {
	uint64_t format, sum;
	/* of the directory; whatever is entered is on the same device */
	uint64_t device, inode;
	uint64_t count;
	struct index_entry entries[];
};

struct spec_index {
	/* what is asked for, as marks */
	uint64_t wanted[MOST_WANTED];
	size_t wanted_count;
	bool is_of_kinds;
	time_t now;
	/* the folder, or -1 */
	int folder;
	/* as it was kept, or NULL; and where the next file is looked for */
	struct index_table *old;
	uint64_t at;
	/* as it will be, NULL where there is no index; and how many entries the old one lacked */
	struct index_table *made;
	uint64_t added;
	/* whether the file that was looked for last is entered already */
	bool is_entered;
};
#define NO_INDEX ((struct spec_index){ .folder = -1, .is_of_kinds = true })

/* one more of the words that are searched for; only for kinds is there an index */
void index_want(struct spec_index *index, const char *word, size_t length);
/* `telling`: bytes by which a kind may be spelled differently from how it reads */
void index_open(struct spec_index *index, int directory, size_t files, const bool telling[256]);
/* whether a file surely is about none of the kinds */
bool index_rules_out(struct spec_index *index, int directory, const char *name, size_t most);
/* enters a file as it was read; `is_telling`: there is such a byte in it */
void index_enter(struct spec_index *index, const struct stat *status, const char *bytes, size_t size, bool is_telling);
/* keeps it, where it pays and where that is possible */
void index_keep(struct spec_index *index);
void index_free(struct spec_index *index);
#define cleanup_index __attribute__((cleanup(index_free)))

#endif
