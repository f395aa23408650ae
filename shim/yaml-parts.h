// The parts of reading YAML that have their own files.
#ifndef YAML_PARTS_H
#define YAML_PARTS_H

#include <yaml.h>

#include "host.h"

/* nodes may stand this deep below the root */
#define YAML_DEPTH 256
#define YAML_ESCAPE_WORDS "an escape that YAML 1.1 does not have"
#define YAML_VERSION_WORDS "a %YAML directive other than 1.1"

/* a node's code: its kind, and above these bits the number of the node behind it */
enum node_kind { PLAIN, TEXT, SEQUENCE, MAPPING, ALIAS };
#define CODE_SHIFT 3
#define KIND_OF(code) ((enum node_kind)((code) & ((1u << CODE_SHIFT) - 1)))
#define END_OF(code) ((code) >> CODE_SHIFT)

/* yaml-words.c: a problem of libyaml's in plain words */
const char *yaml_words(const char *problem);

/* yaml-characters.c: a place in the source, counted in characters as libyaml's marks are */
struct source {
	const unsigned char *at, *end;
	size_t index;
	yaml_encoding_t encoding;
	/* where the last backslash stood, from 1 */
	struct position escape;
	/* whether any `\/` can be in it at all */
	bool suspicious;
};
struct source source_of(const struct file *file);
uint32_t next_character(struct source *source);
/* whether the whole text is of characters that YAML allows; else in what words, and where, line 0 for no place */
bool characters_allowed(struct source source, const char **words, struct position *at);

/* yaml-escapes.c */
/* whether a double-quoted scalar holds `\/` (then at `escape`), which libyaml reads and the Go reader refuses; in the order of the text */
bool holds_slash_escape(struct source *source, const yaml_event_t *scalar);

#endif
