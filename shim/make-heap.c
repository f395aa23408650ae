// Makes the heap that heap.c wakes: runs when this program is built, in its place of main, and never afterwards.
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "host.h"

#define PAGE_BYTES ((uintptr_t)4096)
/* less than what a start takes from the system at first (memory.c) */
#define ROOM_BYTES (((size_t)2 << 20) - PAGE_BYTES)

extern const char __ehdr_start[], _end[];

static int make_heap(const char *made, char *heap);
static bool write_heap(const char *path, const char *heap);
static int complain(const char *what, const char *why);

/* The linker lets the maker begin here: both programs are the same but for that, and so are the places of all things. */
int __wrap_main(int argc, char **argv);

/* The engine's random numbers, which the core cannot ask for, begin with the time. */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	(void)zone;
	*now = (struct timeval){ 1, 0 };
	return 0;
}

/* HEAP ADDRESS */
int __wrap_main(int argc, char **argv)
{
	relocate(true);
	if (argc != 3)
		return complain("the heap", "a file to make and an address are wanted");
	uintptr_t at = (uintptr_t)strtoull(argv[2], NULL, 16), page = at & ~(PAGE_BYTES - 1);
	void *region = mmap((void *)page, ROOM_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (region != (void *)page)
		return complain("the heap", "its address is taken");
	memory_begin((char *)at, (char *)page + ROOM_BYTES);
	return make_heap(argv[1], (char *)at);
}

static int make_heap(const char *made, char *heap)
{
	/* the first block, by which heap.c finds it */
	JSContext **js = malloc(sizeof(JSContext *));
	if (js == NULL || !load_core(js)) {
		struct text cleanup_text text = { NULL, NULL, 0 };
		if (js != NULL && *js != NULL)
			text = text_from(*js, JS_GetException(*js));
		return complain("the core", text.bytes == NULL ? "memory ran out" : text.bytes);
	}
	return write_heap(made, heap) ? 0 : complain(made, "cannot be written");
}

/* Before it: where it is, where the program and its end are, and the stack. */
static bool write_heap(const char *path, const char *heap)
{
	const uintptr_t places[] = { (uintptr_t)heap, (uintptr_t)__ehdr_start, (uintptr_t)_end,
				     (uintptr_t)__builtin_frame_address(0) };
	cleanup_close int descriptor = openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return descriptor >= 0 && append_whole(descriptor, (const char *)places, sizeof places) == 0 &&
	       append_whole(descriptor, heap, (size_t)(memory_room(0) - heap)) == 0;
}

static int complain(const char *what, const char *why)
{
	dprintf(STDERR_FILENO, "cannot keep the core: %s: %s\n", what, why);
	return 1;
}
