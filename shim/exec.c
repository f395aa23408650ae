// Becomes the real runtime: same process, same arguments but for argv[0], environment as it was given.
#include <errno.h>

#include "shim.h"

int become_runtime(struct shim *shim)
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

void report_refusal(const struct shim *shim, int error)
{
	char sentence[PROBLEM_BYTES], reason[PROBLEM_BYTES];
	struct line line = line_over(sentence, sizeof sentence), why = line_over(reason, sizeof reason);
	line_add(&line, "cannot start the real runtime ");
	line_quote(&line, shim->runtime);
	line_add(&line, ": ");
	line_add(&line, errno_name(error));
	line_add(&why, "the real runtime ");
	line_quote(&why, shim->runtime);
	line_add(&why, " was refused by the kernel (");
	line_add(&why, errno_name(error));
	line_add(&why, ")");
	report_crash(shim, sentence, reason);
}
