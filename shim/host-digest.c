// Host operation that tells one text from another: the digest of a file's bytes, or of what edits make of them.
#include "host-write.h"
#include "sha256.h"

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
	struct assembled text = { NULL, 0, 0 };
	int error = assemble(js, file, argv[1], &text);
	char *cleanup_free bytes = text.bytes;
	if (error != 0)
		return errno_to_js(js, error);
	sha256(text.bytes, text.size, hex);
	return JS_NewString(js, hex);
}
