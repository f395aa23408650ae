// Loads the core: an engine whose top level has run, and that waits for a run to begin.
#include <malloc.h>

#include "host.h"

/* compiled by qjsc */
extern const uint8_t core_bc[];
extern const uint32_t core_bc_size;

static JSContext *new_context(void);
static void add_intrinsics(JSContext *js);
static bool forget(JSContext *js, const char *object, const char *name);
static bool run_top_level(JSContext *js, JSValue module);
static bool run_module(JSContext *js, JSValue module);

/*
 * The core is read before there is anything else: only while the engine has no names but its own, the numbers of names
 * in the core's code are as the compiler wrote them, and the code stays where it is, among the program's constants. So a
 * start does not copy it.
 */
bool load_core(JSContext **js)
{
	*js = new_context();
	if (*js == NULL)
		return false;
	JSValue module = JS_ReadObject(*js, core_bc, core_bc_size, JS_READ_OBJ_BYTECODE | JS_READ_OBJ_ROM_DATA);
	if (JS_IsException(module))
		return false;
	add_intrinsics(*js);
	return host_install(*js) && run_top_level(*js, module) && host_equip(*js);
}

static void *engine_malloc(JSMallocState *state, size_t size)
{
	(void)state;
	return malloc(size);
}

static void engine_free(JSMallocState *state, void *block)
{
	(void)state;
	free(block);
}

static void *engine_realloc(JSMallocState *state, void *block, size_t size)
{
	(void)state;
	if (size != 0)
		return realloc(block, size);
	free(block);
	return NULL;
}

static size_t engine_usable_size(const void *block)
{
	return malloc_usable_size((void *)(uintptr_t)block);
}

static JSContext *new_context(void)
{
	static const JSMallocFunctions memory = { engine_malloc, engine_free, engine_realloc, engine_usable_size };
	JSRuntime *runtime = JS_NewRuntime2(&memory, NULL);
	if (runtime == NULL)
		return NULL;
	/* a run lasts milliseconds and its memory is bounded: collecting cycles would only cost */
	JS_SetGCThreshold(runtime, (size_t)-1);
	return JS_NewContextRaw(runtime);
}

static void add_intrinsics(JSContext *js)
{
	JS_AddIntrinsicBaseObjects(js);
	JS_AddIntrinsicRegExp(js);
	JS_AddIntrinsicJSON(js);
	JS_AddIntrinsicMapSet(js);
	JS_AddIntrinsicPromise(js);
}

static bool run_top_level(JSContext *js, JSValue module)
{
	JSValue originals[ADDERS];
	/* random numbers would be the same in each run; groupBy makes a map without Map's set */
	if (!forget(js, "Math", "random") || !forget(js, "Map", "groupBy"))
		return false;
	refuse_keys(js, originals);
	bool done = run_module(js, module);
	allow_keys(js, originals);
	return done;
}

static bool forget(JSContext *js, const char *object, const char *name)
{
	JSValue global = JS_GetGlobalObject(js), holder = JS_GetPropertyStr(js, global, object);
	JSAtom atom = JS_NewAtom(js, name);
	int result = JS_DeleteProperty(js, holder, atom, JS_PROP_THROW);
	JS_FreeAtom(js, atom);
	JS_FreeValue(js, holder);
	JS_FreeValue(js, global);
	return result == 1;
}

/*
 * As a module, though nothing is imported: to make its functions, the engine looks for each variable of a script that
 * they use, one after the other, and knows where those of a module are.
 */
static bool run_module(JSContext *js, JSValue module)
{
	/* held once more: to free all of the bytecode right before the exec would only take time */
	JSValue promise = JS_EvalFunction(js, JS_DupValue(js, module));
	if (JS_IsException(promise))
		return false;
	/* nothing in it waits: what is neither fulfilled nor rejected ran out of memory on the way */
	JSPromiseStateEnum state = JS_PromiseState(js, promise);
	if (state == JS_PROMISE_REJECTED)
		JS_Throw(js, JS_PromiseResult(js, promise));
	return state == JS_PROMISE_FULFILLED;
}
