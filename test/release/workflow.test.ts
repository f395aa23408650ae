// The hosted workflow: its form, and that it calls what there is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const workflow = parse(readFileSync(resolve(ROOT, '.github/workflows/release.yml'), 'utf8'), { strict: true });
const { scripts } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

test('it runs for tags, and each of its steps either uses an action of a version or runs something', () => {
  assert.deepEqual(Object.keys(workflow), ['name', 'on', 'permissions', 'jobs']);
  assert.deepEqual(workflow.on, { push: { tags: ['v*'] } });
  const steps: readonly Step[] = workflow.jobs.build.steps;
  for (const { uses, run } of steps) {
    assert.notEqual(uses === undefined, run === undefined);
    if (uses !== undefined) assert.match(uses, /^actions\/[\w-]+@v\d+$/);
  }
  const called = steps.flatMap(({ run = '' }) => [...run.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name));
  assert.deepEqual([...new Set(called)], ['release', 'test:release']);
  for (const name of called) assert.ok(Object.hasOwn(scripts, name), name);
});
