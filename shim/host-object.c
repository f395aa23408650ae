// The object `host`: the core's only door to the machine.
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>

#include "host.h"

#define ID_BYTES 8

static HOST(host_ready);
static HOST(host_environment);
static HOST(host_now);
static HOST(host_limit);
static HOST(host_in_user_namespace);
static HOST(host_new_id);
static HOST(host_working_directory);

static const JSCFunctionListEntry operations[] = {
	JS_CFUNC_DEF("settings", 0, host_settings),
	JS_CFUNC_DEF("readFile", 2, host_read_file),
	JS_CFUNC_DEF("holdFile", 2, host_hold_file),
	JS_CFUNC_DEF("mayRequest", 2, host_may_request),
	JS_CFUNC_DEF("size", 1, host_size),
	JS_CFUNC_DEF("replaceFile", 2, host_replace_file),
	JS_CFUNC_DEF("listDirectory", 1, host_list_directory),
	JS_CFUNC_DEF("namesMentioning", 4, host_names_mentioning),
	JS_CFUNC_DEF("deviceInfo", 1, host_device_info),
	JS_CFUNC_DEF("pathInfo", 1, host_path_info),
	JS_CFUNC_DEF("readLink", 1, host_read_link),
	JS_CFUNC_DEF("fileInfo", 1, host_file_info),
	JS_CFUNC_DEF("inUserNamespace", 0, host_in_user_namespace),
	JS_CFUNC_DEF("digest", 2, host_digest),
	JS_CFUNC_DEF("text", 1, host_text),
	JS_CFUNC_DEF("mentions", 3, host_mentions),
	JS_CFUNC_DEF("parseYaml", 1, host_parse_yaml),
	JS_CFUNC_DEF("yamlNodes", 1, host_yaml_nodes),
	JS_CFUNC_DEF("yamlPosition", 2, host_yaml_position),
	JS_CFUNC_DEF("parseJson", 1, host_parse_json),
	JS_CFUNC_DEF("jsonKind", 2, host_json_kind),
	JS_CFUNC_DEF("jsonMembers", 3, host_json_members),
	JS_CFUNC_DEF("jsonElements", 2, host_json_elements),
	JS_CFUNC_DEF("jsonMember", 3, host_json_member),
	JS_CFUNC_DEF("jsonString", 2, host_json_string),
	JS_CFUNC_DEF("jsonNumber", 2, host_json_number),
	JS_CFUNC_DEF("jsonStart", 2, host_json_start),
	JS_CFUNC_DEF("jsonEnd", 2, host_json_end),
	JS_CFUNC_DEF("jsonKeyStart", 2, host_json_key_start),
	JS_CFUNC_DEF("jsonSlice", 3, host_json_slice),
	JS_CFUNC_DEF("append", 2, host_append),
	JS_CFUNC_DEF("appendLog", 2, host_append_log),
	JS_CFUNC_DEF("watch", 2, host_watch),
	JS_CFUNC_DEF("waitForChange", 0, host_wait_for_change),
	JS_CFUNC_DEF("limit", 3, host_limit),
	JS_CFUNC_DEF("environment", 1, host_environment),
	JS_CFUNC_DEF("now", 0, host_now),
	JS_CFUNC_DEF("answerFeatures", 1, host_answer_features),
	JS_CFUNC_DEF("fail", 1, host_fail),
	JS_CFUNC_DEF("onCrash", 3, host_on_crash),
	JS_CFUNC_DEF("newId", 0, host_new_id),
	JS_CFUNC_DEF("workingDirectory", 0, host_working_directory),
	JS_CFUNC_DEF("beginRecord", 2, host_begin_record),
	JS_CFUNC_DEF("record", 2, host_record),
	JS_CFUNC_DEF("lockFolder", 1, host_lock_folder),
	JS_CFUNC_DEF("unlockFolder", 0, host_unlock_folder),
	JS_CFUNC_DEF("putFile", 2, host_put_file),
	JS_CFUNC_DEF("removeFile", 1, host_remove_file),
	JS_CFUNC_DEF("processId", 0, host_process_id),
};

#define COUNT (sizeof operations / sizeof *operations)

/* until the core is loaded, it can ask for nothing: the answer would be that of the machine which builds it */
static const JSCFunctionListEntry ready[] = { JS_CFUNC_DEF("ready", 1, host_ready) };

