// Runs the core in QuickJS, bounded in memory, stack and time; it may start the real runtime, or gives a reason.
#include <string.h>
#include <time.h>

#include "host.h"

#define DEFAULT_CPU_MS 5000
#define DEFAULT_WALL_MS 60000
#define MESSAGE_BYTES 300

static void say_failure(struct shim *shim, bool done);
static bool run_main(JSContext *js, struct shim *shim);
static void explain_stop(JSContext *js, const struct deadline *deadline, struct line *line);
static void explain_exception(JSContext *js, struct line *line);
static int past_deadline(JSRuntime *runtime, void *opaque);

int run_core(struct shim *shim)
{
	shim->deadline.milliseconds = DEFAULT_CPU_MS;
	shim->deadline.wall = DEFAULT_WALL_MS;
	struct files files = { .table = NULL, .locked = -1 };
	shim->files = &files;
	/*
	 * From here on descriptors stay open, and one of them could take the place of a closed stderr. Where one that is open
	 * already has a higher number, it has not.
	 */
	shim->stderr_open = shim->document.descriptor > STDERR_FILENO || fcntl(STDERR_FILENO, F_GETFD) != -1;
	JSContext *js = wake_core();
	bool done = js != NULL && run_main(js, shim);
	if (done && shim->failure == NULL && shim->runtime[0] != '\0')
		return 0;
	if (shim->failure != NULL) {
		say_failure(shim, done);
		return 1;
	}
	char reason[PROBLEM_BYTES], sentence[2 * PROBLEM_BYTES];
	struct line why = line_over(reason, sizeof reason), line = line_over(sentence, sizeof sentence);
	if (done)
		line_add(&why, shim->problem);
	else
		explain_stop(js, &shim->deadline, &why);
	line_add(&line, done ? "cannot start the real runtime: " : "cannot start the container: ");
	line_add(&line, reason);
	give_up(shim, STOPPED, sentence, reason);
	return 1;
}

/* Whole, however many devices it names. */
static void say_failure(struct shim *shim, bool done)
{
	/* of what it comes to say by itself, only a record that is required may follow the edit */
	const char *tail = done && shim->record.path == NULL ? "" : undo(shim);
	size_t length = strlen(shim->failure);
	char *whole = realloc(shim->failure, length + strlen(tail) + 1);
	if (whole != NULL)
		shim->failure = strcpy(whole + length, tail) - length;
	say(shim, shim->failure);
	/* and that it has recorded, too */
	if (!done)
		record_failure(shim, STOPPED, shim->failure);
}

/* What the engine cannot do on the way, for lack of memory, shows as soon as the core uses what is missing. */
static bool run_main(JSContext *js, struct shim *shim)
{
	JSRuntime *runtime = JS_GetRuntime(js);
	/* the core was loaded on another stack */
	JS_UpdateStackTop(runtime);
	JS_SetMaxStackSize(runtime, shim->stack / 2);
	clock_gettime(CLOCK_MONOTONIC, &shim->deadline.begin);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &shim->deadline.cpu_begin);
	JS_SetInterruptHandler(runtime, past_deadline, &shim->deadline);
	JS_SetContextOpaque(js, shim);
	return !JS_IsException(JS_Call(js, host_begin(js, shim), JS_UNDEFINED, 0, NULL));
}

/*
 * By the processor's time, so that a slow disk or a busy machine stops no one; the clock is for what never ends. Of the
 * processor nobody has had more time than has gone by, which is asked without the kernel.
 */
static int past_deadline(JSRuntime *runtime, void *opaque)
{
	(void)runtime;
	struct deadline *deadline = opaque;
	int64_t gone = milliseconds_since(CLOCK_MONOTONIC, &deadline->begin);
	deadline->passed = gone >= deadline->milliseconds &&
			   milliseconds_since(CLOCK_PROCESS_CPUTIME_ID, &deadline->cpu_begin) >= deadline->milliseconds;
	deadline->wall_passed = gone - deadline->waited >= deadline->wall;
	return deadline->passed || deadline->wall_passed;
}

static void explain_stop(JSContext *js, const struct deadline *deadline, struct line *line)
{
	if (js == NULL || memory_ran_out()) {
		line_format(line, "the core ran out of memory (%zu MiB, limits.memory of the settings)",
			    memory_limit_mebibytes());
	} else if (deadline->passed) {
		line_format(line, "the core took more than %lld ms of the processor (limits.time of the settings)",
			    (long long)deadline->milliseconds);
	} else if (deadline->wall_passed) {
		line_format(line, "the core took longer than %lld ms (limits.wall of the settings)",
			    (long long)deadline->wall);
	} else {
		explain_exception(js, line);
	}
}

static void explain_exception(JSContext *js, struct line *line)
{
	struct text cleanup_text text = text_from(js, JS_GetException(js));
	const char *message = text.bytes == NULL ? "no reason given" : text.bytes;
	if (strstr(message, "stack overflow") != NULL) {
		line_add(line, "the core ran out of stack");
		return;
	}
	size_t length = strnlen(message, MESSAGE_BYTES);
	/* never half a character */
	while (length > 0 && ((unsigned char)message[length] & 0xc0) == 0x80)
		length--;
	char clean[MESSAGE_BYTES];
	for (size_t i = 0; i < length; i++)
		clean[i] = (unsigned char)message[i] < 0x20 || message[i] == 0x7f ? '?' : message[i];
	line_add(line, "the core stopped by an error of its own: ");
	line_add_bytes(line, clean, length);
}
