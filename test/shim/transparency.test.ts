// The shim as if it were not there: arguments, environment, descriptors, signals, limits.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation } from './fixtures/probe.ts';
import { crash, probeBinary, program, scratch, shim } from './probe-binary.ts';

const folder = scratch();
const recorder = program('recorder');
writeFileSync(join(folder, 'config.yaml'), `runtime: ${recorder}\n`);

/** What the recorder saw, when it was started under odd conditions by `file`. */
function record(file: string, command: string, config: string): string {
  const own = join(folder, `${command}-${file === recorder}-${config.length}`);
  mkdirSync(own);
  writeFileSync(join(own, 'config.yaml'), `runtime: ${recorder}\n`);
  writeFileSync(join(own, 'config.json'), config);
  const { status } = spawnSync(program('odd-start'), [file, own, command], { cwd: own });
  assert.equal(status, 7);
  return readFileSync(join(own, 'record'), 'latin1')
    .replaceAll(own, 'OWN')
    .replace(/^pid \d+/m, 'pid')
    .replace(/^argv own%20name$/m, `argv ${recorder}`);
}

const cases: [title: string, command: string, config: string][] = [
  ['another command', 'state', ''],
  ['a create without a request', 'create', '{"annotations": {}}'],
  ['a create that the core lets through', 'create', '{"annotations": {"cdi.k8s.io/x": "vendor.com/class=x"}}'],
];
for (const [title, command, config] of cases)
  test(`shim hands everything over as it was: ${title}`, () => {
    const direct = record(recorder, command, config);
    assert.equal(record(probeBinary(), command, config), direct);
    assert.match(direct, /^fd 9 /m);
    assert.doesNotMatch(direct, /^fd [02] /m);
  });

test('shim says nothing when all is well, and keeps the status', () => {
  const { stdout, stderr, status } = shim(probeBinary(), {
    args: ['state', 'x'],
    cwd: folder,
    env: { CDI_RUNTIME_CONFIG: join(folder, 'config.yaml') },
  });
  assert.equal(stderr, '');
  assert.match(stdout, /^argv .*\nargv state\nargv x\nenv /);
  assert.equal(status, 7);
});

test('nothing that the core opened reaches the runtime', () => {
  const file = join(folder, 'held.json');
  writeFileSync(file, '{}');
  const operations: Operation[] = [
    ['readFile', file, 9],
    ['holdFile', file, 9],
    ['replaceFile', '$1', [0, 2]],
    ['parseJson', '$0'],
  ];
  const env = { CDI_RUNTIME_CONFIG: join(folder, 'config.yaml'), PROBE_LEAVES: '1' };
  const { stdout, stderr, status } = crash(folder, operations, { env });
  assert.deepEqual([stderr, status], ['', 7]);
  assert.deepEqual(stdout.match(/^fd \d+/gm), ['fd 0', 'fd 1', 'fd 2']);
  assert.doesNotMatch(stdout, /^signal \d+ .*blocked/m);
});

test('shim refuses to run set-uid', { skip: process.getuid?.() !== 0 }, () => {
  const file = join(folder, 'set-uid');
  spawnSync('install', ['-m', '4755', '-o', 'daemon', probeBinary(), file]);
  const { stderr, status } = shim(file, { args: ['state'], cwd: folder });
  assert.equal(stderr, 'cannot run cdi-runtime set-uid, set-gid or with file capabilities\n');
  assert.equal(status, 1);
});
