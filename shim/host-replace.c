// Host operation that puts a file in the place of another: written beside it, made like it, renamed over it.
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <time.h>

#include "host.h"

#define RANDOM_LETTERS 8
#define ATTEMPTS 16
/* of the old file's name: with it, runs that replace other files in the same directory are left alone */
#define NAMED_BYTES 200
#define ACCESS_LIST "system.posix_acl_access"

static int replace(struct shim *shim, struct file *replaced, struct held *held, const char *bytes, size_t size);
static int of_kernel(int error);
static bool is_ours(const struct stat *made, const struct stat *now);
static int clear_leftovers(const struct held *held);
static visit_name clear_leftover;
static int open_temporary(const struct held *held, char name[NAME_MAX + 1], int *descriptor);
static struct line first_part(const struct held *held, char name[NAME_MAX + 1]);
static int write_whole(int descriptor, const char *bytes, size_t size);
static int match_old(struct held *held, int descriptor);
static int sync_content(int descriptor);
static int still_the_same(const struct held *held);
static int copy_attributes(int from, int to);
static bool unsupported(int error);
static int copy_all(int from, int to, bool *has_access_list);
static bool of_content(const char *name);
static int copy_attribute(int from, int to, const char *name);
static ssize_t read_value(int descriptor, const char *name, char **value);

HOST(host_replace_file)
{
	struct file *file = file_from(js, argv[0]);
	if (file == NULL)
		return JS_EXCEPTION;
	struct held *held = file->held;
	int error = assemble(js, file, argv[1]);
	if (error == 0)
		error = replace(shim_of(js), file, held, held->text.bytes, held->text.size);
	if (error == EMFILE && close_record(shim_of(js)))
		error = replace(shim_of(js), file, held, held->text.bytes, held->text.size);
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

/*
 * No signal that can be held back may end us between the temporary file and its rename.
 * `replaced` is noted first: work apart may be killed right after the rename.
 */
static int replace(struct shim *shim, struct file *replaced, struct held *held, const char *bytes, size_t size)
{
	struct file *before = shim->replaced;
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
			error = sync_content(descriptor);
		if (error == 0)
			error = still_the_same(held);
		if (error == 0) {
			shim->replaced = replaced;
			if (renameat(held->directory, name, held->directory, held->name) != 0) {
				error = errno;
				shim->replaced = before;
			}
		}
		if (error != 0)
			unlinkat(held->directory, name, 0);
	}
	quiet_end(&quiet, error != 0);
	/* the directory is gone, or another run took our file for one that a killed run has left */
	return error == ENOENT ? ESTALE : error;
}

/*
 * By the path, since descriptors of work apart are gone. What others have put there since is left alone; our file has
 * all that belonged to the old one, and gives it back.
 */
int put_back(struct shim *shim)
{
	struct file *file = shim->replaced, ours = { .bytes = NULL };
	if (file == NULL)
		return 0;
	/* the limit may be what stopped the core, and what is wanted here is bounded by what has been read before */
	memory_limit(SIZE_MAX);
	struct held now;
	struct document none = { .bytes = NULL };
	int error = of_kernel(hold(&none, file->held->path, file->held->text.size, &now, &ours));
	if (error == 0)
		error = is_ours(&file->held->made, &now.status) ? replace(shim, NULL, &now, file->bytes, file->size)
								: ESTALE;
	free(ours.bytes);
	close_held(&now.directory);
	close_held(&now.descriptor);
	return error;
}

/* A server's ESTALE does not tell, as ours does, that others have put something there. */
static int of_kernel(int error)
{
	return error == ESTALE ? EIO : error;
}

/* The rename has changed the time of its last change, and nothing else. */
static bool is_ours(const struct stat *made, const struct stat *now)
{
	return made->st_dev == now->st_dev && made->st_ino == now->st_ino && made->st_size == now->st_size &&
	       same_time(made->st_mtim, now->st_mtim);
}

/*
 * What this user may not see or take away is left where it is.
 * kill -9 between open and rename leaves a file that has a name: nothing can put one in another's place without it.
 * It may as well be that of a run that is alive. Then that run cannot rename it, and fails; names are never used
 * twice, so neither run can put the other's half-written file in place.
 */
static int clear_leftovers(const struct held *held)
{
	char name[NAME_MAX + 1];
	_Alignas(uint64_t) char block[2048];
	struct line first = first_part(held, name);
	cleanup_close int descriptor = openat(held->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = descriptor < 0 ? errno : visit_names(descriptor, block, sizeof block, clear_leftover, &first);
	return is_lasting(error) ? 0 : error;
}

static int clear_leftover(int directory, const char *name, unsigned char type, void *context)
{
	(void)type;
	const struct line *first = context;
	bool is_leftover =
		strncmp(name, first->text, first->length) == 0 && strlen(name) == first->length + RANDOM_LETTERS;
	return !is_leftover || unlinkat(directory, name, 0) == 0 ? 0 : errno;
}

static int open_temporary(const struct held *held, char name[NAME_MAX + 1], int *descriptor)
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

static struct line first_part(const struct held *held, char name[NAME_MAX + 1])
{
	struct line line = line_over(name, NAME_MAX + 1);
	line_add(&line, ".");
	line_add_bytes(&line, held->name, strnlen(held->name, NAMED_BYTES));
	line_add(&line, ".cdi-runtime-");
	return line;
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
static int match_old(struct held *held, int descriptor)
{
	const struct stat *old = &held->status;
	struct stat *made = &held->made;
	if (fstat(descriptor, made) != 0)
		return errno;
	if ((made->st_uid != old->st_uid || made->st_gid != old->st_gid) &&
	    fchown(descriptor, old->st_uid, old->st_gid) != 0)
		return errno;
	int error = copy_attributes(held->descriptor, descriptor);
	if (error != 0)
		return error;
	return fchmod(descriptor, old->st_mode & 07777) != 0 ? errno : 0;
}

/*
 * Else a power cut soon after the rename may leave a file of 0 bytes: XFS, and ext4 with noauto_da_alloc, write the new
 * name down before the data. In memory, where most bundles are, the kernel has nothing to do.
 */
static int sync_content(int descriptor)
{
	return fsync(descriptor) == 0 || errno == EINVAL || unsupported(errno) ? 0 : errno;
}

/* Labels and access lists: extended attributes. */
static int copy_attributes(int from, int to)
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

/* Digests of the old bytes, which the kernel makes again where it wants them. */
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

/* By the path that the runtime will take: the whole bundle may have been exchanged. */
static int still_the_same(const struct held *held)
{
	struct stat now;
	if (stat(held->path, &now) != 0)
		return errno == ENOTDIR || errno == ELOOP ? ESTALE : of_kernel(errno);
	return same_state(&now, &held->status) ? 0 : ESTALE;
}
