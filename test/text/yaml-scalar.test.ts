// The words and numbers of YAML 1.1 as Go reads them: corpus NOTES 3 to 8.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseYaml } from '../../src/host/yaml.ts';
import {
  Float,
  isMisfit,
  type Misfit,
  readPlainScalar,
  readTaggedScalar,
  type Scalar,
  writeFloat,
  writeJsonFloat,
} from '../../src/text/yaml-scalar.ts';
import { NodeKind } from '../../src/text/yaml-tree.ts';

const float = (value: number): Float => new Float(value);

const plain: [meaning: string, value: Scalar | 'itself', texts: string[]][] = [
  ['true', true, ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']],
  ['false', false, ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']],
  ['null', null, ['', '~', 'null', 'Null', 'NULL']],
  ['no boolean and no null', 'itself', ['yEs', 'tRUE', 'oN', 'nULL', 'none', 'Nil', 'yes ', 'truefalse', '~~']],
  ['infinity', float(Infinity), ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']],
  ['negative infinity', float(-Infinity), ['-.inf', '-.Inf', '-.INF']],
  ['not a number', float(Number.NaN), ['.nan', '.NaN', '.NAN']],
  ['no infinity', 'itself', ['inf', '.iNF', '+.nan', 'NaN', '+inf', '.infx']],
  ['0', 0, ['0', '+0', '-0', '00', '0x0', '0b0', '0o0', '0_0', '-0x0']],
  [
    '420',
    420,
    [
      '420',
      '+420',
      '0644',
      '0o644',
      '0O644',
      '0x1a4',
      '0X1A4',
      '0b110100100',
      '4_2_0',
      '420_',
      '0_644',
      '0b+110100100',
    ],
  ],
  ['-420', -420, ['-420', '-0644', '-0x1a4', '-4__20']],
  ['the float 8', float(8), ['08', '8.', '8.0', '0.8e1', '80e-1', '+8e0']],
  ['the float 0.5', float(0.5), ['0.5', '.5', '5e-1', '+.5', '.50', '5_0e-2']],
  ['the float 0.1', float(0.1), ['.1', '.1_0', '.1_0_0']],
  [
    'no number',
    'itself',
    ['._1', '.1_', '.', '..', '...', '.e1', '0x', '0b2', '0o8', '0xg', '-', '+', '--1', '1e', '1e+'],
  ],
  ['text where other readers see base 60', 'itself', ['190:20:30', '1:30', '12:30:45.5']],
  ['text where C sees a hexadecimal float', 'itself', ['0x1p3', '0x1.8']],
  ['text beyond the range of floats', 'itself', ['1e400', '-1e400', '.1e400']],
  ['text where a date is meant', 'itself', ['2001-1-1', '2001-12-14', '2001-12-14t21:59:43.10-05:00', '2001-13-01']],
  ['text with a number in it', 'itself', ['1.2.3', '1a', '/dev/1', 'v1', '1 2', '#1', '１']],
  ['2^53 - 1', 2 ** 53 - 1, ['9007199254740991']],
  ['2^53', 2n ** 53n, ['9007199254740992', '0x20000000000000']],
  ['2^63 - 1', 2n ** 63n - 1n, ['9223372036854775807', '+9223372036854775807']],
  ['-2^63', -(2n ** 63n), ['-9223372036854775808', `-0b1${'0'.repeat(63)}`]],
  ['2^64 - 1', 2n ** 64n - 1n, ['18446744073709551615', `0b${'1'.repeat(64)}`, '0xffff_ffff_ffff_ffff']],
  ['a float beyond 64 bits', float(2 ** 64), ['18446744073709551616']],
  ['a float beyond 63 bits with a sign', float(2 ** 63), ['+9223372036854775808']],
  [
    'text beyond 64 bits in another base',
    'itself',
    [`0b${'1'.repeat(65)}`, '0x1ffffffffffffffff', '-0x8000000000000001'],
  ],
];
for (const [meaning, value, texts] of plain)
  for (const text of texts)
    test(`readPlainScalar() takes ${JSON.stringify(text)} for ${meaning}`, () =>
      assert.deepEqual(readPlainScalar(text), value === 'itself' ? text : value));

test('readPlainScalar() takes a number of 100,000 digits for what it is', () => {
  assert.equal(readPlainScalar('9'.repeat(100_000)), '9'.repeat(100_000));
  assert.deepEqual(readPlainScalar(`0x${'0'.repeat(100_000)}1`), 1);
  assert.equal(readPlainScalar(`${'1_'.repeat(50_000)}x`), `${'1_'.repeat(50_000)}x`);
});

test('readPlainScalar() takes every integer of 64 bits for itself', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), (value) => {
      const got = readPlainScalar(String(value));
      assert.ok(typeof got === 'number' || typeof got === 'bigint');
      assert.equal(BigInt(got), value);
      assert.equal(typeof got === 'number', Number.isSafeInteger(Number(value)));
    }),
    { numRuns: 500 },
  );
});

