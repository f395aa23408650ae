// The YAML reader: the tree, places, and what is refused in which words. That it reads as Go does, and the shim as this,
// is shown in test/conformance/yaml.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../src/host/yaml.ts';
import { NodeKind, type YamlTree } from '../../src/text/yaml-tree.ts';
import { growth } from '../support/growth.ts';

function tree(text: string): YamlTree {
  const parsed = parseYaml(text);
  assert.ok(!('syntax' in parsed), JSON.stringify(parsed));
  return parsed;
}

/** A tree as nested values: scalars by their text, quoted or not, `*x` for an alias. */
function shape(text: string): unknown {
  const { codes, texts } = tree(text);
  const children = (node: number): number[] => {
    const out: number[] = [];
    for (let child = node + 1; child < (codes[node] ?? 0) >> 3; child = (codes[child] ?? 0) >> 3) out.push(child);
    return out;
  };
  const of = (node: number): unknown => {
    const kind = (codes[node] ?? 0) & 7;
    if (kind === NodeKind.alias) return `*${texts[node]}`;
    if (kind === NodeKind.sequence) return children(node).map(of);
    if (kind !== NodeKind.mapping) return texts[node];
    const parts = children(node).map(of);
    return new Map(parts.flatMap((key, i) => (i % 2 === 0 ? [[key, parts[i + 1]] as const] : [])));
  };
  return codes.length === 0 ? undefined : of(0);
}

const map = (...entries: [unknown, unknown][]): Map<unknown, unknown> => new Map(entries);

test('parseYaml() gives the tree flat, children behind their parent', () => {
  const { codes, texts, tags, anchors } = tree('a: [1, "2", {b: &x !!str c}]\nd: *x\n? e\n');
  assert.deepEqual(
    codes.map((code, node) => [code & 7, code >> 3, texts[node]]),
    [
      [NodeKind.mapping, 12, ''],
      [NodeKind.text, 2, 'a'],
      [NodeKind.sequence, 8, ''],
      [NodeKind.plain, 4, '1'],
      [NodeKind.text, 5, '2'],
      [NodeKind.mapping, 8, ''],
      [NodeKind.text, 7, 'b'],
      [NodeKind.text, 8, 'c'],
      [NodeKind.text, 9, 'd'],
      [NodeKind.alias, 10, 'x'],
      [NodeKind.text, 11, 'e'],
      [NodeKind.plain, 12, ''],
    ],
  );
  assert.deepEqual(
    [tags, anchors],
    [
      [7, 'tag:yaml.org,2002:str'],
      [7, 'x'],
    ],
  );
});

const kinds: [text: string, kind: number][] = [
  ['yes', NodeKind.plain],
  ['1', NodeKind.plain],
  ['~', NodeKind.plain],
  ['<<', NodeKind.plain],
  ['.5', NodeKind.plain],
  ['---\n...', NodeKind.plain],
  ['abc', NodeKind.text],
  ['/dev/null', NodeKind.text],
  ['"yes"', NodeKind.text],
  ["'1'", NodeKind.text],
  ['|\n 1', NodeKind.text],
];
for (const [text, kind] of kinds)
  test(`parseYaml() tells whether ${JSON.stringify(text)} is text for certain`, () =>
    assert.equal((tree(text).codes[0] ?? 0) & 7, kind));

