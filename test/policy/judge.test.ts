// One request against rules: which conditions hold, which rule decides, and what decides where none does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts, judgeRequest, type PolicyRequest } from '../../src/policy/judge.ts';
import type { PolicyRule, Settings, Source } from '../../src/settings/settings.ts';
import { NO_FACTS } from '../support/container-facts.ts';

const GPU: PolicyRequest = { device: 'nvidia.com/gpu=0', source: 'annotation' };
const POD: Facts = { ...NO_FACTS, cri: true, namespace: 'team-a', pod: 'web-0' };

function verdict(
  rules: readonly PolicyRule[],
  asking: PolicyRequest,
  facts: Facts,
  policy: Partial<Settings['policy']> = {},
): string {
  const { action, by, reason } = judgeRequest(
    { preset: 'open', default: null, share: {}, rules, ...policy },
    asking,
    facts,
    undefined,
  );
  return `${action} by ${by}${reason === undefined ? '' : `: ${reason}`}`;
}

type Conditions = Omit<PolicyRule, 'action' | 'reason'>;
const conditions: [conditions: Conditions, asking: PolicyRequest, facts: Facts, holds: boolean][] = [
  [{}, GPU, NO_FACTS, true],
  [{ source: ['annotation'] }, GPU, NO_FACTS, true],
  [{ source: ['env', 'mount'] }, GPU, NO_FACTS, false],
  [{ source: ['env', 'mount'] }, { ...GPU, source: 'mount' }, NO_FACTS, true],
  [{ devices: ['nvidia.com/gpu=0'] }, GPU, NO_FACTS, true],
  [{ devices: ['nvidia.com/gpu=*'] }, GPU, NO_FACTS, true],
  [{ devices: ['nvidia.com/*'] }, GPU, NO_FACTS, true],
  [{ devices: ['*'] }, GPU, NO_FACTS, true],
  [{ devices: ['*=0'] }, GPU, NO_FACTS, true],
  [{ devices: ['nvidia.com/gpu=?'] }, { ...GPU, device: 'nvidia.com/gpu=10' }, NO_FACTS, false],
  [{ devices: ['nvidia.com/gpu'] }, GPU, NO_FACTS, false],
  [{ devices: ['NVIDIA.com/gpu=0'] }, GPU, NO_FACTS, false],
  [{ devices: ['nvidia.com/gpu=1', 'nvidia.com/gpu=0'] }, GPU, NO_FACTS, true],
  [{ devices: ['nvidia.com/*'] }, { ...GPU, device: 'nvidia.community/gpu=0' }, NO_FACTS, false],
  [{ namespace: ['team-a'] }, GPU, POD, true],
  [{ namespace: ['team-*', 'lab'] }, GPU, POD, true],
  [{ namespace: ['team-b'] }, GPU, POD, false],
  [{ namespace: ['*'] }, GPU, NO_FACTS, false],
  [{ pod: ['web-?'] }, GPU, POD, true],
  [{ pod: ['web'] }, GPU, POD, false],
  [{ pod: ['*'] }, GPU, NO_FACTS, false],
  [{ kubernetes: true }, GPU, POD, true],
  [{ kubernetes: true }, GPU, NO_FACTS, false],
  [{ kubernetes: false }, GPU, NO_FACTS, true],
  [{ kubernetes: false }, GPU, POD, false],
  [{ userNamespace: true }, GPU, { ...POD, userNamespace: true }, true],
  [{ userNamespace: true }, GPU, POD, false],
  [{ userNamespace: false }, GPU, POD, true],
  [{ privileged: true }, GPU, { ...POD, privileged: true }, true],
  [{ privileged: true }, GPU, POD, false],
  [{ privileged: false }, GPU, { ...POD, privileged: true }, false],
  [{ source: ['annotation'], devices: ['*'], namespace: ['team-a'], kubernetes: true }, GPU, POD, true],
  [{ source: ['annotation'], devices: ['*'], namespace: ['team-a'], privileged: true }, GPU, POD, false],
];
for (const [rule, asking, facts, holds] of conditions)
  test(`${JSON.stringify(rule)} ${holds ? 'holds' : 'does not hold'} for ${asking.device} by ${asking.source}, ${JSON.stringify(facts)}`, () => {
    const want = holds ? 'deny by policy.rules[0]' : 'allow by policy.preset open';
    assert.equal(verdict([{ ...rule, action: 'deny' }], asking, facts), want);
  });

const RULES: readonly PolicyRule[] = [
  { devices: ['nvidia.com/gpu=0'], action: 'ignore' },
  { namespace: ['team-*'], action: 'allow' },
  { devices: ['nvidia.com/*'], action: 'deny', reason: 'ask the platform team' },
];
const orders: [asking: PolicyRequest, facts: Facts, want: string][] = [
  [GPU, POD, 'ignore by policy.rules[0]'],
  [{ ...GPU, device: 'nvidia.com/gpu=1' }, POD, 'allow by policy.rules[1]'],
  [{ ...GPU, device: 'nvidia.com/gpu=1' }, NO_FACTS, 'deny by policy.rules[2]: ask the platform team'],
  [{ ...GPU, device: 'a.b/c=d' }, NO_FACTS, 'allow by policy.preset open'],
];
for (const [asking, facts, want] of orders)
  test(`the first rule that holds decides about ${asking.device} in ${facts.namespace ?? 'docker'}`, () =>
    assert.equal(verdict(RULES, asking, facts), want));

