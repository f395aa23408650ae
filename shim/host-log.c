// Host operations by which the core says something: to the log of a runtime, to one of our own, or why nothing starts.
#include <string.h>

#include "host.h"

static void keep(char **place, JSContext *js, JSValueConst value);

/* Appends to what a path leads to; an errno, or 0. */
typedef int append_text(const char *path, const char *text, size_t length);

static JSValue append_by(append_text *append, JSContext *js, JSValueConst *argv)
{
	char path[PATH_MAX];
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return errno_to_js(js, error);
	struct text cleanup_text text = text_from(js, argv[1]);
	if (text.bytes == NULL)
		return JS_EXCEPTION;
	error = append(path, text.bytes, text.length);
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

HOST(host_append)
{
	return append_by(append_line, js, argv);
}

HOST(host_append_log)
{
	return append_by(append_to_log, js, argv);
}

HOST(host_answer_features)
{
	struct shim *shim = shim_of(js);
	keep(&shim->unsafe_annotations, js, argv[0]);
	return shim->unsafe_annotations == NULL ? JS_EXCEPTION : JS_UNDEFINED;
}

HOST(host_fail)
{
	struct shim *shim = shim_of(js);
	/* one failure, one line: the first is the cause */
	if (shim->failure == NULL)
		keep(&shim->failure, js, argv[0]);
	return shim->failure == NULL ? JS_EXCEPTION : JS_UNDEFINED;
}

HOST(host_on_crash)
{
	struct shim *shim = shim_of(js);
	char path[PATH_MAX];
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return error < 0 ? JS_EXCEPTION : JS_UNDEFINED;
	keep(&shim->crash_before, js, argv[1]);
	keep(&shim->crash_after, js, argv[2]);
	free(shim->crash_log);
	shim->crash_log = shim->crash_before == NULL || shim->crash_after == NULL ? NULL : strdup(path);
	return shim->crash_log == NULL ? JS_EXCEPTION : JS_UNDEFINED;
}

/* What comes of the run is on record from here on, even if the core does not get that far. */
HOST(host_begin_record)
{
	char path[PATH_MAX], *before = NULL;
	int error = path_from(js, argv[0], path);
	if (error != 0)
		return errno_to_js(js, error);
	keep(&before, js, argv[1]);
	char *copy = before == NULL ? NULL : strdup(path);
	if (copy == NULL) {
		free(before);
		return JS_ThrowOutOfMemory(js);
	}
	begin_record(shim_of(js), copy, before);
	return JS_UNDEFINED;
}

HOST(host_record)
{
	struct text cleanup_text text = text_from(js, argv[0]);
	if (text.bytes == NULL)
		return JS_EXCEPTION;
	int error = append_record(shim_of(js), text.bytes, text.length, JS_ToBool(js, argv[1]) > 0);
	return error == 0 ? JS_UNDEFINED : errno_to_js(js, error);
}

static void keep(char **place, JSContext *js, JSValueConst value)
{
	struct text cleanup_text text = text_from(js, value);
	free(*place);
	*place = text.bytes == NULL ? NULL : strdup(text.bytes);
	if (text.bytes != NULL && *place == NULL)
		JS_ThrowOutOfMemory(js);
}
