// SHA-256 in hexadecimal digits, by libmd.
#include <sha256.h>

#include "host.h"

void sha256(const char *bytes, size_t size, char hex[SHA256_HEX_BYTES])
{
	SHA256Data((const uint8_t *)bytes, size, hex);
}
