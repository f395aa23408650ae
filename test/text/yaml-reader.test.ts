// From trees to values, by documents as people write them. What Go makes of each is in the corpus.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../src/host/yaml.ts';
import { CdiError } from '../../src/text/error.ts';
import { flag, integer, json, listOf, optional, plainText, recordOf, textList } from '../../src/text/yaml-decode.ts';
import { type Decode, text, YamlReader } from '../../src/text/yaml-reader.ts';

function reader(source: string): YamlReader {
  const tree = parseYaml(source);
  assert.ok(!('syntax' in tree), JSON.stringify(tree));
  return new YamlReader(tree, { code: 'BAD_SPEC', what: 'read it', path: '/a.yaml' });
}

function read<T>(source: string, decode: Decode<T>): T | undefined {
  return reader(source).document(decode);
}

function refuses(source: string, decode: Decode<unknown>, message: string): void {
  assert.throws(
    () => read(source, decode),
    (error) => {
      assert.ok(error instanceof CdiError);
      assert.equal(error.message, `cannot read it: ${message}`);
      assert.deepEqual([error.code, error.path], ['BAD_SPEC', '/a.yaml']);
      return true;
    },
  );
}

const jsons: [title: string, source: string, want: string | undefined][] = [
  ['nothing for no document', '# nothing', undefined],
  ['nothing for a null', '~', undefined],
  ['nothing for an empty document', '---\n---\na: 1', undefined],
  ['scalars by their meaning', '[y, "y", 0644, 1.50, ~, 1e3, 2001-1-1]', '[true,"y",420,1.5,null,1000,"2001-1-1"]'],
  [
    'whole numbers with all their digits',
    '[18446744073709551615, -9223372036854775808]',
    '[18446744073709551615,-9223372036854775808]',
  ],
  ['mappings in their order', '{b: 1, a: 2}', '{"b":1,"a":2}'],
  [
    'keys by their meaning',
    '{010: a, yes: b, 1.5: c, -0.0: d, 2001-1-1: e}',
    '{"8":"a","true":"b","1.5":"c","-0":"d","2001-1-1":"e"}',
  ],
  [
    'float keys through 32 bits',
    '{12345678.9: a, .inf: b, -.inf: c, .nan: d}',
    '{"1.2345679e+07":"a",".inf":"b","-.inf":"c",".nan":"d"}',
  ],
  ['keys that differ in type as one, the later', '{1: a, "1": b}', '{"1":"b"}'],
  ['__proto__ as an ordinary key', '{__proto__: {a: 1}, constructor: 2}', '{"__proto__":{"a":1},"constructor":2}'],
  ['aliases by what they stand for', '{a: &x [1], b: *x, *x : c}'.replace(', *x : c', ''), '{"a":[1],"b":[1]}'],
  ['an anchor that is set twice by the last before', '[&a 1, *a, &a 2, *a]', '[1,1,2,2]'],
  ['an alias as a key', '{&a b: 1, c: {*a : 2}}', '{"b":1,"c":{"b":2}}'],
  ['tags', '[!!str 1, !!int "1", !!float 1, ! 1, !x 1, !!binary aGk=]', '["1",1,1,"1","1","hi"]'],
  [
    'merged mappings by a key that is tagged !',
    '{a: &x {b: 1}, c: {! "<<": *x, d: 2}}',
    '{"a":{"b":1},"c":{"b":1,"d":2}}',
  ],
  ['merged mappings', '{a: &x {b: 1}, c: {<<: *x, d: 2}}', '{"a":{"b":1},"c":{"b":1,"d":2}}'],
  [
    'a list of merged mappings from its end',
    '{a: &x {b: 1}, c: &y {d: 2}, e: {<<: [*x, *y]}}',
    '{"a":{"b":1},"c":{"d":2},"e":{"d":2,"b":1}}',
  ],
  [
    'merges of merges',
    '{a: &x {b: 1}, c: &y {<<: *x, d: 2}, e: {<<: *y}}',
    '{"a":{"b":1},"c":{"b":1,"d":2},"e":{"b":1,"d":2}}',
  ],
  ['a quoted << as a key', '{"<<": {a: 1}}', '{"<<":{"a":1}}'],
  ['<< as text where it is no key', '[<<]', '["<<"]'],
  ['<< with its tag as a merge', '{!!merge "<<": {a: 1}}', '{"a":1}'],
];
for (const [title, source, want] of jsons) test(`json() gives ${title}`, () => assert.equal(read(source, json), want));