test('a scalar that the parser calls a text never has another meaning', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'yesnotrufalNY~.+-0123456789xXob_:e/ä%'), maxLength: 6 });
  fc.assert(
    fc.property(letters, (text) => {
      const tree = parseYaml(text);
      if ('codes' in tree && tree.codes[0] === (1 << 3) + NodeKind.text)
        assert.equal(readPlainScalar(text), tree.texts[0]);
    }),
    { numRuns: 2000 },
  );
});

const TAG = 'tag:yaml.org,2002:';
const tagged: [tag: string, text: string, want: Scalar | Misfit][] = [
  ['!', '1', '1'],
  [`${TAG}str`, 'yes', 'yes'],
  [`${TAG}str`, '', ''],
  ['!mine', '1', '1'],
  [`${TAG}set`, '1', '1'],
  [`${TAG}toString`, '1', '1'],
  [`${TAG}int`, '0x10', 16],
  [`${TAG}int`, '18446744073709551615', 2n ** 64n - 1n],
  [`${TAG}int`, '1.0', { misfit: 'is tagged !!int, but is no such value' }],
  [`${TAG}int`, 'x', { misfit: 'is tagged !!int, but is no such value' }],
  [`${TAG}int`, '', { misfit: 'is tagged !!int, but is no such value' }],
  [`${TAG}float`, '1', float(1)],
  [`${TAG}float`, '1.5', float(1.5)],
  [`${TAG}float`, '.inf', float(Infinity)],
  [`${TAG}float`, '9223372036854775807', float(2 ** 63)],
  [`${TAG}float`, '9223372036854775808', { misfit: 'is tagged !!float, but is no such value' }],
  [`${TAG}float`, 'yes', { misfit: 'is tagged !!float, but is no such value' }],
  [`${TAG}bool`, 'on', true],
  [`${TAG}bool`, '1', { misfit: 'is tagged !!bool, but is no such value' }],
  [`${TAG}null`, '~', null],
  [`${TAG}null`, '', null],
  [`${TAG}null`, '0', { misfit: 'is tagged !!null, but is no such value' }],
  [`${TAG}timestamp`, '2001-1-1', '2001-1-1'],
  [`${TAG}timestamp`, '2001-12-14T21:59:43Z', '2001-12-14T21:59:43Z'],
  [`${TAG}timestamp`, '2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  [`${TAG}timestamp`, '2001-12-14 21:59:43.1', '2001-12-14 21:59:43.1'],
  [`${TAG}timestamp`, '2000-2-29', '2000-2-29'],
  [`${TAG}binary`, 'aGVsbG8=', 'hello'],
  [`${TAG}binary`, 'aGVs\nbG8=\n', 'hello'],
  [`${TAG}binary`, '', ''],
  [`${TAG}binary`, '4oKs8J+YgA==', '€\u{1F600}'],
  [`${TAG}binary`, '/w==', '\ufffd'],
  [`${TAG}binary`, '7aCA', '\ufffd\ufffd\ufffd'],
  [`${TAG}binary`, 'wIA=', '\ufffd\ufffd'],
  [`${TAG}binary`, '4oI=', '\ufffd\ufffd'],
  ...['a', 'a===', 'aGVs bG8=', 'aGV$', '=aaa', 'aGVsbG8'].map((text): [string, string, Misfit] => [
    `${TAG}binary`,
    text,
    { misfit: 'is tagged !!binary, but is not base64' },
  ]),
  ...[
    '2001-13-1',
    '2001-2-29',
    '1900-2-29',
    '2001-0-1',
    '2001-1-0',
    '2001-1-1T24:00:00Z',
    '2001-1-1 1:1:60',
    '2001-1-1T1:1:1',
    '2001-1-1 1:1:1Z',
    'today',
    '',
  ].map((text): [string, string, Misfit] => [
    `${TAG}timestamp`,
    text,
    { misfit: 'is tagged !!timestamp, but is no such value' },
  ]),
];
for (const [tag, text, want] of tagged)
  test(`readTaggedScalar() reads ${JSON.stringify(text)} as ${tag}`, () => {
    const value = readTaggedScalar(tag, text);
    assert.deepEqual(value, want);
    assert.equal(isMisfit(value), typeof want === 'object' && want !== null && 'misfit' in want);
  });

test('readTaggedScalar() decodes what Buffer encodes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const text = readTaggedScalar(`${TAG}binary`, Buffer.from(bytes).toString('base64'));
      // Node replaces by sequence, Go by byte: only well-formed text reads alike.
      const want = Buffer.from(bytes).toString('utf8');
      if (!want.includes('\ufffd')) assert.equal(text, want);
      else assert.equal(typeof text, 'string');
    }),
    { numRuns: 500 },
  );
});

