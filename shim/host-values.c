// Carries strings, numbers and errors between C and the core; bytes that are no UTF-8 cross as U+DC80 to U+DCFF.
#include <errno.h>
#include <string.h>

#include "host.h"

#define ESCAPE_BYTES 3

static const char *lone_surrogate(const char *text, size_t length);

void text_free(struct text *text)
{
	if (text->bytes != NULL)
		JS_FreeCString(text->js, text->bytes);
}

struct text text_from(JSContext *js, JSValueConst value)
{
	struct text text = { js, NULL, 0 };
	text.bytes = JS_ToCStringLen(js, &text.length, value);
	if (text.bytes == NULL)
		return text;
	const char *end = text.bytes + text.length;
	const char *at = lone_surrogate(text.bytes, text.length);
	/* only a fresh copy holds bytes beyond ASCII: it may be written to */
	for (; at != NULL; at = lone_surrogate(at, (size_t)(end - at)))
		memcpy((char *)(uintptr_t)at, "\xef\xbf\xbd", ESCAPE_BYTES);
	return text;
}

static const char *lone_surrogate(const char *text, size_t length)
{
	const char *end = text + length;
	while ((text = memchr(text, 0xed, (size_t)(end - text))) != NULL) {
		if (end - text >= ESCAPE_BYTES && (unsigned char)text[1] >= 0xa0)
			return text;
		text++;
	}
	return NULL;
}

int path_from(JSContext *js, JSValueConst value, char path[PATH_MAX])
{
	struct text cleanup_text text = { js, NULL, 0 };
	text.bytes = JS_ToCStringLen(js, &text.length, value);
	if (text.bytes == NULL)
		return -1;
	size_t length = 0;
	for (size_t i = 0; i < text.length; length++) {
		const unsigned char *at = (const unsigned char *)text.bytes + i;
		if (length == PATH_MAX - 1)
			return ENAMETOOLONG;
		if (*at == '\0')
			return EINVAL;
		bool escaped = at[0] == 0xed && (at[1] == 0xb2 || at[1] == 0xb3);
		path[length] = escaped ? (char)((at[1] & 3) << 6 | (at[2] & 0x3f)) : text.bytes[i];
		i += escaped ? ESCAPE_BYTES : 1;
	}
	path[length] = '\0';
	return 0;
}

JSValue path_to_js(JSContext *js, const char *path, size_t length)
{
	if (utf8_valid(path, length))
		return JS_NewStringLen(js, path, length);
	char *cleanup_free escaped = malloc(length * ESCAPE_BYTES);
	if (escaped == NULL)
		return JS_ThrowOutOfMemory(js);
	const unsigned char *at = (const unsigned char *)path, *end = at + length;
	char *to = escaped;
	while (at < end) {
		int step = utf8_length(at, end);
		if (step > 0) {
			memcpy(to, at, (size_t)step);
			to += step;
			at += step;
			continue;
		}
		*to++ = (char)0xed;
		*to++ = (char)(0xb0 | *at >> 6);
		*to++ = (char)(0x80 | (*at & 0x3f));
		at++;
	}
	return JS_NewStringLen(js, escaped, (size_t)(to - escaped));
}

JSValue text_to_js(JSContext *js, const char *text, size_t length)
{
	if (utf8_valid(text, length))
		return JS_NewStringLen(js, text, length);
	char *cleanup_free clean = utf8_replaced(text, length, &length);
	return clean == NULL ? JS_ThrowOutOfMemory(js) : JS_NewStringLen(js, clean, length);
}

struct file *file_from(JSContext *js, JSValueConst value)
{
	struct files *files = shim_of(js)->files;
	uint32_t number;
	return number_from(js, value, files->count, &number) ? &files->table[number] : NULL;
}

/* A whole number from 0 up to and without `limit`. */
bool number_from(JSContext *js, JSValueConst value, uint32_t limit, uint32_t *number)
{
	int64_t wide;
	if (JS_ToInt64(js, &wide, value) != 0)
		return false;
	if (wide < 0 || wide >= limit) {
		JS_ThrowRangeError(js, "the host has nothing of this number");
		return false;
	}
	*number = (uint32_t)wide;
	return true;
}

JSValue errno_to_js(JSContext *js, int error)
{
	if (error == ENOMEM && memory_ran_out())
		return JS_ThrowOutOfMemory(js);
	return error < 0 ? JS_EXCEPTION : JS_NewString(js, errno_name(error));
}

JSValue unseen_to_js(JSContext *js, int error, const char *path)
{
	static const char what[] = "cannot start the container: ";
	struct shim *shim = shim_of(js);
	/* who may not look is told EACCES; EPERM is somebody else's word; ESRCH: the file's process ended meanwhile */
	bool tells = error < 0 || (is_lasting(error) && error != EPERM) || error == EISDIR || error == EINVAL ||
		     error == EFBIG || error == ESRCH || error == ENOTREGULAR;
	/* as long as the core has not said where its log is, it does better by itself */
	if (tells || shim->crash_log == NULL || (error == ENOMEM && memory_ran_out()))
		return errno_to_js(js, error);
	char sentence[PROBLEM_BYTES];
	struct line line = line_over(sentence, sizeof sentence);
	line_format(&line, "%s%s cannot be looked at now (%s); %s", what, quote(path).text, errno_name(error),
		    error == EIO ? "look after its disk" : "try again");
	if (shim->failure == NULL)
		shim->failure = strdup(sentence);
	log_reason(shim, sentence + sizeof what - 1);
	return JS_ThrowInternalError(js, "%s", errno_name(error));
}

bool push(JSContext *js, JSValueConst array, uint32_t *count, JSValue value)
{
	return !JS_IsException(value) && JS_SetPropertyUint32(js, array, (*count)++, value) >= 0;
}

/* -1 after an exception */
int64_t array_length(JSContext *js, JSValueConst array)
{
	int64_t length;
	JSValue value = JS_GetPropertyStr(js, array, "length");
	return JS_IsException(value) || JS_ToInt64(js, &length, value) != 0 ? -1 : length;
}

JSValue syntax_to_js(JSContext *js, const char *words, struct position at)
{
	JSValue failure = JS_NewArray(js);
	uint32_t count = 0;
	if (JS_IsException(failure) || !push(js, failure, &count, JS_NewString(js, words)) ||
	    !push(js, failure, &count, JS_NewUint32(js, at.line)) ||
	    !push(js, failure, &count, JS_NewUint32(js, at.column)))
		return JS_EXCEPTION;
	return failure;
}
