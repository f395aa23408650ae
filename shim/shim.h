// What the parts of the shim share that know nothing of JavaScript: the state of one run, and who offers what.
#ifndef SHIM_H
#define SHIM_H

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "position.h"

#define PROBLEM_BYTES 1024

/* One file of settings as it was read, or what kept us from it. `bytes` is followed by a NUL. */
struct settings_file {
	char *path;
	char *bytes;
	size_t size;
	struct stat status;
	int error;
	/* why it does not count, where others could have written it; else NULL, and before it is judged */
	char *problem;
	bool by_link;
	/* nothing stands there, not even a link */
	bool missing;
	/* a rootless user's, which cannot choose the runtime */
	bool own;
};
/* In rising priority; what they hold lies in `store`. */
struct settings {
	bool is_read, is_judged;
	/* what kept us from knowing which there are, or 0 */
	int error;
	struct settings_file *table;
	size_t count, room;
	size_t used;
	/* room for all of it, of which only what is used costs pages */
	_Alignas(16) char store[2 << 20];
};

/* Words by which a document asks. */
struct markers {
	const char *const *table;
	size_t count;
};

/* The document that may ask for devices, as it was when it was looked at: whoever edits it goes by these bytes. */
struct document {
	/* NULL where none was kept */
	char *bytes;
	size_t size;
	/* open, or -1 */
	int descriptor;
	struct stat status;
	/* the word that it was found to ask by, or NULL */
	const char *asks_by;
	char path[PATH_MAX];
};

/*
 * One run. Made in main, handed down; strings are empty where there is nothing to say. What each start writes to stands
 * together, since a page that is written to costs 1 µs and more: the beginning of the runtime's path in the page of other
 * variables (order.ld), then, in the next one, all that is small, and the beginning of the room for settings.
 */
struct shim {
	char runtime[PATH_MAX];
	int argc;
	char **argv;
	char **envp;
	/* the path by which the kernel started us, or argv[0] where it is of no use */
	const char *started_as;
	/* a path that leads to this program */
	const char *own_path;
	/* whether a user's own settings count: they say nothing of the runtime */
	bool with_own;
	/* whether the link's name is that of a default runtime: nobody chose us for this container */
	bool by_default;
	/* whether descriptor 2 was ours to write to before anything else was opened */
	bool stderr_open;
	/* what the core said by host.fail, and what to write if it stops by itself; malloc'ed or NULL */
	char *failure;
	char *crash_log;
	char *crash_before;
	char *crash_after;
	/* what `features` shall call unsafe, as JSON strings, a line each; NULL where that is not asked for */
	char *unsafe_annotations;
	/* host.h */
	struct files *files;
	/* record.c */
	struct audit {
		/* NULL where nothing is to be recorded */
		char *path;
		/* of a failure's line: what stands between its time and the error's code */
		char *before;
		/* negative before the first line */
		int descriptor;
		/* whether the file was empty when it was opened */
		bool is_new;
	} record;
	/* the document that was edited, as it was: what is left to be put back if nothing is started */
	struct file *replaced;
	/* how many bytes of stack the core may use */
	size_t stack;
	/* when the core is stopped: so long after it began, what it waited for devices not counted */
	struct deadline {
		struct timespec begin, cpu_begin;
		/* of the processor, and by the clock */
		int64_t milliseconds, wall;
		int64_t waited;
		bool passed, wall_passed;
	} deadline;
	/* host-watch.c */
	struct watch *watch;
	struct settings settings;
	char problem[PROBLEM_BYTES];
	struct document document;
};

/* messages.c: a text of bounded length, always ended by a NUL, cut where the room ends; without malloc */
struct line {
	char *text;
	size_t size;
	size_t length;
};
struct line line_over(char *text, size_t size);
void line_add(struct line *line, const char *text);
void line_add_bytes(struct line *line, const char *text, size_t length);
__attribute__((format(printf, 2, 3))) void line_format(struct line *line, const char *format, ...);
/* a name in quotes, for a message: what is too long is cut */
#define QUOTED_BYTES 256
struct quoted {
	char text[QUOTED_BYTES + sizeof "\"...\""];
};
struct quoted quote(const char *text);
/* names such as ENOENT, never prose; one of ours stands beside the kernel's, as EFTYPE */
#define ENOTREGULAR 1000
const char *errno_name(int error);
/* whether asking again would give the same answer: without this, who knows which runtime would be chosen */
bool is_lasting(int error);
void say(const struct shim *shim, const char *line);
/* 0 or an errno: to a file that is made where it is missing, and to one that is open for appending */
int append_line(const char *path, const char *text, size_t length);
/* JSON without what steers a terminal; NULL where there is none in it, or no memory */
char *escape_steering(const char *json, size_t *length);
int append_whole(int descriptor, const char *text, size_t length);
/* open-log.c: negative, with errno set, where it cannot be, or where somebody else's link is on the way */
int open_log(const char *path);
/* only the reason: the core gave the rest */
void log_reason(const struct shim *shim, const char *reason);

