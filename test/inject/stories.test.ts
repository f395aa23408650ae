// Every story in Node and in the shim: one core, so one outcome, byte for byte.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { createInNode } from '../support/run-node.ts';
import { runShim } from '../support/run-shim.ts';
import { layOut, type Story, storyNames } from '../support/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const argsFor = ({ bundle }: Story): string[] => ['--root', '/run/x', 'create', '--bundle', bundle, 'id'];

/** Runs one of the two doors; an error must leave the document alone, in both. */
type Door = (story: Story) => string | undefined;

const inNode: Door = (story) => createInNode(argsFor(story), runtime, story.settings);

const inShim: Door = (story) => {
  const { status, stdout, stderr, record } = runShim({
    folder: story.root,
    args: argsFor(story),
    settings: story.settings,
  });
  assert.equal(stdout, '');
  if (status === STARTED) {
    assert.equal(stderr, '');
    assert.deepEqual(record?.config, readFileSync(story.config));
    return undefined;
  }
  assert.deepEqual([status, record], [1, undefined]);
  assert.match(stderr, /^[^\n]+\n$/);
  return stderr.slice(0, -1);
};

/** The message, or the document that came of it. */
function tell(story: Story, door: Door): string {
  story.reset();
  const before = fileState(story.config);
  const error = door(story);
  const after = fileState(story.config);
  assert.deepEqual(readdirSync(story.bundle), ['config.json']);
  if (error !== undefined || after.text.equals(before.text)) assert.deepEqual(after, before);
  if (error !== undefined) return error;
  assert.equal(door(story), undefined);
  assert.deepEqual(fileState(story.config), after, 'the second run changed the file');
  return after.text.toString('utf8');
}

const names = storyNames();

test('there are stories enough', () => assert.ok(names.length >= 30));

for (const name of names)
  test(`story: ${name}`, () => {
    const story = layOut(name, join(folder, name), runtime);
    const want = story.wantError ?? story.want?.toString('utf8');
    assert.notEqual(want, undefined, 'it does not say what must come of it');
    assert.equal(tell(story, inShim), want);
    assert.equal(tell(story, inNode), want);
  });
