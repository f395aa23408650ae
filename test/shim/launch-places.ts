// A machine whose directories of runtimes, and whose settings, are what a test says.
import type { SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { launcher, type Start, start } from './launch.ts';

/** What lies at a place: a copy of a program, another name of it, a link's target, or a text. */
export type Placed =
  | { readonly copy: string }
  | { readonly name: string }
  | { readonly link: string }
  | { readonly text: string };

export type Places = { readonly [path: string]: Placed };

/** A folder that stands for `/`, as far as runtimes and settings go: `/etc` and the directories that are searched. */
export class LaunchPlaces {
  readonly #folder: string;
  readonly #launcher: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#launcher = launcher(folder);
  }

  /** Paths that begin with `/` are placed on the machine, others in the folder in which the program is started. */
  start(places: Places, run: Pick<Start, 'program'> & Partial<Start>): SpawnSyncReturns<string> & { folder: string } {
    const root = mkdtempSync(join(this.#folder, 'root-'));
    for (const directory of DIRECTORIES) mkdirSync(join(root, directory), { recursive: true });
    for (const [path, placed] of Object.entries(places)) {
      const at = join(root, path);
      mkdirSync(dirname(at), { recursive: true });
      if ('copy' in placed) copyFileSync(placed.copy, at);
      else if ('name' in placed) linkSync(join(root, placed.name), at);
      else if ('link' in placed) symlinkSync(placed.link, at);
      else writeFileSync(at, placed.text, { mode: placed.text.startsWith('#!') ? 0o755 : 0o644 });
    }
    const outcome = start(this.#launcher, root, {
      words: [run.program, 'state', 'x'],
      environment: [],
      ...run,
      conditions: ['own-settings', 'own-runtimes', ...(run.conditions ?? [])],
    });
    return { ...outcome, folder: root };
  }
}

const DIRECTORIES = ['etc', 'usr/local/sbin', 'usr/local/bin', 'usr/sbin', 'usr/bin', 'sbin', 'bin'];
