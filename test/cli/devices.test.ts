// cdictl devices, vendors and classes: what can be requested, and what a list leaves out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { specDirectories } from './spec-directories.ts';

const folder = temporaryFolder();
const { low, high, options } = specDirectories(folder);

test('devices lists what resolves with its spec and line, and says on stderr what it leaves out', async () => {
  const { status, stdout, stderr } = await runCdictl(['devices', ...options]);
  assert.equal(status, 0);
  const rows = stdout.split('\n').map((line) => line.split(/ +/));
  assert.deepEqual(rows, [
    ['DEVICE', 'SPEC', 'LINE'],
    ['both.example/gpu=y', `${low}/twice-2.yaml`, '5'],
    ['good.example/gpu=0', `${low}/a.yaml`, '4'],
    ['good.example/gpu=GPU:1', `${low}/a.yaml`, '5'],
    ['good.example/gpu=all', `${low}/a.yaml`, '6'],
    ['good.example/net=eth0', `${high}/net.json`, '1'],
    ['good.example/some=old', `${high}/some.yaml`, '4'],
    ['good.example/some=older', `${low}/some.yaml`, '5'],
    ['hostile.example/h=h', `${high}/hostile.json`, '1'],
    ['numbers.example/n=0', `${high}/numbers.json`, '2'],
    [''],
  ]);
  const messages = stderr.split('\n').slice(0, -1);
  assert.deepEqual(
    messages.map((message) => /^cdictl: cannot (?:load spec|resolve device) ("[^"]*")/.exec(message)?.[1]),
    [`"${low}/broken.yaml"`, `"${high}/\\x1b[31m\\u202e.yaml"`, '"both.example/gpu=x"'],
  );
});

test('devices --verbose says what a device does', async () => {
  const { stdout } = await runCdictl(['devices', '--verbose', ...options]);
  const part = 'good.example/net=eth0\n  name: eth0\n  containerEdits:\n    env:\n    - "NEW=1"\n';
  assert.ok(stdout.includes(part.replace('"NEW=1"', 'NEW=1')), stdout);
});

test('--quiet leaves out the messages', async () => {
  assert.equal((await runCdictl(['devices', '--quiet', ...options])).stderr, '');
});

test('vendors and classes count specs and devices', async () => {
  const vendors = await runCdictl(['vendors', ...options]);
  assert.deepEqual(
    vendors.stdout.split('\n').map((line) => line.split(/ +/)),
    [
      ['VENDOR', 'SPECS', 'DEVICES'],
      ['both.example', '2', '1'],
      ['good.example', '5', '6'],
      ['hostile.example', '1', '1'],
      ['numbers.example', '1', '1'],
      [''],
    ],
  );
  const classes = await runCdictl(['classes', ...options]);
  assert.match(classes.stdout, /^gpu {4}both\.example, good\.example {2}4$/m);
});

test('a list without rows is empty, and stderr says why', async () => {
  const missing = join(folder, 'missing');
  for (const command of ['devices', 'vendors', 'classes', 'specs']) {
    const words = [command, ...options.slice(0, 2), '-d', missing];
    assert.deepEqual(await runCdictl(words), { status: 0, stdout: '', stderr: `cdictl: no specs in "${missing}"\n` });
    assert.deepEqual(await runCdictl([...words, '-q']), { status: 0, stdout: '', stderr: '' });
  }
});

test('a directory that cannot be read makes every list a failure, and those before it are still listed', async () => {
  const file = join(low, 'a.yaml');
  for (const command of ['devices', 'vendors', 'classes', 'specs']) {
    const { status, stdout, stderr } = await runCdictl([
      command,
      ...options.slice(0, 2),
      '-d',
      `${low},${file},${high}`,
    ]);
    assert.equal(status, 1);
    assert.ok(stderr.includes(`cdictl: spec directory "${file}" ended the search: it is no folder\n`), stderr);
    assert.ok(/good|gpu/.test(stdout) && !stdout.includes('hostile'), stdout);
  }
});
