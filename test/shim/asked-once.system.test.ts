// What a create asks the kernel, it asks once: each file is read once, each directory on the way to one judged once.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { noTracing } from '../faults/disturb-stories.ts';
import { tracedRun } from '../faults/injected-run.ts';
import { stage } from '../faults/stories.ts';
import { compile } from '../support/fake-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

test('a create that edits reads no file twice, and judges no directory twice', { skip: noTracing }, async () => {
  const set = stage({ title: 'once', fixture: 'the-higher-directory-wins' }, join(folder, 'once'), runtime);
  const { calls } = await tracedRun(set.create);
  const list = (pattern: RegExp): string[] => calls.flatMap(({ text }) => pattern.exec(text)?.[1] ?? []);
  const read = list(/^openat\([^"]*"(?:.*\/)?(config\.json|gpu\.yaml)", O_RDONLY/);
  // each of the two directories has a spec of this name
  assert.deepEqual(read, ['config.json', 'gpu.yaml', 'gpu.yaml']);
  const judged = list(/^lstat\("([^"]+)", \{st_mode=S_IFDIR/);
  assert.ok(judged.includes('/') && judged.includes(join(folder, 'once/run')));
  assert.deepEqual(judged, [...new Set(judged)]);
});
