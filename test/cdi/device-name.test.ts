import assert from 'node:assert/strict';
import test from 'node:test';
import {
  isAlphaNumeric,
  isDigit,
  isLetter,
  isQualifiedName,
  parseDevice,
  parseQualifiedName,
  parseQualifier,
  qualifiedName,
  validateClassName,
  validateDeviceName,
  validateVendorName,
} from '../../src/cdi/device-name.ts';

const qualified: [device: string, vendor: string, className: string, name: string][] = [
  ['vendor.com/gpu=0', 'vendor.com', 'gpu', '0'],
  ['a/b=c', 'a', 'b', 'c'],
  ['V-e_n.9/c.l-a_s9=all:x', 'V-e_n.9', 'c.l-a_s9', 'all:x'],
];
for (const [device, vendor, className, name] of qualified) {
  test(`parseQualifiedName() reads ${device}`, () => {
    assert.deepEqual(parseQualifiedName(device), { vendor, class: className, name });
    assert.equal(isQualifiedName(device), true);
    assert.equal(qualifiedName(vendor, className, name), device);
  });
}

const BAD_HINT = 'with a letter first and a letter or digit last';
const unqualified: [device: string, why: string][] = [
  ['', 'it has no "="; write it as vendor.com/class=name'],
  ['gpu0', 'it has no "="; write it as vendor.com/class=name'],
  ['vendor.com/gpu', 'it has no "="; write it as vendor.com/class=name'],
  ['vendor.com/gpu=', 'it has no name after the "="; write it as vendor.com/class=name'],
  ['vendor.com=a/b', 'it has no "/" before the "="; write it as vendor.com/class=name'],
  ['=a', 'it has no "/" before the "="; write it as vendor.com/class=name'],
  ['/gpu=0', 'it has no vendor before the "/"; write it as vendor.com/class=name'],
  ['vendor.com/=0', 'it has no class after the "/"; write it as vendor.com/class=name'],
  ['9v/gpu=0', `vendor "9v" starts with "9"; use ASCII letters, digits and . _ - ${BAD_HINT}`],
  ['v/a/b=0', `class "a/b" contains "/"; use ASCII letters, digits and . _ - ${BAD_HINT}`],
  ['v/gpu-=0', `class "gpu-" ends with "-"; use ASCII letters, digits and . _ - ${BAD_HINT}`],
  [
    'v/gpu=a b',
    'device name "a b" contains a space; use ASCII letters, digits and . _ - : with a letter or digit first and last',
  ],
  [
    'v/gpu=a=b',
    'device name "a=b" contains "="; use ASCII letters, digits and . _ - : with a letter or digit first and last',
  ],
];
for (const [device, why] of unqualified) {
  test(`parseQualifiedName() refuses "${device}"`, () => {
    const message = `cannot parse device "${device}": ${why}`;
    assert.throws(() => parseQualifiedName(device), { name: 'CdiError', code: 'BAD_DEVICE_NAME', message });
    assert.equal(isQualifiedName(device), false);
  });
}

const split: [device: string, vendor: string, className: string, name: string][] = [
  ['v/c=n', 'v', 'c', 'n'],
  ['v.com/a/b=c=d', 'v.com', 'a/b', 'c=d'],
  ['v/c==n', 'v', 'c', '=n'],
  ['v/a=b/c', 'v', 'a', 'b/c'],
  ['é/ =\n', 'é', ' ', '\n'],
  ['', '', '', ''],
  ['v/c', '', '', 'v/c'],
  ['v/c=', '', '', 'v/c='],
  ['v/=n', '', '', 'v/=n'],
  ['/c=n', '', '', '/c=n'],
  ['v=c/n', '', '', 'v=c/n'],
  ['=v/c', '', '', '=v/c'],
  ['=v/c=n', '', '', '=v/c=n'],
];
for (const [device, vendor, className, name] of split) {
  test(`parseDevice() splits ${JSON.stringify(device)}`, () => {
    assert.deepEqual(parseDevice(device), { vendor, class: className, name });
  });
}

const kinds: [kind: string, vendor: string, className: string][] = [
  ['v.com/c', 'v.com', 'c'],
  ['v/c/d', 'v', 'c/d'],
  ['v', '', 'v'],
  ['v/', '', 'v/'],
  ['/c', '', '/c'],
  ['/', '', '/'],
  ['', '', ''],
];
for (const [kind, vendor, className] of kinds) {
  test(`parseQualifier() splits "${kind}"`, () => {
    assert.deepEqual(parseQualifier(kind), { vendor, class: className });
  });
}

const parts: [text: string, asVendor: boolean, asDevice: boolean][] = [
  ['', false, false],
  ['a', true, true],
  ['Z', true, true],
  ['9', false, true],
  ['9a', false, true],
  ['a9', true, true],
  ['a.b_c-d', true, true],
  ['a:b', false, true],
  ['a--b', true, true],
  ['a-', false, false],
  ['-a', false, false],
  ['_', false, false],
  ['a:', false, false],
  ['a b', false, false],
  ['é', false, false],
  ['aéb', false, false],
  ['a😀', false, false],
  ['a\n', false, false],
  ['a'.repeat(300), true, true],
];
for (const [text, asVendor, asDevice] of parts) {
  test(`validateVendorName(), validateClassName() and validateDeviceName() judge ${JSON.stringify(text)}`, () => {
    assert.equal(
      passes(() => validateVendorName(text)),
      asVendor,
    );
    assert.equal(
      passes(() => validateClassName(text)),
      asVendor,
    );
    assert.equal(
      passes(() => validateDeviceName(text)),
      asDevice,
    );
  });
}

test('validateVendorName() and its like say what is wrong', () => {
  const message = `cannot accept the vendor: the vendor is empty; use ASCII letters, digits and . _ - ${BAD_HINT}`;
  assert.throws(() => validateVendorName(''), { code: 'BAD_DEVICE_NAME', message });
  assert.throws(() => validateDeviceName('a😀'), { why: 'device name "a😀" contains "😀"' });
  assert.throws(() => validateClassName('a'.concat('\n')), { why: 'class "a\\n" ends with "\\n"' });
});

test('isLetter(), isDigit() and isAlphaNumeric() know ASCII only', () => {
  assert.deepEqual(['a', 'Z', '@', '[', '`', '{', '0', 'é', 'ab', ''].map(isLetter), [
    true,
    true,
    ...Array(8).fill(false),
  ]);
  assert.deepEqual(['0', '9', '/', ':', 'a', '٣', '12', ''].map(isDigit), [true, true, ...Array(6).fill(false)]);
  assert.deepEqual(['a', '5', '-', 'é', 'a5', ''].map(isAlphaNumeric), [true, true, false, false, false, false]);
});

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'BAD_DEVICE_NAME');
    return false;
  }
}