const documents: [title: string, text: string, want: unknown][] = [
  ['no document in nothing', '', undefined],
  ['no document in comments', '# a\n  # b\n', undefined],
  ['no document behind a byte order mark', '\ufeff', undefined],
  ['an empty document', '---\n', ''],
  ['an empty document before another', '---\n---\na: b', ''],
  ['a document and not what follows', 'a: b\n---\n] "\\q', map(['a', 'b'])],
  ['a document and not what follows its end', 'a: b\n...\n%YAML 9.9', map(['a', 'b'])],
  ['a flow mapping and not what follows', '{a: b} ]', map(['a', 'b'])],
  ['two flow mappings without a space, the first', '{a: b}{c: d}', map(['a', 'b'])],
  // Brackets without a word that could be a key are no key to Go's reader: it looks no further than for one token.
  ['an empty flow mapping and not what follows', '{} a @', map()],
  ['an empty flow sequence before a colon', '[]: a', []],
  ['a flow mapping of a ? and not what follows', '{? a : b}c: @', map(['a', 'b'])],
  ['a flow sequence of a ? and not what follows', '[? a]: "', [map(['a', ''])]],
  ['a byte order mark at the start', '\ufeffa: b', map(['a', 'b'])],
  ['a byte order mark inside as a character', 'a: \ufeffb', map(['a', '\ufeffb'])],
  ['a byte order mark before the line that ends a list', '[a, \ufeff\n]', ['a', '\ufeff']],
  ['directives', '%YAML 1.1\n%TAG !e! tag:e,1:\n--- a', 'a'],
  ['CRLF', 'a:\r\n- b\r\n- "c\r\n  d"\r\n', map(['a', ['b', 'c d']])],
  ['CR alone', 'a: b\rc: d\r', map(['a', 'b'], ['c', 'd'])],
  ['NEL as a line break', 'a: b\u0085c: d', map(['a', 'b'], ['c', 'd'])],
  ['U+00A0 as a letter', 'a: \u00a0b', map(['a', '\u00a0b'])],
  ['letters beyond the basic plane', '\u{1F600}: [\u{1F600}]', map(['\u{1F600}', ['\u{1F600}']])],

  [
    'block collections in each other',
    'a:\n  - b\n  - c: d\n    e: f\n  -\n    - g\n',
    map(['a', ['b', map(['c', 'd'], ['e', 'f']), ['g']]]),
  ],
  ['a sequence at its key’s column', 'a:\n- b\n-\n- - c\nd:', map(['a', ['b', '', ['c']]], ['d', ''])],
  ['keys with question marks', '? a\n: b\n? - c\n: - d\n? e', map(['a', 'b'], [['c'], ['d']], ['e', ''])],
  ['empty values', 'a:\nb: \nc: # x\n', map(['a', ''], ['b', ''], ['c', ''])],
  ['a tab behind a colon', 'a:\tb', map(['a', 'b'])],
  ['tabs at the ends of lines', 'a: b\t\nc:\t\n  d\t\n', map(['a', 'b'], ['c', 'd'])],
  ['tabs among brackets', 'a: [\tb,\n\tc\t]', map(['a', ['b', 'c']])],
  ['comments', '# a\na: b # c\n#d\nc: d#e', map(['a', 'b'], ['c', 'd#e'])],

  ['JSON', '{"a":[1,true,null,"b\\u0041"],"c":{}}', map(['a', ['1', 'true', 'null', 'bA']], ['c', map()])],
  ['flow collections on lines left of their parent', 'a:\n  b: [\nc,\n  d\n]', map(['a', map(['b', ['c', 'd']])])],
  ['commas at the end', '[a, {b: c,},]', ['a', map(['b', 'c'])]],
  ['pairs in a list', '[a: b, ? c : d, "e":f]', [map(['a', 'b']), map(['c', 'd']), map(['e', 'f'])]],
  ['keys without values in braces', '{a, b: , "c"}', map(['a', ''], ['b', ''], ['c', ''])],
  ['colons inside words', '{a:b: c, d: e:f}', map(['a:b', 'c'], ['d', 'e:f'])],
  ['URLs', 'a: http://b/c?d=e#f', map(['a', 'http://b/c?d=e#f'])],
  ['indicators inside words', 'a: b-c?d:e,f[g]{h}!i&j*k|l>m%n@o`p', map(['a', 'b-c?d:e,f[g]{h}!i&j*k|l>m%n@o`p'])],
  ['indicators that begin words', '- -a\n- ?b\n- :c', ['-a', '?b', ':c']],

  ['plain text on several lines', 'a: b\n  c\n\n  d\ne: f', map(['a', 'b c\nd'], ['e', 'f'])],
  ['single quotes', "- 'a''b'\n- 'c\n\n  d \n  e'\n- ''", ["a'b", 'c\nd e', '']],
  ['double quotes on lines left of their parent', 'a:\n  - "b\n  c"', map(['a', ['b c']])],
  ['an escaped line break', '"a\\\n  b\\\n\n  c"', 'ab\nc'],
  ['blanks around line breaks', '"a  \n\t b  c "', 'a b  c '],
  [
    'all escapes',
    '"\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\"\\\\\\N\\_\\L\\P\\x41\\u00e4\\U0001F600\\\t"',
    '\0\x07\b\t\n\v\f\r\x1b "\\\x85\xa0\u2028\u2029Aä\u{1F600}\t',
  ],
  ['an escaped single quote', '"a\\\'b"', "a'b"],
  ['U+2028 as a line break that stays', '"a\u2028b"', 'a\u2028b'],

  ['a literal block', 'a: |\n  b\n   c\n\n  d\n\ne: f', map(['a', 'b\n c\n\nd\n'], ['e', 'f'])],
  ['a folded block', 'a: >\n  b\n  c\n\n  d\n   e\n  f\n', map(['a', 'b c\nd\n e\nf\n'])],
  ['a stripped block', 'a: |-\n  b\n\nc: d', map(['a', 'b'], ['c', 'd'])],
  ['a kept block', 'a: |+\n  b\n\nc: d', map(['a', 'b\n\n'], ['c', 'd'])],
  ['a block with its indentation given', '- |2-\n   b\n- >-1\n  c', [' b', ' c']],
  ['a block that begins with empty lines', '|\n\n  a\n', '\na\n'],
  ['a block without content', 'a: |\nb: >-\n\n', map(['a', ''], ['b', ''])],
  ['a block without a last line break', '|\n a', 'a'],
  ['a comment behind a block’s header', '- | # b\n a\n- |# b\n c', ['a\n', 'c']],
  ['a tab inside a block', '|\n a\n \tb\n', 'a\n\tb\n'],

  ['anchors, aliases and tags', '&a !!map {b: &c d, *c : *a }', map(['b', 'd'], ['*c', '*a'])],
  ['properties of nothing', '- &a\n- !!str\n- !x &b\n', ['', '', '']],
  ['properties on a line of their own', 'a: &b\n  c: d\ne: !!seq\n- f', map(['a', map(['c', 'd'])], ['e', ['f']])],
];
for (const [title, text, want] of documents)
  test(`parseYaml() reads ${title}`, () => assert.deepEqual(shape(text), want));

