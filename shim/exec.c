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
