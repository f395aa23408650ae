// cdictl dirs: the directories in rising priority, with what is wrong with them.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);
const [good, open, missing, file] = [
  join(folder, 'good'),
  join(folder, 'open'),
  join(folder, 'missing'),
  join(folder, 'file'),
];
const config = join(folder, 'config.yaml');
for (const directory of [good, open]) mkdirSync(directory);
chmodSync(open, 0o777);
chmodSync(good, 0o755);
writeFileSync(config, '');
writeFileSync(file, '');
writeFileSync(join(good, 'a.yaml'), spec('a.example/a', '0'));
writeFileSync(join(good, 'b.json'), 'broken');
writeFileSync(join(good, 'c.txt'), '');

const words = ['dirs', '--config', config, '--spec-dirs', [good, open, missing].join(',')];

test('dirs counts spec files, and says which directories are missing or not trusted', async () => {
  const { status, stdout } = await runCdictl([...words, '--output', 'json']);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout).directories, [
    { path: good, priority: 0, specs: 2, state: 'ok' },
    { path: open, priority: 1, specs: 0, state: 'not trusted', why: 'it can be written by everybody (mode 0777)' },
    { path: missing, priority: 2, specs: 0, state: 'missing' },
  ]);
});

test('dirs trusts every owner where the settings say so', async () => {
  const settings = join(folder, 'trusting.yaml');
  writeFileSync(settings, 'trust: { owner: "off" }\n');
  const { stdout } = await runCdictl(['dirs', '--config', settings, '--spec-dirs', open, '--output', 'json']);
  assert.equal(JSON.parse(stdout).directories[0].state, 'ok');
});

test('dirs fails where a directory cannot be read', async () => {
  const { status, stdout } = await runCdictl([...words, '-d', file]);
  assert.equal(status, 1);
  assert.match(stdout, /^\S+\/file +3 +0 +in error: a part of its path is a file$/m);
});

test('dirs lists the directories of the settings', async () => {
  const settings = join(folder, 'other.yaml');
  writeFileSync(settings, `specDirs: ["${missing}", "${good}"]\n`);
  const { stdout } = await runCdictl(['dirs', '--config', settings, '--output', 'json']);
  assert.deepEqual(
    JSON.parse(stdout).directories.map(({ path }: { path: string }) => path),
    [missing, good],
  );
});