const badJsons: [title: string, source: string, message: string][] = [
  ['two equal keys', 'a: 1\nb: 2\na: 3', 'line 3, column 1: key "a" is there twice'],
  ['keys that are equal by their meaning', '{1: a, 0x1: b}', 'line 1, column 8: key "1" is there twice'],
  ['a merged key that is set before', 'a: &x {b: 1}\nc: {b: 2, <<: *x}', 'line 1, column 8: key "b" is there twice'],
  ['a merged key that is set behind', 'a: &x {b: 1}\nc: {<<: *x, b: 2}', 'line 2, column 13: key "b" is there twice'],
  ['a merge of a text', 'a: {<<: b}', 'line 1, column 9: a merge key needs a mapping or a list of mappings'],
  [
    'a merge of a list in a list',
    'a: {<<: [[]]}',
    'line 1, column 10: a merge key needs a mapping or a list of mappings',
  ],
  ['a list for a key', '? [a]\n: b', 'line 1, column 3: a key must be a single value'],
  ['a mapping for a key, by an alias', '{a: &x {}, *x : b}', 'line 1, column 12: a key must be a single value'],
  ['a null for a key', '{~: a}', 'line 1, column 2: a key is missing'],
  [
    'a key beyond 63 bits',
    '{18446744073709551615: a}',
    'line 1, column 2: a key is larger than 64 bits with a sign hold',
  ],
  ['an alias before its anchor', '[*a, &a b]', 'line 1, column 2: anchor "a" is nowhere before its use'],
  ['an anchor inside itself', 'a: &x\n  - *x', 'line 2, column 5: anchor "x" stands inside itself'],
  ['an anchor inside itself, by a merge', '&x {<<: *x}', 'line 1, column 9: anchor "x" stands inside itself'],
  ['anchors inside each other', '&x [&y [*x], *y]', 'line 1, column 9: anchor "x" stands inside itself'],
  ['a tag that does not fit', '[!!int x]', 'line 1, column 2: "x" is tagged !!int, but is no such value'],
  ['infinity', '[.inf]', 'line 1, column 2: the number has no form in JSON'],
  ['bad base64', '!!binary a', 'line 1, column 1: "a" is tagged !!binary, but is not base64'],
];
for (const [title, source, message] of badJsons) test(`json() refuses ${title}`, () => refuses(source, json, message));

/** A document whose levels each stand for ten of the level before. */
function bomb(item: string, list: (aliases: string) => string, levels: number): string {
  const lines = [`a0: &a0 ${item}`];
  for (let level = 1; level <= levels; level++) {
    const aliases = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
    lines.push(`a${level}: &a${level} ${list(aliases)}`);
  }
  return lines.join('\n');
}

const bombs: [title: string, source: string][] = [
  ['lists', bomb('[b]', (aliases) => `[${aliases}]`, 12)],
  ['mappings', bomb('{b: c}', (aliases) => `{${aliases.split(', ').map((alias, i) => `k${i}: ${alias}`)}}`, 12)],
  ['empty lists', bomb('[]', (aliases) => `[${aliases}]`, 12)],
  ['merges', bomb('{}', (aliases) => `{<<: [${aliases}]}`, 12)],
];
// Its values are a million millions: who read them all would not come to an end.
for (const [title, source] of bombs)
  test(`json() refuses a bomb of ${title}`, () =>
    assert.throws(() => read(source, json), /too much of the document comes through aliases; write the values out$/));

