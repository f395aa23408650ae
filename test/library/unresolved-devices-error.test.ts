// Injection is all or nothing, and what keeps it from happening is told device by device.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Registry } from '../../src/library/registry.ts';
import { UnresolvedDevicesError } from '../../src/library/unresolved-devices-error.ts';
import { UnresolvedDeviceError } from '../../src/registry/unresolved-device-error.ts';
import { CdiError } from '../../src/text/error.ts';
import { refusal } from '../support/edit-document.ts';
import { deepFrozen } from '../support/json-documents.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

function registryOf(files: Readonly<Record<string, string>>): { readonly at: string; readonly registry: Registry } {
  const at = mkdtempSync(join(folder, 'place-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(at, path, '..'), { recursive: true });
    writeFileSync(join(at, path), text);
  }
  return { at, registry: new Registry({ specDirs: [join(at, 'low'), join(at, 'high')], schema: 'none' }) };
}

/** The error that a call throws. */
function thrownBy(work: () => unknown): UnresolvedDevicesError {
  try {
    work();
  } catch (error) {
    if (error instanceof UnresolvedDevicesError) return error;
    throw error;
  }
  return assert.fail('everything resolved');
}

const FILES = {
  'low/a.yaml': spec('a.com/gpu', 'all', 'x'),
  'low/b.yaml': spec('a.com/net', 'eth0'),
  'low/c.yaml': spec('a.com/net', 'eth0'),
  'low/broken.yaml': 'cdiVersion: 0.6.0\nkind: late.com/disk\ndevice: []\n',
};

test('UnresolvedDevicesError has the reason of each device, in request order and as often as requested', () => {
  const { at, registry } = registryOf(FILES);
  const names = ['a.com/gpu=al', 'b', 'a.com/gpu=x', 'late.com/disk=0', 'a.com/net=eth0', 'a.com/gpus=x', 'a.co/gpu=x'];
  const error = thrownBy(() => registry.injectDevices({}, names, 'b'));
  const low = (...files: string[]): string[] => files.map((file) => join(at, 'low', file));
  assert.deepEqual(error.devices, [...names.filter((name) => name !== 'a.com/gpu=x'), 'b']);
  assert.deepEqual(
    error.reasons.map(({ device, code, reason, nearest, files }) => [device, code, reason, nearest, files]),
    [
      ['a.com/gpu=al', 'UNRESOLVED_DEVICE', 'no-device', ['all'], []],
      ['b', 'UNRESOLVED_DEVICE', 'bad-name', [], []],
      ['late.com/disk=0', 'UNRESOLVED_DEVICE', 'spec-in-error', [], low('broken.yaml')],
      ['a.com/net=eth0', 'DEVICE_CONFLICT', 'conflict', [], low('b.yaml', 'c.yaml')],
      ['a.com/gpus=x', 'UNRESOLVED_DEVICE', 'no-class', ['gpu'], []],
      ['a.co/gpu=x', 'UNRESOLVED_DEVICE', 'no-vendor', ['a.com'], []],
      ['b', 'UNRESOLVED_DEVICE', 'bad-name', [], []],
    ],
  );
});

test('UnresolvedDevicesError is about its first device: message, code, reason and place', () => {
  const { at, registry } = registryOf(FILES);
  const error = thrownBy(() => registry.injectDevices({}, 'late.com/disk=0', 'a.com/net=eth0'));
  const [first] = error.reasons;
  assert.ok(error instanceof UnresolvedDeviceError && error instanceof CdiError);
  assert.equal(error.cause, first);
  const { code, device, reason, path, line, column } = error;
  const place = [join(at, 'low/broken.yaml'), 3, 1];
  assert.deepEqual(
    [code, device, reason, path, line, column],
    ['UNRESOLVED_DEVICE', 'late.com/disk=0', 'spec-in-error', ...place],
  );
  assert.deepEqual([first?.path, first?.line, first?.column], place);
  assert.ok(first?.cause instanceof CdiError && first.cause.code === 'BAD_SPEC');
  assert.equal(
    error.message,
    `cannot resolve device "late.com/disk=0": no spec in "${at}/low" and "${at}/high" is of vendor "late.com"; ` +
      `spec "${at}/low/broken.yaml" is in error: line 3, column 1: field "device" is unknown; 1 more do not resolve either`,
  );
});

test('UnresolvedDevicesError names a directory that ended the search', () => {
  const { at, registry } = registryOf({ high: 'a file in its place' });
  const { reason, path } = thrownBy(() => registry.injectDevices({}, 'a.com/gpu=x'));
  assert.deepEqual([reason, path], ['directory-in-error', join(at, 'high')]);
});

const MANY = `cdiVersion: 1.1.0
kind: all.com/x
containerEdits: { env: [WHOLE=1] }
devices:
- name: good
  containerEdits:
    env: [A=1]
    deviceNodes: [{ path: /dev/null }]
    netDevices: [{ hostInterfaceName: eth0, name: net0 }]
    mounts: [{ hostPath: /h, containerPath: /c }]
    hooks: [{ hookName: prestart, path: /h }]
    intelRdt: { closID: c }
    additionalGids: [5]
- name: bad
  containerEdits: { env: [B=1], deviceNodes: [{ path: /dev/cdi-test-none }] }
`;

const untaken: [title: string, document: object, devices: string[], want: RegExp][] = [
  ['a device that does not resolve', {}, ['all.com/x=good', 'all.com/x=none'], /^UNRESOLVED_DEVICE: /],
  ['a node that the host lacks', {}, ['all.com/x=good', 'all.com/x=bad'], /^BAD_DEVICE_NODE: /],
  ['an env that is no list', { process: { env: {} } }, ['all.com/x=good'], /^BAD_BUNDLE: .*"process\.env"/],
  ['devices that are no list', { linux: { devices: {} } }, ['all.com/x=good'], /^BAD_BUNDLE: .*"linux\.devices"/],
  [
    'cgroup rules that are no list',
    { linux: { resources: { devices: {} } } },
    ['all.com/x=good'],
    /^BAD_BUNDLE: .*"linux\.resources\.devices"/,
  ],
  ['network devices that are a list', { linux: { netDevices: [] } }, ['all.com/x=good'], /^BAD_BUNDLE: .*netDevices"/],
  ['mounts that are no list', { mounts: {} }, ['all.com/x=good'], /^BAD_BUNDLE: .*"mounts"/],
  ['hooks that are no list', { hooks: { prestart: {} } }, ['all.com/x=good'], /^BAD_BUNDLE: .*"hooks\.prestart"/],
  ['a linux section that is no object', { linux: 5 }, ['all.com/x=good'], /^BAD_BUNDLE: .*"linux"/],
  [
    'groups that are no list',
    { process: { user: { additionalGids: {} } } },
    ['all.com/x=good'],
    /^BAD_BUNDLE: .*"process\.user\.additionalGids"/,
  ],
];
for (const [title, document, devices, want] of untaken)
  test(`injectDevices() injects nothing, into object or text, for ${title}`, () => {
    const { registry } = registryOf({ 'low/all.yaml': MANY });
    const before = structuredClone(document);
    assert.match(
      refusal(() => registry.injectDevices(document, devices)),
      want,
    );
    assert.deepEqual(document, before);
    // A change would throw a TypeError of its own.
    assert.match(
      refusal(() => registry.injectDevices(deepFrozen(document), devices)),
      want,
    );
    assert.match(
      refusal(() => registry.injectDevices(JSON.stringify(before), devices)),
      want,
    );
  });

test('injectDevices() injects every kind of edit where nothing is in the way', () => {
  const { registry } = registryOf({ 'low/all.yaml': MANY });
  const document = registry.injectDevices({}, 'all.com/x=good');
  assert.deepEqual(Object.keys(document).sort(), ['hooks', 'linux', 'mounts', 'process']);
  assert.deepEqual(JSON.parse(registry.injectDevices('{}', 'all.com/x=good')), document);
});