/* what is one line by itself, for JSON */
void escape_json(char *to, size_t size, const char *text);

/* record.c: these give an errno, or 0. A log of ours, made where it is missing with the last of its directories */
#define RECORD_BYTES ((size_t)64 << 10)
int append_to_log(const char *path, const char *text, size_t length);
/* takes both texts, which are malloc'ed; a line is opened for when it comes */
void begin_record(struct shim *shim, char *path, char *before);
int append_record(struct shim *shim, const char *text, size_t length, bool durable);
/* the process that had it open has ended */
void leave_record(struct shim *shim);
/* where descriptors are too few to hold it: the next line opens it again; false where it is not open */
bool close_record(struct shim *shim);
/* what the core could not write; `code` is one of those in docs/errors.md */
void record_failure(struct shim *shim, const char *code, const char *message);

#define STOPPED "STOPPED"
/* what is said of a document that cannot be put back */
#define STAYS "; its configuration stays as it was edited"

/* undo.c: nothing is started: the old document is put back, and whoever has to know is told */
void give_up(struct shim *shim, const char *code, const char *sentence, const char *reason);
/* empty, or what became of the document, to follow a sentence */
const char *undo(struct shim *shim);

/* host-replace.c: 0, or an errno */
int put_back(struct shim *shim);

/* find-runtime.c: leaves its path in `runtime`, or says why not in `problem` */
void find_runtime(struct shim *shim);

/* settings.c: reads them once a run, into `settings` */
void read_settings(struct shim *shim);
/* finds out of each who could have written it */
void judge_settings(struct shim *shim);
/* what of their room nothing is in, until more settings are read; NULL where that is less than so many bytes */
char *spare_room(struct settings *settings, size_t size);
/* whether the settings may name other ways to ask for devices, so that only the core knows what to look for */
bool settings_add_sources(struct shim *shim);
/* whether something changed less than so long ago */
bool is_recent(const struct stat *status, const struct timespec *now, int64_t milliseconds);
/* runtime-line.c: a piece of a text; its text is NULL where there is none */
struct scalar {
	const char *text;
	size_t length;
};
struct scalar runtime_line(const char *text, size_t length);

/* trust.c: where a path leads to, links followed, and why others have a say in that; where nothing is wrong, empty */
struct way {
	/* what stands at its end, or the last thing on it that could be looked at; and the directory that this is in */
	struct stat end, around;
	int error;
	char problem[PROBLEM_BYTES];
	char directory[PATH_MAX];
};
/* `it`: the path that needs no name in what is said; or NULL */
void follow_way(struct way *way, const char *path, size_t length, const char *it);
/* judges what stands in `around`; `path` is its name in words, NULL for "it" */
void judge_entry(struct way *way, const struct stat *status, const char *path);
/* of what stands at a path itself its type, mode and owner: an errno, or 0. Of a directory, as it was first seen */
int look_at_path(const char *path, struct stat *status);
/* for who has waited for something to change */
void forget_looks(void);
bool inside_user_namespace(void);
/* the effective user, without asking the kernel once more */
uid_t own_user(void);
bool is_root_or_user(uid_t uid);
/* as many as the kernel follows (path_resolution(7)) */
#define MOST_LINKS 40
/* in there, what belongs to ids outside it shows as this one's */
#define UNMAPPED_OWNER 65534

/* find-word.c: where a word stands first, or NULL */
const char *find_word(const char *text, size_t length, const char *word, size_t size);

/* read.c: these give an errno, or 0. At most `size` bytes */
int read_up_to(int descriptor, char *buffer, size_t size, size_t *length);
/* a whole regular file of at most `most` bytes; `bytes` is malloc'ed, and followed by a NUL */
int read_descriptor(int descriptor, size_t most, struct stat *status, char **bytes, size_t *size);
/* the names in a directory that is open, sorted by their bytes on request */
struct name {
	/* as the kernel has it, but known in any case */
	unsigned char type;
	char text[];
};
struct names {
	struct name **table;
	size_t count, room;
	struct block *blocks;
};
#define NO_NAMES ((struct names){ .table = NULL })
int read_names(int descriptor, struct names *names);
bool is_directory(const struct name *name);
/* or each by itself, without a list, by way of a block for records; `type` is as in those, and an errno ends it */
typedef int visit_name(int descriptor, const char *name, unsigned char type, void *context);
int visit_names(int descriptor, char *block, size_t room, visit_name *visit, void *context);
void sort_names(struct names *names);
void free_names(struct names *names);
#define cleanup_names __attribute__((cleanup(free_names)))

/* features.c: by which we become the real runtime; the status to end with, -1 where it shall answer itself */
typedef int become(struct shim *shim);
int answer_features(struct shim *shim, become *become);

