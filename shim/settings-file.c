// Reads one settings file for its one line: never half, and only if nobody else may have written it.
#include <errno.h>
#include <sys/stat.h>

#include "shim.h"

#define UNMAPPED_OWNER 65534

static int read_regular(const char *file, struct stat *status, char *buffer, size_t size, size_t *length);
static bool trusted(const struct stat *status);

/* A file that does not count is read as an empty one. */
int read_settings(const char *file, char *buffer, size_t size, size_t *length)
{
	struct stat status = { 0 };
	int error = read_regular(file, &status, buffer, size, length);
	if (error != 0 || !trusted(&status))
		*length = 0;
	return is_lasting(error) ? 0 : error;
}

/* Closed before it is judged, so that one descriptor is enough. */
static int read_regular(const char *file, struct stat *status, char *buffer, size_t size, size_t *length)
{
	*length = 0;
	cleanup_close int descriptor = open_path(file, READ_FLAGS);
	if (descriptor < 0 || fstat(descriptor, status) != 0)
		return errno;
	if (!S_ISREG(status->st_mode))
		return 0;
	return read_up_to(descriptor, buffer, (uint64_t)status->st_size < size ? (size_t)status->st_size : size, length);
}

/* A file that others can write would let them choose the program that root runs. */
static bool trusted(const struct stat *status)
{
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return false;
	if (status->st_uid == 0 || status->st_uid == geteuid())
		return true;
	return status->st_uid == UNMAPPED_OWNER && inside_user_namespace();
}

int read_up_to(int descriptor, char *buffer, size_t size, size_t *length)
{
	*length = 0;
	while (*length < size) {
		ssize_t count = read(descriptor, buffer + *length, size - *length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		if (count == 0)
			break;
		*length += (size_t)count;
	}
	return 0;
}
