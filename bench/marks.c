// Lets the core mark where a stage of a create begins and ends, in a build that only the benchmark runs: at each mark
// valgrind's callgrind writes down what it counted since the last one.
#include <quickjs.h>
#include <valgrind/callgrind.h>

void __real_JS_AddIntrinsicJSON(JSContext *js);
void __wrap_JS_AddIntrinsicJSON(JSContext *js);

static JSValue mark(JSContext *js, JSValueConst this, int argc, JSValueConst *argv)
{
	(void)this, (void)argc;
	const char *text = JS_ToCString(js, argv[0]);
	CALLGRIND_DUMP_STATS_AT(text);
	JS_FreeCString(js, text);
	return JS_UNDEFINED;
}

/* The engine calls this, by the linker, where it becomes what the core runs in. */
void __wrap_JS_AddIntrinsicJSON(JSContext *js)
{
	__real_JS_AddIntrinsicJSON(js);
	JSValue global = JS_GetGlobalObject(js);
	JS_SetPropertyStr(js, global, "mark", JS_NewCFunction(js, mark, "mark", 1));
	JS_FreeValue(js, global);
}
