// A story of test/fixtures/inject: a container, the specs of its host, and what must come of it.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readStories } from './story-files.ts';

const STORIES = readStories(resolve(import.meta.dirname, '../fixtures/inject'));

/** What lies in the spec directories, or in the place of one. */
const SPECS = /^(?:cdi|etc|run)(?:\/|$)/;

export interface Story {
  /** the folder that `${ROOT}` stands for in its texts */
  readonly root: string;
  readonly bundle: string;
  readonly config: string;
  readonly settings: string;
  /** the document as it is before anything is done, and how to have that again */
  readonly before: Buffer;
  reset(): void;
  /** the document that must come of it; `before` where it must stay as it is */
  readonly want: Buffer | undefined;
  /** the error that must come of it */
  readonly wantError: string | undefined;
}

export function storyNames(): string[] {
  return [...STORIES.keys()].sort();
}

/** Lays a story out in a folder that is not there yet, with a runtime in its settings. */
export function layOut(name: string, root: string, runtime: string): Story {
  const files = STORIES.get(name);
  assert.ok(files, `there is no story ${name}`);
  const read = (file: string): Buffer | undefined => {
    const content = files.get(file);
    return content && withRoot(content, root);
  };
  const bundle = join(root, 'bundle');
  mkdirSync(bundle, { recursive: true });
  const parts = [...files.keys()].filter((file) => SPECS.test(file));
  for (const file of parts) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), read(file) ?? '', { mode: 0o644 });
  }
  const directories = (parts.some((file) => file.startsWith('cdi/')) ? ['cdi'] : ['etc', 'run']).map((part) =>
    join(root, part),
  );
  const extra = read('settings.yaml')?.toString() ?? '';
  const settings = join(root, 'settings.yaml');
  const audit = /^audit:/m.test(extra) ? '' : `audit: { path: ${root}/audit/audit.jsonl }\n`;
  // What the specs of most stories name, the host of the test does not have.
  const stale = /^stale:/m.test(extra) ? '' : 'stale: warn\n';
  writeFileSync(settings, `runtime: ${runtime}\nspecDirs: [${directories.join(', ')}]\n${audit}${stale}${extra}`, {
    mode: 0o644,
  });
  const before = read('config.json');
  assert.ok(before, `${name} has no config.json`);
  const config = join(bundle, 'config.json');
  const reset = (): void => writeFileSync(config, before);
  reset();
  const want = read('want.json') ?? (files.has('want-unchanged') ? before : undefined);
  const wantError = read('want-error.txt')?.toString().trimEnd();
  return { root, bundle, config, settings, before, reset, want, wantError };
}

function withRoot(text: Buffer, root: string): Buffer {
  return Buffer.from(text.toString().replaceAll(/\$\{ROOT\}/g, root));
}
