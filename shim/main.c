// Entry of the shim: becomes the real runtime at once, unless a bundle may ask for devices.
#include <string.h>
#include <sys/auxv.h>

#include "shim.h"

static void note_start(struct shim *shim);
static void note_refusal(struct shim *shim, int error);

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
	find_runtime(&shim);
	if (shim.runtime[0] != '\0' && (!edits_a_bundle(argc, argv) || !may_request(argc, argv)))
		note_refusal(&shim, become_runtime(&shim));
	return run_core(&shim);
}

static void note_start(struct shim *shim)
{
	const char *name = (const char *)getauxval(AT_EXECFN);
	shim->own_path = name;
	/* fexecve: the name says nothing of the link by which we were found */
	if (name == NULL || strncmp(name, "/dev/fd/", 8) == 0) {
		name = shim->argv[0] == NULL ? "" : shim->argv[0];
		shim->own_path = "/proc/self/exe";
	}
	shim->started_as = name;
}

/* The core reports it, since only the core knows which log the runtime would have used. */
static void note_refusal(struct shim *shim, int error)
{
	struct line problem = line_over(shim->problem, sizeof shim->problem);
	line_quote(&problem, shim->runtime);
	line_add(&problem, " was refused by the kernel (");
	line_add(&problem, errno_name(error));
	line_add(&problem, ")");
}