test('json() takes many aliases of a small value', () => {
  assert.equal(
    read(`[&a b, ${Array.from({ length: 90 }, () => '*a').join(', ')}]`, json),
    JSON.stringify(Array.from({ length: 91 }, () => 'b')),
  );
});

const texts: [source: string, want: string][] = [
  ['a', 'a'],
  ['"~"', '~'],
  ['yes', 'true'],
  ['0644', '420'],
  ['1.50', '1.5'],
  ['1.0', '1'],
  ['16777217.5', '1.6777218e+07'],
  ['3.4e39', '+Inf'],
  ['18446744073709551615', '18446744073709551615'],
  ['2001-1-1', '2001-1-1'],
  ['!!str 010', '010'],
];
for (const [source, want] of texts)
  test(`text() makes ${JSON.stringify(want)} of ${source}`, () => assert.equal(read(source, text), want));

test('text() makes nothing of null, or leaves what was there', () => {
  assert.deepEqual(read('[~, null, ]', listOf(text)), ['', '']);
  assert.deepEqual(read('{Name: a, name: ~}', recordOf<{ name: string }>({ name: text }, { name: '' })), { name: 'a' });
});

const INT64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const mistyped: [title: string, source: string, decode: Decode<unknown>, message: string][] = [
  ['text() refuses a list', '[a]', text, 'line 1, column 1: a list stands where a text is needed'],
  ['text() refuses a mapping', 'a: b', text, 'line 1, column 1: a mapping stands where a text is needed'],
  ['plainText() refuses a number', '12', plainText, 'line 1, column 1: "12" stands where a text is needed'],
  ['plainText() refuses a boolean', 'on', plainText, 'line 1, column 1: "on" stands where a text is needed'],
  [
    'plainText() refuses a null in a list',
    '[~]',
    listOf(plainText),
    'line 1, column 2: nothing stands where a text is needed',
  ],
  ['flag() refuses a text', '"true"', flag, 'line 1, column 1: the text "true" stands where true or false is needed'],
  ['flag() refuses a number', '1', flag, 'line 1, column 1: "1" stands where true or false is needed'],
  ['flag() refuses a list', '[]', flag, 'line 1, column 1: a list stands where true or false is needed'],
  [
    'integer() refuses a text',
    '"5"',
    integer(0n, 9n),
    'line 1, column 1: the text "5" stands where a whole number is needed',
  ],
  [
    'integer() refuses a fraction',
    '1.5',
    integer(0n, 9n),
    'line 1, column 1: "1.5" stands where a whole number is needed',
  ],
  [
    'integer() refuses a boolean',
    'yes',
    integer(0n, 9n),
    'line 1, column 1: "yes" stands where a whole number is needed',
  ],
  ['integer() refuses 1e21', '1e21', integer(0n, 9n), 'line 1, column 1: "1e21" stands where a whole number is needed'],
  [
    'integer() refuses infinity',
    '.inf',
    integer(0n, 9n),
    'line 1, column 1: ".inf" stands where a whole number is needed',
  ],
  ['integer() refuses what is beyond its bounds', '10', integer(0n, 9n), 'line 1, column 1: 10 is not within 0 to 9'],
  ['integer() refuses what is below its bounds', '-1', integer(0n, 9n), 'line 1, column 1: -1 is not within 0 to 9'],
  [
    'integer() refuses the float behind the least whole number, as Go writes it',
    '-9223372036854775809',
    INT64,
    'line 1, column 1: -9223372036854776000 is not within -9223372036854775808 to 9223372036854775807',
  ],
  [
    'integer() refuses the least whole number as a float',
    '-9223372036854775808.0',
    INT64,
    'line 1, column 1: -9223372036854776000 is not within -9223372036854775808 to 9223372036854775807',
  ],
  [
    'integer() refuses what is just beyond 64 bits',
    '9223372036854775808',
    INT64,
    'line 1, column 1: 9223372036854775808 is not within -9223372036854775808 to 9223372036854775807',
  ],
  [
    'integer() refuses what is beyond 64 bits without a sign',
    '18446744073709551616',
    INT64,
    'line 1, column 1: 18446744073709552000 is not within -9223372036854775808 to 9223372036854775807',
  ],
  [
    'integer() refuses a signed zero without a sign',
    '-0.0',
    integer(0n, 9n),
    'line 1, column 1: -0 is not within 0 to 9',
  ],
  ['listOf() refuses a text', 'a', listOf(text), 'line 1, column 1: the text "a" stands where a list is needed'],
  ['listOf() refuses a mapping', '{}', listOf(text), 'line 1, column 1: a mapping stands where a list is needed'],
  [
    'textList() refuses a list in a list',
    '[a, [b]]',
    textList,
    'line 1, column 5: a list stands where a text is needed',
  ],
];
for (const [title, source, decode, message] of mistyped) test(title, () => refuses(source, decode, message));

