// What the shim says: lines of text, the kernel's errors by name, standard error, and the runtime's log.
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "shim.h"

#define STALLED_MS 1000

#define NAME_BYTES sizeof "EPROTONOSUPPORT"
#define NAME(error) [error] = #error
/* else each would have a line of its own: clang-format cannot see that they are alike */
/* clang-format off */
/* of one size, so that none of them has to be relocated at a start */
static const char names[][NAME_BYTES] = {
	NAME(EPERM), NAME(ENOENT), NAME(ESRCH), NAME(EINTR), NAME(EIO), NAME(ENXIO), NAME(E2BIG), NAME(ENOEXEC),
	NAME(EBADF), NAME(ECHILD), NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT), NAME(ENOTBLK), NAME(EBUSY),
	NAME(EEXIST), NAME(EXDEV), NAME(ENODEV), NAME(ENOTDIR), NAME(EISDIR), NAME(EINVAL), NAME(ENFILE),
	NAME(EMFILE), NAME(ENOTTY), NAME(ETXTBSY), NAME(EFBIG), NAME(ENOSPC), NAME(ESPIPE), NAME(EROFS), NAME(EMLINK),
	NAME(EPIPE), NAME(EDOM), NAME(ERANGE), NAME(EDEADLK), NAME(ENAMETOOLONG), NAME(ENOLCK), NAME(ENOSYS),
	NAME(ENOTEMPTY), NAME(ELOOP), NAME(ENOMSG), NAME(EIDRM), NAME(ECHRNG), NAME(EL2NSYNC), NAME(EL3HLT),
	NAME(EL3RST), NAME(ELNRNG), NAME(EUNATCH), NAME(ENOCSI), NAME(EL2HLT), NAME(EBADE), NAME(EBADR), NAME(EXFULL),
	NAME(ENOANO), NAME(EBADRQC), NAME(EBADSLT), NAME(EBFONT), NAME(ENOSTR), NAME(ENODATA), NAME(ETIME),
	NAME(ENOSR), NAME(ENONET), NAME(ENOPKG), NAME(EREMOTE), NAME(ENOLINK), NAME(EADV), NAME(ESRMNT), NAME(ECOMM),
	NAME(EPROTO), NAME(EMULTIHOP), NAME(EDOTDOT), NAME(EBADMSG), NAME(EOVERFLOW), NAME(ENOTUNIQ), NAME(EBADFD),
	NAME(EREMCHG), NAME(ELIBACC), NAME(ELIBBAD), NAME(ELIBSCN), NAME(ELIBMAX), NAME(ELIBEXEC), NAME(EILSEQ),
	NAME(ERESTART), NAME(ESTRPIPE), NAME(EUSERS), NAME(ENOTSOCK), NAME(EDESTADDRREQ), NAME(EMSGSIZE),
	NAME(EPROTOTYPE), NAME(ENOPROTOOPT), NAME(EPROTONOSUPPORT), NAME(ESOCKTNOSUPPORT), NAME(EOPNOTSUPP),
	NAME(EPFNOSUPPORT), NAME(EAFNOSUPPORT), NAME(EADDRINUSE), NAME(EADDRNOTAVAIL), NAME(ENETDOWN),
	NAME(ENETUNREACH), NAME(ENETRESET), NAME(ECONNABORTED), NAME(ECONNRESET), NAME(ENOBUFS), NAME(EISCONN),
	NAME(ENOTCONN), NAME(ESHUTDOWN), NAME(ETOOMANYREFS), NAME(ETIMEDOUT), NAME(ECONNREFUSED), NAME(EHOSTDOWN),
	NAME(EHOSTUNREACH), NAME(EALREADY), NAME(EINPROGRESS), NAME(ESTALE), NAME(EUCLEAN), NAME(ENOTNAM),
	NAME(ENAVAIL), NAME(EISNAM), NAME(EREMOTEIO), NAME(EDQUOT), NAME(ENOMEDIUM), NAME(EMEDIUMTYPE),
	NAME(ECANCELED), NAME(ENOKEY), NAME(EKEYEXPIRED), NAME(EKEYREVOKED), NAME(EKEYREJECTED), NAME(EOWNERDEAD),
	NAME(ENOTRECOVERABLE), NAME(ERFKILL), NAME(EHWPOISON),
};
/* clang-format on */

static void write_all(int descriptor, const char *text, size_t length);
static int append_once(int descriptor, const char *text, size_t length);
static void take_back(int descriptor, ssize_t count);

struct line line_over(char *text, size_t size)
{
	text[0] = '\0';
	return (struct line){ text, size, 0 };
}

void line_add(struct line *line, const char *text)
{
	line_add_bytes(line, text, strlen(text));
}

void line_add_bytes(struct line *line, const char *text, size_t length)
{
	size_t room = line->size - 1 - line->length;
	size_t taken = length < room ? length : room;
	memcpy(line->text + line->length, text, taken);
	line->length += taken;
	line->text[line->length] = '\0';
}

