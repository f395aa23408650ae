// Patterns that nothing could ever match are refused, with their place and the nearest form that could.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isQualifiedName } from '../../src/cdi/device-name.ts';
import { SETTINGS_VARIABLE } from '../../src/settings/combine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { CdiError } from '../../src/text/error.ts';
import { matchesGlob } from '../../src/text/glob.ts';
import { memoryHost } from '../host/memory-host.ts';
import { RUNS } from '../support/json-documents.ts';

/** What is said to a settings file behind its place; undefined where it is taken. */
function refusal(text: string): string | undefined {
  try {
    loadSettings(memoryHost({ '/c.yaml': text }, { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } }));
    return undefined;
  } catch (error) {
    if (error instanceof CdiError && error.code === 'BAD_SETTINGS') return error.message.slice(32);
    throw error;
  }
}

/** The pattern stands at line 3, in column 5 and behind. */
function refusedAs(key: string, pattern: string): string | undefined {
  return refusal(`policy:\n  rules:\n  - ${key}: ${JSON.stringify(pattern)}\n    action: deny\n`);
}

/** The form that is named in the end. */
function nearest(key: string, pattern: string): string | undefined {
  const said = refusedAs(key, pattern);
  if (said === undefined) return undefined;
  assert.ok(said.startsWith(`line 3, column ${7 + key.length}: `), said);
  return /; write ([^;]+)$/.exec(said)?.[1] ?? said;
}

const KIND = 'never match: a device has the form vendor.com/class=name';
test('the message says what can never match, why, and what could', () => {
  const said = refusedAs('devices', 'nvidia.com/gpu');
  assert.equal(said, `line 3, column 14: "nvidia.com/gpu" can ${KIND}; write nvidia.com/gpu=*`);
});

const cases: [key: string, pattern: string, want: string | undefined][] = [
  ['devices', 'nvidia.com/gpu', 'nvidia.com/gpu=*'],
  ['devices', 'gpu=[0-3]', '*/gpu=?'],
  ['devices', 'nvidia.com/gpu=[0-3]', 'nvidia.com/gpu=?'],
  ['devices', 'nvidia.com/gpu={0,1}', 'nvidia.com/gpu=*'],
  ['devices', ' nvidia.com/gpu=0', 'nvidia.com/gpu=0'],
  ['devices', 'nvidia.com/gpu=0 ', 'nvidia.com/gpu=0'],
  ['devices', '\tnvidia.com/gpu=0', 'nvidia.com/gpu=0'],
  ['devices', 'nvidia.com/gpu=', 'nvidia.com/gpu=*'],
  ['devices', 'nvidia.com/', 'nvidia.com/*=*'],
  ['devices', 'nvidia.com', 'nvidia.com/*=*'],
  ['devices', 'gpu', '*/gpu=*'],
  ['devices', 'nvidia.com/gpu:0', 'nvidia.com/gpu=0'],
  ['devices', 'nvidia.com/gpu=0,nvidia.com/gpu=1', '[nvidia.com/gpu=0, nvidia.com/gpu=1]'],
  ['devices', '1vendor/gpu=0', '* for any characters and ? for one'],
  ['devices', '*', undefined],
  ['devices', '**', undefined],
  ['devices', '?*', undefined],
  ['devices', '*=0', undefined],
  ['devices', 'nvidia.com/*', undefined],
  ['devices', 'nvidia.com*0', undefined],
  ['devices', 'nvidia.com/gpu=*:0', undefined],
  ['devices', 'nvidia.com?gpu?0', undefined],
  ['devices', 'NVIDIA.com/GPU=*', undefined],
  ['devices', '????', '*/????=*'],
  ['devices', '?????', undefined],
  ['namespace', 'Team-A', 'team-a'],
  ['namespace', ' team-a', 'team-a'],
  ['namespace', 'team_a', 'team?a'],
  ['namespace', 'team-[ab]', 'team-?'],
  ['namespace', 'team.a', 'team?a'],
  ['namespace', 'team-*', undefined],
  ['pod', 'web-0 ', 'web-0'],
  ['pod', 'Web*', 'web*'],
  ['pod', 'web.0', undefined],
  ['nodes', ' /dev/mem', '/dev/mem'],
  ['nodes', 'dev/mem', '/dev/mem'],
  ['nodes', '/dev/sd[a-z]', '/dev/sd?'],
  ['nodes', '/dev/{mem,kmem}', '/dev/*'],
  ['nodes', '/dev', '/dev/**'],
  ['nodes', '/dev/mem ', '/dev/mem'],
  ['nodes', '/dev/sd*', undefined],
  ['mounts', '/dev/../etc', '/etc'],
  ['mounts', '/etc/', '/etc, or /etc/** for what is in it'],
  ['mounts', '/', undefined],
  ['hooks', '/usr/bin/[a-z]*', '/usr/bin/?*'],
  ['env', ' LD_PRELOAD', 'LD_PRELOAD'],
  ['env', '$LD_PRELOAD', 'LD_PRELOAD'],
  ['env', 'LD_PRELOAD=*', 'LD_PRELOAD'],
  ['env', 'LD_[A-Z]*', 'LD_?*'],
  ['env', 'LD_*', undefined],
];
for (const [key, pattern, want] of cases)
  test(`${key}: ${JSON.stringify(pattern)} ${want === undefined ? 'is taken' : `should be ${want}`}`, () => {
    const said = nearest(key, pattern);
    assert.equal(said, want);
  });

