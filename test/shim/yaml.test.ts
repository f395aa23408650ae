// YAML as the shim's host reads it: the flat tree, places, and what is refused in which words.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation } from './fixtures/probe.ts';
import { operate, scratch } from './probe-binary.ts';

const folder = scratch();
const PLAIN = 0;
const TEXT = 1;
const SEQUENCE = 2;
const MAPPING = 3;
const ALIAS = 4;

function ask(text: string | Uint8Array, ...operations: Operation[]): unknown[] {
  const file = join(folder, 'text.yaml');
  writeFileSync(file, text);
  return operate(folder, [['readFile', file, 1 << 24], ['parseYaml', '$0'], ...operations]).slice(1);
}

/** The tree as [kind, next, text] per node, and its tags and anchors. */
function tree(text: string | Uint8Array): { nodes: unknown[]; tags: unknown; anchors: unknown } {
  const [sides, both] = ask(text, ['yamlNodes', '$0']) as [[unknown, unknown], [number[], string[]]];
  const [tags, anchors] = sides;
  const [codes, texts] = both;
  assert.equal(codes.length, texts.length);
  return { nodes: codes.map((code, i) => [code & 7, code >> 3, texts[i]]), tags, anchors };
}

test('parseYaml() gives the tree flat', () => {
  const { nodes, tags, anchors } = tree('a: [1, "2", {b: &x !!str c}]\nd: *x\n? e\n');
  assert.deepEqual(nodes, [
    [MAPPING, 12, ''],
    [TEXT, 2, 'a'],
    [SEQUENCE, 8, ''],
    [PLAIN, 4, '1'],
    [TEXT, 5, '2'],
    [MAPPING, 8, ''],
    [TEXT, 7, 'b'],
    [TEXT, 8, 'c'],
    [TEXT, 9, 'd'],
    [ALIAS, 10, 'x'],
    [TEXT, 11, 'e'],
    [PLAIN, 12, ''],
  ]);
  assert.deepEqual(
    [tags, anchors],
    [
      [7, 'tag:yaml.org,2002:str'],
      [7, 'x'],
    ],
  );
});

const scalars: [text: string, kind: number, value: string][] = [
  ['a b', TEXT, 'a b'],
  ["'a''b'", TEXT, "a'b"],
  ['"a\\tb\\x41\\u00e4\\U0001F600"', TEXT, 'a\tbAä\u{1F600}'],
  ['|\n a\n b\n', TEXT, 'a\nb\n'],
  ['>-\n a\n b\n', TEXT, 'a b'],
  ['""', TEXT, ''],
  ['"\\0"', TEXT, '\0'],
  ['ä€\u{1F600}', TEXT, 'ä€\u{1F600}'],
];
for (const [text, kind, value] of scalars)
  test(`parseYaml() reads the scalar ${JSON.stringify(text)}`, () => {
    assert.deepEqual(tree(text).nodes, [[kind, 1, value]]);
  });

const tagged: [text: string, tags: unknown[]][] = [
  ['!!str x', [0, 'tag:yaml.org,2002:str']],
  ['!x y', [0, '!x']],
  ['! y', [0, '!']],
  ['! "y"', [0, '!']],
  ['!<tag:yaml.org,2002:int> 1', [0, 'tag:yaml.org,2002:int']],
  ['%TAG !e! tag:e,1:\n--- !e!x y', [0, 'tag:e,1:x']],
  ['!!map {a: !!seq [b]}', [0, 'tag:yaml.org,2002:map', 2, 'tag:yaml.org,2002:seq']],
  ['! {a: ! [b]}', [0, '!', 2, '!']],
];
for (const [text, tags] of tagged)
  test(`parseYaml() resolves the tags of ${JSON.stringify(text)}`, () => assert.deepEqual(tree(text).tags, tags));

for (const text of ['', '# x\n', '\n\n', '\ufeff'])
  test(`parseYaml() finds no document in ${JSON.stringify(text)}`, () =>
    assert.deepEqual(ask(text, ['yamlNodes', '$0']), [
      [[], []],
      [[], []],
    ]));

const first: [text: string, nodes: unknown[]][] = [
  ['a\n---\n] rubbish', [[TEXT, 1, 'a']]],
  ['a\n...\n] rubbish', [[TEXT, 1, 'a']]],
  ['a\n...\n%YAML 9.9\n---', [[TEXT, 1, 'a']]],
  [
    '{a: b} ]',
    [
      [MAPPING, 3, ''],
      [TEXT, 2, 'a'],
      [TEXT, 3, 'b'],
    ],
  ],
  ['---\n---\na', [[PLAIN, 1, '']]],
  [
    'a: b\n---\n"\\/',
    [
      [MAPPING, 3, ''],
      [TEXT, 2, 'a'],
      [TEXT, 3, 'b'],
    ],
  ],
];
for (const [text, nodes] of first)
  test(`parseYaml() stops after the first document of ${JSON.stringify(text)}`, () =>
    assert.deepEqual(tree(text).nodes, nodes));

for (const encoding of ['utf16le', 'utf8'] as const)
  for (const swap of encoding === 'utf8' ? [false] : [false, true])
    test(`parseYaml() reads a byte order mark: ${encoding}${swap ? ', swapped' : ''}`, () => {
      const bytes = Buffer.from('\ufeffa: "ä\u{1F600}"\n', encoding);
      assert.deepEqual(tree(swap ? bytes.swap16() : bytes).nodes.slice(1), [
        [TEXT, 2, 'a'],
        [TEXT, 3, 'ä\u{1F600}'],
      ]);
    });

