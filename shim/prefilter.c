// Whether any bundle that argv could mean may ask for devices, by its bytes. May say yes wrongly, never no.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "shim.h"

#define MOST_TOKENS 256
#define MOST_CANDIDATES 64
#define SEEN_FILES 16
#define BLOCK_BYTES (64u << 10)
/* as much as limits.config is by itself; a larger file may be mostly holes, which are no document's */
#define WHOLE_BYTES (16u << 20)
/* as much as limits.config may be: of what has more in it, the core says that it is too large */
#define MOST_SEARCHED_BYTES (1l << 30)
/* a marker or an escape may lie across two blocks */
#define OVERLAP_BYTES (MOST_MARKER_BYTES - 1)

/* what every way to ask is known by, but for what settings add; one that is off by itself is asked for on record */
static const char *usual[] = { "cdi.k8s.io/", "CDI_DEVICES", "CDI_DEVICES_OPTIONAL", "cdi-devices" };
static struct markers usual_markers = { usual, sizeof usual / sizeof *usual };

/* The files that were looked at: the bundle is often the current directory too. */
struct prefilter {
	struct shim *shim;
	struct seen {
		dev_t device;
		ino_t inode;
	} seen[SEEN_FILES];
	unsigned seen_count, candidates;
};

static bool option_may_request(struct prefilter *filter, char **argv, int argc, int index);
static bool all_may_request(struct prefilter *filter, char **argv, int argc);
static bool value_may_request(struct prefilter *filter, const char *value, bool file_too);
static bool unusual(const char *token);
static bool document_may_request(struct prefilter *filter, const char *path);
static bool file_holds(struct prefilter *filter, const char *path, const struct markers *markers);
static bool descriptor_holds(struct prefilter *filter, const char *path, int descriptor, const struct markers *markers,
			     bool *kept);
static bool keep(struct shim *shim, const char *path, int descriptor, const struct stat *status, const char *bytes,
		 const char *asks_by);
static bool stream_holds(int descriptor, const struct stat *status, const struct markers *markers);
static bool skip_hole(int descriptor, off_t *at);
static bool was_seen(const struct prefilter *filter, const struct stat *status);
static bool is_telling(const char *text, size_t length, const struct markers *markers);
static bool holds_telling_escape(const char *text, size_t length);

bool asks_for_features(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "features") == 0)
			return true;
	return false;
}

bool edits_a_bundle(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "create") == 0 || strcmp(argv[i], "run") == 0 || strcmp(argv[i], "restore") == 0)
			return true;
	return false;
}

/* The grammar itself is the core's. */
bool may_request(struct shim *shim)
{
	int argc = shim->argc;
	char **argv = shim->argv;
	struct prefilter filter = { .shim = shim };
	if (argc > MOST_TOKENS)
		return true;
	/* first, since one that asks is kept by this path, and engines name it while they stand in it */
	for (int i = 1; i < argc; i++)
		if (unusual(argv[i]) || option_may_request(&filter, argv, argc, i))
			return true;
	return document_may_request(&filter, "config.json") || settings_add_sources(shim);
}

/* runc's next parser trims white space (Unicode's too), runsc cleans `a/../b` without looking at the disk. */
static bool unusual(const char *token)
{
	size_t length = strlen(token);
	if (length == 0)
		return false;
	unsigned char first = (unsigned char)token[0], last = (unsigned char)token[length - 1];
	if (first <= ' ' || first >= 0x80 || last <= ' ' || last >= 0x80)
		return true;
	const char *up = strstr(token, "/..");
	for (; up != NULL; up = strstr(up + 3, "/.."))
		if (up[3] == '/' || up[3] == '\0')
			return true;
	return false;
}

