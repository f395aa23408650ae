// Host operation that puts a file in the place of another.
#include <errno.h>
#include <string.h>

#include "host-write.h"
#include "json.h"

static int replace(const struct held *held, const char *bytes, size_t size);
static int write_whole(int descriptor, const char *bytes, size_t size);
static int match_old(const struct held *held, int descriptor);
static int still_the_same(const struct held *held);

HOST(host_replace_file)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	struct assembled text = { NULL, 0, 0 };
	if (file == NULL)
		return JS_EXCEPTION;
	int error = file->held == NULL ? EINVAL : assemble(js, file, argv[1], &text);
	char *cleanup_free bytes = text.bytes;
	if (error == 0 && !json_parse(text.bytes, text.size, &json, &problem))
		error = problem.words == NULL ? ENOMEM : EBADMSG;
	free(json.nodes);
	if (error == 0)
		error = replace(file->held, text.bytes, text.size);
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

/* No signal that can be held back may end us between the temporary file and its rename. */
static int replace(const struct held *held, const char *bytes, size_t size)
{
	char name[NAME_MAX + 1];
	cleanup_close int descriptor = -1;
	struct quiet quiet;
	quiet_begin(&quiet);
	int error = clear_leftovers(held);
	if (error == 0)
		error = open_temporary(held, name, &descriptor);
	if (descriptor >= 0) {
		error = write_whole(descriptor, bytes, size);
		if (error == 0)
			error = match_old(held, descriptor);
		if (error == 0)
			error = still_the_same(held);
		if (error == 0 && renameat(held->directory, name, held->directory, held->name) != 0)
			error = errno;
		if (error != 0)
			unlinkat(held->directory, name, 0);
	}
	quiet_end(&quiet);
	/* the directory is gone, or another run took our file for one that a killed run has left */
	return error == ENOENT ? ESTALE : error;
}

static int write_whole(int descriptor, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t count = write(descriptor, bytes, size);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		bytes += count;
		size -= (size_t)count;
	}
	return 0;
}

/* Owner first, since a change of owner takes capabilities and set-id bits away; mode last, since an ACL changes it. */
static int match_old(const struct held *held, int descriptor)
{
	const struct stat *old = &held->status;
	struct stat made;
	if (fstat(descriptor, &made) != 0)
		return errno;
	if ((made.st_uid != old->st_uid || made.st_gid != old->st_gid) && fchown(descriptor, old->st_uid, old->st_gid) != 0)
		return errno;
	int error = copy_attributes(held->descriptor, descriptor);
	if (error != 0)
		return error;
	return fchmod(descriptor, old->st_mode & 07777) != 0 ? errno : 0;
}

static bool same_time(struct timespec one, struct timespec other)
{
	return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

/* By the path that the runtime will take: the whole bundle may have been exchanged. */
static int still_the_same(const struct held *held)
{
	const struct stat *old = &held->status;
	struct stat now;
	if (stat(held->path, &now) != 0)
		return errno == ENOTDIR || errno == ELOOP ? ESTALE : errno;
	bool same = now.st_dev == old->st_dev && now.st_ino == old->st_ino && now.st_size == old->st_size &&
		    same_time(now.st_mtim, old->st_mtim) && same_time(now.st_ctim, old->st_ctim);
	return same ? 0 : ESTALE;
}
