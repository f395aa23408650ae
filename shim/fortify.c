// What Debian's archives, hardened for glibc, call and musl does not have.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __snprintf_chk(char *text, size_t size, int flag, size_t room, const char *format, ...);
int __vsnprintf_chk(char *text, size_t size, int flag, size_t room, const char *format, va_list arguments);
int __sprintf_chk(char *text, int flag, size_t room, const char *format, ...);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room);

int __vsnprintf_chk(char *text, size_t size, int flag, size_t room, const char *format, va_list arguments)
{
	(void)flag;
	if (size > room)
		abort();
	return vsnprintf(text, size, format, arguments);
}

int __snprintf_chk(char *text, size_t size, int flag, size_t room, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = __vsnprintf_chk(text, size, flag, room, format, arguments);
	va_end(arguments);
	return length;
}

int __sprintf_chk(char *text, int flag, size_t room, const char *format, ...)
{
	(void)flag;
	va_list arguments;
	va_start(arguments, format);
	/* room is SIZE_MAX where the compiler knew none; vsnprintf takes no more than INT_MAX */
	int length = vsnprintf(text, room > 0x7fffffff ? 0x7fffffff : room, format, arguments);
	va_end(arguments);
	if (length >= 0 && (size_t)length >= room)
		abort();
	return length;
}

int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
	(void)flag;
	va_list arguments;
	va_start(arguments, format);
	int length = vfprintf(stream, format, arguments);
	va_end(arguments);
	return length;
}

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room)
{
	if (size > room)
		abort();
	return memcpy(to, from, size);
}
