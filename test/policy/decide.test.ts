// Several requests, also for one device: which of them count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideRequests } from '../../src/policy/decide.ts';
import type { PolicyRule, Source } from '../../src/settings/settings.ts';
import { NO_FACTS } from '../support/container-facts.ts';

/** `DEVICE SOURCE`, with `?` behind the device where it is optional. */
function decided(rules: readonly PolicyRule[], requests: readonly string[]): string[] {
  const asked = requests.map((text) => {
    const [device = '', source = ''] = text.split(' ');
    return { device: device.replace('?', ''), optional: device.endsWith('?'), source: source as Source };
  });
  return decideRequests({ preset: 'open', default: null, share: {}, rules }, asked, NO_FACTS).map(
    ({ request, verdict }) => `${request.device}${request.optional ? '?' : ''} ${request.source}: ${verdict.action}`,
  );
}

const ignoring: PolicyRule = { source: ['annotation'], action: 'ignore' };
const denying: PolicyRule = { source: ['env'], action: 'deny' };
const cases: [title: string, rules: PolicyRule[], requests: string[], want: string[]][] = [
  ['each device is judged', [], ['a annotation', 'b env'], ['a annotation: allow', 'b env: allow']],
  ['the first mention that is allowed wins', [], ['a annotation', 'a env', 'a mount'], ['a annotation: allow']],
  [
    'a mention that is ignored leaves the device to a later one',
    [ignoring],
    ['a annotation', 'b annotation', 'a env', 'a mount'],
    ['a annotation: ignore', 'b annotation: ignore', 'a env: allow'],
  ],
  [
    'a mention that is denied is a denial',
    [ignoring, denying],
    ['a annotation', 'a env'],
    ['a annotation: ignore', 'a env: deny'],
  ],
  [
    'a mention behind one that was allowed does not count',
    [denying],
    ['a annotation', 'a env'],
    ['a annotation: allow'],
  ],
  [
    'who needs a device takes the place of who could do without',
    [],
    ['a? annotation', 'b annotation', 'a env', 'a? mount'],
    ['a env: allow', 'b annotation: allow'],
  ],
  ['who could do without changes nothing for who needs it', [], ['a annotation', 'a? env'], ['a annotation: allow']],
  [
    'who is not allowed to need it takes no one’s place',
    [denying],
    ['a? annotation', 'a env'],
    ['a? annotation: allow', 'a env: deny'],
  ],
];
for (const [title, rules, requests, want] of cases)
  test(`decideRequests(): ${title}`, () => assert.deepEqual(decided(rules, requests), want));
