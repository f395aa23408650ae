// cdictl new: specs from a command line.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const DATA = join(folder, 'data');
mkdirSync(DATA);

const newFolder = (): string => mkdtempSync(join(folder, 'specs-'));

test('the spec goes where engines look, is clean to lint, and takes the place of no other', async () => {
  const directory = newFolder();
  const words = ['new', DATA, '--kind', 'lab.example/data', '-d', directory];
  const path = join(directory, 'lab.example-data.yaml');
  assert.deepEqual(await runCdictl(words), {
    status: 0,
    stdout: `wrote ${path}: lab.example/data=data\n`,
    stderr: '',
  });
  assert.equal(statSync(path).mode & 0o7777, 0o644);
  const { status, stdout } = await runCdictl(['lint', '--no-host', path]);
  assert.deepEqual([status, stdout], [0, '0 errors, 0 warnings, 0 info in 1 spec\n']);
  writeFileSync(path, 'mine');
  const again = await runCdictl(words);
  assert.deepEqual([again.status, again.stdout, readFileSync(path, 'utf8')], [1, '', 'mine']);
  assert.match(again.stderr, /it is there already; name another file, or say --force\n$/);
  assert.equal((await runCdictl([...words, '--force'])).status, 0);
  assert.match(readFileSync(path, 'utf8'), /^---\n# /);
});

test('- is standard output, and programs get the same', async () => {
  const words = ['new', DATA, '-f', '-', '--env', 'A=1', '--name', 'one-thing'];
  const { stdout } = await runCdictl(words);
  assert.match(stdout, /^---\n(?:.*\n)*kind: example\.com\/device\n(?:.*\n)*- name: one-thing\n/);
  const data = JSON.parse((await runCdictl([...words, '-o', 'json'])).stdout);
  assertConforms('cdictl/new.schema.json', data);
  assert.deepEqual([data.path, data.device, data.text], [undefined, 'example.com/device=one-thing', stdout]);
});

test('what lint has to say of it is said, and is in the status', async () => {
  const { status, stderr } = await runCdictl([
    'new',
    DATA,
    '-f',
    '-',
    '--name',
    'gpu0',
    '--env',
    'A=1',
    '--env',
    'A=2',
  ]);
  assert.equal(status, 3);
  assert.match(stderr, /^cdictl: -:\d+:\d+: the devices are known by numbers alone: "gpu0" \[unstable-name\]; /m);
  assert.match(stderr, /\[repeated-edit\]/);
});

test('a host that is mounted somewhere has the paths, and gets the spec', async () => {
  const root = newFolder();
  mkdirSync(join(root, 'opt/driver'), { recursive: true });
  const { status, stdout } = await runCdictl(['new', '/opt/driver', '--host-root', root, '-d', '/etc/cdi']);
  assert.equal(status, 0);
  assert.match(stdout, /etc\/cdi\/example\.com-device\.yaml/);
  assert.match(readFileSync(join(root, 'etc/cdi/example.com-device.yaml'), 'utf8'), /hostPath: \/opt\/driver\n/);
});

test('a snapshot has the paths, and this machine gets the spec', async () => {
  const [root, directory] = [newFolder(), newFolder()];
  for (const path of ['opt/driver', 'etc/cdi']) mkdirSync(join(root, path), { recursive: true });
  const mount = '{ hostPath: /opt/driver, containerPath: /opt/driver }';
  const devices = `devices: [{ name: a, containerEdits: { mounts: [${mount}] } }]`;
  writeFileSync(join(root, 'etc/cdi/a.yaml'), `cdiVersion: "0.6.0"\nkind: a.example/b\n${devices}\n`);
  const snapshot = join(directory, 'snapshot.json');
  assert.equal((await runCdictl(['snapshot', snapshot, '--quiet', '--host-root', root])).status, 0);
  const words = ['--snapshot', snapshot, '-d', directory];
  const { status, stdout } = await runCdictl(['new', '/opt/driver', ...words]);
  const path = join(directory, 'example.com-device.yaml');
  assert.deepEqual([status, stdout], [0, `wrote ${path}: example.com/device=driver\n`]);
  assert.match(readFileSync(path, 'utf8'), /hostPath: \/opt\/driver\n/);
  const other = await runCdictl(['new', DATA, ...words, '--force']);
  assert.equal(other.status, 1);
  assert.match(other.stderr, /the host does not have it; name what is there\n$/);
});

const WRONG: readonly (readonly [words: readonly string[], status: number, message: RegExp])[] = [
  [[], 2, /there is nothing to hand out: no PATH is given, and there is no terminal to ask/],
  [[DATA, '--kind', 'nothing'], 2, /nothing/],
  [[DATA, '--name', 'a b'], 2, /device name "a b"/],
  [[DATA, '--env', 'A'], 1, /"A"/],
  [[join(folder, 'none')], 1, /cannot hand out .*: the host does not have it; name what is there/],
];
for (const [words, status, message] of WRONG)
  test(`new ${words.slice(1).join(' ')} writes nothing`, async () => {
    const directory = join(newFolder(), 'none');
    const outcome = await runCdictl(['new', ...words, '-d', directory]);
    assert.equal(outcome.status, status);
    assert.match(outcome.stderr, message);
    assert.ok(!existsSync(directory));
  });
