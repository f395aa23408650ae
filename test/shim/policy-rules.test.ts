// Rules of the policy: what the shim takes, and what is wrong with the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const FIRST = '{ devices: [other.com/*], action: deny }';

const rules: [rule: string, said: RegExp][] = [
  ['{ devices: [vendor.com/gpu=*], action: allow }', /^$/],
  [
    '{ devices: [x.com/y=z, vendor.com/*], action: deny, reason: because }',
    /policy\.rules\[1\] of the settings denies it: because/,
  ],
  ['{ action: deny }', /policy\.rules\[1\] of the settings denies it/],
  ['{ devices: [vendor.com/*], namespace: [a], action: deny }', /^$/],
  ['{ devices: vendor.com/*, action: deny }', /policy\.rules\[1\] of the settings denies it/],
  ['{ devices: [a b], action: deny }', /line \d+, column \d+: "a b" can never match/],
  [`{ devices: [${'a'.repeat(513)}], action: deny }`, /the pattern is longer than 512 characters/],
  ['{ devices: [""], action: deny }', /the pattern is empty/],
  ['{ devices: [], action: deny }', /the list is empty/],
  ['{ devices: [vendor.com/*], pod: [A], action: deny }', /"A" can never match/],
  ['{ devices: [vendor.com/*], action: refuse }', /the value is none of allow, ignore, deny/],
  ['{ devices: [vendor.com/*] }', /the rule has no action/],
  ['{ devices: ["*"], action: deny }', /policy\.rules\[1\] of the settings denies it/],
  ['{ devices: [x.com/*, "vendor.com?gpu=*"], action: deny }', /policy\.rules\[1\] of the settings denies it/],
  ['{ devices: ["*=gpu0"], action: deny }', /policy\.rules\[1\] of the settings denies it/],
  ['{ devices: [vendor.com/gpu], action: deny }', /"vendor\.com\/gpu" can never match/],
  ['{ devices: [vendor.com/*], namespace: [A], action: deny }', /"A" can never match/],
  ['{ devices: [vendor.com/*], namespace: [a.b], action: deny }', /"a\.b" can never match/],
  ['{ devices: [vendor.com/*], pod: [a.b-c], action: deny }', /^$/],
  [`{ devices: [${'a/b=c, '.repeat(1000)}], action: deny }`, /^$/],
  [`{ devices: [${'a/b=c, '.repeat(1001)}], action: deny }`, /the list has more than 1000 entries/],
  ['{ devices: [vendor.com/*], action: deny, x: y }', /field "x" is unknown/],
  ['{ devices: [vendor.com/*], Action: deny }', /field "Action" is unknown/],
];
for (const [rule, said] of rules)
  test(`the shim takes the rule ${rule.slice(0, 70)}`, () => {
    const settings = `policy: { rules: [${FIRST}, ${rule}] }`;
    const config = '{"annotations":{"cdi.k8s.io/a":"vendor.com/gpu=gpu0"}}';
    const host = smallHost(folder, { runtime, config, settings });
    const run = runShim({ folder: host.root, args: ['create', '-b', host.bundle, 'id'], settings: host.settings });
    assert.match(run.stderr, said);
    assert.equal(run.status === STARTED, run.stderr === '');
  });
