// A place in a text.
#ifndef POSITION_H
#define POSITION_H

#include <stdint.h>

/* line and column from 1, in characters; line 0 for no place */
struct position {
	uint32_t line, column;
};

#define NOT_UTF8 "it is not valid UTF-8"
#define NOT_UTF16 "it is not valid UTF-16"

#endif
