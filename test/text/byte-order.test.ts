import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compareBytes, countBytes } from '../../src/text/byte-order.ts';

const ordered: [title: string, low: string, high: string][] = [
  ['ASCII', 'a', 'b'],
  ['upper case before lower case', 'B', 'a'],
  ['a start before the whole', 'a', 'ab'],
  ['nothing before something', '', 'a'],
  ['ASCII before é', '~', 'é'],
  ['U+FFEE before an emoji, against UTF-16', '\uffee', '😀'],
  ['U+D7FF before U+E000', '\ud7ff', '\ue000'],
  ['emoji that share their first half', '😀', '😁'],
  ['emoji of different halves', '😀', '\u{10ffff}'],
  ['what follows an equal emoji', '😀a', '😀b'],
  ['a raw byte by its value', '\udc80', 'é'],
  ['a raw byte above an emoji', '😀', '\udcff'],
  ['a raw byte that starts like é', '\udcc3a', 'é'],
  ['raw bytes that nearly are an emoji', '\udcf0\udc9f\udc98a', '😀'],
  ['ASCII before a raw byte', 'z', '\udc80'],
];
for (const [title, low, high] of ordered) {
  test(`compareBytes() puts ${title}`, () => {
    assert.ok(compareBytes(low, high) < 0);
    assert.ok(compareBytes(high, low) > 0);
    assert.equal(compareBytes(low, low), 0);
    assert.equal(compareBytes(high, high), 0);
  });
}

const mixed = fc.array(fc.constantFrom('a', 'b', 'é', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '😀', '😁'));
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  mixed.map((characters) => characters.join('')),
);

test('compareBytes() and countBytes() agree with the encoded bytes', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(countBytes(a), Buffer.byteLength(a));
    }),
    { numRuns: 2000, examples: [['😀', '\uffff']] },
  );
});

const rawBytes = fc.array(fc.constantFrom(0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xe2, 0x82), {
  maxLength: 6,
});

test('compareBytes() and countBytes() agree with bytes that are not UTF-8', () => {
  fc.assert(
    fc.property(rawBytes, rawBytes, (a, b) => {
      assert.equal(Math.sign(compareBytes(handIn(a), handIn(b))), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(countBytes(handIn(a)), a.length);
    }),
    { numRuns: 2000 },
  );
});

/** Bytes as hosts hand them in: characters where they are UTF-8, else U+DC80 to U+DCFF. */
function handIn(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => isCharacter(bytes.slice(i, i + n)));
    text += length ? Buffer.from(bytes.slice(i, i + length)).toString() : String.fromCharCode(0xdc00 + (bytes[i] ?? 0));
    i += length ?? 1;
  }
  return text;
}

function isCharacter(bytes: readonly number[]): boolean {
  const text = Buffer.from(bytes).toString();
  return [...text].length === 1 && text !== '\ufffd';
}

test('countBytes() counts lone surrogates: raw bytes one, others three', () => {
  assert.equal(countBytes('\udc80\udcff'), 2);
  assert.equal(countBytes('\ud83d'), 3);
  assert.equal(countBytes('\ude00'), 3);
  assert.equal(countBytes('a\ud83dé'), 6);
});