const IGNORED = 'ignore by policy.preset kubernetes: only annotations count (policy.preset: kubernetes)';
const presets: [
  preset: Settings['policy']['preset'],
  source: Source,
  byDefault: Settings['policy']['default'],
  want: string,
][] = [
  ['open', 'annotation', null, 'allow by policy.preset open'],
  ['open', 'env', null, 'allow by policy.preset open'],
  ['open', 'mount', null, 'allow by policy.preset open'],
  ['open', 'env', 'deny', 'deny by policy.default'],
  ['kubernetes', 'annotation', null, 'allow by policy.preset kubernetes'],
  ['kubernetes', 'env', null, IGNORED],
  ['kubernetes', 'mount', null, IGNORED],
  ['kubernetes', 'annotation', 'ignore', 'ignore by policy.default'],
  ['kubernetes', 'env', 'allow', IGNORED],
  ['locked', 'annotation', null, 'deny by policy.preset locked'],
  ['locked', 'env', null, 'deny by policy.preset locked'],
  ['locked', 'mount', 'ignore', 'ignore by policy.default'],
];
for (const [preset, source, byDefault, want] of presets)
  test(`preset ${preset} with default ${byDefault} says to ${source}: ${want}`, () => {
    assert.equal(verdict([], { ...GPU, source }, POD, { preset, default: byDefault }), want);
    const listed: PolicyRule = { source: [source], devices: [GPU.device], action: 'allow' };
    const own = verdict([listed], { ...GPU, source }, POD, { preset, default: byDefault });
    assert.equal(own, 'allow by policy.rules[0]', 'the rules of the settings go before those of the preset');
  });

const UNKNOWN: Facts = {
  ...POD,
  namespace: undefined,
  pod: undefined,
  disputedFacts: ['namespace', 'pod', 'kubernetes'],
};
const unknown: Conditions[] = [
  { namespace: ['team-a'] },
  { namespace: ['*'] },
  { pod: ['web-0'] },
  { kubernetes: true },
  { kubernetes: false },
  { namespace: ['other'], pod: ['other'], kubernetes: false },
];
for (const conditions of unknown)
  test(`of what cannot be known ${JSON.stringify(conditions)} allows nothing, and holds for the rest`, () => {
    const verdictOf = (action: PolicyRule['action'], facts: Facts): string =>
      verdict([{ ...conditions, action }], GPU, facts, { default: action === 'allow' ? 'deny' : 'allow' });
    assert.equal(verdictOf('allow', UNKNOWN), 'deny by policy.default');
    assert.equal(verdictOf('deny', UNKNOWN), 'deny by policy.rules[0]');
    assert.equal(verdictOf('ignore', UNKNOWN), 'ignore by policy.rules[0]');
  });

test('a fact that is known holds as ever beside one that is not', () => {
  const facts: Facts = { ...POD, pod: undefined, disputedFacts: ['pod'] };
  assert.equal(
    verdict([{ namespace: ['team-a'], action: 'allow' }], GPU, facts, { default: 'deny' }),
    'allow by policy.rules[0]',
  );
  assert.equal(verdict([{ namespace: ['team-b'], action: 'deny' }], GPU, facts), 'allow by policy.preset open');
  assert.equal(
    verdict([{ pod: ['web-?'], userNamespace: true, action: 'deny' }], GPU, facts),
    'allow by policy.preset open',
  );
});

test('what is withheld from a container is not allowed, and what a rule forbids is forbidden all the same', () => {
  const facts: Facts = {
    ...POD,
    withhold: (source) => (source === 'annotation' ? { by: 'checkpoint', reason: 'an image cannot ask' } : undefined),
  };
  const allow: PolicyRule = { devices: ['*'], action: 'allow' };
  assert.equal(verdict([], GPU, facts), 'ignore by checkpoint: an image cannot ask');
  assert.equal(verdict([allow], GPU, facts), 'ignore by checkpoint: an image cannot ask');
  assert.equal(verdict([allow], { ...GPU, source: 'env' }, facts), 'allow by policy.rules[0]');
  assert.equal(verdict([{ ...allow, action: 'deny' }], GPU, facts), 'deny by policy.rules[0]');
  assert.equal(verdict([{ ...allow, action: 'ignore' }], GPU, facts), 'ignore by policy.rules[0]');
});

test('facts are looked up only where a rule gets as far', () => {
  const looked: string[] = [];
  const facts: Facts = {
    ...POD,
    get userNamespace() {
      looked.push('userNamespace');
      return false;
    },
    get privileged() {
      looked.push('privileged');
      return true;
    },
  };
  const rule: PolicyRule = { userNamespace: false, privileged: false, action: 'deny' };
  assert.equal(
    verdict(
      [
        { ...rule, source: ['env'] },
        { ...rule, namespace: ['x'] },
      ],
      GPU,
      facts,
    ),
    'allow by policy.preset open',
  );
  assert.deepEqual(looked, []);
  assert.equal(verdict([rule], GPU, facts), 'allow by policy.preset open');
  assert.deepEqual(looked, ['userNamespace', 'privileged']);
});

test('no policy is about what the kubelet asks for', () => {
  const asking = { ...GPU, ofKubelet: true };
  const deny: PolicyRule = { action: 'deny' };
  const by = 'allow by kubelet: the kubelet asks, which no policy is about';
  assert.equal(verdict([deny], asking, POD), by);
  assert.equal(verdict([], asking, POD, { preset: 'locked' }), by);
  assert.equal(verdict([deny], GPU, POD), 'deny by policy.rules[0]');
});

test('what the kubelet asks for comes to nothing where no request does', () => {
  const facts: Facts = { ...POD, withhold: () => ({ by: 'checkpoint', reason: 'it is restored' }) };
  assert.equal(verdict([], { ...GPU, ofKubelet: true }, facts), 'ignore by checkpoint: it is restored');
});