const elsewhere: [text: string, said: string][] = [
  ['trust: { hostPaths: [" /dev/*"] }', 'line 1, column 22: " /dev/*" is no absolute path; write /dev/*'],
  [
    'trust: { hookPaths: ["/usr/bin/[a]*"] }',
    'line 1, column 22: "/usr/bin/[a]*" can never match: only * and ? stand for something else; write /usr/bin/?*',
  ],
  [
    'trust: { hookEnv: [" LD_*"] }',
    'line 1, column 20: " LD_*" can never match: the name of a variable has letters, digits and . _ - in it; write LD_*',
  ],
  [
    'requests: { annotations: { prefixes: [" cdi.k8s.io/"] } }',
    'line 1, column 39: prefix " cdi.k8s.io/" is no name with a "/" behind it; write it as cdi.k8s.io/',
  ],
  [
    'requests: { annotations: { prefixes: ["vendor.com"] } }',
    'line 1, column 39: prefix "vendor.com" does not end in a "/"; write it as vendor.com/',
  ],
  [
    'policy: { rules: [{ kubernetes: false, namespace: a, action: deny }] }',
    'line 1, column 19: the rule can never match: outside Kubernetes no container has a namespace or pod; leave kubernetes out, or namespace and pod',
  ],
];
for (const [text, said] of elsewhere) test(`settings refuse ${text}`, () => assert.equal(refusal(text), said));

/** Short names and patterns of few letters, so that they meet. */
const part = (first: string, more: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...first), fc.string({ unit: fc.constantFrom(...more), maxLength: 2 }))
    .map((text) => text.join(''));
const names = fc
  .tuple(part('aA', 'a0.-'), part('aA', 'a0-'), part('a0', 'a:0'))
  .map(([vendor, name, device]) => `${vendor}/${name}=${device}`)
  .filter(isQualifiedName);
const globs = fc.string({ unit: fc.constantFrom('a', 'A', '0', '*', '*', '?', '/', '=', '-', '.', ':'), maxLength: 7 });

test('a pattern that matches some device is taken', () => {
  let met = 0;
  fc.assert(
    fc.property(names, globs, (name, glob) => {
      if (!matchesGlob(glob, name)) return;
      met++;
      assert.equal(refusedAs('devices', glob), undefined);
    }),
    { numRuns: RUNS * 5 },
  );
  assert.ok(met > 0);
});

/** Every device that a short pattern could match: each `*` is nothing, or one of the parts of a name. */
function* listMatched(glob: string): Generator<string> {
  const at = glob.search(/[*?]/);
  if (at < 0) {
    yield glob;
    return;
  }
  const fillings =
    glob[at] === '?'
      ? ['a', '/', '=']
      : ['', 'a', 'a/', '/a', 'a/a', 'a=', '=a', 'a=a', 'a/a=', '/a=a', '/a=', 'a/a=a', '/', '='];
  for (const filling of fillings) yield* listMatched(glob.slice(0, at) + filling + glob.slice(at + 1));
}

test('a pattern that is taken matches some device', () => {
  fc.assert(
    fc.property(
      globs.filter((glob) => (glob.match(/[*?]/g) ?? []).length <= 3),
      (glob) => {
        fc.pre(refusedAs('devices', glob) === undefined);
        assert.ok([...listMatched(glob)].some(isQualifiedName), glob);
      },
    ),
    { numRuns: RUNS },
  );
});
