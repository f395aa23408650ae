// Host operation that waits for a change in directories: by inotify, and by looking again where that is used up.
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>

#include "host.h"

#define EVENTS \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | \
	 IN_MOVE_SELF)
/* where inotify is used up, the caller looks again after so long */
#define LOOK_AGAIN_MS 50
#define MOST_DIRECTORIES 64

/* One directory that matters, and what the kernel watches for it: itself, or the nearest one above that is there. */
struct watched {
	char *path;
	int number;
	/* the name below the one above; empty: every name matters */
	char awaited[NAME_MAX + 1];
};

struct watch {
	int descriptor;
	struct timespec begin;
	int64_t milliseconds;
	/* some directory cannot be watched, so that only another look tells */
	bool blind;
	unsigned count;
	struct watched directories[MOST_DIRECTORIES];
};

static void arm(struct watch *watch, struct watched *directory);
static bool arm_nearest(struct watch *watch, struct watched *directory);
static bool drain(struct watch *watch);
static bool matters(const struct watch *watch, const struct inotify_event *event);

/* Kept open until the exec, which closes it: there is one wait in a run. */
HOST(host_watch)
{
	static struct watch watch;
	int64_t count = array_length(js, argv[0]);
	if (count < 0 || JS_ToInt64(js, &watch.milliseconds, argv[1]) != 0)
		return JS_EXCEPTION;
	clock_gettime(CLOCK_MONOTONIC, &watch.begin);
	if (shim_of(js)->watch == NULL)
		watch.descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	shim_of(js)->watch = &watch;
	for (uint32_t i = 0; i < count && watch.count < MOST_DIRECTORIES; i++) {
		char path[PATH_MAX];
		JSValue value = JS_GetPropertyUint32(js, argv[0], i);
		int error = path_from(js, value, path);
		JS_FreeValue(js, value);
		if (error < 0)
			return JS_EXCEPTION;
		struct watched *directory = &watch.directories[watch.count];
		directory->path = error == 0 ? strdup(path) : NULL;
		if (directory->path == NULL)
			continue;
		watch.count++;
		arm(&watch, directory);
	}
	return JS_UNDEFINED;
}

/* What comes to be between a look at it and the watch above it would be missed: so there is a second look. */
static void arm(struct watch *watch, struct watched *directory)
{
	if (!arm_nearest(watch, directory))
		arm_nearest(watch, directory);
}

/* Whether the directory itself is there. */
static bool arm_nearest(struct watch *watch, struct watched *directory)
{
	char above[PATH_MAX];
	strcpy(above, directory->path);
	directory->awaited[0] = '\0';
	for (;;) {
		directory->number = inotify_add_watch(watch->descriptor, above, EVENTS | IN_ONLYDIR | IN_MASK_ADD);
		bool is_absent = directory->number < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES);
		char *slash = strrchr(above, '/');
		watch->blind = watch->blind || (directory->number < 0 && !is_absent);
		if (!is_absent || slash == NULL || slash[1] == '\0' || strlen(slash + 1) > NAME_MAX)
			return directory->awaited[0] == '\0';
		strcpy(directory->awaited, slash + 1);
		slash[slash == above ? 1 : 0] = '\0';
	}
}

HOST(host_wait_for_change)
{
	struct shim *shim = shim_of(js);
	struct watch *watch = shim->watch;
	struct timespec begin;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	forget_looks();
	bool changed = false;
	for (int64_t left;
	     !changed && (left = watch->milliseconds - milliseconds_since(CLOCK_MONOTONIC, &watch->begin)) > 0;) {
		struct pollfd change = { .fd = watch->descriptor, .events = POLLIN };
		int most = left > INT_MAX ? INT_MAX : (int)left;
		int ready = poll(&change, 1, watch->blind && most > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : most);
		changed = ready > 0 ? drain(watch) : ready == 0 && watch->blind && left > LOOK_AGAIN_MS;
		if (ready < 0 && errno != EINTR)
			break;
	}
	/* the core's own time does not run while it waits */
	shim->deadline.waited += milliseconds_since(CLOCK_MONOTONIC, &begin) + 1;
	return JS_NewBool(js, changed);
}

/* Reads all events; what appeared or vanished needs another watch. */
static bool drain(struct watch *watch)
{
	_Alignas(struct inotify_event) char events[4096];
	bool any = false;
	ssize_t size;
	while ((size = read(watch->descriptor, events, sizeof events)) > 0)
		for (ssize_t at = 0; at < size;) {
			const struct inotify_event *event = (const struct inotify_event *)(const void *)(events + at);
			any = matters(watch, event) || any;
			at += (ssize_t)(sizeof *event + event->len);
		}
	for (unsigned i = 0; any && i < watch->count; i++)
		arm(watch, &watch->directories[i]);
	return any;
}

static bool matters(const struct watch *watch, const struct inotify_event *event)
{
	if ((event->mask & IN_Q_OVERFLOW) != 0)
		return true;
	if ((event->mask & IN_IGNORED) != 0)
		return false;
	for (unsigned i = 0; i < watch->count; i++) {
		const struct watched *directory = &watch->directories[i];
		if (directory->number == event->wd &&
		    (directory->awaited[0] == '\0' || event->len == 0 || strcmp(directory->awaited, event->name) == 0))
			return true;
	}
	return false;
}