test('parseYaml() loses the first letter of each line behind a second byte order mark, as Go does', () => {
  assert.deepEqual(shape('\ufeff\ufeffa: b\nxc: d\n'), map(['a', 'b'], ['c', 'd']));
  assert.deepEqual(shape('\ufeff\ufeff{a: b}\n'), map(['a', 'b']));
});

test('parseYaml() looks no more than 512 bytes ahead of the document, as Go does', () => {
  const behind = (length: number): string => `a: b\n--- ${'c'.repeat(length)}\x01`;
  assert.deepEqual(shape(behind(600)), map(['a', 'b']));
  assert.ok('syntax' in parseYaml(behind(400)));
});

const tagged: [text: string, tag: string][] = [
  ['!!str x', 'tag:yaml.org,2002:str'],
  ['!x y', '!x'],
  ['! y', '!'],
  ['!<tag:yaml.org,2002:int> 1', 'tag:yaml.org,2002:int'],
  ['!<!> 1', '!'],
  ['%TAG !e! tag:e,1:\n--- !e!x y', 'tag:e,1:x'],
  ['%TAG ! tag:e,1:\n--- !x y', 'tag:e,1:x'],
  ['%TAG !! tag:e,1:\n--- !!x y', 'tag:e,1:x'],
  ['!a%41%21 y', '!aA!'],
  ['!a%C3%A4%00 y', '!a\x01\x01\x01'],
  ['!!str, x', 'tag:yaml.org,2002:str,'],
];
for (const [text, tag] of tagged)
  test(`parseYaml() completes the tag of ${JSON.stringify(text)}`, () => assert.deepEqual(tree(text).tags, [0, tag]));

