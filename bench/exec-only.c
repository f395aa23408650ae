// The least that any shim must cost: becomes the runtime whose path it was compiled with, and does nothing else.
#include <unistd.h>

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	argv[0] = RUNTIME;
	execve(RUNTIME, argv, envp);
	return 127;
}
