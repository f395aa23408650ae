// Works in a child that shares our memory, but has descriptors and a stack of its own: where ours have no room.
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "shim.h"

/* what the core and its host hold at one time, and some more */
#define DESCRIPTORS 8

struct task {
	int (*work)(void *);
	void *context;
};

/* who waits for us; of ours nobody does */
static pid_t waiting;

static int begin(void *context);

bool is_waited_for(void)
{
	return waiting != 0 && getppid() == waiting;
}

pid_t own_process(void)
{
	return waiting != 0 ? waiting : getpid();
}

static size_t own_stack(void)
{
	struct rlimit limit;
	bool is_small = getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < CORE_STACK_BYTES;
	return is_small ? (size_t)limit.rlim_cur : CORE_STACK_BYTES;
}

bool is_cramped(void)
{
	struct rlimit limit;
	if (own_stack() < CORE_STACK_BYTES)
		return true;
	cleanup_close int next = open_path("/", O_PATH | O_CLOEXEC);
	return next < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0 || (rlim_t)next + DESCRIPTORS > limit.rlim_cur;
}

/*
 * We wait meanwhile, as after vfork; no signal tells of the child's end, and nothing of it is left. Locks on files stay
 * ours, too: what the child closes does not count for them.
 */
int work_apart(int (*work)(void *), void *context)
{
	struct task task = { work, context };
	int status = 0;
	char *stack =
		mmap(NULL, CORE_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return NOT_BEGUN;
	waiting = getpid();
	pid_t child = clone(begin, stack + CORE_STACK_BYTES, CLONE_VM | CLONE_VFORK, &task);
	if (child > 0)
		while (waitpid(child, &status, (int)__WCLONE) < 0 && errno == EINTR)
			;
	waiting = 0;
	munmap(stack, CORE_STACK_BYTES);
	return child < 0 ? NOT_BEGUN : WIFEXITED(status) ? WEXITSTATUS(status) : CUT_SHORT;
}

/* Where there can be no child: the soft limit is raised meanwhile, since the kernel looks at it as the stack grows. */
int work_on_own_stack(int (*work)(void *), struct shim *shim)
{
	struct rlimit given, wide;
	bool is_raised = getrlimit(RLIMIT_STACK, &given) == 0 && given.rlim_cur < CORE_STACK_BYTES;
	if (is_raised) {
		wide = given;
		wide.rlim_cur = given.rlim_max < CORE_STACK_BYTES ? given.rlim_max : CORE_STACK_BYTES;
		setrlimit(RLIMIT_STACK, &wide);
	}
	shim->stack = own_stack();
	int status = work(shim);
	if (is_raised)
		setrlimit(RLIMIT_STACK, &given);
	return status;
}

/*
 * Some of what was handed down has to go. Standard error stays, and what a path such as /dev/fd/63 may mean. The child's
 * limit is its own, but only root may have it beyond the hard one.
 */
static int begin(void *context)
{
	struct task *task = context;
	struct rlimit limit;
	/* whoever ends us ends the process that waits: nothing goes on without it, and that is on record */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || !is_waited_for())
		_exit(1);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur += DESCRIPTORS;
		limit.rlim_max = limit.rlim_max < limit.rlim_cur ? limit.rlim_cur : limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	for (int descriptor = STDERR_FILENO + 1; descriptor < STDERR_FILENO + DESCRIPTORS; descriptor++)
		close(descriptor);
	return task->work(task->context);
}
