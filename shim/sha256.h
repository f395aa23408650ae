// SHA-256 (FIPS 180-4).
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>

#define SHA256_HEX_BYTES 65

/* `hex` is ended by a NUL */
void sha256(const char *bytes, size_t size, char hex[SHA256_HEX_BYTES]);

#endif