/* prefilter.c: whether argv may ask what the runtime can do; whether it may mean a bundle; and whether such a bundle may ask for devices */
bool asks_for_features(int argc, char **argv);
bool edits_a_bundle(int argc, char **argv);
bool may_request(struct shim *shim);
/* whether a document may ask by one of these words, in whatever way JSON spells it; none of them is empty */
#define MOST_MARKER_BYTES 32
bool file_may_hold(struct shim *shim, const char *path, const struct markers *markers);
/* by which of them, or NULL */
const char *bytes_may_ask(const char *bytes, size_t size, const struct markers *markers);
/* whether they do where it was found that they ask by one word already, or NULL */
bool bytes_may_ask_by(const char *bytes, size_t size, const struct markers *markers, const char *found);

/* find-request.c: whether a document that is open, or in memory, has a marker where one can ask, as any runtime reads it */
bool document_asks(int descriptor, const struct markers *markers);
const char *text_asks(const unsigned char *text, size_t length, const struct markers *markers);

/* helper-process.c: whether descriptors or stack are too few for the core; and the status of work that has more of both */
#define CORE_STACK_BYTES ((size_t)2 << 20)
#define NOT_BEGUN (-1)
#define CUT_SHORT (-2)
int work_on_own_stack(int (*work)(void *), struct shim *shim);
bool is_cramped(void);
int work_apart(int (*work)(void *), void *context);
/* whether we are such a child, and our parent is there to learn how we ended */
bool is_waited_for(void);
/* that which becomes the runtime */
pid_t own_process(void);

/* signals.c: holds all signals back, and swallows SIGPIPE and SIGXFSZ of our own making */
struct quiet {
	uint64_t mask, pending;
};
void quiet_begin(struct quiet *quiet);
/* only a write that failed has had a signal sent */
void quiet_end(struct quiet *quiet, bool failed);
/* the kernel's own mask, and that before */
uint64_t mask_signals(uint64_t mask);

/* relocate.c: the tables of the core, or all else; each once, and of no use before */
void relocate(bool of_core);

/* engine.c: runs the core; 0 where the real runtime may be started, else what was wrong is said */
int run_core(struct shim *shim);

/* memory.c */
bool memory_ran_out(void);
void memory_limit(size_t bytes);
size_t memory_limit_mebibytes(void);
/* room for a heap of blocks, each with its size before it; NULL where there is none */
char *memory_room(size_t size);
/* blocks shall come from here, and hold nothing of what was freed */
void memory_begin(char *at, char *end);

/* utf8.c: the length of the character at `at`, or minus the number of bytes that stand for no character */
int utf8_length(const unsigned char *at, const unsigned char *end);
bool utf8_valid(const char *text, size_t length);
/* malloc'ed: what stands for no character has become U+FFFD; NULL when memory ran out */
char *utf8_replaced(const char *text, size_t length, size_t *clean_length);
struct position utf8_position(const char *text, size_t at);

/* json.c: a text as a table of nodes that keeps where each stands */
#define NO_KEY UINT32_MAX
enum json_kind { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };
#define JSON_KINDS (JSON_NULL + 1)
/* Node 0 is the root; children follow their parent in the order of the text. */
struct json_node {
	uint32_t start, end;
	/* the number of the node that follows the last descendant */
	uint32_t next;
	/* where the opening quote of a member's key stands, else NO_KEY */
	uint32_t key;
	uint8_t kind;
};
struct json {
	struct json_node *nodes;
	uint32_t count, room;
};
/* words is NULL when memory ran out */
struct json_problem {
	const char *words;
	size_t at;
};
/* the first value in a text, as any runtime would read it. `nodes` is malloc'ed, whatever the answer */
bool json_parse(const char *text, size_t size, struct json *json, struct json_problem *problem);
/* from inside a string to its next quote, backslash or control character, or the end */
size_t skip_plain(const unsigned char *text, size_t at, size_t size);

static inline bool same_time(struct timespec one, struct timespec other)
{
	return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static inline int64_t milliseconds_between(const struct timespec *from, const struct timespec *to)
{
	return (to->tv_sec - from->tv_sec) * 1000 + (to->tv_nsec - from->tv_nsec) / 1000000;
}

static inline int64_t milliseconds_since(clockid_t clock, const struct timespec *begin)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return milliseconds_between(begin, &now);
}

/* whether it is the same file, with what was in it */
static inline bool same_state(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino && one->st_size == other->st_size &&
	       same_time(one->st_mtim, other->st_mtim) && same_time(one->st_ctim, other->st_ctim);
}

/* for reading what may be anything: never waits on a FIFO or a device, never takes a terminal */
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* Not open(): musl's asks the kernel afterwards whether close-on-exec took effect. */
static inline int open_path(const char *path, int flags)
{
	return openat(AT_FDCWD, path, flags);
}

/* A page of the stack costs a start as much as two calls of the kernel: rare paths keep their buffers to themselves. */
#define in_own_frame __attribute__((noinline))

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
