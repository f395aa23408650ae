// Rules about what a device does: when they hold, for each action.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Effects, findEffect } from '../../src/policy/effects.ts';
import { judgeRequest } from '../../src/policy/judge.ts';
import type { PolicyRule } from '../../src/settings/settings.ts';
import { NO_FACTS } from '../support/container-facts.ts';

const NOTHING: Effects = { nodes: [], mounts: [], hooks: [], env: [] };
const DISK: Effects = { ...NOTHING, nodes: [['/dev/null'], ['/dev/x', '/dev/sda']], env: [['A'], ['LD_PRELOAD']] };
const FUSE: Effects = { ...NOTHING, nodes: [['/dev/fuse']], mounts: [['/in', '/usr/lib/x']], hooks: [['/usr/bin/h']] };

type Conditions = Omit<PolicyRule, 'action'>;
/** Whether it holds for a rule that allows, and for any other. */
const cases: [rule: Conditions, effects: Effects, allows: boolean, forbids: boolean][] = [
  [{ nodes: ['/dev/sd*'] }, DISK, false, true],
  [{ nodes: ['/dev/mem', '/dev/sda'] }, DISK, false, true],
  [{ nodes: ['/dev/x'] }, DISK, false, true],
  [{ nodes: ['/dev/null', '/dev/x'] }, DISK, false, true],
  [{ nodes: ['/dev/null', '/dev/x', '/dev/sd*'] }, DISK, true, true],
  [{ nodes: ['/dev/*'] }, DISK, true, true],
  [{ nodes: ['/*'] }, DISK, false, false],
  [{ nodes: ['/**'] }, DISK, true, true],
  [{ nodes: ['/dev/fuse'] }, DISK, false, false],
  [{ nodes: ['/dev/**'] }, NOTHING, false, false],
  [{ env: ['LD_*'] }, DISK, false, true],
  [{ env: ['LD_*', 'A'] }, DISK, true, true],
  [{ mounts: ['/usr/lib/*'] }, FUSE, false, true],
  [{ mounts: ['/usr/lib/*', '/in'] }, FUSE, true, true],
  [{ hooks: ['/usr/bin/*'] }, FUSE, true, true],
  [{ nodes: ['/dev/fuse'], hooks: ['/usr/bin/*'] }, FUSE, true, true],
  [{ nodes: ['/dev/fuse'], hooks: ['/opt/*'] }, FUSE, false, false],
  [{ nodes: ['/dev/fuse'], env: ['*'] }, FUSE, true, false],
  [{ nodes: ['/dev/*'], mounts: ['/**'] }, DISK, true, false],
];
for (const [rule, effects, allows, forbids] of cases)
  test(`${JSON.stringify(rule)} about ${JSON.stringify(effects)}`, () => {
    assert.equal(findEffect({ ...rule, action: 'allow' }, effects) !== undefined, allows, 'allow');
    for (const action of ['deny', 'ignore'] as const)
      assert.equal(findEffect({ ...rule, action }, effects) !== undefined, forbids, action);
  });

const NO_DISKS: PolicyRule = { nodes: ['/dev/sd*'], action: 'deny', reason: 'no disks' };
const ONLY_FUSE: PolicyRule = { nodes: ['/dev/fuse'], action: 'allow' };
const verdicts: [rules: readonly PolicyRule[], effects: Effects | undefined, want: string][] = [
  [[NO_DISKS], DISK, 'deny by policy.rules[0]: no disks; the device brings "/dev/sda"'],
  [[{ ...NO_DISKS, reason: undefined }], DISK, 'deny by policy.rules[0]: the device brings "/dev/sda"'],
  [[NO_DISKS], FUSE, 'allow by policy.preset open'],
  [[NO_DISKS], undefined, 'open: allow by policy.preset open'],
  [[ONLY_FUSE, { action: 'deny' }], FUSE, 'allow by policy.rules[0]'],
  [[ONLY_FUSE, { action: 'deny' }], DISK, 'deny by policy.rules[1]'],
  [[ONLY_FUSE, { action: 'deny' }], undefined, 'open: allow by policy.rules[0]'],
  [[{ ...NO_DISKS, devices: ['other.com/*'] }], undefined, 'allow by policy.preset open'],
  [[{ action: 'ignore' }, NO_DISKS], undefined, 'ignore by policy.rules[0]'],
];
for (const [rules, effects, want] of verdicts)
  test(`${JSON.stringify(rules)} says ${want}`, () => {
    const asking = { device: 'vendor.com/x=all', source: 'env' } as const;
    const policy = { preset: 'open', default: null, share: {}, rules } as const;
    const { action, by, reason, open } = judgeRequest(policy, asking, NO_FACTS, effects);
    assert.equal(
      `${open === true ? 'open: ' : ''}${action} by ${by}${reason === undefined ? '' : `: ${reason}`}`,
      want,
    );
  });
