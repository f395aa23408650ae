// Refuses objects as keys while the core is loaded: a heap is moved, and where such a key is filed follows from its address.
#include "host.h"

static const struct {
	const char *constructor, *method;
} adders[ADDERS] = { { "Map", "set" }, { "Set", "add" }, { "WeakMap", "set" }, { "WeakSet", "add" } };

static JSValue prototype_of(JSContext *js, const char *constructor);
static JSValue add(JSContext *js, JSValueConst self, int argc, JSValueConst *argv, int magic, JSValueConst *original);

void refuse_keys(JSContext *js, JSValue originals[ADDERS])
{
	for (size_t i = 0; i < ADDERS; i++) {
		JSValue prototype = prototype_of(js, adders[i].constructor);
		originals[i] = JS_GetPropertyStr(js, prototype, adders[i].method);
		JS_SetPropertyStr(js, prototype, adders[i].method,
				  JS_NewCFunctionData(js, add, 2, 0, 1, &originals[i]));
		JS_FreeValue(js, prototype);
	}
}

void allow_keys(JSContext *js, JSValue originals[ADDERS])
{
	for (size_t i = 0; i < ADDERS; i++) {
		JSValue prototype = prototype_of(js, adders[i].constructor);
		JS_SetPropertyStr(js, prototype, adders[i].method, originals[i]);
		JS_FreeValue(js, prototype);
	}
}

static JSValue prototype_of(JSContext *js, const char *constructor)
{
	JSValue global = JS_GetGlobalObject(js), function = JS_GetPropertyStr(js, global, constructor);
	JSValue prototype = JS_GetPropertyStr(js, function, "prototype");
	JS_FreeValue(js, function);
	JS_FreeValue(js, global);
	return prototype;
}

static JSValue add(JSContext *js, JSValueConst self, int argc, JSValueConst *argv, int magic, JSValueConst *original)
{
	(void)magic;
	if (JS_IsObject(argv[0]) || JS_IsSymbol(argv[0]))
		return JS_ThrowTypeError(js, "before host.ready no map or set can hold an object by its identity");
	return JS_Call(js, original[0], self, argc, argv);
}
