// Answers `features` as the real runtime does, which runs as our child meanwhile, and adds to what it calls unsafe.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "shim.h"

#define ANSWER_BYTES (1u << 20)
#define ADDED_BYTES (64u << 10)

static const char key[] = "\"potentiallyUnsafeConfigAnnotations\"";

/* A part of a text. */
struct span {
	const char *text;
	size_t length;
};

/* What goes into an answer: from one offset to another it is replaced by a text. */
struct change {
	size_t from, to;
	struct line text;
};

static pid_t ask_runtime(struct shim *shim, become *become, int to, const struct sigaction *child_ends);
static int read_answer(int from, char *answer, size_t *length, bool *whole);
static int give(const char *text, size_t length);
static int give_changed(const struct shim *shim, const char *answer, size_t length);
static bool find_change(const char *answer, const struct json *json, const char *entries, struct change *change);
static void add_to_list(const char *answer, const struct json *json, uint32_t list, const char *entries,
			struct change *change);
static void write_list(const char *entries, struct span gap, struct line *text);
static bool has(const char *answer, const struct json *json, uint32_t list, struct span entry);
static int end_like(int status);

/*
 * The status with which to end; -1 where the runtime was not asked, so that it has to answer by itself. It is what
 * the caller would get from it: its answer too, where that is no JSON, or is one that we cannot add to.
 */
int answer_features(struct shim *shim, become *become)
{
	/* some more, so that a key can be compared wherever it stands */
	static char answer[ANSWER_BYTES + sizeof key];
	struct sigaction before, usual = { .sa_handler = SIG_DFL };
	int ends[2], status;
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0 || pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	/* who ignores SIGCHLD gets no status */
	sigaction(SIGCHLD, &usual, &before);
	pid_t child = ask_runtime(shim, become, ends[1], &before);
	close(ends[1]);
	size_t length = 0;
	bool whole = true;
	int error = child < 0 ? 0 : read_answer(ends[0], answer, &length, &whole);
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	sigaction(SIGCHLD, &before, NULL);
	if (child < 0)
		return -1;
	bool good = whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (error == 0)
		error = good ? give_changed(shim, answer, length) : give(answer, length);
	if (error == 0)
		return end_like(status);
	char sentence[PROBLEM_BYTES];
	struct line line = line_over(sentence, sizeof sentence);
	line_format(&line, "cannot write what the real runtime answers: %s", errno_name(error));
	say(shim, sentence);
	return 1;
}

