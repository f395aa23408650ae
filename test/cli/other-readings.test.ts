// What CDI's reader and a reader of YAML 1.2 make of the same scalars, and where the whole text is another one to them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findOtherReadings } from '../../src/cli/lint/other-readings.ts';
import { parseSpecText } from '../../src/cli/lint/spec-text.ts';

/** The scalar stands on line 3, from column 17. */
function spec(scalar: string, rest = ''): string {
  return `cdiVersion: "1.1.0"\nkind: v.com/c\nannotations: { a: ${scalar} }\ndevices: []\n${rest}`;
}

function messages(text: string): readonly (string | undefined)[] {
  const read = parseSpecText(text);
  assert.ok(read.spec, `${read.faults[0]?.why}: ${text}`);
  return findOtherReadings(read).map(({ at, message }) =>
    at === undefined ? message : `${at.line}:${at.column} ${message}`,
  );
}

const SAME = [
  ...[
    '1',
    '+1',
    '-0',
    '0o10',
    '0x1F',
    '12.5',
    '1.',
    '.5',
    '1e3',
    '1E+3',
    '18446744073709551615',
    '18446744073709551616',
    '9007199254740993.0',
    '.inf',
    '-.Inf',
    '.nan',
  ],
  ...[
    'true',
    'FALSE',
    '~',
    'null',
    'NULL',
    '',
    'tRue',
    'nul',
    '1:30',
    '12:30:45',
    '2001-12-14',
    '2001-12-14T21:59:43Z',
  ],
  ...[
    '"no"',
    "'010'",
    '!!str no',
    '! no',
    '!x no',
    '!!float 1',
    '!!int 5',
    '!!bool true',
    '!!null ~',
    '!!timestamp 2001-12-14',
  ],
  ...['0o9', '0xg', '08x', '1.2.3', '<<', '"a\\u00e9\\n b"', "'it''s'", '&x word'],
];
for (const scalar of SAME) {
  test(`${scalar || 'nothing'} is the same to both`, () => {
    assert.deepEqual(messages(spec(scalar)), []);
  });
}

const OTHER: readonly (readonly [scalar: string, ours: string, theirs: string])[] = [
  ['010', '8', '10'],
  ['-0660', '-432', '-660'],
  ['1_000', '1000', 'the text "1_000"'],
  ['1_0.5', '10.5', 'the text "1_0.5"'],
  ['0b11', '3', 'the text "0b11"'],
  ['0X1F', '31', 'the text "0X1F"'],
  ['+0x1F', '31', 'the text "+0x1F"'],
  ['y', 'true', 'the text "y"'],
  ['On', 'true', 'the text "On"'],
  ['NO', 'false', 'the text "NO"'],
  ['1e400', 'the text "1e400"', 'Infinity'],
  ['!!binary aGk=', 'the text "hi"', 'the text "aGk="'],
  ['!!int 010', '8', '10'],
  ['!!bool yes', 'true', 'the text "yes"'],
];
for (const [scalar, ours, theirs] of OTHER) {
  test(`${scalar} is ${ours}, and ${theirs} to others`, () => {
    const text = scalar.replace(/^!!\w+ /, '');
    assert.deepEqual(messages(spec(scalar)), [
      `3:19 "${text}" is ${ours} to CDI, and ${theirs} to readers of YAML 1.2`,
    ]);
  });
}

const NO = '"no" is false to CDI, and the text "no" to readers of YAML 1.2';
const MERGES = 'CDI merges what << names, and readers of YAML 1.2 see a field of that name';
const FURTHER = 'CDI reads no further than here, and other readers do, or refuse a second document';

const ONES = `${'1'.repeat(160)}…`;

