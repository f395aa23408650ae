// Runs a list of programs in rounds and prints what each run took: `rounds N <PLAN`, lines of `NAME NANOSECONDS`.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_PROGRAMS 64
#define MOST_WORDS 64
#define MOST_TEXT (1 << 20)

/*
 * A plan has one word and its value a line. `run NAME` begins a program, the rest tell of it:
 *   cwd PATH, env NAME=VALUE, arg WORD  what is run, and where
 *   write PATH, with FILE               a file that is made again before each run, and what is in it
 *   then WORD                           a command that cleans up afterwards
 */
struct program {
	const char *name, *cwd, *target;
	char *env[MOST_WORDS], *args[MOST_WORDS], *then[MOST_WORDS];
	char *content;
	size_t size;
};

struct plan {
	struct program programs[MOST_PROGRAMS];
	int count;
	char text[MOST_TEXT];
};

static void read_plan(struct plan *plan);
static void note(struct program *program, const char *word, char *value);
static char *read_file(const char *path, size_t *size);
static FILE *keep_results_apart(void);
static bool run_one(const struct program *program, FILE *results);
static void restore(const struct program *program);
static int spawn(char *const *args, char *const *env, int *status);
static void stop(const char *what, const char *which);

int main(int argc, char **argv)
{
	static struct plan plan;
	int rounds = argc == 2 ? atoi(argv[1]) : 0;
	if (rounds < 1)
		stop("give the number of rounds", "");
	read_plan(&plan);
	FILE *results = keep_results_apart();
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < plan.count; i++)
			/* there and back, so that no one always comes after the same one */
			if (!run_one(&plan.programs[round % 2 == 0 ? i : plan.count - 1 - i], results))
				return 1;
	return fclose(results) == 0 ? 0 : 1;
}

/* Programs that are run find an empty input, and no one listens to them but on stderr. */
static FILE *keep_results_apart(void)
{
	int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	FILE *results = kept < 0 ? NULL : fdopen(kept, "w");
	if (results == NULL || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
		stop("cannot open", "/dev/null");
	return results;
}

static void read_plan(struct plan *plan)
{
	size_t size = fread(plan->text, 1, sizeof plan->text - 1, stdin);
	char *rest = plan->text;
	plan->text[size] = '\0';
	for (char *line; (line = strsep(&rest, "\n")) != NULL && rest != NULL;) {
		char *value = strchr(line, ' ');
		if (value == NULL)
			stop("no value in the line", line);
		*value++ = '\0';
		if (strcmp(line, "run") == 0) {
			if (plan->count == MOST_PROGRAMS)
				stop("too many programs", value);
			plan->programs[plan->count++].name = value;
		} else if (plan->count > 0) {
			note(&plan->programs[plan->count - 1], line, value);
		}
	}
}

static void add(char **list, char *value)
{
	int count = 0;
	while (list[count] != NULL)
		if (++count == MOST_WORDS - 1)
			stop("too many words", value);
	list[count] = value;
}

static void note(struct program *program, const char *word, char *value)
{
	if (strcmp(word, "cwd") == 0)
		program->cwd = value;
	else if (strcmp(word, "write") == 0)
		program->target = value;
	else if (strcmp(word, "with") == 0)
		program->content = read_file(value, &program->size);
	else if (strcmp(word, "env") == 0)
		add(program->env, value);
	else if (strcmp(word, "arg") == 0)
		add(program->args, value);
	else if (strcmp(word, "then") == 0)
		add(program->then, value);
	else
		stop("unknown word in the plan", word);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	char *content = malloc(MOST_TEXT);
	if (file == NULL || content == NULL)
		stop("cannot read", path);
	*size = fread(content, 1, MOST_TEXT, file);
	fclose(file);
	return content;
}

static bool run_one(const struct program *program, FILE *results)
{
	struct timespec begin, end;
	int status = 0, cleaned = 0;
	if (chdir(program->cwd) != 0)
		stop("cannot go to", program->cwd);
	if (program->target != NULL)
		restore(program);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	int error = spawn(program->args, program->env, &status);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (error == 0 && program->then[0] != NULL)
		error = spawn(program->then, program->env, &cleaned);
	if (error != 0 || status != 0 || cleaned != 0) {
		fprintf(stderr, "%s: error %d, status %#x, clean-up %#x\n", program->name, error, (unsigned)status, (unsigned)cleaned);
		return false;
	}
	long long took = (end.tv_sec - begin.tv_sec) * 1000000000LL + (end.tv_nsec - begin.tv_nsec);
	fprintf(results, "%s %lld\n", program->name, took);
	return true;
}

/* A new file each time, as an engine makes it. */
static void restore(const struct program *program)
{
	unlink(program->target);
	int descriptor = open(program->target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (descriptor < 0 || write(descriptor, program->content, program->size) != (ssize_t)program->size)
		stop("cannot write", program->target);
	close(descriptor);
}

static int spawn(char *const *args, char *const *env, int *status)
{
	pid_t child;
	int error = posix_spawn(&child, args[0], NULL, NULL, args, env);
	while (error == 0 && waitpid(child, status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return error;
}

static void stop(const char *what, const char *which)
{
	fprintf(stderr, "rounds: %s %s\n", what, which);
	exit(2);
}
