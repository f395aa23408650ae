// Puts a new text together from strings and spans of the old one, and tells texts apart by their digests.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

static int put_together(JSContext *js, const struct file *file, JSValueConst pieces, struct assembled *text);
static int judge(const struct assembled *text);
static int add_bytes(struct assembled *text, const char *bytes, size_t size);
static int add_byte(struct assembled *text, char byte);
static inline int make_room(struct assembled *text, size_t size);
static int enlarge(struct assembled *text, size_t size);
static int add_string(JSContext *js, struct assembled *text, JSValueConst piece);
static int add_json(JSContext *js, struct assembled *text, JSValueConst value);
static int add_list(JSContext *js, struct assembled *text, JSValueConst list);
static int add_members(JSContext *js, struct assembled *text, JSValueConst object);
static int add_quoted(struct assembled *text, const char *bytes, size_t length);
static int offset_from(JSContext *js, JSValueConst pieces, uint32_t index, size_t *offset);

/*
 * Its digest is asked for before the text is written: what that takes of the memory is known by then, and it is not
 * made twice.
 */
int assemble(JSContext *js, const struct file *file, JSValueConst pieces)
{
	struct held *held = file->held;
	if (held == NULL)
		return EINVAL;
	if (JS_IsObject(held->pieces) && JS_VALUE_GET_PTR(held->pieces) == JS_VALUE_GET_PTR(pieces))
		return held->judged;
	JS_FreeValue(js, held->pieces);
	held->pieces = JS_UNDEFINED;
	struct assembled text = { NULL, 0, 0 };
	int error = put_together(js, file, pieces, &text);
	free(held->text.bytes);
	held->text = text;
	if (error == 0)
		error = judge(&held->text);
	if (error == 0 || error == EBADMSG) {
		held->pieces = JS_DupValue(js, pieces);
		held->judged = error;
	}
	return error;
}

static int judge(const struct assembled *text)
{
	struct json json = { NULL, 0, 0 };
	struct json_problem problem;
	bool is_json = json_parse(text->bytes, text->size, &json, &problem);
	free(json.nodes);
	return is_json ? 0 : problem.words == NULL ? ENOMEM : EBADMSG;
}

static int put_together(JSContext *js, const struct file *file, JSValueConst pieces, struct assembled *text)
{
	int64_t count = array_length(js, pieces);
	if (count < 0)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		JSValue piece = JS_GetPropertyUint32(js, pieces, i);
		int error;
		if (JS_IsException(piece))
			return -1;
		if (JS_IsString(piece)) {
			error = add_string(js, text, piece);
		} else if (JS_IsObject(piece)) {
			error = add_json(js, text, piece);
		} else {
			size_t start, end;
			error = offset_from(js, pieces, i, &start);
			if (error == 0)
				error = offset_from(js, pieces, ++i, &end);
			if (error == 0)
				error = start > end || end > file->size
						? EINVAL
						: add_bytes(text, file->bytes + start, end - start);
		}
		JS_FreeValue(js, piece);
		if (error != 0)
			return error;
	}
	return text->bytes == NULL ? EBADMSG : 0;
}

static int offset_from(JSContext *js, JSValueConst pieces, uint32_t index, size_t *offset)
{
	JSValue value = JS_GetPropertyUint32(js, pieces, index);
	double number = -1;
	bool numeric = JS_IsNumber(value) && JS_ToFloat64(js, &number, value) == 0;
	if (JS_IsException(value))
		return -1;
	JS_FreeValue(js, value);
	if (!numeric || !(number >= 0 && number <= INT32_MAX) || number != (double)(int32_t)number)
		return EINVAL;
	*offset = (size_t)number;
	return 0;
}

/* Without mending: half a pair is none of what we write. */
static int add_string(JSContext *js, struct assembled *text, JSValueConst piece)
{
	struct text cleanup_text string = { js, NULL, 0 };
	string.bytes = JS_ToCStringLen(js, &string.length, piece);
	if (string.bytes == NULL)
		return -1;
	return utf8_valid(string.bytes, string.length) ? add_bytes(text, string.bytes, string.length) : EBADMSG;
}

/* As the engine's own JSON.stringify, which takes several times as long, and refuses a bigint: of data without cycles. */
static int add_json(JSContext *js, struct assembled *text, JSValueConst value)
{
	if (JS_IsObject(value))
		return JS_IsArray(js, value) ? add_list(js, text, value) : add_members(js, text, value);
	if (JS_IsUndefined(value))
		return add_bytes(text, "null", sizeof "null" - 1);
	struct text cleanup_text written = { js, NULL, 0 };
	written.bytes = JS_ToCStringLen(js, &written.length, value);
	if (written.bytes == NULL)
		return -1;
	return JS_IsString(value) ? add_quoted(text, written.bytes, written.length)
				  : add_bytes(text, written.bytes, written.length);
}

static int add_list(JSContext *js, struct assembled *text, JSValueConst list)
{
	int64_t count = array_length(js, list);
	int error = count < 0 ? -1 : add_byte(text, '[');
	for (uint32_t i = 0; error == 0 && i < count; i++) {
		JSValue entry = JS_GetPropertyUint32(js, list, i);
		if (i > 0)
			error = add_byte(text, ',');
		if (error == 0)
			error = JS_IsException(entry) ? -1 : add_json(js, text, entry);
		JS_FreeValue(js, entry);
	}
	return error != 0 ? error : add_byte(text, ']');
}

