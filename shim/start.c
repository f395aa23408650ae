// The program's beginning, in place of the C library's, which would relocate all that the core has at each start.
#include "shim.h"

#define hidden __attribute__((visibility("hidden")))

hidden int main(int argc, char **argv, char **envp);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*end)(void));
hidden void begin(uintptr_t *stack);

/* what the kernel leaves on the stack is handed on */
__asm__(".pushsection .text.start, \"ax\", %progbits\n"
	".globl _start\n"
	"_start:\n"
#ifdef __x86_64__
	"xor %ebp, %ebp\n"
	"mov %rsp, %rdi\n"
	"and $-16, %rsp\n"
	"call begin\n"
#else
	"mov x29, 0\n"
	"mov x30, 0\n"
	"mov x0, sp\n"
	"and sp, x0, -16\n"
	"b begin\n"
#endif
	".popsection\n");

void begin(uintptr_t *stack)
{
	relocate(false);
	__libc_start_main(main, (int)*stack, (char **)(stack + 1), NULL, NULL, NULL);
}
