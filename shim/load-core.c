// Loads the core: an engine whose top level has run, and that waits for a run to begin.
#include <malloc.h>

#include "host.h"

static JSContext *new_context(void);
static bool forget(JSContext *js, const char *object, const char *name);
static bool run_top_level(JSContext *js, const uint8_t *code, size_t size);
static bool run_module(JSContext *js, const uint8_t *code, size_t size);

bool load_core(const uint8_t *code, size_t size, JSContext **js)
{
	*js = new_context();
	return *js != NULL && host_install(*js) && run_top_level(*js, code, size) && host_equip(*js);
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
	JSContext *js = JS_NewContextRaw(runtime);
	if (js == NULL)
		return NULL;
	JS_AddIntrinsicBaseObjects(js);
	JS_AddIntrinsicRegExp(js);
	JS_AddIntrinsicJSON(js);
	JS_AddIntrinsicMapSet(js);
	JS_AddIntrinsicPromise(js);
	return js;
}

static bool run_top_level(JSContext *js, const uint8_t *code, size_t size)
{
	JSValue originals[ADDERS];
	/* random numbers would be the same in each run; groupBy makes a map without Map's set */
	if (!forget(js, "Math", "random") || !forget(js, "Map", "groupBy"))
		return false;
	refuse_keys(js, originals);
	bool done = run_module(js, code, size);
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
static bool run_module(JSContext *js, const uint8_t *code, size_t size)
{
	JSValue module = JS_ReadObject(js, code, size, JS_READ_OBJ_BYTECODE);
	if (JS_IsException(module))
		return false;
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
