// Holds signals back while a file is half written, and keeps writes of ours from ending the process.
#include <signal.h>
#include <string.h>
#include <time.h>

#include "shim.h"

static void swallow(int number, bool was_pending);

_Static_assert(sizeof(sigset_t) <= sizeof((struct quiet *)0)->mask, "a signal set fits");

void quiet_begin(struct quiet *quiet)
{
	sigset_t all, mask, pending;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	memcpy(quiet->mask, &mask, sizeof mask);
	sigpending(&pending);
	quiet->pipe_pending = sigismember(&pending, SIGPIPE) == 1;
	quiet->size_pending = sigismember(&pending, SIGXFSZ) == 1;
}

void quiet_end(struct quiet *quiet)
{
	sigset_t mask;
	swallow(SIGPIPE, quiet->pipe_pending);
	swallow(SIGXFSZ, quiet->size_pending);
	memcpy(&mask, quiet->mask, sizeof mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* A broken pipe or a file size limit that our own write met is an error value here, not the end. */
static void swallow(int number, bool was_pending)
{
	sigset_t pending, one;
	sigpending(&pending);
	if (was_pending || sigismember(&pending, number) != 1)
		return;
	sigemptyset(&one);
	sigaddset(&one, number);
	sigtimedwait(&one, NULL, &(struct timespec){ 0, 0 });
}
