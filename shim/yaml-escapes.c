// Finds `\/` in double-quoted YAML: libyaml reads it, the Go reader refuses it, and libyaml's events don't show it.
#include <string.h>

#include "yaml-parts.h"

static bool is_break(uint32_t letter);

/* A scalar's mark is that of its anchor or tag, so comments may stand before the opening quote. */
bool holds_slash_escape(struct source *source, const yaml_event_t *scalar)
{
	enum { BEFORE, IN_COMMENT, QUOTED, ESCAPED } state = BEFORE;
	if (!source->suspicious)
		return false;
	while (source->index < scalar->start_mark.index && source->at < source->end)
		next_character(source);
	struct position here = { (uint32_t)scalar->start_mark.line + 1, (uint32_t)scalar->start_mark.column + 1 };
	for (uint32_t before = 0; source->index < scalar->end_mark.index && source->at < source->end;) {
		uint32_t letter = next_character(source);
		if (state == BEFORE)
			state = letter == '"' ? QUOTED : letter == '#' ? IN_COMMENT : BEFORE;
		else if (state == IN_COMMENT)
			state = is_break(letter) ? BEFORE : IN_COMMENT;
		else if (state == ESCAPED && letter == '/')
			return true;
		else
			state = state == QUOTED && letter == '\\' ? ESCAPED : QUOTED;
		if (state == ESCAPED)
			source->escape = here;
		here.column++;
		if (is_break(letter))
			here = (struct position){ here.line + (letter != '\n' || before != '\r'), 1 };
		before = letter;
	}
	return false;
}

/* the line breaks of YAML 1.1 */
static bool is_break(uint32_t letter)
{
	return letter == '\n' || letter == '\r' || letter == 0x85 || letter == 0x2028 || letter == 0x2029;
}
