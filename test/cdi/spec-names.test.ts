import assert from 'node:assert/strict';
import test from 'node:test';
import {
  generateNameForSpec,
  generateNameForTransientSpec,
  generateSpecName,
  generateTransientSpecName,
} from '../../src/cdi/spec-names.ts';

test('generateSpecName() joins vendor and class as they are', () => {
  assert.equal(generateSpecName('vendor.com', 'gpu'), 'vendor.com-gpu');
  assert.equal(generateSpecName('', 'a/b'), '-a/b');
});

test('generateTransientSpecName() replaces slashes in the ID only', () => {
  assert.equal(generateTransientSpecName('vendor.com', 'gpu', 'ctr1'), 'vendor.com-gpu_ctr1');
  assert.equal(generateTransientSpecName('a/b', 'c', '/x//y/'), 'a/b-c__x__y_');
  assert.equal(generateTransientSpecName('a', 'b', ''), 'a-b_');
});

test('generateNameForSpec() and generateNameForTransientSpec() take the kind apart', () => {
  assert.equal(generateNameForSpec({ kind: 'vendor.com/gpu' }), 'vendor.com-gpu');
  assert.equal(generateNameForSpec({ kind: 'a/b/c' }), 'a-b/c');
  assert.equal(generateNameForTransientSpec({ kind: '1/2' }, 'ctr/1'), '1-2_ctr_1');
});

for (const kind of ['', 'vendor.com', '/', 'a/', '/b']) {
  test(`generateNameForSpec() and generateNameForTransientSpec() refuse the kind "${kind}"`, () => {
    const message = `cannot name the spec: kind "${kind}" lacks a vendor or a class; write it as vendor.com/class`;
    assert.throws(() => generateNameForSpec({ kind }), { name: 'CdiError', code: 'BAD_SPEC', message });
    assert.throws(() => generateNameForTransientSpec({ kind }, 'x'), { code: 'BAD_SPEC', message });
  });
}
