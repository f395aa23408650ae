// Entry of the shim: becomes the real runtime at once, unless a bundle may ask for devices.
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

#include "shim.h"

#define REFUSED "%s was refused by the kernel (%s)"

struct ending {
	struct shim *shim;
	const char *code, *sentence, *reason;
};

static void note_start(struct shim *shim);
static int become_runtime(struct shim *shim);
static void note_refusal(struct shim *shim, int error);
static void report_refusal(struct shim *shim, int error);
static int run_core_with_room(struct shim *shim);
static int core(void *shim);
static void give_up_with_room(struct shim *shim, const char *code, const char *sentence, const char *reason);
static int end(void *context);

int main(int argc, char **argv, char **envp)
{
	/* static, so that its large buffers cost nothing until they are used, whatever the stack limit */
	static struct shim shim;
	shim.argc = argc;
	shim.argv = argv;
	shim.envp = envp;
	shim.stderr_open = true;
	note_start(&shim);

	if (getauxval(AT_SECURE) != 0) {
		say(&shim, "cannot run cdi-runtime set-uid, set-gid or with file capabilities");
		return 1;
	}
	bool edits = edits_a_bundle(argc, argv), features = asks_for_features(argc, argv);
	shim.with_own = edits || features;
	find_runtime(&shim);
	bool for_core = (edits && may_request(&shim)) || features;
	if (shim.runtime[0] != '\0' && !for_core)
		note_refusal(&shim, become_runtime(&shim));
	relocate(true);
	if (run_core_with_room(&shim) != 0)
		return 1;
	int status = shim.unsafe_annotations != NULL ? answer_features(&shim, become_runtime) : -1;
	if (status == -1)
		report_refusal(&shim, become_runtime(&shim));
	return status == -1 ? 1 : status;
}

static int run_core_with_room(struct shim *shim)
{
	static const char reason[] = "the core was cut short";
	shim->stack = CORE_STACK_BYTES;
	bool apart = is_cramped();
	/* what is open here is not there */
	if (apart && shim->document.bytes != NULL) {
		close(shim->document.descriptor);
		shim->document.descriptor = -1;
	}
	int status = apart ? work_apart(core, shim) : core(shim);
	if (status == NOT_BEGUN)
		status = work_on_own_stack(core, shim);
	if (apart)
		leave_record(shim);
	if (status == CUT_SHORT)
		give_up_with_room(shim, STOPPED, "cannot start the container: the core was cut short", reason);
	return status;
}

/* To put a document back takes as much room as to edit it. */
static void give_up_with_room(struct shim *shim, const char *code, const char *sentence, const char *reason)
{
	struct ending ending = { shim, code, sentence, reason };
	bool apart = is_cramped();
	/* which closes what is open here */
	if (apart)
		leave_record(shim);
	if (!apart || work_apart(end, &ending) == NOT_BEGUN)
		end(&ending);
}

static int end(void *context)
{
	const struct ending *ending = context;
	give_up(ending->shim, ending->code, ending->sentence, ending->reason);
	return 1;
}

static int core(void *shim)
{
	return run_core(shim);
}

static void note_start(struct shim *shim)
{
	static const char numbered[] = "/dev/fd/";
	const char *name = (const char *)getauxval(AT_EXECFN);
	shim->started_as = shim->own_path = name;
	if (name != NULL && strncmp(name, numbered, sizeof numbered - 1) != 0)
		return;
	/* started by a descriptor, which may be closed by now: the name is known only where it was one in a folder */
	shim->own_path = "/proc/self/exe";
	if (name == NULL || strchr(name + sizeof numbered - 1, '/') == NULL)
		shim->started_as = shim->argc == 0 ? "" : shim->argv[0];
}

/* Same process, same arguments but for argv[0], environment as it was given. Returns only an errno. */
static int become_runtime(struct shim *shim)
{
	/* old kernels allow an empty argv, which has no argv[0] to replace */
	char *alone[] = { shim->runtime, NULL };
	char **argv = shim->argc > 0 ? shim->argv : alone;
	char *own = argv[0];
	argv[0] = shim->runtime;
	execve(shim->runtime, argv, shim->envp);
	int error = errno;
	argv[0] = own;
	return error;
}

/* The core reports it, since only the core knows which log the runtime would have used. */
static void note_refusal(struct shim *shim, int error)
{
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_format(&problem, REFUSED, quote(shim->runtime).text, errno_name(error));
}

/* After the outcome has been recorded: an exec that works cannot be told by who is gone then. */
static void report_refusal(struct shim *shim, int error)
{
	char sentence[PROBLEM_BYTES], reason[PROBLEM_BYTES];
	struct line line = line_over(sentence, sizeof sentence), why = line_over(reason, sizeof reason);
	struct quoted runtime = quote(shim->runtime);
	line_format(&line, "cannot start the real runtime %s: %s", runtime.text, errno_name(error));
	line_format(&why, "the real runtime " REFUSED, runtime.text, errno_name(error));
	give_up_with_room(shim, "NO_RUNTIME", sentence, reason);
}