test('position() of nodes counts lines and characters from one', () => {
  const { codes, position } = tree('\ufeff# c\r\nä\u{1F600}: b\rc: "d"\u0085e:\u2028- f: [g]\n');
  assert.deepEqual(
    codes.map((_, node) => [position(node).line, position(node).column]),
    [
      [2, 1],
      [2, 1],
      [2, 5],
      [3, 1],
      [3, 4],
      [4, 1],
      [5, 1],
      [5, 3],
      [5, 3],
      [5, 6],
      [5, 7],
    ],
  );
});

test('position() of an empty value is behind its colon or dash', () => {
  const { position } = tree('a:\n  -\n');
  assert.deepEqual(
    [1, 2, 3].map((node) => position(node)),
    [
      { line: 1, column: 1 },
      { line: 2, column: 3 },
      { line: 2, column: 4 },
    ],
  );
});

const STRANGE = 'a character that YAML does not allow';
const NO_START = 'this character cannot begin a value';
const TAB = 'a tab stands where spaces must indent';
const NO_END = 'a quoted text does not end';
const ESCAPE = 'an escape that YAML 1.1 does not have';
const NO_COLON = 'a colon after the key is missing';
const NO_KEY = 'a key is missing here, or the indentation is wrong';
const NO_ENTRY = 'a list entry is missing here, or the indentation is wrong';
const NO_VALUE = 'a value is missing';
const NO_DIGITS = 'an escape in a quoted text lacks hexadecimal digits';
const NO_NAME = 'a name after & or * is missing';
const BAD_TAG = 'a tag is malformed';
const NO_SPACE = 'a space is missing';
const BAD_DIRECTIVE = 'a directive is malformed';
const UNKNOWN = 'a directive is unknown';
const TWICE = 'a directive stands twice';
const VERSION = 'a %YAML directive other than 1.1';
const REST = 'only a comment may follow here';

