// Host operation that hands over the settings as C read them, so that both halves of the shim act by the same bytes.
#include <errno.h>
#include <string.h>

#include "host.h"

static JSValue row_to_js(JSContext *js, const struct settings_file *file);

/*
 * settings(): [path, file or errno name, 1 for a user's own, why it does not count or "", what it says of the runtime or
 * undefined], …; or an errno name
 */
HOST(host_settings)
{
	struct shim *shim = shim_of(js);
	judge_settings(shim);
	if (shim->settings.error != 0)
		return errno_to_js(js, shim->settings.error);
	JSValue rows = JS_NewArray(js);
	uint32_t count = 0;
	for (size_t i = 0; i < shim->settings.count; i++)
		if (!push(js, rows, &count, row_to_js(js, &shim->settings.table[i])))
			return JS_EXCEPTION;
	return rows;
}

static JSValue row_to_js(JSContext *js, const struct settings_file *found)
{
	struct file file = { .bytes = found->bytes, .size = found->size };
	note_owner(&file, &found->status);
	const char *problem = found->problem == NULL ? "" : found->problem;
	struct scalar runtime = runtime_line(found->bytes, found->size);
	JSValue row = JS_NewArray(js);
	uint32_t count = 0;
	if (!push(js, row, &count, path_to_js(js, found->path, strlen(found->path))) ||
	    !push(js, row, &count, found->error == 0 ? add_file(js, &file) : errno_to_js(js, found->error)) ||
	    !push(js, row, &count, JS_NewInt32(js, found->own)) ||
	    !push(js, row, &count, path_to_js(js, problem, strlen(problem))) ||
	    !push(js, row, &count, runtime.text == NULL ? JS_UNDEFINED : text_to_js(js, runtime.text, runtime.length)))
		return JS_EXCEPTION;
	return row;
}
