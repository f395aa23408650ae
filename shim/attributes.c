// Copies extended attributes, so that a replaced file keeps its labels and access lists.
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "host-write.h"

static int copy_attribute(int from, int to, const char *name);
static ssize_t read_value(int descriptor, const char *name, char **value);

int copy_attributes(int from, int to)
{
	ssize_t size = flistxattr(from, NULL, 0);
	if (size <= 0)
		return size == 0 || errno == ENOTSUP || errno == ENOSYS ? 0 : errno;
	char *cleanup_free names = malloc((size_t)size);
	if (names == NULL)
		return ENOMEM;
	size = flistxattr(from, names, (size_t)size);
	if (size < 0)
		return errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		int error = copy_attribute(from, to, name);
		/* a label that confines the file must not get lost; anything else may be beyond this user */
		bool confines = strncmp(name, "security.", 9) == 0;
		if (error != 0 && (confines || (error != EPERM && error != ENOTSUP)))
			return error;
	}
	return 0;
}

static int copy_attribute(int from, int to, const char *name)
{
	char *cleanup_free value = NULL, *cleanup_free present = NULL;
	ssize_t size = read_value(from, name, &value);
	if (size < 0)
		return errno == ENODATA ? 0 : errno;
	/* a new file often has the right label already, and setting it may need a right that we lack */
	if (read_value(to, name, &present) == size && memcmp(value, present, (size_t)size) == 0)
		return 0;
	return fsetxattr(to, name, value, (size_t)size, 0) != 0 ? errno : 0;
}

/* The value's size, or -1 with errno; the memory is the caller's. */
static ssize_t read_value(int descriptor, const char *name, char **value)
{
	ssize_t size = fgetxattr(descriptor, name, NULL, 0);
	if (size < 0)
		return -1;
	*value = malloc((size_t)size + 1);
	if (*value == NULL) {
		errno = ENOMEM;
		return -1;
	}
	return fgetxattr(descriptor, name, *value, (size_t)size);
}