void line_format(struct line *line, const char *format, ...)
{
	va_list values;
	size_t room = line->size - line->length;
	va_start(values, format);
	int length = vsnprintf(line->text + line->length, room, format, values);
	va_end(values);
	if (length > 0)
		line->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* How many bytes at the start of a text are a character that steers a terminal: those of src/text/steering.ts. */
static size_t count_steering(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	switch (at[0]) {
	case 0x7f:
		return 1;
	case 0xc2:
		return at[1] >= 0x80 && at[1] <= 0x9f ? 2 : 0;
	case 0xd8:
		return at[1] == 0x9c ? 2 : 0;
	case 0xe2: {
		bool is_mark = at[1] == 0x80 && ((at[2] >= 0x8b && at[2] <= 0x8f) || (at[2] >= 0xa8 && at[2] <= 0xae));
		return is_mark || (at[1] == 0x81 && at[2] >= 0xa0 && at[2] <= 0xa9) ? 3 : 0;
	}
	case 0xef:
		return at[1] == 0xbb && at[2] == 0xbf ? 3 : 0;
	default:
		return 0;
	}
}

static unsigned number_of(const char *character, size_t bytes)
{
	const unsigned char *at = (const unsigned char *)character;
	return bytes == 1   ? at[0]
	       : bytes == 2 ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
			    : (at[0] & 0xfu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
}

char *escape_steering(const char *json, size_t *length)
{
	size_t more = 0;
	for (const char *at = json; *at != '\0'; at++)
		more += (unsigned char)*at >= 0x7f && count_steering(at) > 0 ? sizeof "\\u0000" : 0;
	char *escaped = more == 0 ? NULL : malloc(*length + more), *to = escaped;
	if (escaped == NULL)
		return NULL;
	for (const char *at = json; *at != '\0';) {
		size_t bytes = count_steering(at);
		if (bytes == 0) {
			*to++ = *at++;
			continue;
		}
		unsigned value = number_of(at, bytes);
		*to++ = '\\';
		*to++ = 'u';
		for (int shift = 12; shift >= 0; shift -= 4)
			*to++ = "0123456789abcdef"[value >> shift & 15];
		at += bytes;
	}
	*to = '\0';
	*length = (size_t)(to - escaped);
	return escaped;
}

/* Names come from outside: whatever could break the line or steer a terminal becomes a question mark. */
struct quoted quote(const char *text)
{
	struct quoted quoted = { "\"" };
	char *clean = quoted.text + 1;
	size_t length = 0;
	for (; *text != '\0' && length < QUOTED_BYTES; length++) {
		unsigned char byte = (unsigned char)*text;
		size_t steering = byte < 0x20 ? 1 : count_steering(text);
		clean[length] = steering > 0 ? '?' : *text;
		text += steering > 0 ? steering : 1;
	}
	/* what is cut is cut between two characters */
	for (int more = 0; more < 3 && length > 0 && ((unsigned char)*text & 0xc0) == 0x80; more++) {
		text--;
		length--;
	}
	strcpy(clean + length, *text == '\0' ? "\"" : "...\"");
	return quoted;
}

/* Never the kernel's prose: engines read meaning into some of its phrases. */
const char *errno_name(int error)
{
	if (error == ENOTREGULAR)
		return "EFTYPE";
	if (error < 0 || (size_t)error >= sizeof names / sizeof *names || names[error][0] == '\0')
		return "EUNKNOWN";
	return names[error];
}

bool is_lasting(int error)
{
	static const int lasting[] = {
		0, ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EROFS, ENXIO, ENODEV,
	};
	for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
		if (error == lasting[i])
			return true;
	return false;
}

void say(const struct shim *shim, const char *line)
{
	/* a descriptor 2 that was closed may by now be one of our own files */
	if (!shim->stderr_open)
		return;
	size_t length = strlen(line);
	char small[2048], *cleanup_free large = malloc(length + 1), *text = large;
	struct quiet quiet;
	if (text == NULL) {
		text = small;
		length = length < sizeof small ? length : sizeof small - 1;
	}
	memcpy(text, line, length);
	text[length] = '\n';
	quiet_begin(&quiet);
	write_all(STDERR_FILENO, text, length + 1);
	quiet_end(&quiet, true);
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

int append_whole(int descriptor, const char *text, size_t length)
{
	static const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit given;
	struct quiet quiet;
	quiet_begin(&quiet);
	int error = append_once(descriptor, text, length);
	bool failed = error != 0;
	/* who starts us with a limit to the size of files would go unrecorded as soon as the log is that long */
	if ((error == EFBIG || error == ENOSPC) && getrlimit(RLIMIT_FSIZE, &given) == 0 &&
	    given.rlim_cur != RLIM_INFINITY && setrlimit(RLIMIT_FSIZE, &none) == 0) {
		error = append_once(descriptor, text, length);
		setrlimit(RLIMIT_FSIZE, &given);
	}
	quiet_end(&quiet, failed);
	return error;
}

/* By one write, so that lines of several processes don't mix. */
static int append_once(int descriptor, const char *text, size_t length)
{
	ssize_t count;
	do
		count = write(descriptor, text, length);
	while (count < 0 && errno == EINTR);
	int error = count < 0 ? errno : (size_t)count < length ? ENOSPC : 0;
	if (error != 0)
		take_back(descriptor, count);
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

/* `reason` is ours: short, one line, UTF-8. */
void log_reason(const struct shim *shim, const char *reason)
{
	char escaped[2 * PROBLEM_BYTES], entry[sizeof escaped + 1024];
	if (shim->crash_log == NULL || shim->crash_log[0] == '\0')
		return;
	escape_json(escaped, sizeof escaped, reason);
	struct line log = line_over(entry, sizeof entry);
	line_format(&log, "%s%s%s", shim->crash_before, escaped, shim->crash_after);
	/* an entry that was cut would spoil the log for its reader */
	if (log.length < log.size - 1)
		append_line(shim->crash_log, entry, log.length);
}

void escape_json(char *to, size_t size, const char *text)
{
	size_t length = 0;
	for (; *text != '\0' && length + 2 < size; text++) {
		if (*text == '"' || *text == '\\')
			to[length++] = '\\';
		to[length++] = (unsigned char)*text < 0x20 ? '?' : *text;
	}
	to[length] = '\0';
}
