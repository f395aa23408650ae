// The end of a create from which nothing is started: the document is put back, and stderr, log and audit are told.
#include <errno.h>

#include "shim.h"

static void add_all(struct line *line, const char *text, const char *tail);
static void name_page(struct line *line, const char *code);

void give_up(struct shim *shim, const char *code, const char *sentence, const char *reason)
{
	char whole[3 * PROBLEM_BYTES], why[2 * PROBLEM_BYTES];
	struct line line = line_over(whole, sizeof whole), cause = line_over(why, sizeof why);
	const char *tail = undo(shim);
	add_all(&line, sentence, tail);
	add_all(&cause, reason, tail);
	size_t end = line.length;
	name_page(&line, code);
	name_page(&cause, code);
	report_crash(shim, whole, why);
	/* there, the code has a place of its own */
	whole[end] = '\0';
	record_failure(shim, code, whole);
}

const char *undo(struct shim *shim)
{
	if (shim->replaced == NULL)
		return "";
	int error = put_back(shim);
	if (error == 0)
		return "; its old configuration is back";
	/* somebody else has had the last word */
	return error == ESTALE || error == ENOENT ? "" : "; its configuration stays as it was edited";
}

static void add_all(struct line *line, const char *text, const char *tail)
{
	line_add(line, text);
	line_add(line, tail);
}

/* as src/runtime/failure-line.ts does */
static void name_page(struct line *line, const char *code)
{
	line_add(line, " (cdictl errors ");
	line_add(line, code);
	line_add(line, ")");
}
