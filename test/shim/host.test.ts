// The host's operations on files, folders, devices and itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation } from './fixtures/probe.ts';
import { operate, scratch } from './probe-binary.ts';

const folder = scratch();
const one = (...operation: Operation): unknown => operate(folder, [operation])[0];
const make = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('argv and env keep bytes that are no UTF-8', () => {
  const script = `export BYTES="$(printf 'a\\377\\303\\244\\355\\262\\200')"; exec "$@" create "$BYTES" ''`;
  const [argv, value, none, odd] = operate(
    folder,
    [['argv'], ['environment', 'BYTES'], ['environment', 'NONE'], ['environment', 'B=']],
    {
      prefix: ['/bin/sh', '-c', script, 'sh'],
      args: [],
    },
  );
  const text = 'a\udcffä\udced\udcb2\udc80';
  assert.deepEqual(argv, ['create', text, '']);
  assert.deepEqual([value, none, odd], [text, null, null]);
});

test('fail() says all of a sentence, however long it is', () => {
  const word = 'é'.repeat(20_000);
  assert.deepEqual(operate(folder, [['argv']], { args: ['create', word] }), [['create', word]]);
});

test('ids and the clock are the process’s', () => {
  const before = Date.now();
  const [uid, gid, now] = operate(folder, [['uid'], ['gid'], ['now']]);
  assert.deepEqual([uid, gid], [process.geteuid?.(), process.getegid?.()]);
  assert.ok(Number.isInteger(now) && Number(now) >= before && Number(now) <= Date.now(), `${now}`);
});

test('readFile() reads a file of any bytes', () => {
  const file = make('bytes', Buffer.from('a\0äÿ€'));
  assert.deepEqual(
    operate(folder, [
      ['readFile', file, 100],
      ['size', '$0'],
      ['text', '$0'],
    ]),
    [0, 9, 'a\0äÿ€'],
  );
});

test('readFile() takes a path with bytes that are no UTF-8', () => {
  const file = Buffer.from(`${folder}/\xff\xc3`, 'latin1');
  writeFileSync(file, 'x');
  assert.deepEqual(
    operate(folder, [
      ['readFile', `${folder}/\udcff\udcc3`, 9],
      ['text', '$0'],
    ]),
    [0, 'x'],
  );
});

test('readFile() reads files whose size the kernel does not tell', () => {
  const [, size, text] = operate(folder, [
    ['readFile', '/proc/self/status', 100_000],
    ['size', '$0'],
    ['text', '$0'],
  ]);
  assert.match(String(text), /^Name:/);
  assert.equal(size, String(text).length);
});

const unreadable: [title: string, path: () => string, most: number, errno: string][] = [
  ['a missing file', () => join(folder, 'none'), 9, 'ENOENT'],
  ['a path below a file', () => join(make('plain', ''), 'x'), 9, 'ENOTDIR'],
  ['a folder', () => folder, 9, 'EISDIR'],
  ['a device', () => '/dev/null', 9, 'EFTYPE'],
  ['a file beyond the limit', () => make('ten', '0123456789'), 9, 'EFBIG'],
  ['a sizeless file beyond the limit', () => '/proc/self/status', 9, 'EFBIG'],
  ['a NUL in the path', () => 'a\0b', 9, 'EINVAL'],
  ['a path too long', () => 'x/'.repeat(3000), 9, 'ENAMETOOLONG'],
  ['a loop of links', () => join(folder, 'loop'), 9, 'ELOOP'],
];
symlinkSync('loop', join(folder, 'loop'));
for (const [title, path, most, errno] of unreadable)
  for (const name of ['readFile', 'holdFile'] as const)
    test(`${name}() names the error: ${title}`, () => assert.equal(one(name, path(), most), errno));

test('readFile() does not wait for a FIFO', () => {
  spawnSync('mkfifo', [join(folder, 'fifo')]);
  assert.equal(one('readFile', join(folder, 'fifo'), 9), 'EFTYPE');
});

test('holdFile() follows a chain of links and reads', () => {
  mkdirSync(join(folder, 'far'));
  make('far/end', 'the end');
  symlinkSync('end', join(folder, 'far/middle'));
  symlinkSync('far/middle', join(folder, 'near'));
  symlinkSync(join(folder, 'near'), join(folder, 'absolute'));
  assert.deepEqual(
    operate(folder, [
      ['holdFile', 'absolute', 99],
      ['text', '$0'],
    ]),
    [0, 'the end'],
  );
  assert.deepEqual(one('holdFile', 'far/', 99), 'EISDIR');
  assert.deepEqual(one('holdFile', '', 99), 'ENOENT');
});

test('text() replaces what is no UTF-8 as a decoder of the web does', () => {
  const bytes = Buffer.from('41f09f9841e28041edb280c0afff41f0', 'hex');
  const file = make('broken', bytes);
  assert.equal(
    operate(folder, [
      ['readFile', file, 99],
      ['text', '$0'],
    ])[1],
    new TextDecoder().decode(bytes),
  );
});

