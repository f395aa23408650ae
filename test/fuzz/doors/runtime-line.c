// The line of the runtime in settings of any bytes: its value lies in them, on one line.
#include "../../../shim/shim.h"
#include "door.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *cleanup_free text = text_of(data, size);
	struct scalar value = runtime_line(text, size);
	if (value.text == NULL)
		return 0;
	EXPECT(value.text >= text && value.length <= size - (size_t)(value.text - text), "a value outside the text");
	for (size_t i = 0; i < value.length; i++)
		EXPECT((unsigned char)value.text[i] >= ' ' || value.text[i] == '\t', "a value over two lines");
	return 0;
}
