// Copies extended attributes, so that a replaced file keeps its labels and access lists.
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "host-write.h"

#define ACCESS_LIST "system.posix_acl_access"

static bool unsupported(int error);
static int copy_all(int from, int to, bool *has_access_list);
static bool of_content(const char *name);
static int copy_attribute(int from, int to, const char *name);
static ssize_t read_value(int descriptor, const char *name, char **value);

int copy_attributes(int from, int to)
{
	bool has_access_list = false;
	int error = copy_all(from, to, &has_access_list);
	if (error != 0)
		return error;
	/* last: after it the owner may no longer be allowed to set attributes */
	if (has_access_list)
		return copy_attribute(from, to, ACCESS_LIST);
	/* the directory may give new files a list by default, which lets in whom the old file kept out */
	bool removed = fremovexattr(to, ACCESS_LIST) == 0 || errno == ENODATA || unsupported(errno);
	return removed ? 0 : errno;
}

static bool unsupported(int error)
{
	return error == ENOTSUP || error == ENOSYS;
}

static int copy_all(int from, int to, bool *has_access_list)
{
	ssize_t size = flistxattr(from, NULL, 0);
	if (size <= 0)
		return size == 0 || unsupported(errno) ? 0 : errno;
	char *cleanup_free names = malloc((size_t)size);
	if (names == NULL)
		return ENOMEM;
	size = flistxattr(from, names, (size_t)size);
	if (size < 0)
		return errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		if (strcmp(name, ACCESS_LIST) == 0) {
			*has_access_list = true;
			continue;
		}
		int error = of_content(name) ? 0 : copy_attribute(from, to, name);
		/* a label that confines the file must not get lost; anything else may be beyond this user */
		bool confines = strncmp(name, "security.", 9) == 0;
		if (error != 0 && (confines || (error != EPERM && error != ENOTSUP)))
			return error;
	}
	return 0;
}

/* Digests of the old bytes, which the kernel makes anew where it wants them. */
static bool of_content(const char *name)
{
	return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
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
