// The manual's examples of settings are settings, and mean what it says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Facts, judgeRequest } from '../../src/policy/judge.ts';
import { loadSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { POLICY_PRESETS } from '../../src/settings/policy-presets.ts';
import type { Settings, Source } from '../../src/settings/settings.ts';
import { PRESETS } from '../../src/settings/vendor-presets.ts';
import { memoryHost } from '../host/memory-host.ts';
import { NO_FACTS } from '../support/container-facts.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const read = (name: string): string => readFileSync(join(DOCS, name), 'utf8');

interface Example {
  readonly title: string;
  readonly text: string;
}

/** By the heading that they stand under, and their place there. */
function examplesOf(name: string): Example[] {
  return read(name)
    .split(/^##+ /m)
    .flatMap((part) =>
      [...part.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ''], i) => {
        return { title: `${part.slice(0, part.indexOf('\n'))}, ${i + 1}`, text };
      }),
    );
}

function settingsOf(text: string): Settings {
  return loadSettings(memoryHost({ [SETTINGS_FILE]: text })).settings;
}

const examples = examplesOf('requests.md');

test('there are examples enough', () => assert.ok(examples.length >= 7));

for (const { title, text } of [...examples, ...examplesOf('security.md')])
  test(`the example of settings is right: ${title}`, () => {
    settingsOf(text);
  });

test('the manual has every preset with its variable and kind', () => {
  for (const [name, { variable, kind }] of Object.entries(PRESETS)) {
    assert.ok(read('requests.md').includes(`| \`${name}\` | \`${variable}\` | \`${kind}\` |`), name);
    assert.ok(read('settings.md').includes(`\`${name}\` (\`${variable}\`, `), name);
  }
  for (const name of Object.keys(POLICY_PRESETS)) assert.ok(read('requests.md').includes(`| \`${name}\` | `), name);
});

const inPod = (namespace: string): Facts => ({ ...NO_FACTS, cri: true, namespace, pod: 'web-0' });

const verdicts: [example: string, device: string, source: Source, facts: Facts, want: string][] = [
  ['Tenants of a cluster', 'nvidia.com/gpu=0', 'annotation', inPod('team-a'), 'allow'],
  ['Tenants of a cluster', 'nvidia.com/gpu=2', 'annotation', inPod('team-a'), 'deny'],
  ['Tenants of a cluster', 'nvidia.com/gpu=0', 'env', inPod('team-a'), 'deny'],
  ['Tenants of a cluster', 'nvidia.com/gpu=2', 'annotation', inPod('team-b-test'), 'allow'],
  ['Tenants of a cluster', 'nvidia.com/gpu=0', 'annotation', NO_FACTS, 'deny'],
  ['Tenants of a cluster', 'example.com/camera=front', 'annotation', inPod('kube-system'), 'allow'],
  ['Tenants of a cluster', 'other.org/x=y', 'annotation', inPod('team-a'), 'deny'],
  ['Only the device plugin', 'vendor.com/nic=3', 'annotation', inPod('team-a'), 'allow'],
  ['Only the device plugin', 'vendor.com/nic=all', 'annotation', inPod('team-a'), 'deny'],
  ['Only the device plugin', 'nvidia.com/gpu=0', 'annotation', inPod('team-a'), 'ignore'],
  ['A workstation', 'nvidia.com/gpu=0', 'env', NO_FACTS, 'allow'],
  ['A workstation', 'nvidia.com/gpu=0', 'env', { ...NO_FACTS, privileged: true }, 'ignore'],
  ['A workstation', 'nvidia.com/nic=0', 'annotation', NO_FACTS, 'deny'],
];
for (const [example, device, source, facts, want] of verdicts)
  test(`${example}: ${device} by ${source} in ${facts.namespace ?? 'docker'}${facts.privileged ? ', privileged' : ''}: ${want}`, () => {
    const { text } = examples.find(({ title }) => title === `${example}, 1`) ?? assert.fail(example);
    assert.equal(judgeRequest(settingsOf(text).policy, { device, source }, facts, undefined).action, want);
  });