// Go's FormatFloat(value, 'g', -1, 32), each seen in the corpus or by the Go program of libraries.md.
const floats: [value: number, want: string][] = [
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [1.1, '1.1'],
  [0.6, '0.6'],
  [100000, '100000'],
  [123456, '123456'],
  [999999, '999999'],
  [1000000, '1e+06'],
  [1e10, '1e+10'],
  [16777217.5, '1.6777218e+07'],
  [16777216, '1.6777216e+07'],
  // halfway between two, of which Go takes the even one
  [200100.125, '200100.12'],
  [200100.375, '200100.38'],
  [4294967295, '4.2949673e+09'],
  [12345678.9, '1.2345679e+07'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-2.5e-7, '-2.5e-07'],
  [3.4e39, '+Inf'],
  [-3.4e39, '-Inf'],
  [Infinity, '+Inf'],
  [Number.NaN, 'NaN'],
  [1e-46, '0'],
  [1e-45, '1e-45'],
  [3.4028234663852886e38, '3.4028235e+38'],
];
for (const [value, want] of floats)
  test(`writeFloat() writes ${Object.is(value, -0) ? '-0' : value} as ${want}`, () =>
    assert.equal(writeFloat(value), want));

test('writeFloat() reads back as the same 32-bit float', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) =>
      assert.equal(Math.fround(Number(writeFloat(value))), value),
    ),
    { numRuns: 1000 },
  );
});

const jsonFloats: [value: number, want: string | undefined][] = [
  [1, '1'],
  [-0, '-0'],
  [1e21, '1e+21'],
  [1e20, '100000000000000000000'],
  [0.1, '0.1'],
  [Infinity, undefined],
  [Number.NaN, undefined],
];
for (const [value, want] of jsonFloats)
  test(`writeJsonFloat() writes ${Object.is(value, -0) ? '-0' : value} as ${want ?? 'nothing'}`, () =>
    assert.equal(writeJsonFloat(value), want));
