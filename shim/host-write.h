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
/* attributes.c: extended attributes from one open file to another; 0 or an errno */
int copy_attributes(int from, int to);

#endif