test('yamlPosition() counts lines and characters from one', () => {
  const at = [0, 1, 2, 3, 4].map((node): Operation => ['yamlPosition', '$0', node]);
  const positions = ask('# c\nä\u{1F600}: b\nc: "d"\n', ...at).slice(1);
  assert.deepEqual(positions, [
    [2, 1],
    [2, 1],
    [2, 5],
    [3, 1],
    [3, 4],
  ]);
});

const ESCAPE = 'an escape that YAML 1.1 does not have';
const VERSION = 'a %YAML directive other than 1.1';
const CHARACTER = 'a character that YAML does not allow';
const NOT_UTF8 = 'it is not valid UTF-8';
const refused: [title: string, text: string | Uint8Array, words: string, line: number, column: number][] = [
  ['an open list', 'a: [1, 2\n', 'a comma or ] is missing', 2, 1],
  ['an open map', '{a: 1', 'a comma or } is missing', 2, 1],
  ['an open quote', 'a: "b\n', 'a quoted text does not end', 2, 1],
  ['an open quote behind a whole value', '"a" \'', 'a quoted text does not end', 1, 6],
  ['a colon too many', 'a: b: c', 'a colon stands where no key can be', 1, 5],
  ['a key without a colon', 'a: b\nc\n', 'a colon after the key is missing', 3, 1],
  ['wrong indentation', 'a:\n  b: 1\n c: 2\n', 'a key is missing here, or the indentation is wrong', 3, 2],
  ['a tab that indents', 'a:\n\tb: 1\n', 'this character cannot begin a value', 2, 1],
  ['a letter that means nothing', 'a: @b', 'this character cannot begin a value', 1, 4],
  ['an unknown escape', '"\\q"', ESCAPE, 1, 2],
  ['an escaped slash', 'a: "b\\/c"', ESCAPE, 1, 6],
  ['an escaped slash behind backslashes', '["\\\\\\/"]', ESCAPE, 1, 5],
  ['an escaped slash behind letters beyond ASCII', 'ä\u{1F600}: 1\nb: "\\/"', ESCAPE, 2, 5],
  ['an escaped slash behind a tag and a comment', 'a: !!str # "\n  "\\/"', ESCAPE, 2, 4],
  ['an escaped slash behind line ends', 'a: "\r\n\r \n\\/"', ESCAPE, 4, 1],
  ['an escaped slash in UTF-16', Buffer.from('\ufeffä\u{1F600}: "\\/"', 'utf16le'), ESCAPE, 1, 6],
  ['an escaped slash in UTF-16, swapped', Buffer.from('\ufeffä\u{1F600}: "\\/"', 'utf16le').swap16(), ESCAPE, 1, 6],
  ['an escaped slash behind a byte order mark', '\ufeffa: "\\/"', ESCAPE, 1, 5],
  ['half a surrogate pair', '"\\ud800"', ESCAPE, 1, 2],
  ['a character beyond the last', '"\\U00110000"', ESCAPE, 1, 2],
  ['YAML 1.2', '%YAML 1.2\n---\na', VERSION, 1, 1],
  ['YAML 2.0', '%YAML 2.0\n---\na', VERSION, 1, 1],
  ['an unknown directive', '%NOTHING\n---\na', 'a directive is unknown', 1, 9],
  ['directives alone', '%YAML 1.1\na', '--- is missing after the directives', 2, 1],
  ['an undeclared tag', '!e!x y', 'the beginning of a tag is not declared', 1, 1],
  ['a control character', 'a: \x01', CHARACTER, 1, 4],
  ['a NUL', 'a: b\nc: \0', CHARACTER, 2, 4],
  ['bytes that are no UTF-8', Buffer.from('613a20c3', 'hex'), NOT_UTF8, 1, 4],
  ['bytes that are no UTF-8 behind another error', Buffer.from('5dff', 'hex'), NOT_UTF8, 1, 2],
  ['a surrogate in UTF-8', Buffer.from('613a20eda080', 'hex'), NOT_UTF8, 1, 4],
  ['half of UTF-16', Buffer.from('fffe6100d8', 'hex'), 'it is not valid UTF-16', 1, 2],
  ['257 levels', `${'['.repeat(257)}0${']'.repeat(257)}`, 'nested deeper than 256 levels', 0, 0],
  ['levels without end', '- '.repeat(100_000), 'nested deeper than 256 levels', 0, 0],
];
for (const [title, text, words, line, column] of refused)
  test(`parseYaml() refuses ${title}`, () => {
    const [failure] = ask(text) as [[string, number, number]];
    assert.deepEqual(failure, [words, line, column]);
    assert.doesNotMatch(words, /not found|no such|denied|not permitted/);
  });

for (const text of [
  `${'['.repeat(257)}${']'.repeat(257)}`,
  "'\\/'",
  'a\\/b',
  '"a" # \\/',
  '"\\\\/"',
  '- \\/\n- "x"',
  '%YAML 1.1\n---\n"/"',
])
  test(`parseYaml() accepts ${JSON.stringify(text.slice(0, 20))}`, () =>
    assert.equal((ask(text)[0] as unknown[]).length, 2));
