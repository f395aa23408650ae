// Runs the core in QuickJS, bounded in memory, stack and time, and ends in the real runtime or with a reason.
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "host.h"

#define DEADLINE_SECONDS 5
#define STACK_BYTES (1u << 20)
#define MESSAGE_BYTES 300

/* the core, compiled by qjsc */
extern const uint8_t core_bc[];
extern const uint32_t core_bc_size;

struct deadline {
	struct timespec at;
	bool passed;
};

static bool run_script(JSContext *js);
static JSContext *new_context(struct shim *shim, struct deadline *deadline);
static int end_run(struct shim *shim);
static void explain_stop(JSContext *js, const struct deadline *deadline, char *reason, size_t size);
static void explain_exception(JSContext *js, struct line *line);
static int past_deadline(JSRuntime *runtime, void *opaque);

int run_core(struct shim *shim)
{
	struct deadline deadline = { .passed = false };
	struct files files = { NULL, 0, 0 };
	shim->files = &files;
	/* from here on descriptors stay open, and one of them could take the place of a closed stderr */
	shim->stderr_open = fcntl(STDERR_FILENO, F_GETFD) != -1;
	JSContext *js = new_context(shim, &deadline);
	if (js != NULL && run_script(js))
		return end_run(shim);
	if (shim->failure != NULL) {
		say(shim, shim->failure);
		return 1;
	}
	char reason[PROBLEM_BYTES] = "the core ran out of memory (64 MiB)";
	if (js != NULL)
		explain_stop(js, &deadline, reason, sizeof reason);
	char sentence[2 * PROBLEM_BYTES];
	struct line line = line_over(sentence, sizeof sentence);
	line_add(&line, "cannot start the container: ");
	line_add(&line, reason);
	report_crash(shim, sentence, reason);
	return 1;
}

/* The core is done: its word decides. */
static int end_run(struct shim *shim)
{
	char sentence[2 * PROBLEM_BYTES], reason[PROBLEM_BYTES];
	struct line line = line_over(sentence, sizeof sentence), why = line_over(reason, sizeof reason);
	line_add(&line, "cannot start the real runtime");
	if (shim->failure != NULL) {
		say(shim, shim->failure);
	} else if (shim->runtime[0] == '\0') {
		line_add(&line, ": ");
		line_add(&line, shim->problem);
		report_crash(shim, sentence, shim->problem);
	} else {
		const char *error = errno_name(become_runtime(shim));
		line_add(&line, " ");
		line_quote(&line, shim->runtime);
		line_add(&line, ": ");
		line_add(&line, error);
		line_add(&why, "the real runtime ");
		line_quote(&why, shim->runtime);
		line_add(&why, " was refused by the kernel (");
		line_add(&why, error);
		line_add(&why, ")");
		report_crash(shim, sentence, reason);
	}
	return 1;
}

static bool run_script(JSContext *js)
{
	JSValue script = JS_ReadObject(js, core_bc, core_bc_size, JS_READ_OBJ_BYTECODE);
	/* held once more: to free all of the bytecode right before the exec would only take time */
	return !JS_IsException(script) && !JS_IsException(JS_EvalFunction(js, JS_DupValue(js, script)));
}

static void *engine_malloc(JSMallocState *state, size_t size)
{
	(void)state;
	return malloc(size);
}

static void engine_free(JSMallocState *state, void *block)
{
	(void)state;
	free(block);
}

static void *engine_realloc(JSMallocState *state, void *block, size_t size)
{
	(void)state;
	if (size != 0)
		return realloc(block, size);
	free(block);
	return NULL;
}

static size_t engine_usable_size(const void *block)
{
	return malloc_usable_size((void *)(uintptr_t)block);
}

static JSContext *new_context(struct shim *shim, struct deadline *deadline)
{
	static const JSMallocFunctions memory = { engine_malloc, engine_free, engine_realloc, engine_usable_size };
	JSRuntime *runtime = JS_NewRuntime2(&memory, NULL);
	if (runtime == NULL)
		return NULL;
	struct rlimit stack;
	bool known = getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY;
	JS_SetMaxStackSize(runtime, known && stack.rlim_cur / 2 < STACK_BYTES ? stack.rlim_cur / 2 : STACK_BYTES);
	/* a run lasts milliseconds and its memory is bounded: collecting cycles would only cost */
	JS_SetGCThreshold(runtime, (size_t)-1);
	clock_gettime(CLOCK_MONOTONIC, &deadline->at);
	deadline->at.tv_sec += DEADLINE_SECONDS;
	JS_SetInterruptHandler(runtime, past_deadline, deadline);

	JSContext *js = JS_NewContextRaw(runtime);
	if (js == NULL)
		return NULL;
	JS_AddIntrinsicBaseObjects(js);
	JS_AddIntrinsicRegExp(js);
	JS_AddIntrinsicJSON(js);
	JS_AddIntrinsicMapSet(js);
	JS_SetContextOpaque(js, shim);
	host_install(js, shim);
	return js;
}

static int past_deadline(JSRuntime *runtime, void *opaque)
{
	(void)runtime;
	struct deadline *deadline = opaque;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	deadline->passed = now.tv_sec > deadline->at.tv_sec ||
			   (now.tv_sec == deadline->at.tv_sec && now.tv_nsec >= deadline->at.tv_nsec);
	return deadline->passed;
}

static void explain_stop(JSContext *js, const struct deadline *deadline, char *reason, size_t size)
{
	struct line line = line_over(reason, size);
	if (memory_ran_out())
		line_add(&line, "the core ran out of memory (64 MiB)");
	else if (deadline->passed)
		line_add(&line, "the core took longer than 5 s");
	else
		explain_exception(js, &line);
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
