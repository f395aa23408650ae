// The specs that each kind gives for recorded hosts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device, Spec } from '../../src/cdi/spec.ts';
import { validateSpec } from '../../src/cdi/validate.ts';
import { findLeastVersion } from '../../src/cdi/versions.ts';
import { writeSpecYaml } from '../../src/cdi/write-spec.ts';
import { type GeneratedSpec, generateSpec, type NothingToGenerate } from '../../src/generate/generate-spec.ts';
import { GENERATORS } from '../../src/generate/generators.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { builtinValidator } from '../../src/schema/builtin.ts';
import { readYamlDocument } from '../../src/schema/document.ts';
import { judgeDocument } from '../../src/schema/judge.ts';
import { recordedTree, recording } from './recorded-tree.ts';

const HOSTS = ['laptop', 'server', 'board', 'vm', 'lab'] as const;
type HostName = (typeof HOSTS)[number];

function generated(host: HostName, kind: string): GeneratedSpec | NothingToGenerate {
  const generator = GENERATORS.find(({ id }) => id === kind);
  assert.ok(generator);
  return generateSpec(generator, recordedTree(recording(host)));
}

function specOf(host: HostName, kind: string): Spec {
  const result = generated(host, kind);
  return 'spec' in result ? result.spec : assert.fail(result.nothing.why);
}

/** Every spec that the recorded hosts give. */
const SPECS = HOSTS.flatMap((host) =>
  GENERATORS.flatMap(({ id }): [title: string, spec: Spec][] => {
    const result = generated(host, id);
    return 'spec' in result ? [[`${id} of the ${host}`, result.spec]] : [];
  }),
);

/** `name: node alias [groups]`, all without /dev; an alias says what it is of. */
function line({ name, containerEdits: { deviceNodes = [], additionalGids } }: Device): string {
  const nodes = deviceNodes.map(({ path, hostPath }) => (hostPath === undefined ? path : `${path}=${hostPath}`));
  const groups = additionalGids === undefined ? '' : ` [${additionalGids.join(' ')}]`;
  return `${name}: ${nodes.join(' ').replaceAll('/dev/', '')}${groups}`;
}

/** All devices of all kinds but `all`; for a kind that gives nothing, why. */
function report(host: HostName): string {
  const kinds = GENERATORS.map(({ id }) => {
    const result = generated(host, id);
    if ('nothing' in result) return `${id}: ${result.nothing.why}; ${result.nothing.hint}\n`;
    const { cdiVersion, kind, devices } = result.spec;
    const lines = devices.slice(0, -1).map((device) => `  ${line(device)}\n`);
    return `${kind} ${cdiVersion}\n${lines.join('')}`;
  });
  return kinds.join('');
}

for (const host of HOSTS) {
  test(`generateSpec() gives what is wanted of the ${host}`, () => {
    assert.equal(report(host), recording(`${host}.want`));
  });
}

test('every kind gives something on some recorded host, and nothing on another', () => {
  const reports = HOSTS.map(report).join('');
  for (const { id } of GENERATORS) {
    assert.match(reports, new RegExp(`^cdi-runtime.dev/${id} `, 'm'));
    assert.match(reports, new RegExp(`^${id}: there is no `, 'm'));
  }
});

for (const [title, spec] of SPECS) {
  test(`${title}: valid by the rules and by the schema, no newer than it must be, sorted, and all are in all`, () => {
    validateSpec(spec);
    assert.equal(spec.cdiVersion, findLeastVersion(spec));
    const source = { what: 'judge the spec' };
    judgeDocument(
      readYamlDocument(parseYaml(writeSpecYaml(spec)), source),
      builtinValidator,
      'the built-in schema',
      source,
    );
    const [all, ...others] = spec.devices.toReversed();
    const names = others.map(({ name }) => name).reverse();
    assert.deepEqual([all?.name, names], ['all', names.toSorted()]);
    const pathsOf = (device: Device | undefined): string[] =>
      (device?.containerEdits.deviceNodes ?? []).map(({ path }) => path);
    assert.deepEqual(pathsOf(all).sort(), [...new Set(others.flatMap(pathsOf))].sort());
  });
}

test('a spec leaves type, numbers and mode to the host', () => {
  assert.equal(
    writeSpecYaml(specOf('laptop', 'kvm')),
    `---
cdiVersion: "0.7.0"
kind: cdi-runtime.dev/kvm
devices:
- name: kvm
  containerEdits:
    deviceNodes:
    - path: /dev/kvm
      permissions: rw
      gid: 993
    additionalGids:
    - 993
- name: vhost-net
  containerEdits:
    deviceNodes:
    - path: /dev/vhost-net
      permissions: rw
- name: vhost-vsock
  containerEdits:
    deviceNodes:
    - path: /dev/vhost-vsock
      permissions: rw
      gid: 993
    additionalGids:
    - 993
- name: all
  containerEdits:
    deviceNodes:
    - path: /dev/kvm
      permissions: rw
      gid: 993
    - path: /dev/vhost-net
      permissions: rw
    - path: /dev/vhost-vsock
      permissions: rw
      gid: 993
    additionalGids:
    - 993
`,
  );
});

test('what comes with every sound card is in the spec once', () => {
  const { containerEdits } = specOf('laptop', 'snd');
  assert.deepEqual(containerEdits, {
    deviceNodes: [{ path: '/dev/snd/timer', permissions: 'rw', gid: 29 }],
    additionalGids: [29],
  });
});

test('a card whose id is all does not take the name of the union', () => {
  const snd = GENERATORS.find(({ id }) => id === 'snd') ?? assert.fail();
  const result = generateSpec(snd, recordedTree(recording('board').replace('id = Loopback', 'id = all')));
  assert.ok('spec' in result);
  assert.deepEqual(
    result.spec.devices.map(({ name }) => name),
    ['card-all', 'platform-fef00700.hdmi', 'all'],
  );
});
