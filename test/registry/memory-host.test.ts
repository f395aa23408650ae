// The library below its doors, on a machine that is only in memory: specs are found, resolved, injected and written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherAlone, joinEdits } from '../../src/edits/apply.ts';
import { isFailure, isMalformed } from '../../src/host/host.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { editObject, editText } from '../../src/inject/inject-document.ts';
import { makeUnresolvedError, resolveDevices } from '../../src/registry/resolve.ts';
import { SpecCache } from '../../src/registry/spec-cache.ts';
import { writeSpecFile } from '../../src/registry/spec-store.ts';
import { readSpecWords } from '../../src/registry/spec-words.ts';
import { memorySpecHost } from '../support/spec-host.ts';
import { spec } from '../support/specs.ts';

const LIMITS = { spec: 10_000, specs: 100 };
const DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];
const ANY = { generation: () => 0, judge: () => {} };

const FUSE = `cdiVersion: 0.6.0
kind: vendor.com/fuse
containerEdits:
  env: [FUSE=yes]
devices:
- name: fuse
  containerEdits:
    deviceNodes: [{ path: /dev/fuse, permissions: rw }]
    mounts: [{ hostPath: /opt/fuse, containerPath: /fuse, options: [ro] }]
    hooks: [{ hookName: createRuntime, path: /hook, timeout: 5 }]
`;

function machine() {
  const host = memorySpecHost({
    '/etc/cdi/fuse.yaml': FUSE,
    '/etc/cdi/gpu.json': spec('vendor.com/gpu', '0'),
    '/var/run/cdi/gpu.yaml': spec('vendor.com/gpu', '0', '1'),
    '/etc/cdi/broken.yaml': 'kind: broken.com/x\n]',
    '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 },
  });
  return { host, cache: new SpecCache(host, LIMITS, ANY) };
}

/** The edits of devices, or the first reason why there are none. */
function editsOf({ host, cache }: ReturnType<typeof machine>, ...names: string[]) {
  const { scan, index } = cache.look(DIRECTORIES);
  const { edits, unresolved } = resolveDevices(index, names);
  const [first] = unresolved;
  if (first !== undefined) throw makeUnresolvedError(first, scan, index, DIRECTORIES, readSpecWords(host, LIMITS.spec));
  return joinEdits(edits.map((sourced) => sourced.edits));
}

const WANT = {
  ociVersion: '1.2.0',
  process: { user: { uid: 0, gid: 0 }, cwd: '', env: ['FUSE=yes', 'D=0'] },
  linux: {
    devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 }],
    resources: { devices: [{ allow: true, type: 'c', major: 10, minor: 229, access: 'rw' }] },
  },
  mounts: [{ destination: '/fuse', source: '/opt/fuse', options: ['ro'] }],
  hooks: { createRuntime: [{ path: '/hook', timeout: 5 }] },
};

test('devices of a machine in memory are injected into an object and into a text alike', () => {
  const one = machine();
  const edits = editsOf(one, 'vendor.com/fuse=fuse', 'vendor.com/gpu=0');
  const lookup = one.host;
  const document = { ociVersion: '1.2.0' };
  editObject(document, gatherAlone(edits), lookup);
  assert.deepEqual(document, WANT);
  const text = editText('{ "ociVersion": "1.2.0", "big": 18446744073709551615 }', gatherAlone(edits), lookup);
  assert.match(text, /"big": 18446744073709551615/);
  assert.deepEqual({ ...JSON.parse(text), big: undefined }, { ...WANT, big: undefined });
});

test('a device of a machine in memory that does not resolve has its reason', () => {
  assert.throws(() => editsOf(machine(), 'vendor.com/gpu=0', 'broken.com/x=0'), {
    reason: 'spec-in-error',
    path: '/etc/cdi/broken.yaml',
    line: 2,
  });
});

test('a spec that is written in memory is found at the next look', () => {
  const one = machine();
  editsOf(one);
  const edits = { env: ['NEW=1'] };
  const written = { cdiVersion: '0.6.0', kind: 'new.com/x', devices: [{ name: 'y', containerEdits: edits }] };
  assert.equal(
    writeSpecFile(one.host, DIRECTORIES, written, 'new.com-x', ANY, parseYaml),
    '/var/run/cdi/new.com-x.yaml',
  );
  assert.deepEqual(editsOf(one, 'new.com/x=y').env, ['NEW=1']);
  const file = one.host.readFile('/var/run/cdi/new.com-x.yaml', LIMITS.spec);
  assert.ok(!isFailure(file) && !isMalformed(one.host.parseYaml(file)));
});