const integers: [source: string, want: number | bigint][] = [
  ['0', 0],
  ['-5', -5],
  ['0x10', 16],
  ['2.0', 2],
  ['1e3', 1000],
  ['!!int "5"', 5],
  ['9007199254740993', 9007199254740993n],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['1e18', 10n ** 18n],
  ['1152921504606846976.0', 1152921504606847000n],
  ['-9223372036854774784.0', -9223372036854775000n],
  ['-0', 0],
  ['-0.0', 0],
];
for (const [source, want] of integers)
  test(`integer() makes ${want} of ${source}`, () => assert.equal(read(source, INT64), want));

test('integer(), flag() and optional() differ on null', () => {
  assert.deepEqual(read('[~, 1]', listOf(INT64)), [0, 1]);
  assert.deepEqual(read('[~, on]', listOf(flag)), [false, true]);
  assert.deepEqual(read('[~, 1]', listOf(optional(INT64))), [undefined, 1]);
});

interface Thing {
  readonly name: string;
  readonly kids?: Thing[] | undefined;
  readonly size?: number | bigint;
  readonly tags?: string[] | undefined;
}
const kids: Decode<Thing[] | undefined> = (...args) => listOf(thing)(...args);
const thing: Decode<Thing> = recordOf<Thing>({ name: text, kids, size: INT64, tags: textList }, { name: '' });

const records: [title: string, source: string, want: unknown][] = [
  ['reads fields', '{name: a, size: 1, tags: [b, 1, ~]}', { name: 'a', size: 1, tags: ['b', '1', ''] }],
  ['adds what must be there', '{size: 1}', { name: '', size: 1 }],
  ['makes an empty record of null', '{kids: [~]}', { name: '', kids: [{ name: '' }] }],
  ['takes a null list as none', '{name: a, kids: ~, tags: }', { name: 'a', kids: undefined, tags: undefined }],
  ['disregards case', '{NAME: a, Size: 1}', { name: 'a', size: 1 }],
  [
    'takes the Kelvin sign and the long s for letters',
    '{\u212aIDS: [], \u017fize: 1}',
    { name: '', kids: [], size: 1 },
  ],
  ['lets the later of two spellings win, in order of bytes', '{name: a, Name: b}', { name: 'a' }],
  ['the same in the other order', '{Name: b, name: a}', { name: 'a' }],
  ['takes quoted field names', '{"name": a, \'size\': 1}', { name: 'a', size: 1 }],
  [
    'takes merged fields',
    '{kids: [&a {size: 2}, {<<: *a, name: b}]}',
    {
      name: '',
      kids: [
        { name: '', size: 2 },
        { name: 'b', size: 2 },
      ],
    },
  ],
  ['takes tagged documents', '!!map {!!str name: !!str 010, tags: !!seq [!!str ~]}', { name: '010', tags: ['~'] }],
  [
    'reads through aliases',
    '{kids: [&a {tags: &t [b]}, *a, {tags: *t}]}',
    {
      name: '',
      kids: [
        { name: '', tags: ['b'] },
        { name: '', tags: ['b'] },
        { name: '', tags: ['b'] },
      ],
    },
  ],
];
for (const [title, source, want] of records)
  test(`recordOf() ${title}`, () => assert.deepEqual(without(read(source, thing)), without(want)));

