// Says why nothing was started: on stderr always, and in the runtime's log where the core left word how.
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

#define STALLED_MS 1000

static void write_all(int descriptor, const char *text, size_t length);
static void take_back(int descriptor, ssize_t count);
static size_t escape_json(char *to, size_t size, const char *text);

void say(const struct shim *shim, const char *line)
{
	size_t length = strlen(line);
	char small[2048];
	char *text = length + 2 <= sizeof small ? small : malloc(length + 1);
	struct quiet quiet;
	/* a descriptor 2 that was closed may by now be one of our own files */
	if (!shim->stderr_open)
		return;
	if (text == NULL) {
		text = small;
		length = sizeof small - 1;
	}
	memcpy(text, line, length);
	text[length] = '\n';
	quiet_begin(&quiet);
	write_all(STDERR_FILENO, text, length + 1);
	quiet_end(&quiet);
	if (text != small)
		free(text);
}

static void write_all(int descriptor, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t count = write(descriptor, text, length);
		if (count > 0) {
			text += count;
			length -= (size_t)count;
		} else if (count < 0 && errno == EAGAIN) {
			struct pollfd room = { .fd = descriptor, .events = POLLOUT };
			if (poll(&room, 1, STALLED_MS) <= 0)
				return;
		} else if (count == 0 || errno != EINTR) {
			return;
		}
	}
}

int append_line(const char *path, const char *text, size_t length)
{
	cleanup_close int descriptor =
		openat(AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	return descriptor < 0 ? errno : append_whole(descriptor, text, length);
}

/* By one write, so that lines of several processes don't mix. */
int append_whole(int descriptor, const char *text, size_t length)
{
	struct quiet quiet;
	quiet_begin(&quiet);
	ssize_t count;
	do
		count = write(descriptor, text, length);
	while (count < 0 && errno == EINTR);
	int error = count < 0 ? errno : (size_t)count < length ? ENOSPC : 0;
	if (error != 0)
		take_back(descriptor, count);
	quiet_end(&quiet);
	return error;
}

/* Half a line would spoil all of the log for its reader. The disk may be full amid it. */
static void take_back(int descriptor, ssize_t count)
{
	struct stat status;
	off_t end = lseek(descriptor, 0, SEEK_CUR);
	/* unless somebody has written behind it; if this fails as well, there is nothing more to be done */
	if (count > 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == end)
		(void)ftruncate(descriptor, end - count);
}

void report_crash(const struct shim *shim, const char *sentence, const char *reason)
{
	say(shim, sentence);
	log_reason(shim, reason);
}

/* `reason` is ours: short, one line, UTF-8. */
void log_reason(const struct shim *shim, const char *reason)
{
	char escaped[2 * PROBLEM_BYTES], entry[sizeof escaped + 1024];
	if (shim->crash_log == NULL || shim->crash_log[0] == '\0')
		return;
	struct line log = line_over(entry, sizeof entry);
	line_add(&log, shim->crash_before);
	line_add_bytes(&log, escaped, escape_json(escaped, sizeof escaped, reason));
	line_add(&log, shim->crash_after);
	/* an entry that was cut would spoil the log for its reader */
	if (log.length < log.size - 1)
		append_line(shim->crash_log, entry, log.length);
}

static size_t escape_json(char *to, size_t size, const char *text)
{
	size_t length = 0;
	for (; *text != '\0' && length + 2 <= size; text++) {
		if (*text == '"' || *text == '\\')
			to[length++] = '\\';
		to[length++] = (unsigned char)*text < 0x20 ? '?' : *text;
	}
	return length;
}
