// What engines and runtimes of some version make of a spec.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spec } from '../../src/cdi/spec.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { findKnownVersion, judgeForTarget, parseTarget, TARGET_NAMES } from '../../src/engines/targets.ts';

function makeSpec(cdiVersion: string, containerEdits: ContainerEdits = { env: ['A=1'] }): Spec {
  return { cdiVersion, kind: 'vendor.com/gpu', devices: [{ name: 'a', containerEdits }] };
}

function judge(target: string, spec: Spec) {
  return judgeForTarget(spec, parseTarget(target) ?? assert.fail(`${target} is no target`));
}

const KNOWN: readonly (readonly [target: string, known: string | undefined])[] = [
  ['podman@4.0', undefined],
  ['podman@4.9', '0.6.0'],
  ['podman@5.0.3', '0.6.0'],
  ['podman@5.4', '0.8.0'],
  ['podman@9', '1.0.0'],
  ['docker@24', undefined],
  ['docker@25.0.16', '0.6.0'],
  ['docker@25.0.17', '0.8.0'],
  ['docker@v26.0.2', '0.6.0'],
  ['docker@29.2.0', '1.1.0'],
  ['containerd@1.7', '0.5.0'],
  ['containerd@1.7.24', '0.7.0'],
  ['containerd@2.0.4', '0.8.0'],
  ['containerd@2.2', '1.0.0'],
  ['cri-o@1.33', '1.0.0'],
  ['crio@1.23', undefined],
  ['buildah@1.39.3', '0.8.0'],
  ['buildkit@0.26', '1.0.0'],
  ['nvidia-container-runtime@1.17.5', '0.8.0'],
  ['runc@1.4', undefined],
];
for (const [target, known] of KNOWN)
  test(`${target} knows ${known ?? 'no version of CDI'}`, () => {
    assert.equal(findKnownVersion(parseTarget(target) ?? assert.fail()), known);
  });

test('each target is found by its name, and nothing else is one', () => {
  for (const name of TARGET_NAMES) assert.deepEqual(parseTarget(`${name}@1.2.3`), { name, version: '1.2.3' });
  for (const text of ['podman', 'podman@', 'podman@new', 'kubelet@1.30', '@1.0', 'podman@4.9 ', 'podman@1.2.3.4'])
    assert.equal(parseTarget(text), undefined);
});

test('a version that is not known is refused, and a lower one that is enough is named', () => {
  assert.deepEqual(judge('podman@4.9', makeSpec('0.7.0')), [
    {
      effect: 'refused',
      field: ['cdiVersion'],
      message: 'podman 4.9 refuses cdiVersion 0.7.0: it knows up to 0.6.0',
      cure: 'set cdiVersion to 0.3.0',
      version: '0.3.0',
    },
  ]);
  assert.deepEqual(judge('podman@4.9', makeSpec('v0.6.0')), []);
  assert.deepEqual(judge('podman@5.1', makeSpec('0.7.0')), []);
});

test('where the spec needs what the target does not know, the first version is named that does', () => {
  const spec = makeSpec('1.1.0', { additionalGids: [44] });
  assert.deepEqual(
    judge('docker@25.0.3', spec).map(({ message, cure, version }) => [message, cure, version]),
    [
      [
        'docker 25.0.3 refuses cdiVersion 1.1.0: it knows up to 0.6.0, and an additional group needs 0.7.0',
        'leave that out, or use docker 26.1 or newer',
        undefined,
      ],
    ],
  );
  const net = makeSpec('1.1.0', { netDevices: [{ hostInterfaceName: 'eth1', name: 'net1' }] });
  assert.equal(judge('podman@5.5', net)[0]?.cure, 'leave that out');
});

test('an engine from before CDI reads no specs', () => {
  assert.deepEqual(judge('docker@24.0.7', makeSpec('0.3.0')), [
    {
      effect: 'ignored',
      field: [],
      message: 'docker 24.0.7 reads no CDI specs',
      cure: 'use docker 25.0 or newer',
    },
  ]);
});

test('runtimes ignore what they do not know, place by place', () => {
  const net = [{ hostInterfaceName: 'eth1', name: 'net1' }];
  const spec: Spec = {
    ...makeSpec('1.1.0', { netDevices: net }),
    containerEdits: { intelRdt: { closID: 'a', schemata: ['L3:0=f'], enableMonitoring: false } },
  };
  const found = (target: string): string[] => judge(target, spec).map(({ field }) => field.join('.'));
  assert.deepEqual(found('crun@1.9'), [
    'devices.0.containerEdits.netDevices',
    'containerEdits.intelRdt',
    'containerEdits.intelRdt.schemata',
  ]);
  assert.deepEqual(found('crun@1.21'), ['devices.0.containerEdits.netDevices', 'containerEdits.intelRdt.schemata']);
  assert.deepEqual(found('crun@1.22'), []);
  assert.deepEqual(judge('crun@1.21', makeSpec('1.1.0', { intelRdt: { closID: '', schemata: [] } })), []);
  assert.deepEqual(found('runc@1.0.3').at(-1), 'containerEdits.intelRdt.closID');
  assert.deepEqual(judge('runc@1.3.4', makeSpec('1.1.0', { netDevices: net })), [
    {
      effect: 'ignored',
      field: ['devices', 0, 'containerEdits', 'netDevices'],
      message: 'runc 1.3.4 ignores netDevices, which it knows from 1.4 on',
      cure: 'use runc 1.4 or newer, or leave it out',
    },
  ]);
});
