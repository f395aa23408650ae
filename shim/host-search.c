// Host operations that search bytes for words: in a file, read or not, and in all spec files of a directory at once.
#include <errno.h>
#include <string.h>

#include "host.h"

/* as many as a search that streams takes */
#define MOST_MARKERS 64

struct words {
	struct text *table;
	uint32_t count;
	/* bytes that are telling by themselves: where there are any, NUL is as well */
	struct text letters;
};

static bool take_words(JSContext *js, JSValueConst list, struct words *words);
static bool take_letters(JSContext *js, JSValueConst letters, struct words *words);
static void free_words(struct words *words);
static bool may_ask(struct shim *shim, const char *path, const struct markers *markers);
static bool is_spec(const struct name *name);
static bool matters(int directory, const char *name, size_t most, const struct words *words, struct file *file);
static bool holds_word(const char *bytes, size_t size, const struct words *words);
static bool is_telling(const char *bytes, size_t size, const struct words *words);

HOST(host_mentions)
{
	(void)self, (void)argc;
	struct file *file = file_from(js, argv[0]);
	struct words __attribute__((cleanup(free_words))) words = { .count = 0 };
	if (file == NULL || !take_words(js, argv[1], &words) || !take_letters(js, argv[2], &words))
		return JS_EXCEPTION;
	return JS_NewBool(js,
			  holds_word(file->bytes, file->size, &words) || is_telling(file->bytes, file->size, &words));
}

HOST(host_may_request)
{
	(void)self, (void)argc;
	char path[PATH_MAX];
	const char *table[MOST_MARKERS];
	struct words __attribute__((cleanup(free_words))) words = { .count = 0 };
	int error = path_from(js, argv[0], path);
	if (error < 0 || !take_words(js, argv[1], &words))
		return JS_EXCEPTION;
	/* too many to search for: the core looks by itself */
	if (words.count > MOST_MARKERS)
		return JS_TRUE;
	bool any = false;
	for (uint32_t i = 0; i < words.count; i++) {
		table[i] = words.table[i].bytes;
		any = any || words.table[i].length == 0;
	}
	struct markers markers = { table, words.count };
	return JS_NewBool(js, error == 0 && (any || may_ask(shim_of(js), path, &markers)));
}

/* By what was read of it, where it was: the bytes that are edited are those that count. */
static bool may_ask(struct shim *shim, const char *path, const struct markers *markers)
{
	for (uint32_t i = 0; i < shim->files->count; i++) {
		const struct file *file = &shim->files->table[i];
		if (file->held != NULL && strcmp(file->held->path, path) == 0)
			return bytes_may_ask_by(file->bytes, file->size, markers, file->held->asks_by);
	}
	return file_may_hold(shim, path, markers);
}

/* namesMentioning(directory, maxBytes, words, orElse): [number of spec files, name, …], or an errno name */
HOST(host_names_mentioning)
{
	(void)self, (void)argc;
	char path[PATH_MAX];
	uint32_t most, count = 0, length = 1;
	struct words __attribute__((cleanup(free_words))) words = { .count = 0 };
	struct names cleanup_names names = NO_NAMES;
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return errno_to_js(js, error);
	if (!number_from(js, argv[1], INT32_MAX, &most) || !take_words(js, argv[2], &words) ||
	    !take_letters(js, argv[3], &words))
		return JS_EXCEPTION;
	cleanup_close int directory = open_path(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = directory < 0 ? errno : read_names(directory, &names);
	if (error != 0)
		return unseen_to_js(js, error, path);
	for (size_t i = 0; i < names.count; i++)
		if (is_spec(names.table[i]))
			names.table[count++] = names.table[i];
	names.count = count;
	sort_names(&names);
	JSValue list = JS_NewArray(js);
	/* what was read for an earlier look is as it was then */
	shim_of(js)->files->ahead = shim_of(js)->files->count;
	if (!push(js, list, &(uint32_t){ 0 }, JS_NewUint32(js, count)))
		return JS_EXCEPTION;
	for (uint32_t i = 0; i < count; i++) {
		const char *name = names.table[i]->text;
		struct file file = { .bytes = NULL };
		if (matters(directory, name, most, &words, &file) &&
		    ((file.bytes != NULL && !read_ahead(js, path, name, &file)) ||
		     !push(js, list, &length, path_to_js(js, name, strlen(name)))))
			return JS_EXCEPTION;
	}
	return list;
}

static bool is_spec(const struct name *name)
{
	size_t length = strlen(name->text);
	if (is_directory(name) || length < 5)
		return false;
	const char *end = name->text + length - 5;
	return strcmp(end, ".yaml") == 0 || strcmp(end, ".json") == 0;
}

static bool take_words(JSContext *js, JSValueConst list, struct words *words)
{
	int64_t count = array_length(js, list);
	if (count < 0)
		return false;
	words->table = malloc(((size_t)count + 1) * sizeof *words->table);
	if (words->table == NULL) {
		JS_ThrowOutOfMemory(js);
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		JSValue value = JS_GetPropertyUint32(js, list, i);
		words->table[i] = text_from(js, value);
		JS_FreeValue(js, value);
		if (words->table[i].bytes == NULL)
			return false;
		words->count++;
	}
	return true;
}

static bool take_letters(JSContext *js, JSValueConst letters, struct words *words)
{
	words->letters = text_from(js, letters);
	return words->letters.bytes != NULL;
}

static void free_words(struct words *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		text_free(&words->table[i]);
	free(words->table);
	text_free(&words->letters);
}

/* What cannot be read counts as well: the core opens it again and says why. */
static bool matters(int directory, const char *name, size_t most, const struct words *words, struct file *file)
{
	struct stat status;
	cleanup_close int descriptor = openat(directory, name, READ_FLAGS);
	if (descriptor < 0 || read_descriptor(descriptor, most, &status, &file->bytes, &file->size) != 0)
		return true;
	note_owner(file, &status);
	if (is_telling(file->bytes, file->size, words) || holds_word(file->bytes, file->size, words))
		return true;
	free(file->bytes);
	return false;
}

static bool holds_word(const char *bytes, size_t size, const struct words *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		if (find_word(bytes, size, words->table[i].bytes, words->table[i].length) != NULL)
			return true;
	return false;
}

static bool is_telling(const char *bytes, size_t size, const struct words *words)
{
	if (words->letters.length == 0)
		return false;
	if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
		return true;
	/* of a few letters, each by itself is quicker: eight bytes at a time */
	for (const char *letter = words->letters.bytes; *letter != '\0'; letter++)
		if (memchr(bytes, *letter, size) != NULL)
			return true;
	return memchr(bytes, '\0', size) != NULL;
}