/* Its output goes to us, all else is as it would be without us; it ends when we are killed. */
static pid_t ask_runtime(struct shim *shim, become *become, int to, const struct sigaction *child_ends)
{
	static volatile bool failed;
	pid_t self = getpid(), child = vfork();
	if (child != 0) {
		while (failed && child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		return failed ? -1 : child;
	}
	if (sigaction(SIGCHLD, child_ends, NULL) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == self &&
	    dup2(to, STDOUT_FILENO) == STDOUT_FILENO)
		become(shim);
	failed = true;
	_exit(1);
}

/* What is too long to be an answer is given as it comes. */
static int read_answer(int from, char *answer, size_t *length, bool *whole)
{
	for (;;) {
		ssize_t count = read(from, answer + *length, ANSWER_BYTES - *length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 ? errno : 0;
		*length += (size_t)count;
		if (*length < ANSWER_BYTES)
			continue;
		int error = give(answer, *length);
		if (error != 0)
			return error;
		*length = 0;
		*whole = false;
	}
}

/* A pipe of the caller's may be one that does not wait. */
static int give(const char *text, size_t length)
{
	while (length > 0) {
		struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };
		ssize_t count = write(STDOUT_FILENO, text, length);
		if (count < 0 && errno == EAGAIN)
			poll(&room, 1, -1);
		else if (count < 0 && errno != EINTR)
			return errno;
		if (count > 0) {
			text += count;
			length -= (size_t)count;
		}
	}
	return 0;
}

/* Engines read it more strictly than runtimes read a document. */
static bool ends_at(const char *answer, size_t at, size_t length)
{
	while (at < length && memchr(" \t\r\n", answer[at], 4) != NULL)
		at++;
	return at == length;
}

static int give_changed(const struct shim *shim, const char *answer, size_t length)
{
	static char added[ADDED_BYTES];
	struct change change = { 0, 0, line_over(added, sizeof added) };
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	bool readable = json_parse(answer, length, &json, &problem) && utf8_valid(answer, length);
	struct json_node *cleanup_free nodes = json.nodes;
	if (!readable || nodes == NULL || !ends_at(answer, nodes->end, length) ||
	    !find_change(answer, &json, shim->unsafe_annotations, &change) || change.text.length == sizeof added - 1)
		return give(answer, length);
	int error = give(answer, change.from);
	if (error == 0)
		error = give(added, change.text.length);
	return error == 0 ? give(answer + change.to, length - change.to) : error;
}

static struct span span_of(const char *answer, size_t from, size_t to)
{
	return (struct span){ answer + from, to - from };
}

/* The list grows, or is made as the last member; white space is as around the first one. */
static bool find_change(const char *answer, const struct json *json, const char *entries, struct change *change)
{
	const struct json_node *nodes = json->nodes;
	uint32_t list = 0, last = 0;
	if (nodes[0].kind != JSON_OBJECT || json->count < 2)
		return false;
	for (uint32_t member = 1; member < nodes[0].next; member = nodes[member].next) {
		last = member;
		if (memcmp(answer + nodes[member].key, key, sizeof key - 1) != 0)
			continue;
		if (list != 0)
			return false;
		list = member;
	}
	struct span gap = span_of(answer, nodes[0].start + 1, nodes[1].key);
	if (list != 0 && nodes[list].kind == JSON_ARRAY && nodes[list].next > list + 1) {
		add_to_list(answer, json, list, entries, change);
		return true;
	}
	if (list != 0) {
		change->from = nodes[list].start;
		change->to = nodes[list].end;
		write_list(entries, gap, &change->text);
		return nodes[list].kind == JSON_ARRAY || nodes[list].kind == JSON_NULL;
	}
	size_t value = nodes[1].start, colon = value;
	while (answer[colon - 1] != ':')
		colon--;
	change->from = change->to = nodes[last].end;
	line_add(&change->text, ",");
	line_add_bytes(&change->text, gap.text, gap.length);
	line_add(&change->text, key);
	line_add_bytes(&change->text, answer + colon - 1, value - colon + 1);
	write_list(entries, gap, &change->text);
	return true;
}

/* Each entry on a line of its own. */
static struct span next_entry(const char **entries)
{
	struct span entry = { *entries, strcspn(*entries, "\n") };
	*entries += entry.length + ((*entries)[entry.length] == '\n');
	return entry;
}

static void add_to_list(const char *answer, const struct json *json, uint32_t list, const char *entries,
			struct change *change)
{
	const struct json_node *nodes = json->nodes;
	struct span gap = span_of(answer, nodes[list].start + 1, nodes[list + 1].start);
	uint32_t last = list + 1;
	while (nodes[last].next < nodes[list].next)
		last = nodes[last].next;
	change->from = change->to = nodes[last].end;
	while (*entries != '\0') {
		struct span entry = next_entry(&entries);
		if (has(answer, json, list, entry))
			continue;
		line_add(&change->text, ",");
		line_add_bytes(&change->text, gap.text, gap.length);
		line_add_bytes(&change->text, entry.text, entry.length);
	}
}

static bool has(const char *answer, const struct json *json, uint32_t list, struct span entry)
{
	const struct json_node *nodes = json->nodes;
	for (uint32_t at = list + 1; at < nodes[list].next; at = nodes[at].next)
		if (nodes[at].end - nodes[at].start == entry.length &&
		    memcmp(answer + nodes[at].start, entry.text, entry.length) == 0)
			return true;
	return false;
}

/* The gap before a member of the answer is one step of its indentation. */
static void write_list(const char *entries, struct span gap, struct line *text)
{
	bool lines = gap.length > 0 && gap.text[0] == '\n';
	const char *before = "[";
	while (*entries != '\0') {
		struct span entry = next_entry(&entries);
		line_add(text, before);
		if (lines) {
			line_add_bytes(text, gap.text, gap.length);
			line_add_bytes(text, gap.text + 1, gap.length - 1);
		}
		line_add_bytes(text, entry.text, entry.length);
		before = ",";
	}
	if (lines)
		line_add_bytes(text, gap.text, gap.length);
	line_add(text, "]");
}

/* A runtime that was killed by a signal looks as if we were it. */
static int end_like(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	int number = WTERMSIG(status);
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t only;
	sigemptyset(&only);
	sigaddset(&only, number);
	sigaction(number, &usual, NULL);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	raise(number);
	return 128 + number;
}
