// The parts of reading YAML that have their own files.
#ifndef YAML_PARTS_H
#define YAML_PARTS_H

#include <yaml.h>

#include "host.h"

#define YAML_DEPTH 256

/* yaml-words.c: a problem of libyaml's in plain words */
const char *yaml_words(const char *problem);

/* yaml-escapes.c: a place in the source, counted in characters as libyaml's marks are */
struct source {
	const unsigned char *at, *end;
	size_t index;
	yaml_encoding_t encoding;
	/* whether any `\/` can be in it at all */
	bool suspicious;
};
struct source source_of(const struct file *file, yaml_encoding_t encoding);
/* whether a double-quoted scalar holds `\/`, which libyaml reads and the Go reader refuses; in the order of the text */
bool holds_slash_escape(struct source *source, const yaml_event_t *scalar);

#endif
