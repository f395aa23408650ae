// A sample of the faults of test/faults, which `npm run test:faults` has in full; and what is said of some of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { disturbStories, noTracing } from '../faults/disturb-stories.ts';
import { type Effect, injectedRun, tracedRun } from '../faults/injected-run.ts';
import { stage } from '../faults/stories.ts';
import { compile } from '../support/fake-runtime.ts';
import { cutPage } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// No divisor of the number of faults that a call has, so that each kind of fault has its turn.
disturbStories(31);

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

/** `call` is the last one with these words; `ROOT` is the story's folder; as many calls fail as `times` says. */
const passing: readonly (readonly [title: string, call: RegExp, effect: Effect, message: string, times?: number])[] = [
  [
    'a directory that would have had the last word',
    /openat\(.*\/run", .*O_DIRECTORY/,
    'EMFILE',
    'cannot start the container: "ROOT/run" cannot be looked at now (EMFILE); try again',
  ],
  [
    'its names, read in part',
    /getdents64\(.* 0 entries .*, (?!2048\))\d+\)/,
    'EIO',
    'cannot start the container: "ROOT/run" cannot be looked at now (EIO); look after its disk',
  ],
  [
    'a spec that would have had the last word',
    /openat\(\d+, "gpu\.yaml"/,
    'ENOMEM',
    'cannot start the container: "ROOT/run/gpu.yaml" cannot be looked at now (ENOMEM); try again',
    // the search for it, and the second try
    2,
  ],
  [
    'the document in which a request was seen',
    /newfstatat\(\d+, "config\.json"/,
    'EINTR',
    'cannot edit container configuration "ROOT/bundle/config.json": it cannot be opened for a change (EINTR)',
  ],
  [
    'the place of the new file',
    /openat\(.*O_CREAT\|O_EXCL/,
    'EINTR',
    'cannot replace container configuration "ROOT/bundle/config.json": a new file could not be written beside it (EINTR)',
  ],
];
for (const [number, [title, pattern, effect, message, times = 1]] of passing.entries())
  test(`an error that may be gone at the next try decides nothing: ${title}`, { skip: noTracing }, async () => {
    const root = join(folder, `${number}`);
    const set = stage({ title, fixture: 'the-higher-directory-wins' }, root, runtime);
    const { calls } = await tracedRun(set.create);
    const call = calls.findLast(({ text }) => pattern.test(text));
    assert.ok(call !== undefined);
    set.reset();
    const { status, stderr, record } = await injectedRun(set.create, { call, effect, times });
    const told = message.replace('ROOT', root);
    assert.deepEqual([status, cutPage(stderr), record], [1, `${told}\n`, undefined]);
    assert.equal(cutPage(JSON.parse(readFileSync(set.log, 'utf8')).msg), told);
    assert.equal(set.look().text, set.before);
  });