/* -b, -c and -f and words that begin with b or c name a bundle or a file in one runtime or another. */
static bool option_may_request(struct prefilter *filter, char **argv, int argc, int index)
{
	const char *token = argv[index];
	if (token[0] != '-' || token[1] == '\0')
		return false;
	bool word = token[1] == '-';
	if (word ? token[2] != 'b' && token[2] != 'c' : strpbrk(token, "bcf") == NULL)
		return false;
	bool file_too = word ? token[2] == 'c' : strpbrk(token, "cf") != NULL;

	const char *equals = strchr(token, '=');
	if (equals != NULL && value_may_request(filter, equals + 1, file_too))
		return true;
	/* values glued to a letter: runc and youki drop a "=" between them, crun takes it for a part of the value */
	for (const char *at = token; !word && (at = strpbrk(at + 1, "bcf")) != NULL;)
		if (value_may_request(filter, at + 1, file_too) ||
		    (at[1] == '=' && value_may_request(filter, at + 2, file_too)))
			return true;
	if (index + 1 < argc && value_may_request(filter, argv[index + 1], file_too))
		return true;
	/* runc moves options behind the operands to the front: then the value may be any other token */
	bool value_may_move = index + 1 == argc || argv[index + 1][0] == '-';
	return value_may_move && all_may_request(filter, argv, argc);
}

static bool all_may_request(struct prefilter *filter, char **argv, int argc)
{
	for (int i = 1; i < argc; i++)
		if (value_may_request(filter, argv[i], true))
			return true;
	return false;
}

/* A bundle's directory, or (crun's --config) the file itself. */
static bool value_may_request(struct prefilter *filter, const char *value, bool file_too)
{
	static const char name[] = "/config.json";
	char path[PATH_MAX];
	size_t length = strlen(value);
	/* empty: the current directory, looked at before */
	if (length == 0)
		return false;
	if (++filter->candidates > MOST_CANDIDATES || length + sizeof name > sizeof path)
		return true;
	memcpy(path, value, length);
	memcpy(path + length, name, sizeof name);
	return document_may_request(filter, path) || (file_too && document_may_request(filter, value));
}

static bool document_may_request(struct prefilter *filter, const char *path)
{
	return file_holds(filter, path, &usual_markers);
}

/* What was kept is not read again, and nothing that fails from then on says no: somebody may ask. */
bool file_may_hold(struct shim *shim, const char *path, const struct markers *markers)
{
	struct prefilter filter = { .shim = shim };
	struct document *document = &shim->document;
	if (document->bytes != NULL && strcmp(document->path, path) == 0)
		return bytes_may_ask_by(document->bytes, document->size, markers, document->asks_by);
	return file_holds(&filter, path, markers);
}

static bool file_holds(struct prefilter *filter, const char *path, const struct markers *markers)
{
	struct stat status;
	if (filter->seen_count > 0 && stat(path, &status) == 0 && was_seen(filter, &status))
		return false;
	int descriptor = open_path(path, READ_FLAGS);
	/* what cannot be opened is the real runtime's to report, unless it is only we who cannot, or only now */
	if (descriptor < 0)
		return !is_lasting(errno) || errno == EPERM ||
		       (filter->shim->document.bytes != NULL && errno != ENOENT && errno != ENOTDIR);
	bool kept = false;
	bool holds = descriptor_holds(filter, path, descriptor, markers, &kept);
	if (!kept)
		close(descriptor);
	return holds;
}

/* What is kept for the run is lost in the eyes of gcc's analyzer. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
static bool descriptor_holds(struct prefilter *filter, const char *path, int descriptor, const struct markers *markers,
			     bool *kept)
{
	struct stat status;
	size_t length;
	if (fstat(descriptor, &status) != 0)
		return true;
	if (!S_ISREG(status.st_mode) || was_seen(filter, &status))
		return false;
	if (filter->seen_count < SEEN_FILES)
		filter->seen[filter->seen_count++] = (struct seen){ status.st_dev, status.st_ino };
	size_t size = (size_t)status.st_size;
	if (size == 0 || (uint64_t)status.st_size > WHOLE_BYTES)
		return stream_holds(descriptor, &status, markers);
	char *cleanup_free large = NULL, *bytes = spare_room(&filter->shim->settings, size);
	if (bytes == NULL)
		bytes = large = malloc(size);
	if (bytes == NULL)
		return stream_holds(descriptor, &status, markers);
	/* one that is shorter than it was is being written */
	if (read_up_to(descriptor, bytes, size, &length) != 0 || length < size)
		return true;
	const char *asks_by = bytes_may_ask(bytes, size, markers);
	if (asks_by == NULL)
		return false;
	/* other words than the usual ones live no longer than a call of the core */
	*kept = keep(filter->shim, path, descriptor, &status, bytes, markers == &usual_markers ? asks_by : NULL);
	return true;
}
#pragma GCC diagnostic pop

