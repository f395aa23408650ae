// The program of an engine on this host: its version, and its own check of its files.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { EngineConfig } from '../engines/engine.ts';
import type { EnginePlace } from './engine-place.ts';
import { RUNTIME_FOLDERS } from './pinned-runtime.ts';

const LONGEST_MS = 60_000;

/** What became of a check. */
export type Checked =
  | { readonly result: 'good'; readonly command: string }
  | { readonly result: 'bad'; readonly command: string; readonly said: string }
  | { readonly result: 'skipped'; readonly why: string };

export interface Said {
  /** undefined: the program was not to be started, or was ended by a signal */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The path of a program, searched in PATH and then where daemons are. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''), ...RUNTIME_FOLDERS];
  return folders.map((folder) => `${folder}/${name}`).find(isExecutable);
}

/** Runs a program to its end, without input. */
export function ask(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Said {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  });
  return { status: status ?? undefined, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** The engine's version; undefined where its program is not here. Programs below another root are not started. */
export function engineVersion(place: EnginePlace): string | undefined {
  const program = programOf(place);
  if (program === undefined) return undefined;
  const { stdout } = ask(program, ['--version']);
  return /\bv?(\d+\.\d+[\w.~+-]*)/.exec(stdout)?.[1];
}

/** Whether the engine's program is on this host. */
export function isInstalled(place: EnginePlace): boolean {
  return programOf(place) !== undefined;
}

/** Lets the engine itself judge its files. */
export function checkFiles(place: EnginePlace, config: EngineConfig): Checked {
  const { command, env } = place.engine.check(config);
  const [name = '', ...args] = command;
  if (place.root !== '') return { result: 'skipped', why: `the ${name} of another root is not started` };
  const program = findProgram(name);
  if (program === undefined) return { result: 'skipped', why: `${name} is not installed` };
  const { main, dropIn } = config.files;
  const gone = [...args, ...Object.values(env)].find(
    (word) => [main, dropIn].includes(word) && !config.texts.has(word),
  );
  if (gone !== undefined) return { result: 'skipped', why: `there is no ${gone}` };
  const { status, stdout, stderr } = ask(program, args, env);
  const checked = { command: command.join(' ') };
  return status === 0 ? { result: 'good', ...checked } : { result: 'bad', ...checked, said: `${stderr}${stdout}` };
}

function programOf({ engine, files, root }: EnginePlace): string | undefined {
  const [name = ''] = engine.check({ files, texts: new Map() }).command;
  return root === '' ? findProgram(name) : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
