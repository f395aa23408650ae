// Whether a program is this shim: the same file under any name, or a copy of it, of whatever version.
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

/* No shim is larger, and most runtimes are: these need not be opened. */
#define LARGEST_SHIM (4u << 20)
/* the note lies right behind the headers */
#define HEAD_BYTES 1024

/*
 * The path the kernel opened tells it for a tenth of what /proc/self/exe costs, which each process has to make anew;
 * /proc serves where that path leads nowhere.
 */
bool is_itself(const struct shim *shim, const struct stat *status)
{
	struct stat own;
	if (stat(shim->own_path, &own) != 0 && stat("/proc/self/exe", &own) != 0 && stat(shim->started_as, &own) != 0)
		return false;
	return own.st_dev == status->st_dev && own.st_ino == status->st_ino;
}

/* Two copies that take each other for the runtime would go on for ever. All of them carry the note of note.c. */
bool is_copy(const char *path, const struct stat *status)
{
	static const char note[] = "\1\0\0\0cdi-runtime";
	char head[HEAD_BYTES];
	size_t length;
	if (status->st_size > LARGEST_SHIM)
		return false;
	cleanup_close int descriptor = open_path(path, READ_FLAGS);
	return descriptor >= 0 && read_up_to(descriptor, head, sizeof head, &length) == 0 &&
	       memmem(head, length, note, sizeof note) != NULL;
}
