// The host contract: YAML and JSON.
import { type Bench, LARGEST } from './contract-bench.ts';

export function parsing({ is, last, make }: Bench): void {
  const yaml = (content: string | Uint8Array): unknown =>
    last(['readFile', make(content), LARGEST], ['parseYaml', '$0']);
  const json = (content: string | Uint8Array): unknown =>
    last(['readFile', make(content), LARGEST], ['parseJson', '$0']);
  is(
    'parseYaml() gives the flat tree with tags, anchors and positions',
    () => yaml('ä: &x !!seq [1, "\u{1F600}", *y ]\n'),
    {
      codes: [6 * 8 + 3, 2 * 8 + 1, 6 * 8 + 2, 4 * 8, 5 * 8 + 1, 6 * 8 + 4],
      texts: ['', 'ä', '', '1', '\u{1F600}', 'y'],
      tags: [2, 'tag:yaml.org,2002:seq'],
      anchors: [2, 'x'],
      positions: [
        [1, 1],
        [1, 1],
        [1, 4],
        [1, 14],
        [1, 17],
        [1, 22],
      ],
    },
  );
  const none = { codes: [], texts: [], tags: [], anchors: [], positions: [] };
  for (const [title, content] of [
    ['nothing', ''],
    ['comments', '# a\n'],
    ['a byte order mark', '\ufeff'],
    ['a UTF-16 mark', Buffer.from('\ufeff', 'utf16le')],
  ] as const)
    is(`parseYaml() finds no document in ${title}`, () => yaml(content), none);
  const utf16 = Buffer.from('\ufeffä: "\u{1F600}"\r\n', 'utf16le');
  for (const [title, content] of [
    ['UTF-16', utf16],
    ['swapped UTF-16', Buffer.from(utf16).swap16()],
    ['UTF-8 with a mark', Buffer.from('\ufeffä: "\u{1F600}"\r\n')],
  ] as const)
    is(`parseYaml() reads ${title}`, () => Object(yaml(content)).texts, ['', 'ä', '\u{1F600}']);
  const badYaml: [title: string, content: string | Uint8Array, syntax: string, at: object | null][] = [
    [
      'wrong indentation',
      'ä:\r\n  b: 1\r\n c: 2',
      'a key is missing here, or the indentation is wrong',
      { line: 3, column: 2 },
    ],
    ['an open list', '[a', 'a comma or ] is missing', { line: 2, column: 1 }],
    [
      'a control character behind a mark',
      '\ufeffa: b\n\x01',
      'a character that YAML does not allow',
      { line: 2, column: 1 },
    ],
    [
      'a control character in the first line behind a mark',
      '\ufeffä\x01',
      'a character that YAML does not allow',
      { line: 1, column: 2 },
    ],
    ['an escaped slash', '["ä\\/"]', 'an escape that YAML 1.1 does not have', { line: 1, column: 4 }],
    [
      'an escaped slash behind strange line breaks',
      '["\u2028\u0085 \\/"]',
      'an escape that YAML 1.1 does not have',
      { line: 3, column: 2 },
    ],
    [
      'an escaped slash behind a comment with a strange line break',
      '!!str # "\u0085 "\\/"',
      'an escape that YAML 1.1 does not have',
      { line: 2, column: 3 },
    ],
    ['100,000 levels', '['.repeat(100_000), 'nested deeper than 256 levels', null],
    ['bytes that are no UTF-8', Buffer.from('613a20c3', 'hex'), 'it is not valid UTF-8', { line: 1, column: 4 }],
    [
      'bytes that are no UTF-8 behind an error',
      Buffer.from('5d5d0ac3', 'hex'),
      'it is not valid UTF-8',
      { line: 2, column: 1 },
    ],
    ['half of UTF-16', Buffer.from('fffe61', 'hex'), 'it is not valid UTF-16', { line: 1, column: 1 }],
    ['half of a pair in UTF-16', Buffer.from('fffe00d86100', 'hex'), 'it is not valid UTF-16', { line: 1, column: 2 }],
  ];
  for (const [title, content, syntax, at] of badYaml)
    is(`parseYaml() refuses ${title}`, () => yaml(content), at === null ? { syntax } : { syntax, at });

  is(
    'parseJson() gives kinds, spans, keys and numbers as written',
    () => json(' {"ä\\n" : [1.0e+2, -0, "\\ud83d\\ude00"], "b": {}, "b": [true,false ,null]}\n'),
    [
      'object',
      '{"ä\\n" : [1.0e+2, -0, "\\ud83d\\ude00"], "b": {}, "b": [true,false ,null]}',
      [
        [
          'ä\n',
          '"ä\\n" : ',
          [
            'array',
            '[1.0e+2, -0, "\\ud83d\\ude00"]',
            [
              ['number', '1.0e+2', '1.0e+2'],
              ['number', '-0', '-0'],
              ['string', '"\\ud83d\\ude00"', '\u{1F600}'],
            ],
          ],
        ],
        ['b', '"b": ', ['object', '{}', []]],
        [
          'b',
          '"b": ',
          [
            'array',
            '[true,false ,null]',
            [
              ['true', 'true'],
              ['false', 'false'],
              ['null', 'null'],
            ],
          ],
        ],
      ],
    ],
  );
  const badJson: [title: string, content: string | Uint8Array, syntax: string, at: object][] = [
    ['nothing', '', 'a value is missing', { line: 1, column: 1 }],
    ['a byte order mark', '\ufeff{}', 'a value is missing', { line: 1, column: 1 }],
    ['something between', '{\n"ä\u{1F600}": 1 x}', 'a comma or } is missing', { line: 2, column: 9 }],
    ['an open string', '["abc', 'a string does not end', { line: 1, column: 2 }],
    ['a key without quotes', '{a: 1}', 'a key in double quotes is missing', { line: 1, column: 2 }],
    ['a missing colon', '{"a" 1}', 'a colon is missing', { line: 1, column: 6 }],
    ['a missing comma', '[1 2]', 'a comma or ] is missing', { line: 1, column: 4 }],
    ['an unknown escape', '"\\q"', 'an escape is not one of JSON', { line: 1, column: 3 }],
    ['a control character', '"\t"', 'a control character stands in a string', { line: 1, column: 2 }],
    ['a bare point', '1.', 'a number has no digit after its point', { line: 1, column: 3 }],
    ['a bare exponent', '1e', 'a number has no digit in its exponent', { line: 1, column: 3 }],
    ['100,000 levels', '['.repeat(100_000), 'a value is missing', { line: 1, column: 100_001 }],
    ['bytes that are no UTF-8', Buffer.from('c3', 'hex'), 'a value is missing', { line: 1, column: 1 }],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'a value is missing', { line: 1, column: 1 }],
  ];
  for (const [title, content, syntax, at] of badJson)
    is(`parseJson() refuses ${title}`, () => json(content), { syntax, at });
  is('parseJson() reads comments and leaves out what follows', () => json('{/**/"a":1} x'), [
    'object',
    '{/**/"a":1}',
    [['a', '"a":', ['number', '1', '1']]],
  ]);
}
