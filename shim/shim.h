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
struct stat;

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
	/* how many bytes of stack the core may use */
	size_t stack;
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
/* whether asking again would give the same answer: without this, who knows which runtime would be chosen */
bool is_lasting(int error);
/* link-name.c: points into `path`, which then is the link that has the name; or NULL */
const char *linked_name(const struct shim *shim, char path[PATH_MAX]);
/* itself.c */
bool is_itself(const struct shim *shim, const struct stat *status);
bool is_copy(const char *path, const struct stat *status);
/* settings-file.c: these give an errno, or 0 */
int read_settings(const char *file, char *buffer, size_t size, size_t *length);
int read_up_to(int descriptor, char *buffer, size_t size, size_t *length);
/* runtime-line.c: the value of the last line `runtime: VALUE`, in pieces of `text`; its text is NULL where there is none */
struct scalar {
	const char *text;
	size_t length;
};
struct scalar runtime_line(const char *text, size_t length);
/* settings-runtime.c: an errno, or 0; not set where the settings leave the choice to us. `file` says or failed so */
struct setting {
	bool is_set;
	char value[PATH_MAX + 1];
	char file[PATH_MAX];
};
int settings_runtime(char **envp, struct setting *setting);

/* settings-files.c: in rising priority; `visit` is told what a file says, or the errno that ends the tour */
struct settings_tour {
	char **envp;
	/* whether a rootless user's own file counts too */
	bool with_own;
	void (*visit)(struct settings_tour *tour, const char *file, const char *text, size_t length, int error);
};
int each_settings_file(struct settings_tour *tour);
/* settings-sources.c */
bool settings_add_sources(char **envp);

/* user-namespace.c */
bool inside_user_namespace(void);

/* prefilter.c: whether argv may mean a bundle; and whether such a bundle may ask for devices */
bool edits_a_bundle(int argc, char **argv);
bool may_request(int argc, char **argv, char **envp);
/* markers.c */
struct seen {
	uint64_t device, inode;
};
#define SEEN_FILES 16
struct scan {
	struct seen seen[SEEN_FILES];
	unsigned seen_count;
};
#define MOST_MARKER_BYTES 32
/* none of them empty */
struct markers {
	const char *const *table;
	size_t count;
};
extern const struct markers usual_markers;
bool file_may_request(struct scan *scan, const char *path, const struct markers *markers);

/* exec.c: returns only if the kernel refuses, and then the errno */
int become_runtime(struct shim *shim);
void report_refusal(const struct shim *shim, int error);

/* apart.c: whether descriptors or stack are too few for the core; and the status of work that has more of both */
#define CORE_STACK_BYTES ((size_t)2 << 20)
#define NOT_BEGUN (-1)
#define CUT_SHORT (-2)
size_t own_stack(void);
bool is_cramped(void);
int work_apart(int (*work)(void *), void *context);

/* failure.c */
void say(const struct shim *shim, const char *line);
/* 0 or an errno: to a file that is made where it is missing, and to one that is open for appending */
int append_line(const char *path, const char *text, size_t length);
int append_whole(int descriptor, const char *text, size_t length);
/* the sentence for stderr; for the log, only the reason: the core gave the rest */
void report_crash(const struct shim *shim, const char *sentence, const char *reason);
void log_reason(const struct shim *shim, const char *reason);
/* signals.c: holds all signals back, and swallows SIGPIPE and SIGXFSZ of our own making */
struct quiet {
	uint64_t mask, pending;
};
void quiet_begin(struct quiet *quiet);
void quiet_end(struct quiet *quiet);

/* engine.c: runs the core; 0 where the real runtime may be started, else what was wrong is said */
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