/** Whether a field is undefined or absent makes no difference to what is read. */
function without(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const badRecords: [title: string, source: string, message: string][] = [
  [
    'an unknown field, naming the nearest',
    'name: a\nsise: 1',
    'line 2, column 1: field "sise" is unknown; did you mean "size"?',
  ],
  [
    'an unknown field, naming all',
    'zzz: 1',
    'line 1, column 1: field "zzz" is unknown; known are "name", "kids", "size" and "tags"',
  ],
  [
    'an unknown field deep inside',
    'kids:\n- kids:\n  - names: b',
    'line 3, column 5: field "names" is unknown; did you mean "name"?',
  ],
  [
    'a field of Object’s',
    'constructor: 1',
    'line 1, column 1: field "constructor" is unknown; known are "name", "kids", "size" and "tags"',
  ],
  [
    '__proto__',
    '__proto__: {}',
    'line 1, column 1: field "__proto__" is unknown; known are "name", "kids", "size" and "tags"',
  ],
  [
    'a quoted merge key',
    '"<<": {}',
    'line 1, column 1: field "<<" is unknown; known are "name", "kids", "size" and "tags"',
  ],
  ['a field twice', 'name: a\nsize: 1\nname: b', 'line 3, column 1: key "name" is there twice'],
  ['a list', '- name: a', 'line 1, column 1: a list stands where a mapping is needed'],
  ['a text', 'name', 'line 1, column 1: the text "name" stands where a mapping is needed'],
  [
    'a wrong value in the right field',
    'size: big',
    'line 1, column 7: the text "big" stands where a whole number is needed',
  ],
];
for (const [title, source, message] of badRecords)
  test(`recordOf() refuses ${title}`, () => refuses(source, thing, message));

test('recordOf() gives each record its own parts', () => {
  const made = recordOf<{ list: string[] }>({ list: (...args) => textList(...args) ?? [] }, { list: [] });
  const first = read('{}', made);
  assert.deepEqual([first, read('{}', made)], [{ list: [] }, { list: [] }]);
});

const BOMB = `{kids: [&a {tags: [b, b, b, b]}, ${Array.from({ length: 2000 }, () => '*a').join(', ')}]}`;
test('recordOf() takes what Go takes of aliases', () => {
  assert.equal(read(BOMB.replace(/(\*a, ){1990}/, ''), thing)?.kids?.length, 11);
});

const located: [path: (string | number)[], line: number, column: number][] = [
  [[], 1, 1],
  [['a'], 1, 4],
  [['a', 1], 1, 8],
  [['a', 5], 1, 4],
  [['b', 'c'], 3, 6],
  [['b', 'x', 'y'], 2, 4],
  [['d', 'c'], 3, 6],
  [['x'], 1, 1],
];
for (const [path, line, column] of located)
  test(`locate() finds ${JSON.stringify(path)}, or as much of it as there is`, () =>
    assert.deepEqual(reader('a: [b, c]\nb: &x\n  c: d\nd: *x').locate(path), { line, column }));

test('locate() goes through a list once, however many of its items are asked for', () => {
  const countLooks = (items: number): number => {
    const tree = parseYaml('- a\n'.repeat(items));
    assert.ok('codes' in tree);
    let looks = 0;
    const codes = new Proxy(tree.codes, {
      get: (target, key, receiver) => {
        looks++;
        return Reflect.get(target, key, receiver);
      },
    });
    const counted = new YamlReader({ ...tree, codes }, { code: 'BAD_SPEC', what: 'read' });
    for (let item = 0; item < items; item++) assert.equal(counted.locate([item])?.line, item + 1);
    return looks;
  };
  assert.ok(countLooks(400) < countLooks(100) * 5);
});

test('locate() finds nothing where there is no document', () => assert.equal(reader('').locate(['a']), undefined));
