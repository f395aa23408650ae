// The end of a create from which nothing is started: the document is put back, and stderr, log and audit are told.
#include <errno.h>
#include <string.h>

#include "shim.h"

void give_up(struct shim *shim, const char *code, const char *sentence, const char *reason)
{
	char whole[3 * PROBLEM_BYTES], why[2 * PROBLEM_BYTES];
	struct line line = line_over(whole, sizeof whole), cause = line_over(why, sizeof why);
	const char *tail = undo(shim);
	/* as src/runtime/failure-line.ts does */
	line_format(&line, "%s%s (cdictl errors %s)", sentence, tail, code);
	line_format(&cause, "%s%s (cdictl errors %s)", reason, tail, code);
	say(shim, whole);
	log_reason(shim, why);
	/* there, the code has a place of its own */
	whole[strlen(sentence) + strlen(tail)] = '\0';
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
	return error == ESTALE || error == ENOENT ? "" : STAYS;
}
