// Runs operations on the host of the shim, in a binary made of the shim's own sources.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { probeBinary, type Run, shim } from '../shim/probe-binary.ts';
import type { Operation } from './operations.ts';

const root = resolve(import.meta.dirname, '../..');
const parts = ['src/host/host.ts', 'src/host/quickjs.ts', 'test/host/operations.ts'].map((name) => join(root, name));

/** What the operations give, one after another, in a shim started in `cwd`. */
export function operateShim(cwd: string, operations: readonly Operation[], run: Partial<Run> = {}): unknown[] {
  // Without a request in the bundle the shim would not start its core.
  const bundle = join(cwd, 'config.json');
  if (!existsSync(bundle)) writeFileSync(bundle, '{"annotations": {"cdi.k8s.io/x": ""}}');
  const { stderr, status } = shim(probeBinary(join(import.meta.dirname, 'fixtures/port.ts'), parts), {
    args: ['create', 'x'],
    ...run,
    cwd,
    env: { PORT: JSON.stringify(operations), ...run.env },
  });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /^\[/);
  return JSON.parse(stderr);
}