const WHOLE: readonly (readonly [shows: string, text: string, want: readonly string[]])[] = [
  ['keys', spec('0, no: a, "no": b, 0x0: c'), [`3:22 ${NO}`]],
  ['a value once, whatever aliases stand for it', spec('&x no, b: *x, c: *x'), [`3:19 ${NO}`]],
  ['merge keys, and what is in them', spec('a, <<: { b: no }, "<<": c'), [`3:22 ${MERGES}`, `3:31 ${NO}`]],
  ['a merge key with its tag', spec('a, !!merge <<: [{ b: c }]'), [`3:22 ${MERGES}`]],
  ['a second document, whatever is in it', spec('a', '---\n- [\n'), [`5:1 ${FURTHER}`]],
  ['nothing in the end of a document and a comment', spec('a', '...\n# no more\n'), []],
  [
    'places behind a byte order mark, wide characters and other ends of lines',
    `\ufeff${spec('"\u{1f600}", b: no')}`.replaceAll('\n', '\r\n'),
    [`3:27 ${NO}`],
  ],
  [
    'a text that ends with a colon, in brackets',
    'cdiVersion: "1.1.0"\nkind: v.com/c\ncontainerEdits: { env: [LIB=/opt/lib:, A=1] }\ndevices: []\n',
    ['3:25 "LIB=/opt/lib:" is the text "LIB=/opt/lib:" to CDI, and no single value to readers of YAML 1.2'],
  ],
  [
    'brackets that stand too far left',
    'cdiVersion: "1.1.0"\nkind: v.com/c\ncontainerEdits:\n  env: ["\u{1f600}=1",\nA=1\n  ]\ndevices: []\n',
    ['5:1 readers of YAML 1.2 may refuse this (BAD_INDENT)'],
  ],
  [
    'a line break that is none any more',
    spec('b\x85'),
    ['3:19 "b" is the text "b" to CDI, and the text "b\\x85" to readers of YAML 1.2'],
  ],
  [
    'a number of any length in few words',
    spec('1'.repeat(1000)),
    [`3:19 "${ONES}" is the text "${ONES}" to CDI, and a very large number to readers of YAML 1.2`],
  ],
  ['nothing in JSON with tabs', '{\n\t"cdiVersion": "1.1.0",\n\t"kind": "v.com/c",\n\t"devices": []\n}\n', []],
  ['a text that says itself that it is YAML 1.1', `%YAML 1.1\n---\n${spec('no')}`, [`5:19 ${NO}`]],
  [
    'that what is large and written in another way is not looked at',
    `${spec('no')}#${' '.repeat(1024 * 1024)}`,
    ['it is larger than 1 MiB, so that nobody looked at what readers of YAML 1.2 make of it'],
  ],
  [
    'nothing in what is large and plain',
    `cdiVersion: 1.1.0\nkind: v.com/c\ndevices: []\n${'# more\n'.repeat(200_000)}`,
    [],
  ],
  [
    'a plain value between lines that are the same to all',
    'cdiVersion: 1.1.0\nkind: v.com/c\nannotations:\n  a: no\n',
    [`4:6 ${NO}`],
  ],
];
for (const [shows, text, want] of WHOLE) {
  test(`other readings: ${shows}`, () => {
    assert.deepEqual(messages(text), want);
  });
}

test('what is no spec to CDI either is not told of', () => {
  for (const text of ['a: no\n', 'a: [\n', '']) assert.deepEqual(findOtherReadings(parseSpecText(text)), []);
});

test('a second document that is nested without end is only told of', () => {
  for (const part of ['[', '- ', '{', '? ']) assert.equal(messages(spec('a', `---\n${part.repeat(20_000)}`)).length, 1);
});

// What is behind the lines makes no difference but that each of them is looked at.
const LOOKED_AT = '#\t\n';
const PLAIN = 'cdiVersion: 1.1.0\nkind: v.com/c\ndevices: []\n';

test('lines that are taken for the same to all are the same', () => {
  const word = fc.oneof(
    fc.constantFrom(
      ...[...SAME, ...OTHER.map(([scalar]) => scalar)].filter((scalar) => !scalar.startsWith('!')),
      'a: b',
      'a:b',
      'a:',
      'no-1',
      'n:',
      'on.a',
      '"y"',
      'a #b',
      '- a',
      'x y',
      '1.2',
      '[a, /b=1]',
      '[no, a]',
      '[n-1, no/x]',
      '[a:b, c]',
      '[a,b]',
      '[b,, c]',
      '[y,a]',
      'y,a',
    ),
    fc.string({
      unit: fc.constantFrom('a', 'n', 'o', ' ', ':', '-', '#', '/', '"', "'", '.', '0', '1', '~', ',', '=', '[', ']'),
      maxLength: 8,
    }),
  );
  const line = fc.tuple(
    fc.constantFrom('', '  ', '    '),
    fc.constantFrom('', '- ', '- - '),
    fc.constantFrom('', 'a: ', 'b: ', 'no: ', 'c:'),
    word,
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const text = `cdiVersion: 1.1.0\nkind: v.com/c\nannotations:\n${lines.map((parts) => `  ${parts.join('')}\n`).join('')}`;
      const { spec } = parseSpecText(PLAIN);
      const [read, looked] = [text, `${text}${LOOKED_AT}`].map((one) =>
        findOtherReadings({ ...parseSpecText(one), spec }),
      );
      assert.deepEqual(read, looked);
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 100) * 20 },
  );
});
