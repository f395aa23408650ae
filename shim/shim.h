// What the parts of the shim share that know nothing of JavaScript: the state of one run, and who offers what.
#ifndef SHIM_H
#define SHIM_H

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define PROBLEM_BYTES 1024

struct files;

/* One run. Made in main, handed down; strings are empty where there is nothing to say. */
struct shim {
	int argc;
	char **argv;
	char **envp;
	/* the path by which the kernel started us, or argv[0] where it is of no use */
	const char *started_as;
	/* a path that leads to this program */
	const char *own_path;
	char runtime[PATH_MAX];
	char problem[PROBLEM_BYTES];
	/* whether descriptor 2 was ours to write to before anything else was opened */
	bool stderr_open;
	/* what the core said by host.fail, and what to write if it stops by itself; malloc'ed or NULL */
	char *failure;
	char *crash_log;
	char *crash_before;
	char *crash_after;
	struct files *files;
	/* engine.c: when the core is stopped */
	struct deadline *deadline;
	/* host-watch.c */
	struct watch *watch;
};

/* line.c: a text of bounded length, always ended by a NUL, cut where the room ends */
struct line {
	char *text;
	size_t size;
	size_t length;
};
struct line line_over(char *text, size_t size);
void line_add(struct line *line, const char *text);
void line_add_bytes(struct line *line, const char *text, size_t length);
void line_quote(struct line *line, const char *text);

/* find-runtime.c */
void find_runtime(struct shim *shim);
/* settings-runtime.c: the value of the last line `runtime: VALUE`, in pieces of `text` */
struct scalar {
	const char *text;
	size_t length;
};
const char *settings_file(char **envp);
bool settings_runtime(const char *file, char *value, size_t size);
struct scalar runtime_line(const char *text, size_t length);
size_t read_up_to(int descriptor, char *buffer, size_t size);

/* user-namespace.c */
bool inside_user_namespace(void);

/* prefilter.c: whether argv may mean a bundle; and whether such a bundle may ask for devices */
bool edits_a_bundle(int argc, char **argv);
bool may_request(int argc, char **argv);
/* markers.c */
struct seen {
	uint64_t device, inode;
};
#define SEEN_FILES 16
struct scan {
	struct seen seen[SEEN_FILES];
	unsigned seen_count;
};
bool file_may_request(struct scan *scan, const char *path);

/* exec.c: returns only if the kernel refuses, and then the errno */
int become_runtime(struct shim *shim);

/* failure.c */
void say(const struct shim *shim, const char *line);
int append_line(const char *path, const char *text, size_t length);
/* the sentence for stderr; for the log, only the reason: the core gave the rest */
void report_crash(const struct shim *shim, const char *sentence, const char *reason);
/* signals.c: holds all signals back, and swallows SIGPIPE and SIGXFSZ of our own making */
struct quiet {
	uint64_t mask[16];
	bool pipe_pending, size_pending;
};
void quiet_begin(struct quiet *quiet);
void quiet_end(struct quiet *quiet);

/* engine.c: runs the core; the exit status, if nothing was exec'd */
int run_core(struct shim *shim);

/* memory.c */
bool memory_ran_out(void);
void memory_limit(size_t bytes);
size_t memory_limit_mebibytes(void);

/* errno-name.c: names such as ENOENT, never prose; one of ours stands beside the kernel's, as EFTYPE */
#define ENOTREGULAR 1000
const char *errno_name(int error);

/* for reading what may be anything: never waits on a FIFO or a device, never takes a terminal */
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* Not open(): musl's asks the kernel afterwards whether close-on-exec took effect. */
static inline int open_path(const char *path, int flags)
{
	return openat(AT_FDCWD, path, flags);
}

static inline void close_held(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}
#define cleanup_close __attribute__((cleanup(close_held)))

static inline void free_held(void *pointer)
{
	free(*(void **)pointer);
}
#define cleanup_free __attribute__((cleanup(free_held)))

#endif
