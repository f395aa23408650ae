// A story of test/fixtures/inject: a container, the specs of its host, and what must come of it.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const STORIES = resolve(import.meta.dirname, '../fixtures/inject');

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
  return readdirSync(STORIES).sort();
}

/** Lays a story out in a folder that is not there yet, with a runtime in its settings. */
export function layOut(name: string, root: string, runtime: string): Story {
  const from = join(STORIES, name);
  const read = (file: string): Buffer => withRoot(readFileSync(join(from, file)), root);
  const has = (file: string): boolean => existsSync(join(from, file));
  const bundle = join(root, 'bundle');
  mkdirSync(bundle, { recursive: true });
  for (const part of ['cdi', 'etc', 'run']) if (has(part)) copy(join(from, part), join(root, part), root);
  const directories = (has('cdi') ? ['cdi'] : ['etc', 'run']).map((part) => join(root, part));
  const extra = has('settings.yaml') ? read('settings.yaml').toString() : '';
  const settings = join(root, 'settings.yaml');
  const audit = /^audit:/m.test(extra) ? '' : `audit: { path: ${root}/audit/audit.jsonl }\n`;
  writeFileSync(settings, `runtime: ${runtime}\nspecDirs: [${directories.join(', ')}]\n${audit}${extra}`, {
    mode: 0o644,
  });
  const before = read('config.json');
  const config = join(bundle, 'config.json');
  const reset = (): void => writeFileSync(config, before);
  reset();
  const want = has('want.json') ? read('want.json') : has('want-unchanged') ? before : undefined;
  const wantError = has('want-error.txt') ? read('want-error.txt').toString().trimEnd() : undefined;
  return { root, bundle, config, settings, before, reset, want, wantError };
}

function copy(from: string, to: string, root: string): void {
  if (!statSync(from).isDirectory()) {
    writeFileSync(to, withRoot(readFileSync(from), root), { mode: 0o644 });
    return;
  }
  mkdirSync(to);
  for (const name of readdirSync(from)) copy(join(from, name), join(to, name), root);
}

/** Byte by byte, since a fixture need not be UTF-8. */
function withRoot(text: Buffer, root: string): Buffer {
  return Buffer.from(text.toString('latin1').replaceAll(/\$\{ROOT\}/g, root), 'latin1');
}
