// Whether any bundle that argv could mean may ask for devices. May say yes wrongly, never no: the grammar itself is the core's.
#include <string.h>

#include "shim.h"

#define MOST_TOKENS 256
#define MOST_CANDIDATES 64

struct prefilter {
	struct scan scan;
	unsigned candidates;
};

static bool option_may_request(struct prefilter *filter, char **argv, int argc, int index);
static bool all_may_request(struct prefilter *filter, char **argv, int argc);
static bool value_may_request(struct prefilter *filter, const char *value, bool file_too);
static bool unusual(const char *token);

bool edits_a_bundle(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "create") == 0 || strcmp(argv[i], "run") == 0 || strcmp(argv[i], "restore") == 0)
			return true;
	return false;
}

bool may_request(int argc, char **argv, char **envp)
{
	struct prefilter filter = { .candidates = 0 };
	if (argc > MOST_TOKENS || file_may_request(&filter.scan, "config.json", &usual_markers))
		return true;
	for (int i = 1; i < argc; i++)
		if (unusual(argv[i]) || option_may_request(&filter, argv, argc, i))
			return true;
	return settings_add_sources(envp);
}

/* runc's next parser trims white space (Unicode's too), runsc cleans `a/../b` without looking at the disk. */
static bool unusual(const char *token)
{
	size_t length = strlen(token);
	if (length == 0)
		return false;
	unsigned char first = (unsigned char)token[0], last = (unsigned char)token[length - 1];
	if (first <= ' ' || first >= 0x80 || last <= ' ' || last >= 0x80)
		return true;
	const char *up = strstr(token, "/..");
	for (; up != NULL; up = strstr(up + 3, "/.."))
		if (up[3] == '/' || up[3] == '\0')
			return true;
	return false;
}

/* -b, -c and -f and words that begin with b or c name a bundle or a file in one runtime or another. */
static bool option_may_request(struct prefilter *filter, char **argv, int argc, int index)
{
	const char *token = argv[index];
	if (token[0] != '-' || token[1] == '\0')
		return false;
	bool word = token[1] == '-';
	if (word ? token[2] != 'b' && token[2] != 'c' : strpbrk(token, "bcf") == NULL)
		return false;
	bool file_too = word ? token[2] == 'c' : strpbrk(token, "cf") != NULL;

	const char *equals = strchr(token, '=');
	if (equals != NULL && value_may_request(filter, equals + 1, file_too))
		return true;
	/* values glued to a letter: runc and youki drop a "=" between them, crun takes it for a part of the value */
	for (const char *at = token; !word && (at = strpbrk(at + 1, "bcf")) != NULL;)
		if (value_may_request(filter, at + 1, file_too) ||
		    (at[1] == '=' && value_may_request(filter, at + 2, file_too)))
			return true;
	if (index + 1 < argc && value_may_request(filter, argv[index + 1], file_too))
		return true;
	/* runc moves options behind the operands to the front: then the value may be any other token */
	bool value_may_move = index + 1 == argc || argv[index + 1][0] == '-';
	return value_may_move && all_may_request(filter, argv, argc);
}

static bool all_may_request(struct prefilter *filter, char **argv, int argc)
{
	for (int i = 1; i < argc; i++)
		if (value_may_request(filter, argv[i], true))
			return true;
	return false;
}

/* A bundle's directory, or (crun's --config) the file itself. */
static bool value_may_request(struct prefilter *filter, const char *value, bool file_too)
{
	static const char name[] = "/config.json";
	char path[PATH_MAX];
	size_t length = strlen(value);
	/* empty: the current directory, looked at before */
	if (length == 0)
		return false;
	if (++filter->candidates > MOST_CANDIDATES || length + sizeof name > sizeof path)
		return true;
	memcpy(path, value, length);
	memcpy(path + length, name, sizeof name);
	return file_may_request(&filter->scan, path, &usual_markers) || (file_too && file_may_request(&filter->scan, value, &usual_markers));
}
