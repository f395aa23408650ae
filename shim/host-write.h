// The parts of replacing a file that have their own files.
#ifndef HOST_WRITE_H
#define HOST_WRITE_H

#include "host.h"

struct assembled {
	char *bytes;
	size_t size, room;
};

/* assemble.c: the pieces as one text; 0, an errno, or -1 after an exception; bytes are the caller's in any case */
int assemble(JSContext *js, const struct file *file, JSValueConst pieces, struct assembled *text);
/* temporary.c: 0 or an errno; what this user may not see or take away is left where it is */
int clear_leftovers(const struct held *held);
int open_temporary(const struct held *held, char name[NAME_MAX + 1], int *descriptor);
/* attributes.c: extended attributes from one open file to another; 0 or an errno */
int copy_attributes(int from, int to);

#endif