static int add_members(JSContext *js, struct assembled *text, JSValueConst object)
{
	JSPropertyEnum *names;
	uint32_t count;
	if (JS_GetOwnPropertyNames(js, &names, &count, object, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) != 0)
		return -1;
	char before = '{';
	int error = 0;
	for (uint32_t i = 0; error == 0 && i < count; i++) {
		JSValue value = JS_GetProperty(js, object, names[i].atom);
		if (!JS_IsUndefined(value)) {
			JSValue key = JS_AtomToString(js, names[i].atom);
			size_t length;
			const char *name = JS_ToCStringLen(js, &length, key);
			JS_FreeValue(js, key);
			error = name == NULL || JS_IsException(value) ? -1 : add_byte(text, before);
			if (error == 0)
				error = add_quoted(text, name, length);
			if (error == 0)
				error = add_byte(text, ':');
			if (error == 0)
				error = add_json(js, text, value);
			if (name != NULL)
				JS_FreeCString(js, name);
			before = ',';
		}
		JS_FreeValue(js, value);
	}
	for (uint32_t i = 0; i < count; i++)
		JS_FreeAtom(js, names[i].atom);
	js_free(js, names);
	if (error == 0 && before == '{')
		error = add_byte(text, before);
	return error != 0 ? error : add_byte(text, '}');
}

/* Half a pair of UTF-16 comes as three bytes, and is spelled out. */
static int add_quoted(struct assembled *text, const char *bytes, size_t length)
{
	static const bool may_need_escape[256] = { [0 ... ' ' - 1] = true, ['"'] = true, ['\\'] = true, [0xed] = true };
	static const char names[] = "btn\0fr";
	int error = make_room(text, length + 2);
	if (error != 0)
		return error;
	text->bytes[text->size++] = '"';
	size_t written = 0;
	for (size_t i = 0; error == 0 && i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		if (!may_need_escape[byte])
			continue;
		bool is_half = byte == 0xed && (unsigned char)bytes[i + 1] >= 0xa0;
		if (byte == 0xed && !is_half)
			continue;
		char escape[sizeof "\\uffff"] = { '\\', (char)byte };
		size_t size = 2;
		if (byte >= '\b' && byte <= '\r' && byte != '\v') {
			escape[1] = names[byte - '\b'];
		} else if (byte < ' ' || is_half) {
			unsigned unit = is_half ? 0xd000u | (bytes[i + 1] & 0x3fu) << 6 | (bytes[i + 2] & 0x3fu) : byte;
			size = (size_t)snprintf(escape, sizeof escape, "\\u%04x", unit);
		}
		error = add_bytes(text, bytes + written, i - written);
		if (error == 0)
			error = add_bytes(text, escape, size);
		i += is_half ? 2 : 0;
		written = i + 1;
	}
	if (error == 0)
		error = add_bytes(text, bytes + written, length - written);
	return error != 0 ? error : add_byte(text, '"');
}

static int add_bytes(struct assembled *text, const char *bytes, size_t size)
{
	int error = make_room(text, size);
	if (error != 0)
		return error;
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	return 0;
}

static int add_byte(struct assembled *text, char byte)
{
	int error = make_room(text, 1);
	if (error == 0)
		text->bytes[text->size++] = byte;
	return error;
}

static inline int make_room(struct assembled *text, size_t size)
{
	return text->bytes != NULL && size <= text->room - text->size ? 0 : enlarge(text, size);
}

static int enlarge(struct assembled *text, size_t size)
{
	if (size > INT32_MAX - text->size)
		return EFBIG;
	size_t room = (text->size + size) * 2 + 1;
	char *larger = realloc(text->bytes, room);
	if (larger == NULL)
		return ENOMEM;
	text->bytes = larger;
	text->room = room;
	return 0;
}

/* What the core has as JSON.stringify. */
HOST(host_stringify)
{
	(void)self, (void)argc;
	struct assembled text = { NULL, 0, 0 };
	if (JS_IsUndefined(argv[0]))
		return JS_UNDEFINED;
	int error = add_json(js, &text, argv[0]);
	JSValue string = error == 0  ? JS_NewStringLen(js, text.bytes, text.size)
			 : error < 0 ? JS_EXCEPTION
				     : JS_ThrowOutOfMemory(js);
	free(text.bytes);
	return string;
}

/* Of a file's bytes, or of what edits make of them. */
HOST(host_digest)
{
	(void)self;
	char hex[SHA256_HEX_BYTES];
	struct file *file = file_from(js, argv[0]);
	if (file == NULL)
		return JS_EXCEPTION;
	if (argc < 2 || JS_IsUndefined(argv[1])) {
		sha256(file->bytes, file->size, hex);
		return JS_NewString(js, hex);
	}
	int error = assemble(js, file, argv[1]);
	/* what is no JSON is for who replaces the file to say */
	if (error != 0 && error != EBADMSG)
		return errno_to_js(js, error);
	sha256(file->held->text.bytes, file->held->text.size, hex);
	return JS_NewString(js, hex);
}