const refused: [title: string, text: string | Uint8Array, syntax: string, line: number, column: number][] = [
  ['a control character', 'a: \x01', STRANGE, 1, 4],
  ['a NUL', 'a: b\nc: \0', STRANGE, 2, 4],
  ['U+007F, also behind the document', 'a\n---\nb\x7f', STRANGE, 3, 2],
  ['U+FFFF', '\ufeffä\u{1F600}\uffff', STRANGE, 1, 3],
  ['what is not UTF-8', Buffer.from([0x61, 0x0a, 0x62, 0xff]), 'it is not valid UTF-8', 2, 2],
  ['half a pair in UTF-16', Buffer.from('\ufeffa\n\ud800b', 'utf16le'), 'it is not valid UTF-16', 2, 2],
  ['two byte order marks, as the second indents the first line', '\ufeff\ufeff- a\n-b: c', NO_ENTRY, 2, 2],

  ['a tab that indents', 'a:\n\tb: 1\n', NO_START, 2, 1],
  ['a tab at the start', '\t{}', NO_START, 1, 1],
  ['a tab before a comment', 'a: b\n\t# c\n', TAB, 2, 1],
  ['a tab behind a dash', '- \ta', NO_START, 1, 3],
  ['a tab on a blank line', 'a:\n\t\nb: c', NO_START, 2, 1],
  ['a tab that indents plain text', 'a: b\n\tc', TAB, 2, 1],
  ['a tab that indents a block', 'a: |\n\tb', TAB, 2, 1],
  ['a letter that means nothing', 'a: @b', NO_START, 1, 4],
  ['a backtick', '`', NO_START, 1, 1],
  ['a percent sign inside', '[a, %b]', NO_START, 1, 5],

  ['an open list', 'a: [1, 2\n', 'a comma or ] is missing', 2, 1],
  ['an open list at the end of its line', 'a: [1, 2', 'a comma or ] is missing', 2, 1],
  ['an open map', '{a: 1', 'a comma or } is missing', 2, 1],
  ['a list that ends as a map', '[a}', 'a comma or ] is missing', 1, 3],
  ['a list closed twice, in a map', 'a: [b]]', NO_KEY, 1, 7],
  ['a comma without a value', '[a,,b]', NO_VALUE, 1, 4],
  ['a dash in a list', '[- a]', NO_VALUE, 1, 2],
  ['an open quote', 'a: "b\n', NO_END, 2, 1],
  ['an open single quote', "a: 'b", NO_END, 1, 6],
  ['a document start in a quote', '"a\n--- b"', NO_END, 2, 1],

  ['a colon too many', 'a: b: c', 'a colon stands where no key can be', 1, 5],
  ['a colon without a key in brackets', '[a, : b]', NO_VALUE, 1, 5],
  ['a key without a colon', 'a: b\nc\n', NO_COLON, 3, 1],
  ['a key of two lines', 'a: b\n"c\n d": e', NO_COLON, 3, 4],
  ['a key of more than 1024 characters', `a: b\n${'c'.repeat(1025)}: d`, NO_COLON, 2, 1026],
  ['wrong indentation', 'a:\n  b: 1\n c: 2\n', NO_KEY, 3, 2],
  ['a list in the place of a key', 'a: b\n- c', NO_KEY, 2, 1],
  ['a key in the place of an entry', '- a\nb: c', NO_ENTRY, 2, 1],
  ['an entry behind a key', 'a: - b', 'a list entry cannot stand here', 1, 4],
  ['a question mark behind a key', 'a: ? b', 'a key cannot stand here', 1, 4],
  ['a document end for a document', '...', NO_VALUE, 1, 1],
  ['a bad token behind the document', '"a" \'', NO_END, 1, 6],

  ['an unknown escape', '"\\q"', ESCAPE, 1, 2],
  ['an escaped slash', 'a: "b\\/c"', ESCAPE, 1, 6],
  ['an escaped slash behind escaped backslashes', '["\\\\\\/"]', ESCAPE, 1, 5],
  ['half of a pair in escapes', '"ä\\ud83d\\ude00"', ESCAPE, 1, 3],
  ['a character beyond the last', '"\\U00110000"', ESCAPE, 1, 2],
  ['an escape without its digits', '"\\x4"', NO_DIGITS, 1, 4],
  ['an escape at the end', '"\\', ESCAPE, 1, 2],

  ['an anchor without a name', '& a', NO_NAME, 1, 2],
  ['an anchor with other letters', '&ä b', NO_NAME, 1, 2],
  ['an alias glued to more', '*a[b]', NO_NAME, 1, 3],
  ['two anchors', '- &a &b c', NO_ENTRY, 1, 6],
  ['an anchor of an alias', 'a: &a *b', NO_KEY, 1, 7],
  ['a tag without its second part', '!! a', BAD_TAG, 1, 3],
  ['a tag that is not declared', '!e!x y', 'the beginning of a tag is not declared', 1, 1],
  ['an open verbatim tag', '!<a b', BAD_TAG, 1, 4],
  ['an empty verbatim tag', '!<> b', BAD_TAG, 1, 3],
  ['a tag with half an escape', '!a%4 b', BAD_TAG, 1, 3],
  ['a tag with bytes that begin nothing', '!a%80 b', BAD_TAG, 1, 3],
  ['a tag with bytes that continue nothing', '!a%C3a b', BAD_TAG, 1, 6],

  ['a block without indentation', '|0\n a', 'an indentation of 0 cannot be asked for', 1, 2],
  ['a block with text on its first line', 'a: |b\n', REST, 1, 5],

  ['YAML 1.2', '%YAML 1.2\n---\na', VERSION, 1, 1],
  ['YAML 2.0', '%YAML 2.0\n---\na', VERSION, 1, 1],
  ['YAML without a number', '%YAML\n---', BAD_DIRECTIVE, 1, 6],
  ['YAML with half a number', '%YAML 1\n---', BAD_DIRECTIVE, 1, 8],
  ['YAML with a number of three digits', '%YAML 1.001\n---', BAD_DIRECTIVE, 1, 11],
  ['a directive with more on its line', '%YAML 1.1 a\n---', REST, 1, 11],
  ['two versions', '%YAML 1.1\n%YAML 1.1\n---', TWICE, 2, 1],
  ['two prefixes of one handle', '%TAG !a! b\n%TAG !a! c\n---', TWICE, 2, 1],
  ['a handle that does not end', '%TAG !a b\n---', BAD_TAG, 1, 8],
  ['a handle without a prefix', '%TAG !a!\n---', NO_SPACE, 1, 9],
  ['an unknown directive', '%NOTHING\n---\na', UNKNOWN, 1, 9],
  ['a directive without a name', '% a', UNKNOWN, 1, 2],
  ['a directive with other letters', '%YAML: 1.1', BAD_DIRECTIVE, 1, 6],
  ['directives alone', '%YAML 1.1\na', '--- is missing after the directives', 2, 1],
];
for (const [title, text, syntax, line, column] of refused)
  test(`parseYaml() refuses ${title}`, () => assert.deepEqual(parseYaml(text), { syntax, at: { line, column } }));

