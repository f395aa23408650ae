// What libyaml reads otherwise than the Go reader of CDI, or slowly, changed in its source before it is compiled: once for
// all doors.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Change {
  /** what Go does (goyaml.v2 in sigs.k8s.io/yaml 1.4), or what is faster so */
  readonly because: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const CHANGES: readonly Change[] = [
  {
    because: 'in a flow collection a word may hold a colon before , ? [ ] { or }',
    file: 'scanner.c',
    from: "if (parser->flow_level\n                    && CHECK(parser->buffer, ':')\n",
    to: "if (0\n                    && CHECK(parser->buffer, ':')\n",
  },
  {
    because: 'in a flow collection a ? ends a word',
    file: 'scanner.c',
    from: "(CHECK(parser->buffer, ',')\n                         || CHECK(parser->buffer, '[')",
    to: "(CHECK(parser->buffer, ',') || CHECK(parser->buffer, '?')\n                         || CHECK(parser->buffer, '[')",
  },
  {
    because: 'a tag may hold , [ and ] anywhere',
    file: 'scanner.c',
    from: '|| (uri_char && (\n',
    to: '|| ((uri_char || 1) && (\n',
  },
  {
    because: 'a tag ends only before white space',
    file: 'scanner.c',
    from: "if (!parser->flow_level || !CHECK(parser->buffer, ',') ) {",
    to: '{',
  },
  {
    because:
      'a %00 is a character of a tag, which makes it an unknown one; here it would end the text, and %01 is as unknown',
    file: 'scanner.c',
    from: '*(string->pointer++) = octet;',
    to: '*(string->pointer++) = octet > 0 && octet < 0x80 ? octet : 1;',
  },
  {
    because: 'the numbers of %YAML have two digits at most',
    file: 'scanner.c',
    from: '#define MAX_NUMBER_LENGTH   9',
    to: '#define MAX_NUMBER_LENGTH   2',
  },
  {
    because: "there is no escape \\/, but there is \\'",
    file: 'scanner.c',
    from: "case '/':\n                        *(string.pointer++) = '/';\n                        break;\n",
    to: "case '\\'':\n                        *(string.pointer++) = '\\'';\n                        break;\n",
  },
  {
    because: 'a document of YAML 1.2 is refused',
    file: 'parser.c',
    from: '&& token->data.version_directive.minor != 2\n',
    to: '',
  },
  {
    because: 'it looks 512 bytes ahead, and no further for characters that are not allowed',
    file: 'yaml_private.h',
    from: '#define INPUT_RAW_BUFFER_SIZE   16384',
    to: '#define INPUT_RAW_BUFFER_SIZE   512',
  },
  {
    because:
      'it looks for a byte order mark where its buffer begins, not where it reads: behind a second one, the first character of each line is lost',
    file: 'yaml_private.h',
    from: '#define IS_BOM(string)  IS_BOM_AT(string,0)',
    // Not at the end of the text, behind which there is nothing to skip to.
    to: '#define IS_BOM(string)  (memcmp((string).start, "\\xEF\\xBB\\xBF", 3) == 0 && !IS_Z(string))',
  },
  {
    because: 'its buffer begins anew near the end of the text, too, which the mark that it looks for there depends on',
    file: 'reader.c',
    from: 'if (parser->eof && parser->raw_buffer.pointer == parser->raw_buffer.last)\n        return 1;\n',
    to: '',
  },
  {
    because:
      'a flow collection without a word that could be a key (empty, or of ? alone) is no key either, though it may look like one: where it is the document, what is behind it on its line ends the document, a : too, and is looked at for one token only',
    file: 'scanner.c',
    from: 'yaml_simple_key_t empty_simple_key = { 0, 0, 0, { 0, 0, 0 } };\n\n    /* Reset',
    to: `yaml_simple_key_t empty_simple_key = {
        0, 0, parser->tokens_parsed + (parser->tokens.tail - parser->tokens.head), { 0, 0, 0 }
    };

    /* Reset`,
  },
  {
    because: 'as above: the inner level still has the number of the bracket, and with it goes the key of the outer one',
    file: 'scanner.c',
    from: '(void)POP(parser, parser->simple_keys);',
    to: `size_t inner = POP(parser, parser->simple_keys).token_number;
        yaml_simple_key_t *outer = parser->simple_keys.top - 1;
        if (!parser->flow_level && parser->indent < 0 && outer->possible && outer->token_number == inner)
            outer->possible = NOT_AWAITED;`,
  },
  {
    because: 'as above: no token is read to see whether it is a key',
    file: 'scanner.c',
    from: 'if (simple_key->possible\n                        && simple_key->token_number',
    to: 'if (simple_key->possible && simple_key->possible != NOT_AWAITED\n                        && simple_key->token_number',
  },
  {
    because: 'as above: its : is no error',
    file: 'scanner.c',
    from: '/* Have we found a simple key? */\n\n    if (simple_key->possible)\n',
    to: '/* Have we found a simple key? */\n\n    if (simple_key->possible == NOT_AWAITED)\n        simple_key->possible = 0;\n    else if (simple_key->possible)\n',
  },
  {
    because: 'as above',
    file: 'yaml_private.h',
    from: '#define INITIAL_STACK_SIZE  16',
    to: '#define NOT_AWAITED         2\n\n#define INITIAL_STACK_SIZE  16',
  },
  {
    because: 'most characters are of ASCII, and as they come: more than a tenth of the time',
    file: 'reader.c',
    from: 'size_t raw_unread = parser->raw_buffer.last - parser->raw_buffer.pointer;\n',
    to: `size_t raw_unread = parser->raw_buffer.last - parser->raw_buffer.pointer;

            if (parser->encoding == YAML_UTF8_ENCODING) {
                unsigned char *from = parser->raw_buffer.pointer, *last = parser->raw_buffer.last;
                unsigned char *to = parser->buffer.last;
                /* eight at a time: each is a line feed, or from a space to a tilde */
                for (;;) {
                    const unsigned long long each = 0x0101010101010101ull, high = 0x80 * each;
                    unsigned long long word, feeds;
                    if (last - from < 8)
                        break;
                    memcpy(&word, from, 8);
                    feeds = ~((((word ^ '\\n' * each) & ~high) + ~high) | word);
                    if ((((((word | high) - ' ' * each) | feeds) & ~word & ~(word + each)) & high) != high)
                        break;
                    memcpy(to, from, 8);
                    from += 8;
                    to += 8;
                }
                while (from != last && (*from == '\\n' || (*from >= ' ' && *from <= '~')))
                    *(to++) = *(from++);
                parser->offset += from - parser->raw_buffer.pointer;
                parser->unread += from - parser->raw_buffer.pointer;
                parser->raw_buffer.pointer = from;
                parser->buffer.last = to;
                raw_unread = last - from;
                if (raw_unread == 0)
                    break;
            }
`,
  },
  {
    because: 'in a plain scalar, letters, digits, - _ / and . end nothing: a tenth of the time',
    file: 'scanner.c',
    from: '/* Copy the character. */\n\n            if (!READ(parser, string)) goto error;\n',
    to: `if (!READ(parser, string)) goto error;
            yaml_char_t *from = parser->buffer.pointer, *at = from;
            yaml_char_t *to = string.pointer;
            static const char plain[256] = { ['-' ... '9'] = 1, ['A' ... 'Z'] = 1, ['_'] = 1, ['a' ... 'z'] = 1 };
            /* as READ does it, which takes care for a character more */
            while (at < parser->buffer.last && to + 5 < string.end && plain[*at])
                *(to++) = *(at++);
            string.pointer = to;
            parser->buffer.pointer += at - from;
            parser->mark.index += at - from;
            parser->mark.column += at - from;
            parser->unread -= at - from;
`,
  },
  {
    because:
      'most plain scalars end with their line, before anything is to be kept of what is behind them: a sixth of the time',
    file: 'scanner.c',
    from: `        /* Is it the end? */

        if (!(IS_BLANK(parser->buffer) || IS_BREAK(parser->buffer)))
            break;

        /* Consume blank characters. */
`,
    to: `        /* Is it the end? */

        if (!(IS_BLANK(parser->buffer) || IS_BREAK(parser->buffer)))
            break;

        if (CHECK(parser->buffer, '\\n') && !parser->flow_level) {
            yaml_char_t *line = parser->buffer.pointer + 1, *at = line;
            while (at < parser->buffer.last && *at == ' ')
                at++;
            /* what is of ASCII there, and no break and no tab, is the next token's */
            if (at < parser->buffer.last && *at > ' ' && *at < 0x80 && at - line < indent) {
                parser->mark.index += at - line + 1;
                parser->mark.column = at - line;
                parser->mark.line++;
                parser->unread -= at - line + 1;
                parser->buffer.pointer = at;
                leading_blanks = 1;
                break;
            }
        }

        /* Consume blank characters. */

        if (!leading_break.start
                && (!STRING_INIT(parser, leading_break, INITIAL_STRING_SIZE)
                    || !STRING_INIT(parser, trailing_breaks, INITIAL_STRING_SIZE)
                    || !STRING_INIT(parser, whitespaces, INITIAL_STRING_SIZE)))
            goto error;
`,
  },
  {
    because: 'a plain scalar is longer than 16 bytes mostly, and what is behind it is seldom kept',
    file: 'scanner.c',
    from: `    int leading_blanks = 0;
    int indent = parser->indent+1;

    if (!STRING_INIT(parser, string, INITIAL_STRING_SIZE)) goto error;
    if (!STRING_INIT(parser, leading_break, INITIAL_STRING_SIZE)) goto error;
    if (!STRING_INIT(parser, trailing_breaks, INITIAL_STRING_SIZE)) goto error;
    if (!STRING_INIT(parser, whitespaces, INITIAL_STRING_SIZE)) goto error;

    start_mark = end_mark = parser->mark;
`,
    to: `    int leading_blanks = 0;
    int indent = parser->indent+1;

    if (!STRING_INIT(parser, string, 64)) goto error;

    start_mark = end_mark = parser->mark;
`,
  },
];

/** @throws when the source is not the one for which the changes were made */
export function changeLibyaml(folder: string): void {
  for (const { because, file, from, to } of CHANGES) {
    const path = join(folder, 'src', file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) {
      throw new Error(`libyaml's ${file} has ${parts.length - 1} places, not one, for the change "${because}"`);
    }
    writeFileSync(path, parts.join(to));
  }
}