const mentions: [title: string, text: string | Uint8Array, words: string[], orElse: string, want: boolean][] = [
  ['a word', 'kind: vendor.com/gpu', ['x', 'vendor.com/gpu'], '', true],
  ['no word', 'kind: vendor.com/gpu', ['vendor.com/net'], '\\&', false],
  ['no words at all', 'a&', [], '', false],
  ['another character', 'a&b', ['x'], '\\&', true],
  ['another character, not asked for', 'a&b', ['x'], '', false],
  ['a NUL', 'a\0b', ['x'], '&', true],
  ['UTF-16, little end first', Buffer.from('fffe6100', 'hex').subarray(0, 3), ['x'], '&', true],
  ['UTF-16, big end first', Buffer.from('feff61', 'hex'), ['x'], '&', true],
  ['an empty file', '', ['x'], '&', false],
  ['a word that is not ASCII', 'täg', ['ä'], '', true],
];
for (const [title, text, words, orElse, want] of mentions)
  test(`mentions() finds ${title}`, () => {
    const file = make('mentions', text);
    assert.equal(
      operate(folder, [
        ['readFile', file, 99],
        ['mentions', '$0', words, orElse],
      ])[1],
      want,
    );
  });

test('listDirectory() sorts by bytes and marks folders', () => {
  const own = join(folder, 'list');
  mkdirSync(join(own, 'b'), { recursive: true });
  for (const name of ['a', 'B', 'a.b', 'a-b', '\u{10000}', '\uffff']) writeFileSync(join(own, name), '');
  writeFileSync(Buffer.from(`${own}/\xff`, 'latin1'), '');
  symlinkSync('b', join(own, 'link'));
  const want = ['B', 0, 'a', 0, 'a-b', 0, 'a.b', 0, 'b', 1, 'link', 0, '\uffff', 0, '\u{10000}', 0, '\udcff', 0];
  assert.deepEqual(one('listDirectory', own), want);
});

test('listDirectory() lists thousands in order', () => {
  const own = join(folder, 'many');
  mkdirSync(own);
  const names = Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 3001}-${'x'.repeat(i % 50)}`);
  for (const name of names) writeFileSync(join(own, name), '');
  const list = one('listDirectory', own) as (string | number)[];
  assert.deepEqual(
    list.filter((entry) => typeof entry === 'string'),
    names.sort(),
  );
});

test('listDirectory() tells missing, unreadable and no folder apart', () => {
  assert.equal(one('listDirectory', join(folder, 'none')), 'ENOENT');
  assert.equal(one('listDirectory', make('plain', '')), 'ENOTDIR');
  const own = join(folder, 'empty');
  mkdirSync(own);
  assert.deepEqual(one('listDirectory', own), []);
  chmodSync(own, 0);
  const asUser = { prefix: ['setpriv', '--reuid', '12345', '--regid', '12345', '--clear-groups'] };
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0)
    assert.equal(operate(folder, [['listDirectory', own]], { ...asUser, env: { PATH: '/usr/bin' } })[0], 'EACCES');
  chmodSync(own, 0o700);
});

test('deviceInfo() looks at the path itself', () => {
  symlinkSync('/dev/null', join(folder, 'to-null'));
  chmodSync(make('mode', ''), 0o4751);
  assert.deepEqual(one('deviceInfo', '/dev/null'), ['c', 1, 3, statSync('/dev/null').mode & 0o7777]);
  assert.deepEqual((one('deviceInfo', join(folder, 'to-null')) as unknown[]).slice(0, 3), ['', 0, 0]);
  assert.deepEqual(one('deviceInfo', join(folder, 'mode')), ['', 0, 0, 0o4751]);
  assert.equal(one('deviceInfo', join(folder, 'none')), 'ENOENT');
  if (process.getuid?.() === 0) {
    spawnSync('mknod', ['-m', '660', join(folder, 'block'), 'b', '259', '70000']);
    spawnSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);
    assert.deepEqual(one('deviceInfo', join(folder, 'block')), ['b', 259, 70000, 0o660]);
    assert.deepEqual(one('deviceInfo', join(folder, 'pipe')), ['p', 0, 0, 0o600]);
  }
});

test('append() makes a file and adds to it', () => {
  const file = join(folder, 'log');
  const umask = process.umask(0o022);
  const twice: Operation[] = [
    ['append', file, 'ä\n'],
    ['append', file, '\udcff\ud800\n'],
  ];
  assert.deepEqual(operate(folder, twice), [null, null]);
  process.umask(umask);
  assert.equal(readFileSync(file, 'utf8'), 'ä\n\ufffd\ufffd\n');
  assert.equal(statSync(file).mode & 0o777, 0o644);
  assert.equal(one('append', join(folder, 'none/log'), 'x'), 'ENOENT');
  assert.equal(one('append', folder, 'x'), 'EISDIR');
});

test('append() survives a file size limit, a full device and a FIFO that no one reads', () => {
  const file = make('limited', '');
  truncateSync(file, 1024);
  const limited = ['/bin/sh', '-c', 'ulimit -f 1; exec "$@"', 'sh'];
  assert.deepEqual(operate(folder, [['append', file, 'x']], { prefix: limited }), ['EFBIG']);
  assert.equal(one('append', '/dev/full', 'x'), 'ENOSPC');
  spawnSync('mkfifo', [join(folder, 'log-fifo')]);
  assert.equal(one('append', join(folder, 'log-fifo'), 'x'), 'ENXIO');
});