test('parseYaml() takes keys of 1024 characters, not of as many units', () => {
  const key = '\u{1F600}'.repeat(1024);
  assert.deepEqual(shape(`${key}: a`), map([key, 'a']));
});

const DEEP = { syntax: 'nested deeper than 256 levels', at: undefined };
const deep: [title: string, text: string][] = [
  ['a value below 257 brackets', `${'['.repeat(257)}a`],
  ['258 brackets', '['.repeat(258)],
  ['100,000 brackets', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['100,000 braces', '{a: '.repeat(100_000)],
  ['100,000 dashes', '- '.repeat(100_000)],
  ['100,000 question marks', '? '.repeat(100_000)],
  ['1,000 lines, each further in', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
];
for (const [title, text] of deep) test(`parseYaml() refuses ${title}`, () => assert.deepEqual(parseYaml(text), DEEP));

test('parseYaml() takes 257 brackets, which stand 256 levels below the first', () => {
  assert.equal(tree(`${'['.repeat(257)}${']'.repeat(257)}`).codes.length, 257);
});

test('parseYaml() takes work by the length of the text', () => {
  const texts: ((size: number) => string)[] = [
    (size) => '[a, '.repeat(50).concat('b, '.repeat(size)),
    (size) => Array.from({ length: size / 2 }, (_, i) => `key${i}: "value ${i}"\n`).join(''),
    (size) => `a: "${'b\\n'.repeat(size)}"`,
    (size) => `a: ${'b '.repeat(size)}`,
    (size) => `a: |\n${'  b\n'.repeat(size)}`,
    (size) => `# ${'c'.repeat(5 * size)}\n`.repeat(2),
    (size) => '\n'.repeat(5 * size),
    (size) => `${' '.repeat(5 * size)}a`,
    (size) => `!${'t'.repeat(size)} b`,
  ];
  for (const text of texts) {
    // Ten times the text: ten times the work, and not a hundred times.
    const times = growth((size) => parseYaml(text(size)), 2000, 10);
    assert.ok(times < 40, `${text(10)}: ${times}`);
  }
});
