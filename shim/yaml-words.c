// libyaml's problems in plain words, where src/text/yaml-syntax.ts has words of its own in those.
#include <string.h>

#include "yaml-parts.h"

static const struct {
	const char *problem;
	const char *words;
} translations[] = {
	{ "found character that cannot start any token", "this character cannot begin a value" },
	{ "could not find expected ':'", "a colon after the key is missing" },
	{ "did not find expected key", "a key is missing here, or the indentation is wrong" },
	{ "did not find expected '-' indicator", "a list entry is missing here, or the indentation is wrong" },
	{ "did not find expected ',' or ']'", "a comma or ] is missing" },
	{ "did not find expected ',' or '}'", "a comma or } is missing" },
	{ "did not find expected node content", "a value is missing" },
	{ "did not find expected <document start>", "--- is missing after the directives" },
	{ "mapping values are not allowed in this context", "a colon stands where no key can be" },
	{ "mapping keys are not allowed in this context", "a key cannot stand here" },
	{ "block sequence entries are not allowed in this context", "a list entry cannot stand here" },
	{ "found unexpected end of stream", "a quoted text does not end" },
	{ "found unexpected document indicator", "a quoted text does not end" },
	{ "found unexpected ':'", "a colon stands inside a word" },
	{ "found unknown escape character", YAML_ESCAPE_WORDS },
	{ "found invalid Unicode character escape code", YAML_ESCAPE_WORDS },
	{ "did not find expected hexdecimal number", "an escape in a quoted text lacks hexadecimal digits" },
	{ "found a tab character where an indentation space is expected", "a tab stands where spaces must indent" },
	{ "found a tab character that violates indentation", "a tab stands where spaces must indent" },
	{ "found an indentation indicator equal to 0", "an indentation of 0 cannot be asked for" },
	{ "did not find expected comment or line break", "only a comment may follow here" },
	{ "did not find expected whitespace or line break", "a space is missing" },
	{ "did not find expected whitespace", "a space is missing" },
	{ "did not find expected alphabetic or numeric character", "a name after & or * is missing" },
	{ "found undefined tag handle", "the beginning of a tag is not declared" },
	{ "did not find expected tag URI", "a tag is malformed" },
	{ "did not find expected '!'", "a tag is malformed" },
	{ "did not find the expected '>'", "a tag is malformed" },
	{ "did not find URI escaped octet", "a tag is malformed" },
	{ "found an incorrect leading UTF-8 octet", "a tag is malformed" },
	{ "found an incorrect trailing UTF-8 octet", "a tag is malformed" },
	{ "found unknown directive name", "a directive is unknown" },
	{ "could not find expected directive name", "a directive is unknown" },
	{ "found unexpected non-alphabetical character", "a directive is malformed" },
	{ "did not find expected digit or '.' character", "a directive is malformed" },
	{ "did not find expected version number", "a directive is malformed" },
	{ "found extremely long version number", "a directive is malformed" },
	{ "found duplicate %YAML directive", "a directive stands twice" },
	{ "found duplicate %TAG directive", "a directive stands twice" },
	{ "found incompatible YAML document", YAML_VERSION_WORDS },
};

const char *yaml_words(const char *problem)
{
	if (problem == NULL)
		return "the text is no YAML";
	for (size_t i = 0; i < sizeof translations / sizeof *translations; i++)
		if (strcmp(translations[i].problem, problem) == 0)
			return translations[i].words;
	return problem;
}
