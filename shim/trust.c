// Who could have written what a path leads to, by owners and modes of all that is on the way: as host/trust.ts judges.
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

#include "shim.h"

#define MOST_LOOKS 32
#define LOOKS_BYTES 1024

/* What is left of a way: of the path itself, or of what links have made of it. */
struct rest {
	const char *at, *end;
	char *store;
	int links;
};

static bool step(struct way *way, struct rest *rest, const char *it);
static in_own_frame bool turn(struct way *way, size_t kept, struct rest *rest);
static bool is_ours(uid_t uid);
static void judge_owner(struct way *way, const struct stat *status, const char *path);
static void judge_mode(struct way *way, const struct stat *status, const char *path);
static void name_it(struct way *way, const struct stat *status, const char *path);
static bool is_first_namespace(void);
static bool maps_all_users(void);

void follow_way(struct way *way, const char *path, size_t length, const char *it)
{
	static char store[PATH_MAX];
	struct rest rest = { path, path + length, store, 0 };
	way->problem[0] = way->directory[0] = '\0';
	way->error = length >= PATH_MAX ? ENAMETOOLONG : look_at_path("/", &way->end);
	if (way->error == 0)
		judge_owner(way, &way->end, "/");
	way->around = way->end;
	while (way->error == 0 && step(way, &rest, it))
		;
}

/* One name further; false at the end of the way. */
static bool step(struct way *way, struct rest *rest, const char *it)
{
	const char *name = rest->at;
	while (name < rest->end && *name == '/')
		name++;
	rest->at = name;
	while (rest->at < rest->end && *rest->at != '/')
		rest->at++;
	size_t length = (size_t)(rest->at - name), kept = strlen(way->directory);
	if (length == 0)
		return false;
	if (!S_ISDIR(way->end.st_mode)) {
		way->error = ENOTDIR;
		return false;
	}
	way->around = way->end;
	char *at = way->directory;
	bool up = length == 2 && memcmp(name, "..", 2) == 0, stays = length == 1 && *name == '.';
	if (up)
		*(strrchr(at, '/') == NULL ? at : strrchr(at, '/')) = '\0';
	if (!up && !stays) {
		if (kept + 1 + length >= sizeof way->directory - 1) {
			way->error = ENAMETOOLONG;
			return false;
		}
		at[kept] = '/';
		memcpy(at + kept + 1, name, length);
		at[kept + 1 + length] = '\0';
	}
	struct stat status;
	way->error = look_at_path(at[0] == '\0' ? "/" : at, &status);
	if (way->error != 0)
		return false;
	if (!up && !stays)
		judge_entry(way, &status, it != NULL && strcmp(at, it) == 0 ? NULL : at);
	if (S_ISLNK(status.st_mode))
		return turn(way, kept, rest);
	way->end = status;
	if (!S_ISDIR(status.st_mode))
		at[kept] = '\0';
	return true;
}

/* What a link says comes first, then what is left of the way. */
static bool turn(struct way *way, size_t kept, struct rest *rest)
{
	char target[PATH_MAX], next[PATH_MAX];
	struct line line = line_over(next, sizeof next);
	ssize_t length = ++rest->links > MOST_LINKS ? -1 : readlink(way->directory, target, sizeof target);
	way->directory[kept] = '\0';
	if (length < 0) {
		way->error = rest->links > MOST_LINKS ? ELOOP : errno;
		return false;
	}
	line_add_bytes(&line, target, (size_t)length);
	line_add_bytes(&line, rest->at, (size_t)(rest->end - rest->at));
	if (line.length == line.size - 1) {
		way->error = ENAMETOOLONG;
		return false;
	}
	memcpy(rest->store, next, line.length);
	rest->at = rest->store;
	rest->end = rest->store + line.length;
	if (target[0] == '/') {
		way->directory[0] = '\0';
		way->error = look_at_path("/", &way->end);
	}
	return way->error == 0;
}

/*
 * Directories as they were seen in this run. Nobody can have put another in the place of one that is trusted, and one
 * that is not is refused.
 */
static struct {
	unsigned count;
	unsigned used;
	struct look {
		/* where its path begins */
		unsigned path;
		mode_t mode;
		uid_t uid;
		gid_t gid;
	} table[MOST_LOOKS];
	char paths[LOOKS_BYTES];
} looks;

int look_at_path(const char *path, struct stat *status)
{
	for (unsigned i = 0; i < looks.count; i++)
		if (strcmp(looks.paths + looks.table[i].path, path) == 0) {
			const struct look *look = &looks.table[i];
			*status = (struct stat){ .st_mode = look->mode, .st_uid = look->uid, .st_gid = look->gid };
			return 0;
		}
	if (lstat(path, status) != 0)
		return errno;
	size_t size = strlen(path) + 1;
	if (!S_ISDIR(status->st_mode) || looks.count == MOST_LOOKS || size > LOOKS_BYTES - looks.used)
		return 0;
	struct look *look = &looks.table[looks.count++];
	*look = (struct look){ looks.used, status->st_mode, status->st_uid, status->st_gid };
	memcpy(looks.paths + looks.used, path, size);
	looks.used += (unsigned)size;
	return 0;
}

