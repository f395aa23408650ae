import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quote, quoteList } from '../../src/text/quote.ts';

const cases: [title: string, text: string, want: string][] = [
  ['puts quotes around text', 'gpu 0', '"gpu 0"'],
  ['shows that there is nothing', '', '""'],
  ['escapes quotes and backslashes', 'a"b\\c', '"a\\"b\\\\c"'],
  ['escapes line feed and tab by their letters', 'a\nb\tc', '"a\\nb\\tc"'],
  ['escapes other control characters', '\0\r\x1b[31m\x7f\x85\x9f', '"\\x00\\x0d\\x1b[31m\\x7f\\x85\\x9f"'],
  ['leaves letters of any script', 'Grafikkarte äß ключ 鍵 \u{1F600}', '"Grafikkarte äß ключ 鍵 \u{1F600}"'],
  ['shows bytes that are no UTF-8', 'a\udc80\udcff', '"a\\x80\\xff"'],
  ['escapes other halves of pairs', '\ud800\udc00x'.slice(0, 1), '"\\ud800"'],
  ['escapes what turns the direction of text', '\u202eabc\u2066', '"\\u202eabc\\u2066"'],
  ['escapes what is not seen', 'a\u200bb\ufeffc\u2028\u2060', '"a\\u200bb\\ufeffc\\u2028\\u2060"'],
  ['escapes the mark of Arabic letters', 'a\u061cb', '"a\\u061cb"'],
  ['keeps 160 characters', 'a'.repeat(160), `"${'a'.repeat(160)}"`],
  ['cuts beyond 160 characters', 'a'.repeat(161), `"${'a'.repeat(160)}…"`],
  ['does not cut through a character', '\u{1F600}'.repeat(161), `"${'\u{1F600}'.repeat(160)}…"`],
];
for (const [title, text, want] of cases) test(`quote() ${title}`, () => assert.equal(quote(text), want));

test('quote() gives one printable line of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const quoted = quote(text);
      assert.doesNotMatch(quoted, /[\p{Cc}\u2028\u2029\u202e]/u);
      assert.ok([...quoted].length <= 160 * 6 + 3);
    }),
    { numRuns: 500 },
  );
});

const lists: [texts: string[], want: string][] = [
  [[], ''],
  [['a'], '"a"'],
  [['a', 'b'], '"a" and "b"'],
  [['a', 'b', 'c'], '"a", "b" and "c"'],
  [['a', 'b', 'c', 'd', 'e'], '"a", "b", "c", "d" and "e"'],
  [['a', 'b', 'c', 'd', 'e', 'f'], '"a", "b", "c", "d", "e" and 1 more'],
  [Array.from({ length: 1000 }, (_, i) => `${i}`), '"0", "1", "2", "3", "4" and 995 more'],
];
for (const [texts, want] of lists)
  test(`quoteList() of ${texts.length} gives ${want === '' ? 'nothing' : want}`, () =>
    assert.equal(quoteList(texts), want));