/* Later looks find these bytes. Where there is no memory for them, the core looks for itself. */
static bool keep(struct shim *shim, const char *path, int descriptor, const struct stat *status, const char *bytes,
		 const char *asks_by)
{
	struct document *document = &shim->document;
	char *copy = malloc((size_t)status->st_size + 1);
	if (copy == NULL || document->bytes != NULL || strlen(path) >= sizeof document->path) {
		free(copy);
		return false;
	}
	document->bytes = memcpy(copy, bytes, (size_t)status->st_size);
	copy[status->st_size] = '\0';
	document->size = (size_t)status->st_size;
	document->descriptor = descriptor;
	document->status = *status;
	document->asks_by = asks_by;
	strcpy(document->path, path);
	return true;
}

bool bytes_may_ask_by(const char *bytes, size_t size, const struct markers *markers, const char *found)
{
	for (size_t i = 0; found != NULL && i < markers->count; i++)
		if (strcmp(markers->table[i], found) == 0)
			return true;
	return bytes_may_ask(bytes, size, markers) != NULL;
}

const char *bytes_may_ask(const char *bytes, size_t size, const struct markers *markers)
{
	return is_telling(bytes, size, markers) ? text_asks((const unsigned char *)bytes, size, markers) : NULL;
}

/*
 * What is too large to be kept, or has no size of its own. As a stream: a document may be of any size, and the time that
 * is spent on it may not.
 */
static bool stream_holds(int descriptor, const struct stat *status, const struct markers *markers)
{
	static char buffer[OVERLAP_BYTES + BLOCK_BYTES];
	size_t kept = 0;
	off_t total = 0, searched = 0;
	for (;;) {
		if ((uint64_t)status->st_size > WHOLE_BYTES && skip_hole(descriptor, &total))
			kept = 0;
		ssize_t count = read(descriptor, buffer + kept, BLOCK_BYTES);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 || total < status->st_size;
		size_t length = kept + (size_t)count;
		if (is_telling(buffer, length, markers))
			return document_asks(descriptor, markers);
		/* asking for the end once more is only needed where the size is unknown */
		total += count;
		searched += count;
		if (total == status->st_size)
			return false;
		if (searched >= MOST_SEARCHED_BYTES)
			return true;
		kept = length < OVERLAP_BYTES ? length : OVERLAP_BYTES;
		memmove(buffer, buffer + length - kept, kept);
	}
}

/* To where the next bytes are, or to the end. A file system that knows no holes of its own has none. */
static bool skip_hole(int descriptor, off_t *at)
{
	off_t data = lseek(descriptor, *at, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		data = lseek(descriptor, 0, SEEK_END);
	else if (data >= 0)
		data = lseek(descriptor, data, SEEK_SET);
	bool skipped = data > *at;
	*at = skipped ? data : *at;
	return skipped;
}

static bool was_seen(const struct prefilter *filter, const struct stat *status)
{
	for (unsigned i = 0; i < filter->seen_count; i++)
		if (filter->seen[i].device == status->st_dev && filter->seen[i].inode == status->st_ino)
			return true;
	return false;
}

/* Of a long marker the first letters are enough. */
static bool is_telling(const char *text, size_t length, const struct markers *markers)
{
	for (size_t i = 0; i < markers->count; i++) {
		const char *marker = markers->table[i];
		if (find_word(text, length, marker, strnlen(marker, MOST_MARKER_BYTES)) != NULL)
			return true;
	}
	return holds_telling_escape(text, length);
}

static int hex_digit(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* JSON can spell any letter of a marker as an escape; whether a backslash is itself escaped does not matter here. */
static bool holds_telling_escape(const char *text, size_t length)
{
	const char *at = text, *end = text + length;
	while ((at = find_word(at, (size_t)(end - at), "\\", 1)) != NULL) {
		at++;
		if (end - at >= 1 && *at == '/')
			return true;
		if (end - at < 5 || memcmp(at, "u00", 3) != 0)
			continue;
		int high = hex_digit((unsigned char)at[3]), low = hex_digit((unsigned char)at[4]);
		int letter = high < 0 || low < 0 ? 0 : high * 16 + low;
		int lower = letter | 0x20;
		if ((lower >= 'a' && lower <= 'z') || (letter >= '-' && letter <= '9') || letter == '_')
			return true;
	}
	return false;
}
