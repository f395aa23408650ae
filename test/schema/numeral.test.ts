import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Numeral } from '../../src/schema/numeral.ts';

const MOST = 2 ** 63;

const wholes: [literal: string, whole: boolean][] = [
  ['0', true],
  ['-0', true],
  ['0.0', true],
  ['0e-5', true],
  ['1.0', true],
  ['10E-1', true],
  ['1e3', true],
  ['1e+21', true],
  ['1e400', true],
  ['9223372036854775807.0', true],
  ['1e-1', false],
  ['1.5', false],
  ['1e-400', false],
  ['-1e-400', false],
  ['1.00000000000000000001', false],
  ['4294967294.9999999999', false],
  ['-4294967295.0000000001', false],
  ['9007199254740993.5', false],
  ['1e-99999999999999999999', false],
];
for (const [literal, whole] of wholes) {
  test(`Numeral ${literal} is ${whole ? '' : 'not '}whole`, () =>
    equal(Number.isInteger(new Numeral(literal).number), whole));
}

const sides: [literal: string, side: -1 | 0 | 1][] = [
  ['9223372036854775807', 0],
  ['9223372036854775808', 1],
  ['9223372036854775809', 1],
  ['9.223372036854775808e18', 1],
  ['9223372036854775807.5', 0],
  ['18446744073709551615', 1],
  ['1e99999999999999999999', 1],
  ['-9223372036854775808', 0],
  ['-9223372036854775809', -1],
  ['-1e400', -1],
];
for (const [literal, side] of sides) {
  test(`Numeral ${literal} is ${side === 0 ? 'within' : side < 0 ? 'below' : 'above'} 64 bits with a sign`, () => {
    const { number } = new Numeral(literal);
    equal(number > MOST ? 1 : number < -MOST ? -1 : 0, side);
  });
}

test('Numeral tells 2^64 from 2^64 - 1', () => {
  equal(new Numeral('18446744073709551615').number, 2 ** 64);
  ok(new Numeral('18446744073709551616').number > 2 ** 64);
});

test('Numeral keeps the text for messages, whatever is judged', () => {
  const numeral = new Numeral('9223372036854775807', '9223372036854776000');
  equal(numeral.text, '9223372036854775807');
  ok(numeral.number > MOST);
});

test('Numeral has no number for what is no decimal literal', () => {
  ok(Number.isNaN(new Numeral('NaN').number));
  ok(!Number.isFinite(new Numeral('Infinity').number));
});

test('Numeral is on the right side of whole bounds, and whole where the literal is', () => {
  const digits = fc.stringMatching(/^[0-9]{1,24}$/);
  fc.assert(
    fc.property(
      digits,
      fc.option(digits),
      fc.integer({ min: -30, max: 30 }),
      fc.boolean(),
      (whole, part, power, minus) => {
        const literal = `${minus ? '-' : ''}${whole.replace(/^0+(?=.)/, '')}${part === null ? '' : `.${part}`}e${power}`;
        const { number } = new Numeral(literal);
        // numerator / 10^scale, exactly
        const scale = (part ?? '').length - power;
        const size = BigInt(whole + (part ?? '')) * 10n ** BigInt(Math.max(-scale, 0));
        const numerator = minus ? -size : size;
        const denominator = 10n ** BigInt(Math.max(scale, 0));
        equal(Number.isInteger(number), numerator % denominator === 0n, literal);
        for (const bound of [0n, 1n, 2n ** 32n - 1n]) {
          equal(number > Number(bound), numerator > bound * denominator, literal);
          equal(number < Number(bound), numerator < bound * denominator, literal);
        }
        if (numerator % denominator !== 0n) return;
        equal(number > MOST, numerator / denominator > 2n ** 63n - 1n, literal);
        equal(number < -MOST, numerator / denominator < -(2n ** 63n), literal);
      },
    ),
    { numRuns: 2000 },
  );
});
