// The file that is written beside another and renamed over it: its name, and those that killed runs have left.
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "host-write.h"

#define RANDOM_LETTERS 8
#define ATTEMPTS 16
/* of the old file's name: with it, runs that replace other files in the same directory are left alone */
#define NAMED_BYTES 200

static struct line first_part(const struct held *held, char name[NAME_MAX + 1]);

int open_temporary(const struct held *held, char name[NAME_MAX + 1], int *descriptor)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		uint64_t random = 0;
		/* early at boot there may be no randomness yet; O_EXCL is what keeps us safe */
		if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) {
			struct timespec now;
			clock_gettime(CLOCK_MONOTONIC, &now);
			random = (uint64_t)now.tv_nsec * 2654435761u ^ (uint64_t)getpid() << 20;
		}
		struct line line = first_part(held, name);
		for (size_t i = 0; i < RANDOM_LETTERS; i++, random >>= 5)
			line_add_bytes(&line, &letters[random & 31], 1);
		*descriptor = openat(held->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (*descriptor >= 0)
			return 0;
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

/*
 * kill -9 between open and rename leaves a file that has a name: nothing can put one in another's place without it.
 * It may as well be that of a run that is alive. Then that run cannot rename it, and fails; names are never used
 * twice, so neither run can put the other's half-written file in place.
 */
int clear_leftovers(const struct held *held)
{
	char name[NAME_MAX + 1];
	size_t length = first_part(held, name).length;
	int descriptor = openat(held->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = descriptor < 0 ? NULL : fdopendir(descriptor);
	if (names == NULL) {
		int error = errno;
		close_held(&descriptor);
		return is_lasting(error) ? 0 : error;
	}
	struct dirent *entry;
	int error = 0;
	while (error == 0 && (errno = 0, entry = readdir(names)) != NULL)
		if (strncmp(entry->d_name, name, length) == 0 && strlen(entry->d_name) == length + RANDOM_LETTERS &&
		    unlinkat(held->directory, entry->d_name, 0) != 0)
			error = errno;
	if (error == 0)
		error = errno;
	closedir(names);
	return is_lasting(error) ? 0 : error;
}

static struct line first_part(const struct held *held, char name[NAME_MAX + 1])
{
	struct line line = line_over(name, NAME_MAX + 1);
	line_add(&line, ".");
	line_add_bytes(&line, held->name, strnlen(held->name, NAMED_BYTES));
	line_add(&line, ".cdi-runtime-");
	return line;
}
