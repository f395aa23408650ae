// A writer that puts files in place by rename while a registry reads them: each answer is of one whole file.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Spec } from '../../src/cdi/spec.ts';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { anHourLater } from '../support/clocks.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import type { Writing } from './fixtures/replacing-writer.ts';

const folder = memoryFolder();
setSchema('none');
const WRITER = new URL('./fixtures/replacing-writer.ts', import.meta.url);

const DEVICE = 'a.com/x=0';
const RENAMES = 1000;
/** How often each version must have been seen. */
const OFTEN = 20;
/** Variables of the spec and of its device each: some pages of text. */
const VARIABLES = 200;
const LONGEST_MS = 120_000;

/** A spec all of whose variables say which version it is. */
function specOf(version: string): Spec {
  const env = (where: string): string[] => Array.from({ length: VARIABLES }, (_, i) => `${where}${i}=${version}`);
  const devices = [{ name: '0', containerEdits: { env: env('DEVICE') } }];
  return { cdiVersion: '0.6.0', kind: 'a.com/x', devices, containerEdits: { env: env('SPEC') } };
}

type Clock = <T>(work: () => T) => T;
const CLOCKS: readonly [title: string, clock: Clock][] = [
  ['', (work) => work()],
  // Times of files are trusted then.
  [', as seen an hour later', anHourLater],
];

for (const by of ['another program', 'the library'] as const)
  for (const [title, clock] of CLOCKS)
    test(`a file that ${by} replaces ${RENAMES} times is never half read${title}`, async (t) => {
      const path = join(mkdtempSync(join(folder, 'place-')), 'a.json');
      const versions = [specOf('first'), specOf('second-and-longer')];
      const state = new Int32Array(new SharedArrayBuffer(8));
      const workerData: Writing = { path, versions, by, state };
      const options = { specDirs: [join(path, '..')] };
      const registry = new Registry(options);
      const worker = new Worker(WRITER, { workerData });
      await once(worker, 'message');
      try {
        const seen = clock(() => readWhile(registry, () => Atomics.load(state, 0) < RENAMES));
        t.diagnostic(`${Atomics.load(state, 0)} renames, seen: ${[...seen].join(' ')}`);
      } finally {
        Atomics.store(state, 1, 1);
        await once(worker, 'exit');
      }
      const last = clock(() => registry.injectDevices('{}', DEVICE));
      assert.equal(last, new Registry(options).injectDevices('{}', DEVICE));
    });

/** Asks the same again and again, until each version was seen often. */
function readWhile(registry: Registry, isBusy: () => boolean): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const end = Date.now() + LONGEST_MS;
  while (isBusy() || seen.size < 2 || Math.min(...seen.values()) < OFTEN) {
    const { process }: { process: { env: string[] } } = JSON.parse(registry.injectDevices('{}', DEVICE));
    const found = new Set(process.env.map((entry) => entry.slice(entry.indexOf('=') + 1)));
    const [version = ''] = found;
    assert.deepEqual([process.env.length, found.size], [2 * VARIABLES, 1]);
    seen.set(version, (seen.get(version) ?? 0) + 1);
    assert.ok(
      Date.now() < end,
      `after ${LONGEST_MS} ms the writer was not done or a version not seen: ${[...seen].join(' ')}`,
    );
  }
  return seen;
}