bool host_install(JSContext *js)
{
	JSValue host = JS_NewObject(js), global = JS_GetGlobalObject(js);
	JSValue json = JS_GetPropertyStr(js, global, "JSON");
	JSValue stringify = JS_NewCFunction(js, host_stringify, "stringify", 1);
	JS_SetPropertyFunctionList(js, host, ready, 1);
	bool done = JS_SetPropertyStr(js, json, "stringify", stringify) == 1 &&
		    JS_SetPropertyStr(js, global, "host", host) == 1;
	JS_FreeValue(js, json);
	JS_FreeValue(js, global);
	return done;
}

static JSValue host_of(JSContext *js)
{
	JSValue global = JS_GetGlobalObject(js), host = JS_GetPropertyStr(js, global, "host");
	JS_FreeValue(js, global);
	return host;
}

bool host_equip(JSContext *js)
{
	JSValue host = host_of(js), main = JS_GetPropertyStr(js, host, "main");
	bool is_ready = JS_IsFunction(js, main);
	JS_FreeValue(js, main);
	JS_SetPropertyFunctionList(js, host, operations, COUNT);
	/* the engine makes a function when it is first asked for, which each start would do for each that it uses */
	for (size_t i = 0; i < COUNT; i++)
		JS_FreeValue(js, JS_GetPropertyStr(js, host, operations[i].name));
	JS_FreeValue(js, host);
	if (!is_ready)
		JS_ThrowTypeError(js, "it gave host.ready no function");
	return is_ready;
}

static HOST(host_ready)
{
	(void)argc;
	JS_SetPropertyStr(js, self, "main", JS_DupValue(js, argv[0]));
	return JS_UNDEFINED;
}

JSValue host_begin(JSContext *js, struct shim *shim)
{
	JSValue host = host_of(js), argv = JS_NewArray(js);
	for (int i = 1; i < shim->argc; i++)
		JS_SetPropertyUint32(js, argv, (uint32_t)i - 1, path_to_js(js, shim->argv[i], strlen(shim->argv[i])));
	JS_SetPropertyStr(js, host, "argv", argv);
	JS_SetPropertyStr(js, host, "runtime", path_to_js(js, shim->runtime, strlen(shim->runtime)));
	JS_SetPropertyStr(js, host, "runtimeProblem", path_to_js(js, shim->problem, strlen(shim->problem)));
	JS_SetPropertyStr(js, host, "byDefault", JS_NewBool(js, shim->by_default));
	JS_SetPropertyStr(js, host, "uid", JS_NewUint32(js, own_user()));
	JS_SetPropertyStr(js, host, "gid", JS_NewUint32(js, (uint32_t)getauxval(AT_EGID)));
	return JS_GetPropertyStr(js, host, "main");
}

static HOST(host_environment)
{
	(void)self, (void)argc;
	char name[PATH_MAX];
	int error = path_from(js, argv[0], name);
	if (error < 0)
		return JS_EXCEPTION;
	const char *value = error == 0 ? getenv(name) : NULL;
	return value == NULL ? JS_UNDEFINED : path_to_js(js, value, strlen(value));
}

static HOST(host_now)
{
	(void)self, (void)argc, (void)argv;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return JS_NewInt64(js, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static HOST(host_limit)
{
	(void)self, (void)argc;
	int64_t memory;
	struct deadline *deadline = &shim_of(js)->deadline;
	if (JS_ToInt64(js, &memory, argv[0]) != 0 || JS_ToInt64(js, &deadline->milliseconds, argv[1]) != 0 ||
	    JS_ToInt64(js, &deadline->wall, argv[2]) != 0)
		return JS_EXCEPTION;
	memory_limit(memory < 0 ? 0 : (size_t)memory);
	return JS_UNDEFINED;
}

static HOST(host_in_user_namespace)
{
	(void)self, (void)argc, (void)argv;
	return JS_NewBool(js, inside_user_namespace());
}

/* Of the random bytes that the kernel gives to each program it starts: the first half is the compiler's own. */
static HOST(host_new_id)
{
	(void)self, (void)argc, (void)argv;
	static const char digits[] = "0123456789abcdef";
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
	char id[2 * ID_BYTES];
	if (random == NULL)
		return JS_ThrowInternalError(js, "the kernel gave no random bytes");
	for (size_t i = 0; i < sizeof id; i++)
		id[i] = digits[random[ID_BYTES + i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	return JS_NewStringLen(js, id, sizeof id);
}

static HOST(host_working_directory)
{
	(void)self, (void)argc, (void)argv;
	char path[PATH_MAX];
	if (getcwd(path, sizeof path) == NULL)
		return errno_to_js(js, errno);
	JSValue result = JS_NewObject(js);
	JS_SetPropertyStr(js, result, "path", path_to_js(js, path, strlen(path)));
	return result;
}
