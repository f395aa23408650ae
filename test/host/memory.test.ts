import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeldFile, isFailure, isMalformed } from '../../src/host/host.ts';
import { type MemoryEntry, memoryHost } from './memory-host.ts';

const FUSE = { type: 'c', major: 10, minor: 229, mode: 0o666 } as const;
const ENTRIES: Readonly<Record<string, MemoryEntry>> = {
  '/etc/cdi/b.yaml': 'kind: vendor.com/gpu',
  '/etc/cdi/B.yaml': 'ä',
  '/etc/cdi/\u{10000}': '',
  '/etc/cdi/\uffff': '',
  '/etc/cdi/folder/x': '',
  '/etc/empty': { directory: true },
  '/etc/locked': { errno: 'EACCES' },
  '/dev/fuse': FUSE,
  '/bundle/config.json': '{"a": 1}',
};

function hold(host = memoryHost(ENTRIES), path = '/bundle/config.json'): HeldFile {
  const file = host.holdFile(path, 100);
  return isFailure(file) ? assert.fail(file.errno) : file;
}

const unreadable: [title: string, path: string, maxBytes: number, errno: string][] = [
  ['a missing file', '/etc/cdi/none', 9, 'ENOENT'],
  ['a path below a file', '/etc/cdi/b.yaml/x', 99, 'ENOTDIR'],
  ['a path below a device', '/dev/fuse/x', 99, 'ENOTDIR'],
  ['a directory that was given', '/etc/empty', 9, 'EISDIR'],
  ['a directory that is only needed', '/etc/cdi', 9, 'EISDIR'],
  ['the root', '/', 9, 'EISDIR'],
  ['a device', '/dev/fuse', 9, 'EFTYPE'],
  ['what fails', '/etc/locked', 9, 'EACCES'],
  ['what is below something that fails', '/etc/locked/x', 9, 'EACCES'],
  ['a file of more bytes', '/etc/cdi/B.yaml', 1, 'EFBIG'],
];
for (const [title, path, maxBytes, errno] of unreadable)
  test(`readFile() and holdFile() of memoryHost() name the error: ${title}`, () => {
    const host = memoryHost(ENTRIES);
    assert.deepEqual(host.readFile(path, maxBytes), { errno });
    assert.deepEqual(host.holdFile(path, maxBytes), { errno });
  });

test('memoryHost() reads files, in bytes and as text, by any spelling of their path', () => {
  const host = memoryHost(ENTRIES);
  for (const path of ['/etc/cdi/B.yaml', '/etc//cdi/./x/../B.yaml', 'etc/cdi/B.yaml']) {
    const file = host.readFile(path, 2);
    assert.deepEqual(file, { path, size: 2 });
    assert.equal(isFailure(file) ? '' : host.text(file), 'ä');
  }
  assert.throws(() => host.text({ path: '/etc/cdi/b.yaml', size: 20 }), TypeError);
});

test('memoryHost() lists by bytes, with the directories that paths need', () => {
  const host = memoryHost(ENTRIES);
  assert.deepEqual(host.listDirectory('/etc/cdi/'), [
    { name: 'B.yaml', directory: false },
    { name: 'b.yaml', directory: false },
    { name: 'folder', directory: true },
    { name: '\uffff', directory: false },
    { name: '\u{10000}', directory: false },
  ]);
  assert.deepEqual(
    ['/', '/etc/empty', '/etc/locked', '/none', '/dev/fuse'].map((path) => host.listDirectory(path)),
    [
      ['bundle', 'dev', 'etc'].map((name) => ({ name, directory: true })),
      [],
      { errno: 'EACCES' },
      { errno: 'ENOENT' },
      { errno: 'ENOTDIR' },
    ],
  );
});

test('memoryHost() tells devices from what is none', () => {
  const host = memoryHost(ENTRIES);
  assert.deepEqual(host.deviceInfo('/dev/fuse'), FUSE);
  assert.deepEqual(host.deviceInfo('/etc/cdi/b.yaml'), { type: '', major: 0, minor: 0, mode: 0o644 });
  assert.deepEqual(host.deviceInfo('/dev'), { type: '', major: 0, minor: 0, mode: 0o755 });
  assert.deepEqual(host.deviceInfo('/dev/kvm'), { errno: 'ENOENT' });
});

test('memoryHost() searches and parses what it holds', () => {
  const host = memoryHost({ '/a': '{"annotations": {"cdi.k8s.io/x": ""}}', '/b': '{', '/c': '{"k": 1}' });
  const [a, b] = [hold(host, '/a'), hold(host, '/b')];
  assert.equal(host.mentions(a, ['cdi.k8s.io'], ''), true);
  assert.equal(host.mentions(a, ['vendor.com'], '&'), false);
  assert.deepEqual(
    ['/a', '/c', '/none'].map((path) => host.mayRequest(path, ['cdi.k8s.io/'])),
    [true, false, false],
  );
  assert.equal(isMalformed(host.parseJson(a)), false);
  assert.equal(isMalformed(host.parseYaml(a)), false);
  assert.equal(isMalformed(host.parseJson(b)), true);
  assert.equal(isMalformed(host.parseYaml(b)), true);
});

test('memoryHost() replaces a file once, and only by JSON', () => {
  const host = memoryHost(ENTRIES);
  const file = hold(host);
  assert.deepEqual(host.replaceFile(file, [0, 5]), { errno: 'EBADMSG' });
  assert.equal(host.replaceFile(file, [0, 6, '2', 7, 8]), undefined);
  assert.equal(host.entry('/bundle/config.json'), '{"a": 2}');
  assert.deepEqual(host.replaceFile(file, [0, 6, '3', 7, 8]), { errno: 'ESTALE' });
  assert.equal(ENTRIES['/bundle/config.json'], '{"a": 1}');
});

test('memoryHost() refuses to replace what somebody changed', () => {
  const host = memoryHost(ENTRIES);
  const file = hold(host);
  host.put('/bundle/config.json', '{"a": 1}');
  assert.deepEqual(host.replaceFile(file, [0, 8]), { errno: 'ESTALE' });
  host.put('/bundle/config.json', undefined);
  assert.deepEqual(host.replaceFile(file, [0, 8]), { errno: 'ESTALE' });
  assert.equal(host.entry('/bundle/config.json'), undefined);
});

test('memoryHost() appends to what is there, and makes what is not', () => {
  const host = memoryHost(ENTRIES);
  assert.deepEqual(
    ['/bundle/log', '/bundle/log', '/bundle', '/none/log', '/dev/fuse'].map((path) => host.append(path, 'x')),
    [undefined, undefined, { errno: 'EISDIR' }, { errno: 'ENOENT' }, { errno: 'EISDIR' }],
  );
  assert.equal(host.entry('/bundle/log'), 'xx');
});

test('memoryHost() has the environment that it was given', () => {
  const host = memoryHost({}, { environment: { A: '1' } });
  assert.deepEqual([host.environment('A'), host.environment('toString')], ['1', undefined]);
  assert.deepEqual([host.ids(), host.now()], [{ uid: 0, gid: 0 }, 0]);
  assert.deepEqual(host.listDirectory('/'), []);
});
