// Any path below a folder with links of every kind: who judges it goes the way that the kernel goes.
#include "../../../shim/open-log.c"
#include "door.h"

static char root[PATH_MAX];

/* In the current directory, which is empty. */
static void lay_out(void)
{
	static const char *const links[][2] = { { "d/e", "l" },   { "loop", "loop" }, { "../d/./e//f", "d/x" },
						{ "..", "d/up" }, { "/", "far" },     { "nothing", "gone" } };
	char longest[2000], target[PATH_MAX + 2];
	bool fine = getcwd(root, sizeof root) != NULL && mkdir("d", 0755) == 0 && mkdir("d/e", 01777) == 0 &&
		    mknod("d/e/f", S_IFREG | 0666, 0) == 0;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		fine = fine && symlink(links[i][0], links[i][1]) == 0;
	memcpy(target, root, sizeof root);
	strcat(target, "/d");
	memset(longest, '/', sizeof longest);
	memcpy(longest + sizeof longest - 2, "d", 2);
	memcpy(longest, "./", 2);
	if (!fine || symlink(target, "a") != 0 || symlink(longest, "long") != 0)
		abort();
}

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* Both bound what is left of a path where the kernel bounds each part by itself. */
static bool is_bound(int error)
{
	return error == ENAMETOOLONG || error == ELOOP;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_laid_out;
	struct stat found, held;
	if (!is_laid_out)
		lay_out();
	is_laid_out = true;
	char path[2 * PATH_MAX], folder[sizeof path + 2];
	char *cleanup_free text = text_of(data, size);
	snprintf(path, sizeof path, "%s/%s", root, text);
	bool there = stat(path, &found) == 0;
	struct way way;
	follow_way(&way, path, strlen(path), path);
	EXPECT(memchr(way.problem, '\0', sizeof way.problem) != NULL, "a problem without an end");
	/* of a directory that was looked at before only its rights are known */
	if (there && way.error == 0 && S_ISDIR(way.end.st_mode))
		EXPECT(stat(way.directory[0] == '\0' ? "/" : way.directory, &way.end) == 0, "a way to nowhere");
	if (there)
		EXPECT(way.error == 0 ? is_same(&way.end, &found) : is_bound(way.error), "another end of the way");
	/* with a dot behind it, so that nothing is made */
	snprintf(folder, sizeof folder, "%s/.", path);
	there = stat(folder, &found) == 0;
	cleanup_close int descriptor = hold_folder(folder, strlen(folder));
	if (there)
		EXPECT(descriptor < 0 ? is_bound(errno) : fstat(descriptor, &held) == 0 && is_same(&held, &found),
		       "another folder");
	else
		EXPECT(descriptor < 0, "a folder that is not there");
	return 0;
}
