// What libyaml reads otherwise than the Go reader of CDI, changed in its source before it is compiled: once for all doors.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Change {
  /** what Go does (goyaml.v2 in sigs.k8s.io/yaml 1.4) */
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
    because: 'there is no escape \\/',
    file: 'scanner.c',
    from: "case '/':\n                        *(string.pointer++) = '/';\n                        break;\n",
    to: '',
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
