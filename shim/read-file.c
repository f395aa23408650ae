// Reads a whole regular file into memory, also one that grows while it is read.
#include <errno.h>
#include <string.h>

#include "host.h"

/* A page more than a file without a size of its own (in /proc) usually needs. */
#define UNSIZED_BYTES 4096

int read_descriptor(int descriptor, size_t most, struct stat *status, char **bytes, size_t *size)
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
	buffer[length] = '\0';
	*bytes = buffer;
	*size = length;
	buffer = NULL;
	return 0;
}
