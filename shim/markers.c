// Searches a file's bytes for the words without which no container asks for devices, as a stream.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

#define BLOCK_BYTES (64u << 10)
/* a marker or an escape may lie across two blocks */
#define OVERLAP_BYTES (MOST_MARKER_BYTES - 1)

/* what the sources that nobody has to switch on are known by */
static const char *const usual[] = { "cdi.k8s.io", "CDI_DEVICE" };
const struct markers usual_markers = { usual, sizeof usual / sizeof *usual };

/* Of each marker the first letters are enough, and equal lengths make one table do. */
struct skips {
	unsigned length;
	unsigned char by_byte[256];
};

static bool first_look(struct scan *scan, const struct stat *status);
static struct skips make_skips(const struct markers *markers);
static bool holds_marker(const struct markers *markers, const struct skips *skips, const unsigned char *text,
			 size_t length);
static bool holds_telling_escape(const unsigned char *text, size_t length);

bool file_may_request(struct scan *scan, const char *path, const struct markers *markers)
{
	static unsigned char buffer[OVERLAP_BYTES + BLOCK_BYTES];
	cleanup_close int descriptor = open_path(path, READ_FLAGS);
	/* what cannot be opened is the real runtime's to report, unless it is only we who cannot, or only now */
	if (descriptor < 0)
		return !is_lasting(errno);
	struct stat status;
	if (fstat(descriptor, &status) != 0)
		return true;
	if (!S_ISREG(status.st_mode) || !first_look(scan, &status))
		return false;

	struct skips skips = make_skips(markers);
	size_t kept = 0;
	off_t total = 0;
	for (;;) {
		ssize_t count = read(descriptor, buffer + kept, BLOCK_BYTES);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0;
		size_t length = kept + (size_t)count;
		if (holds_marker(markers, &skips, buffer, length) || holds_telling_escape(buffer, length))
			return true;
		/* asking for the end once more is only needed where the size is unknown */
		total += count;
		if (total == status.st_size)
			return false;
		kept = length < OVERLAP_BYTES ? length : OVERLAP_BYTES;
		memmove(buffer, buffer + length - kept, kept);
	}
}

/* The bundle is often the current directory too. */
static bool first_look(struct scan *scan, const struct stat *status)
{
	for (unsigned i = 0; i < scan->seen_count; i++)
		if (scan->seen[i].device == status->st_dev && scan->seen[i].inode == status->st_ino)
			return false;
	if (scan->seen_count < SEEN_FILES)
		scan->seen[scan->seen_count++] = (struct seen){ status->st_dev, status->st_ino };
	return true;
}

/* Horspool's table for all markers at once: how far the window may move, by its last byte. */
static struct skips make_skips(const struct markers *markers)
{
	struct skips skips = { .length = MOST_MARKER_BYTES };
	for (size_t i = 0; i < markers->count; i++) {
		size_t length = strlen(markers->table[i]);
		skips.length = length < skips.length ? (unsigned)length : skips.length;
	}
	memset(skips.by_byte, (int)skips.length, sizeof skips.by_byte);
	for (size_t i = 0; i < markers->count; i++)
		for (unsigned at = 0; at + 1 < skips.length; at++) {
			unsigned char *skip = &skips.by_byte[(unsigned char)markers->table[i][at]];
			unsigned distance = skips.length - 1 - at;
			*skip = *skip < distance ? *skip : (unsigned char)distance;
		}
	return skips;
}

static bool holds_marker(const struct markers *markers, const struct skips *skips, const unsigned char *text,
			 size_t length)
{
	size_t last = skips->length - 1, at = last;
	while (at < length) {
		for (size_t i = 0; i < markers->count; i++)
			if (text[at] == (unsigned char)markers->table[i][last] &&
			    memcmp(text + at - last, markers->table[i], skips->length) == 0)
				return true;
		at += skips->by_byte[text[at]];
	}
	return false;
}

static int hex_digit(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* JSON can spell any letter of a marker as an escape; whether a backslash is itself escaped does not matter here. */
static bool holds_telling_escape(const unsigned char *text, size_t length)
{
	const unsigned char *at = text, *end = text + length;
	while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
		at++;
		if (end - at >= 1 && *at == '/')
			return true;
		if (end - at < 5 || memcmp(at, "u00", 3) != 0)
			continue;
		int high = hex_digit(at[3]), low = hex_digit(at[4]);
		int letter = high < 0 || low < 0 ? 0 : high * 16 + low;
		int lower = letter | 0x20;
		if ((lower >= 'a' && lower <= 'z') || (letter >= '-' && letter <= '9') || letter == '_')
			return true;
	}
	return false;
}
