// cdictl explain and cdictl inject on every story: what the shim does, and each change with its edit.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { measureText } from '../../src/cli/terminal/wrap.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { createInNode } from '../support/run-node.ts';
import { layOut, type Story, storyNames } from '../support/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertAccounted } from './accounted.ts';
import { closedSchema } from './closed-schema.ts';

const folder = temporaryFolder();
const SCHEMA = 'cdictl/explain.schema.json';
const assertDescribed = closedSchema(SCHEMA);
const RUNTIME = '/usr/bin/true';

for (const name of storyNames()) {
  test(`explain and the shim agree: ${name}`, async () => {
    const story = layOut(name, join(folder, name), RUNTIME);
    const words = ['--config', story.settings, '--bundle', story.bundle];
    const { status, stdout, stderr } = await runCdictl(['explain', '-o', 'json', ...words]);
    assert.equal(stderr, '');
    const told = JSON.parse(stdout);
    assertConforms(SCHEMA, told);
    assertDescribed(told);
    // What these stories leave to the runtime, /usr/bin/true does not refuse.
    const refusal = told.outcome === 'failed' ? undefined : told.refusal;
    // No one waits for an explanation.
    assert.equal(refusal?.message, story.wantError?.replace(/ \(waited [0-9.]+ s\)/, ''));
    assert.equal(status, told.refusal === undefined ? 0 : 1);
    const want = story.want;
    if (want !== undefined) {
      assert.deepEqual(told.config, { before: digest(story.before), after: digest(want) });
      if (told.outcome !== 'failed') assert.equal(told.outcome === 'injected', !want.equals(story.before));
      assertAccounted(told, parseAsGo(story.before), parseAsGo(want));
    }
    const text = await runCdictl(['explain', ...words], 80);
    assert.equal(text.status, status);
    assertReadable(text.stdout);
    assert.deepEqual(readFileSync(story.config), story.before);
  });

  test(`inject --bundle does what the shim does: ${name}`, async () => {
    const story = layOut(name, join(folder, `${name}-inject`), RUNTIME);
    const words = ['inject', '--bundle', story.bundle, '--config', story.settings];
    const dry = await runCdictl([...words, '--dry-run']);
    const diff = await runCdictl([...words, '--diff']);
    assert.deepEqual(readFileSync(story.config), story.before);
    const isChanged = story.want !== undefined && !story.want.equals(story.before);
    assert.equal(diff.stdout !== '', isChanged);
    const done = await runCdictl(words);
    for (const { status, stderr } of [dry, diff, done]) {
      assert.equal(status, story.wantError === undefined ? 0 : 1);
      if (story.wantError !== undefined) assert.equal(stderr, `cdictl: ${story.wantError}\n`);
    }
    assert.deepEqual(readFileSync(story.config), story.want ?? story.before);
    const ours = records(story);
    story.reset();
    createInNode(['--root', '/run/x', 'create', '--bundle', story.bundle, 'id'], RUNTIME, story.settings);
    const shims = records(story).slice(ours.length);
    assert.deepEqual(ours.map(withoutCall), shims.map(withoutCall));
    for (const { command, id } of ours) assert.deepEqual([command, id], ['cdictl inject', '']);
  });
}

/** With sections by the names that Go takes theirs for. */
function parseAsGo(bytes: Buffer): unknown {
  const document: Record<string, unknown> = JSON.parse(bytes.toString());
  const fold = (name: string): string => name.replaceAll('\u017f', 's').toLowerCase();
  const sections = Object.entries(document).filter(([name]) => fold(name) === name || !(fold(name) in document));
  return Object.fromEntries(sections.map(([name, value]) => [name === 'ociVersion' ? name : fold(name), value]));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Eighty columns, and nothing that steers a terminal. */
function assertReadable(text: string): void {
  for (const line of text.split('\n')) {
    assert.ok(measureText(line) <= 80, line);
    assert.doesNotMatch(line, /\p{Cc}|\p{Cf}/u);
    assert.equal(line, line.trimEnd());
  }
}

function records({ root }: Story): Record<string, unknown>[] {
  try {
    const text = readFileSync(join(root, 'audit/audit.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

function withoutCall({ time, record, command, id, ...others }: Record<string, unknown>): object {
  return others;
}
