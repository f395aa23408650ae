// cdictl specs: the files, what is wrong with them, and those of some vendors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { specDirectories } from './spec-directories.ts';

const { low, high, options } = specDirectories(temporaryFolder());

function rowsOf(stdout: string): readonly (readonly string[])[] {
  return stdout
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(/ {2,}/));
}

test('specs lists every file with its state', async () => {
  const { status, stdout, stderr } = await runCdictl(['specs', ...options]);
  assert.equal(status, 0);
  assert.deepEqual(rowsOf(stdout), [
    [`${low}/a.yaml`, 'good.example/gpu', '0.6.0', '3', 'ok'],
    [`${low}/net.yaml`, 'good.example/net', '0.6.0', '1', 'shadowed'],
    [`${low}/some.yaml`, 'good.example/some', '0.6.0', '2', 'partly shadowed'],
    [`${low}/twice-1.yaml`, 'both.example/gpu', '0.6.0', '1', 'in conflict'],
    [`${low}/twice-2.yaml`, 'both.example/gpu', '0.6.0', '2', 'in conflict'],
    [`${high}/hostile.json`, 'hostile.example/h', '0.6.0', '1', 'ok'],
    [`${high}/net.json`, 'good.example/net', '0.6.0', '1', 'ok'],
    [`${high}/numbers.json`, 'numbers.example/n', '0.6.0', '1', 'ok'],
    [`${high}/some.yaml`, 'good.example/some', '0.6.0', '1', 'ok'],
    [`${low}/broken.yaml`, 'in error'],
    [`${high}/\\x1b[31m\\u202e.yaml`, 'in error'],
  ]);
  assert.match(stderr, /broken\.yaml": line \d+, column \d+: /);
});

test('specs VENDOR lists only the specs of the vendor', async () => {
  const { status, stdout, stderr } = await runCdictl(['specs', 'both.example', ...options]);
  assert.equal(status, 0);
  assert.deepEqual(
    rowsOf(stdout).map(([path]) => path),
    [`${low}/twice-1.yaml`, `${low}/twice-2.yaml`],
  );
  assert.equal(stderr.split('\n').length, 2, stderr);
});

test('specs VENDOR lists a file in error that mentions the vendor', async () => {
  const { status, stdout } = await runCdictl(['specs', 'broken.example', ...options]);
  assert.equal(status, 0);
  assert.deepEqual(rowsOf(stdout), [[`${low}/broken.yaml`, 'in error']]);
});

test('specs refuses a vendor without a spec', async () => {
  assert.deepEqual(await runCdictl(['specs', 'good.example', 'god.example', ...options]), {
    status: 1,
    stdout: '',
    stderr: `cdictl: cannot list the specs of vendor "god.example": no spec in "${low}" and "${high}" is of that vendor; did you mean "good.example"?\n`,
  });
});

test('specs --verbose prints the specs', async () => {
  const { stdout } = await runCdictl(['specs', 'good.example', '--verbose', ...options]);
  assert.ok(stdout.includes(`# ${high}/net.json\n---\ncdiVersion: "0.6.0"\nkind: good.example/net\n`), stdout);
  assert.equal(stdout.match(/^---$/gm)?.length, 5);
});
