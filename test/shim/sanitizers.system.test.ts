// The shim's C with gcc's sanitizers in it: every story comes out as it should, and nothing is reported.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fuzzBinary } from '../fuzz/fuzz-binary.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { layOut, storyNames } from '../support/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const program = fuzzBinary('shim', true);

for (const name of storyNames())
  test(`story, with sanitizers: ${name}`, () => {
    const story = layOut(name, join(folder, name), runtime);
    const args = ['--root', '/run/x', 'create', '--bundle', story.bundle, 'id'];
    const run = { folder: story.root, args, settings: story.settings, program };
    // A report would be on stderr, and end the run by a signal.
    const { status, stderr } = runShim(run);
    if (story.wantError !== undefined) assert.deepEqual([status, stderr], [1, `${story.wantError}\n`]);
    else assert.deepEqual([status, stderr], [STARTED, '']);
    assert.deepEqual(readFileSync(story.config), story.want ?? story.before);
    if (story.wantError === undefined)
      assert.deepEqual([runShim(run).status, readFileSync(story.config)], [STARTED, story.want]);
  });