void forget_looks(void)
{
	looks.count = 0;
	looks.used = 0;
}

/* A sticky directory is anybody's to put things into: only an entry's own owner tells who did. */
void judge_entry(struct way *way, const struct stat *status, const char *path)
{
	mode_t around = way->around.st_mode;
	if ((around & S_ISVTX) == 0 || (around & (S_IWGRP | S_IWOTH)) == 0) {
		/* what a link says cannot be changed, and who may replace it was judged with the directory */
		if (!S_ISLNK(status->st_mode))
			judge_owner(way, status, path);
	} else if (is_root_or_user(status->st_uid)) {
		judge_mode(way, status, path);
	} else {
		name_it(way, status, path);
	}
}

static void judge_owner(struct way *way, const struct stat *status, const char *path)
{
	if (is_ours(status->st_uid))
		judge_mode(way, status, path);
	else
		name_it(way, status, path);
}

bool is_root_or_user(uid_t uid)
{
	return uid == 0 || uid == own_user();
}

uid_t own_user(void)
{
	return (uid_t)getauxval(AT_EUID);
}

/* In a user namespace, somebody outside, whom no one inside can be, shows as an unmapped owner. */
static bool is_ours(uid_t uid)
{
	return is_root_or_user(uid) || (uid == UNMAPPED_OWNER && inside_user_namespace());
}

/* What is said of an entry: its kind and name, then what is wrong. The first reason is the one that is told. */
static struct line begin_problem(struct way *way, const struct stat *status, const char *path)
{
	struct line line = line_over(way->problem, sizeof way->problem);
	const char *kind = S_ISREG(status->st_mode)   ? "file"
			   : S_ISDIR(status->st_mode) ? "directory"
			   : S_ISLNK(status->st_mode) ? "link"
						      : "path";
	if (path == NULL)
		line_add(&line, "it");
	else
		line_format(&line, "%s %s", kind, quote(path).text);
	return line;
}

static void name_it(struct way *way, const struct stat *status, const char *path)
{
	if (way->problem[0] != '\0')
		return;
	struct line line = begin_problem(way, status, path);
	line_format(&line, " belongs to user %u", status->st_uid);
}

static void judge_mode(struct way *way, const struct stat *status, const char *path)
{
	mode_t mode = status->st_mode;
	bool shared = (mode & (S_IWGRP | S_IWOTH)) != 0;
	/* of a sticky directory the entries are judged, and what is no file holds no text */
	if (!shared || way->problem[0] != '\0' || (S_ISDIR(mode) && (mode & S_ISVTX) != 0) ||
	    (!S_ISDIR(mode) && !S_ISREG(mode)))
		return;
	struct line line = begin_problem(way, status, path);
	line_add(&line, " can be written by ");
	if ((mode & S_IWOTH) != 0)
		line_add(&line, "everybody");
	else
		line_format(&line, "group %u", status->st_gid);
	line_format(&line, " (mode %04o)", mode & 07777);
}

/* There, the host's root shows as an unmapped owner. Asked once a run. */
bool inside_user_namespace(void)
{
	static enum { UNASKED, INSIDE, OUTSIDE } answer;
	if (answer == UNASKED)
		answer = !is_first_namespace() && !maps_all_users() ? INSIDE : OUTSIDE;
	return answer == INSIDE;
}

/* The one that the machine begins with has a number of its own; where that cannot be seen, it may still be this one. */
static bool is_first_namespace(void)
{
	static const char first[] = "user:[4026531837]";
	char name[sizeof first];
	ssize_t length = readlink("/proc/self/ns/user", name, sizeof name);
	return length == sizeof first - 1 && memcmp(name, first, sizeof first - 1) == 0;
}

/* Only the identity map is the host itself. So is one that cannot be read. */
static bool maps_all_users(void)
{
	static const char identity[] = "0 0 4294967295";
	char map[128], plain[sizeof map];
	size_t kept = 0;
	cleanup_close int descriptor = open_path("/proc/self/uid_map", READ_FLAGS);
	/* in one piece, so that its end need not be asked for */
	ssize_t count = descriptor < 0 ? -1 : read(descriptor, map, sizeof map - 1);
	map[count < 0 ? 0 : count] = '\0';
	for (const char *at = map; *(at += strspn(at, " \t\n")) != '\0'; at += strcspn(at, " \t\n")) {
		size_t word = strcspn(at, " \t\n");
		if (kept > 0)
			plain[kept++] = ' ';
		memcpy(plain + kept, at, word);
		kept += word;
	}
	plain[kept] = '\0';
	return count <= 0 || strcmp(plain, identity) == 0;
}
