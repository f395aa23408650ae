// Holds signals back while a file is half written, and keeps writes of ours from ending the process.
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "shim.h"

static uint64_t pending_signals(void);
static uint64_t bit_of(int number);

#define OURS (bit_of(SIGPIPE) | bit_of(SIGXFSZ))

void quiet_begin(struct quiet *quiet)
{
	quiet->mask = mask_signals(~(uint64_t)0);
	/* what nobody has held back before cannot be waiting */
	quiet->pending = (quiet->mask & OURS) == 0 ? 0 : pending_signals();
}

/* A broken pipe or a file size limit that our own write met is an error value here, not the end. */
void quiet_end(struct quiet *quiet, bool failed)
{
	uint64_t swallowed = failed ? pending_signals() & ~quiet->pending & OURS : 0;
	for (struct timespec now = { 0, 0 }; swallowed != 0; swallowed &= swallowed - 1)
		syscall(SYS_rt_sigtimedwait, &swallowed, NULL, &now, sizeof swallowed);
	mask_signals(quiet->mask);
}

/* The mask before. Not by sigprocmask, which leaves out musl's own signals: others may have blocked them. */
uint64_t mask_signals(uint64_t mask)
{
	uint64_t before = 0;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &before, sizeof mask);
	return before;
}

static uint64_t pending_signals(void)
{
	uint64_t pending = 0;
	syscall(SYS_rt_sigpending, &pending, sizeof pending);
	return pending;
}

static uint64_t bit_of(int number)
{
	return (uint64_t)1 << (number - 1);
}
