// Names of resources: ours are refused exactly where a kubelet refuses them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findResourceNameFault } from '../../../src/cli/plugin/resource-name.ts';
import { isExtendedResourceName } from '../../support/kubelet.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100) * 20;

const cases: readonly (readonly [name: string, isTaken: boolean])[] = [
  ['vendor.com/gpu', true],
  ['nvidia.com/mig-1g.5gb', true],
  ['v/GPU_x', true],
  [`${'a'.repeat(60)}.${'b'.repeat(183)}/x`, true],
  [`${'a'.repeat(60)}.${'b'.repeat(184)}/x`, false],
  [`vendor.com/${'x'.repeat(63)}`, true],
  [`vendor.com/${'x'.repeat(64)}`, false],
  ['Vendor.com/gpu', false],
  ['ven_dor.com/gpu', false],
  ['gpu', false],
  ['vendor.com/gpu/0', false],
  ['vendor.com/', false],
  ['/gpu', false],
  ['vendor.com/gpu-', false],
  ['requests.vendor.com/gpu', false],
  ['kubernetes.io/gpu', false],
  ['x.kubernetes.io/gpu', false],
  ['vendor..com/gpu', false],
];
for (const [name, isTaken] of cases)
  test(`${name.slice(0, 30)} is ${isTaken ? 'taken' : 'refused'}`, () => {
    assert.equal(isExtendedResourceName(name), isTaken);
    assert.equal(findResourceNameFault(name) === undefined, isTaken);
  });

test('a kubelet and we judge every name alike', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_', '/', 'é'), maxLength: 6 });
  const beginnings = fc.constantFrom('', 'vendor.com/', 'requests.', 'kubernetes.io/', 'v.com', 'a/b');
  fc.assert(
    fc.property(beginnings, part, part, (begin, a, b) => {
      const name = `${begin}${a}${b}`;
      assert.equal(findResourceNameFault(name) === undefined, isExtendedResourceName(name), name);
    }),
    { numRuns: RUNS },
  );
});
