// Runs a program until it becomes another one, and prints its peak memory in KiB at that moment: an exec resets it.
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool stops_before_exec(pid_t child);
static long peak_kib(pid_t child);

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	pid_t child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	int status;
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return 1;
	ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	/* the first exec is our own child's, the second one the program's */
	long peak = stops_before_exec(child) && stops_before_exec(child) ? peak_kib(child) : -1;
	if (peak < 0) {
		fprintf(stderr, "%s ended without becoming another program\n", argv[1]);
		return 1;
	}
	printf("%ld\n", peak);
	kill(child, SIGKILL);
	return 0;
}

/* Lets the child run until it enters execve. */
static bool stops_before_exec(pid_t child)
{
	struct __ptrace_syscall_info call;
	int status;
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
			return false;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) > 0 &&
		    call.op == PTRACE_SYSCALL_INFO_ENTRY && call.entry.nr == SYS_execve)
			return true;
	}
}

static long peak_kib(pid_t child)
{
	char path[64], line[256];
	long peak = -1;
	snprintf(path, sizeof path, "/proc/%d/status", (int)child);
	FILE *file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			sscanf(line + 6, "%ld", &peak);
	if (file != NULL)
		fclose(file);
	return peak;
}
