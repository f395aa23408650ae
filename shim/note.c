// The version, as an ELF note that tools can read without running the file.

__asm__(".pushsection .note.cdi-runtime,\"a\",%note\n"
	".balign 4\n"
	".long 2f - 1f\n"
	".long 4f - 3f\n"
	".long 1\n"
	"1: .asciz \"cdi-runtime\"\n"
	"2: .balign 4\n"
	"3: .ascii \"" CDI_RUNTIME_VERSION "\"\n"
	"4: .balign 4\n"
	".popsection\n");
