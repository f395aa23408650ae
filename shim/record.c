// The audit of one run: lines by one descriptor, which stays open until the exec, and the line that no core can write.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "shim.h"

#define TIME_BYTES sizeof "1970-01-01T00:00:00.000Z"
/* for what a handler does, where the stack itself may be what ran out */
#define HANDLER_BYTES ((size_t)32 << 10)

static int open_file(const char *path, struct stat *status);
static int write_record(struct shim *shim, const char *text, size_t length);
static int open_record(struct shim *shim);
static int make_durable(const struct audit *record);
static void await_signals(struct shim *shim);
static void note_signal(int number);
static void write_time(char text[TIME_BYTES]);

int append_to_log(const char *path, const char *text, size_t length)
{
	struct stat status;
	cleanup_close int descriptor = open_file(path, &status);
	if (descriptor < 0)
		return errno;
	char *cleanup_free escaped = escape_steering(text, &length);
	return append_whole(descriptor, escaped == NULL ? text : escaped, length);
}

/* By another name, which whoever has the folder may give it, a file may be anybody's: root's, for one. */
static int open_file(const char *path, struct stat *status)
{
	int descriptor = open_log(path);
	if (descriptor < 0)
		return -1;
	int error = fstat(descriptor, status) != 0 ? errno
		    : !S_ISREG(status->st_mode)    ? ENOTREGULAR
		    : status->st_nlink > 1         ? EMLINK
						   : 0;
	if (error == 0)
		return descriptor;
	close(descriptor);
	errno = error;
	return -1;
}

void begin_record(struct shim *shim, char *path, char *before)
{
	struct audit *record = &shim->record;
	free(record->path);
	free(record->before);
	size_t length = strlen(before);
	char *escaped = escape_steering(before, &length);
	record->path = path;
	record->before = escaped == NULL ? before : escaped;
	if (escaped != NULL)
		free(before);
	record->descriptor = -1;
	await_signals(shim);
}

int append_record(struct shim *shim, const char *text, size_t length, bool durable)
{
	if (shim->record.path == NULL)
		return EBADF;
	char *cleanup_free escaped = escape_steering(text, &length);
	int error = write_record(shim, escaped == NULL ? text : escaped, length);
	return error == 0 && durable ? make_durable(&shim->record) : error;
}

/* Without memory of its own: a handler of signals comes here, too. */
static int write_record(struct shim *shim, const char *text, size_t length)
{
	int error = shim->record.descriptor < 0 ? open_record(shim) : 0;
	return error == 0 ? append_whole(shim->record.descriptor, text, length) : error;
}

void leave_record(struct shim *shim)
{
	shim->record.descriptor = -1;
}

bool close_record(struct shim *shim)
{
	if (shim->record.descriptor < 0)
		return false;
	close(shim->record.descriptor);
	leave_record(shim);
	return true;
}

static int open_record(struct shim *shim)
{
	struct audit *record = &shim->record;
	struct stat status;
	int descriptor = open_file(record->path, &status);
	if (descriptor < 0)
		return errno;
	record->is_new = status.st_size == 0;
	record->descriptor = descriptor;
	return 0;
}

/* Of a new file the name has to last, too, and the file system may keep it elsewhere. */
static int make_durable(const struct audit *record)
{
	if (fdatasync(record->descriptor) != 0)
		return errno;
	char directory[PATH_MAX];
	const char *slash = strrchr(record->path, '/');
	if (!record->is_new || slash == NULL)
		return 0;
	size_t length = slash == record->path ? 1 : (size_t)(slash - record->path);
	memcpy(directory, record->path, length);
	directory[length] = '\0';
	cleanup_close int descriptor = open_path(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return descriptor < 0 || fsync(descriptor) != 0 ? errno : 0;
}

void record_failure(struct shim *shim, const char *code, const char *message)
{
	char escaped[2 * PROBLEM_BYTES], time[TIME_BYTES];
	/* static, since a handler may have little stack; its text is bounded by the core */
	static char entry[RECORD_BYTES];
	const struct audit *record = &shim->record;
	if (record->path == NULL)
		return;
	write_time(time);
	escape_json(escaped, sizeof escaped, message);
	struct line line = line_over(entry, sizeof entry);
	line_format(&line, "{\"time\":\"%s%s%s\",\"message\":\"%s\"}}\n", time, record->before, code, escaped);
	/* what was cut would spoil the audit for its reader */
	if (line.length < line.size - 1)
		write_record(shim, entry, line.length);
}

/* A handler is told nothing but a number. */
static struct shim *awaiting;

/*
 * Whoever ends us by a signal that has not been ignored is on record. The exec puts the default action back: it was the
 * one before.
 */
static void await_signals(struct shim *shim)
{
	/* all that end a process by default, but for those of real time, and the one that nothing can await */
	static const int numbers[] = {
		SIGHUP,  SIGINT,  SIGQUIT, SIGILL,    SIGTRAP, SIGABRT, SIGBUS,    SIGFPE,  SIGUSR1, SIGSEGV, SIGUSR2,
		SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGSYS,
	};
	static char stack[HANDLER_BYTES];
	if (awaiting != NULL)
		return;
	awaiting = shim;
	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
	struct sigaction ours = { .sa_handler = note_signal, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND }, before;
	sigfillset(&ours.sa_mask);
	/* what is ignored is so again before anything arrives; and musl's sigaction() lets through signals of its own */
	uint64_t held = mask_signals(~(uint64_t)0);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		/* what is held back ends no one; to ignore it once more would take away one that is waiting */
		if ((held >> (numbers[i] - 1) & 1) == 0 && sigaction(numbers[i], &ours, &before) == 0 &&
		    before.sa_handler != SIG_DFL)
			sigaction(numbers[i], &before, NULL);
	mask_signals(held);
}

static void note_signal(int number)
{
	char message[PROBLEM_BYTES];
	struct line line = line_over(message, sizeof message);
	line_format(&line, "cannot start the container: signal %d ended the core%s", number,
		    awaiting->replaced != NULL ? STAYS : "");
	/* who waits for work apart says more, and puts the document back */
	if (!is_waited_for())
		record_failure(awaiting, "STOPPED", message);
	/*
	 * Held back until the handler returns, and nothing of ours awaits it any more. Not by raise(), which in work apart
	 * means the process that waits for it.
	 */
	kill(getpid(), number);
}

static void write_time(char text[TIME_BYTES])
{
	struct timespec now;
	struct tm utc;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	struct line line = line_over(text, TIME_BYTES);
	line_format(&line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
		    utc.tm_hour, utc.tm_min, utc.tm_sec, (int)(now.tv_nsec / 1000000));
}
