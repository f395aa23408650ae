// replaceFile(): all or nothing, and everything about the file but its text stays.
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation } from './fixtures/probe.ts';
import { operate, type Run, scratch } from './probe-binary.ts';

const asRoot = { skip: process.getuid?.() !== 0 };
const folder = scratch();
chmodSync(folder, 0o755);
let count = 0;

/** A bundle with a config.json to replace. */
function bundle(text = '{"old": 1}'): { own: string; file: string } {
  const own = join(folder, `${count++}`);
  mkdirSync(own);
  writeFileSync(join(own, 'config.json'), text);
  return { own, file: join(own, 'config.json') };
}

function replace(path: string, pieces: unknown, run: Partial<Run> = {}, between: Operation[] = []): unknown {
  const operations: Operation[] = [['holdFile', path, 1 << 20], ...between, ['replaceFile', '$0', pieces]];
  return operate(folder, operations, run).at(-1);
}

const EVERY_SIGN = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).join('');
const VALUES = [
  EVERY_SIGN,
  'ä\u{1F600}\ud800\udfffx\ud7ff\ud800',
  '',
  null,
  true,
  false,
  0,
  -1.5,
  [],
  {},
  { [EVERY_SIGN.slice(1)]: [1] },
];

const pieced: [title: string, pieces: unknown, want: string | { errno: string }][] = [
  ['a new text', ['{"new": ', '2}'], '{"new": 2}'],
  ['the old text', [0, 10], '{"old": 1}'],
  ['both', [0, 8, '[', 8, 9, ',2]', 9, 10], '{"old": [1,2]}'],
  ['spans in any order', ['[', 8, 9, ',', 8, 9, ',', 1, 6, ']'], '[1,1,"old"]'],
  ['an empty span', [0, 0, '0'], '0'],
  ['letters beyond ASCII', ['"ä€\u{1F600}"'], '"ä€\u{1F600}"'],
  ['values, as JSON.stringify writes them', [VALUES], JSON.stringify(VALUES)],
  ['an object between texts', ['[', { a: 'b', c: { d: [1, 'e'] } }, ',1]'], '[{"a":"b","c":{"d":[1,"e"]}},1]'],
  ['a span beyond the end', [0, 11], { errno: 'EINVAL' }],
  ['a span that ends before it starts', ['"', 3, 2, '"'], { errno: 'EINVAL' }],
  ['a negative offset', [-1, 10], { errno: 'EINVAL' }],
  ['a fraction', [0.5, 10], { errno: 'EINVAL' }],
  ['half a span', ['0', 1], { errno: 'EINVAL' }],
  ['a span of text and number', [0, 'x'], { errno: 'EINVAL' }],
  ['no JSON', ['{"a": }'], { errno: 'EBADMSG' }],
  ['nothing', [], { errno: 'EBADMSG' }],
  ['half a surrogate pair', ['"\ud800"'], { errno: 'EBADMSG' }],
];
for (const [title, pieces, want] of pieced)
  test(`replaceFile() puts pieces together: ${title}`, () => {
    const { own, file } = bundle();
    const before = statSync(file).ino;
    const result = replace(file, pieces);
    assert.equal(result, typeof want === 'string' ? null : want.errno);
    assert.equal(readFileSync(file, 'utf8'), typeof want === 'string' ? want : '{"old": 1}');
    assert.equal(statSync(file).ino === before, typeof want !== 'string');
    assert.deepEqual(readdirSync(own), ['config.json']);
  });

test('replaceFile() refuses a file that was only read', () => {
  const { file } = bundle();
  assert.equal(
    operate(folder, [
      ['readFile', file, 99],
      ['replaceFile', '$0', ['0']],
    ])[1],
    'EINVAL',
  );
});

for (const mode of [0o600, 0o644, 0o4750, 0o2777, 0o444])
  test(`replaceFile() keeps mode ${mode.toString(8)} under any umask`, () => {
    const { file } = bundle();
    chmodSync(file, mode);
    const umask = process.umask(0o077);
    assert.equal(replace(file, ['0']), null);
    process.umask(umask);
    assert.equal(statSync(file).mode & 0o7777, mode);
  });

test('replaceFile() keeps the owner', asRoot, () => {
  const { file } = bundle();
  chownSync(file, 12345, 54321);
  chmodSync(file, 0o6755);
  assert.equal(replace(file, ['0']), null);
  const { uid, gid, mode } = statSync(file);
  assert.deepEqual([uid, gid, mode & 0o7777], [12345, 54321, 0o6755]);
});

test('replaceFile() replaces the target of a link, and the link stays', () => {
  const { own, file } = bundle();
  renameSync(file, join(own, 'real.json'));
  symlinkSync('real.json', file);
  assert.equal(replace(file, ['0']), null);
  assert.equal(lstatSync(file).isSymbolicLink(), true);
  assert.equal(readFileSync(join(own, 'real.json'), 'utf8'), '0');
  assert.deepEqual(readdirSync(own), ['config.json', 'real.json']);
});

test('replaceFile() works through a linked folder', () => {
  const { own, file } = bundle();
  symlinkSync(own, `${own}-link`);
  assert.equal(replace(join(`${own}-link`, 'config.json'), ['0']), null);
  assert.equal(readFileSync(file, 'utf8'), '0');
});

test('replaceFile() survives a file size limit and leaves nothing', () => {
  const { own, file } = bundle();
  const run = { prefix: ['/bin/sh', '-c', 'ulimit -f 1; exec "$@"', 'sh'] };
  assert.equal(replace(file, [`"${'x'.repeat(20_000)}"`], run), 'EFBIG');
  assert.deepEqual(readdirSync(own), ['config.json']);
});

test('replaceFile() does not mind old times', () => {
  const { file } = bundle();
  utimesSync(file, 1, 1);
  assert.equal(replace(file, ['0']), null);
});
