// The program of an engine on this host: its version, and its own check of its files.
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { EngineConfig } from '../../engines/engine.ts';
import { tryReadText } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';
import type { ReaderPlace } from './files.ts';
import { RUNTIME_FOLDERS } from './pinned-runtime.ts';
import type { EnginePlace } from './place.ts';

const LONGEST_MS = 60_000;

/** What became of a check. */
export type Checked =
  | { readonly result: 'good'; readonly command: string; readonly output: string }
  | { readonly result: 'bad'; readonly command: string; readonly output: string }
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
  const found = folders.map((folder) => `${folder}/${name}`).find(isExecutable);
  return found && resolve(found);
}

/**
 * Runs a program to its end, without input. Its time ends also where a child of its own still holds the output, for
 * which `execa` itself would wait.
 */
export async function ask(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  const { execaSync } = await import('execa');
  const { exitCode, stdout, stderr } = execaSync(program, args, {
    // the own one may be gone
    cwd: '/',
    env: { ...env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    timeout: LONGEST_MS,
  });
  return { status: exitCode, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** The engine's version; undefined where its program is not here. Of another root, whose programs are not started, the packages tell. */
export async function readEngineVersion(place: ReaderPlace): Promise<string | undefined> {
  if (place.root !== '') return readPackagedVersion(place.root, place.engine.id);
  const program = findEngineProgram(place);
  if (program === undefined) return undefined;
  const { stdout } = await ask(program, ['--version']);
  return /\bv?(\d+\.\d+[\w.~+-]*)/.exec(stdout)?.[1];
}

/** Whether the engine's program is on this host. */
export function isInstalled(place: ReaderPlace): boolean {
  return findEngineProgram(place) !== undefined;
}

/** Lets the engine itself judge its files. */
export async function checkFiles(place: EnginePlace, config: EngineConfig): Promise<Checked> {
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
  const { status, stdout, stderr } = await ask(program, args, env);
  const checked = { command: command.join(' ') };
  return status === 0
    ? { result: 'good', ...checked, output: stdout }
    : { result: 'bad', ...checked, output: `${stderr}${stdout}` };
}

function findEngineProgram({ engine, files, root }: ReaderPlace): string | undefined {
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

const LIST = '/var/lib/dpkg/status';

/** The packages that an engine comes in: of the distributions, and of its own makers. */
const PACKAGES: { readonly [id: string]: readonly string[] } = {
  docker: ['docker-ce', 'docker.io', 'moby-engine'],
  containerd: ['containerd.io', 'containerd', 'moby-containerd'],
  crio: ['cri-o'],
  podman: ['podman'],
  buildah: ['buildah'],
  buildkit: ['buildkit'],
};

/** undefined where no such package is installed, or the host has no such list. */
function readPackagedVersion(root: string, id: string): string | undefined {
  const paragraphs = (tryReadText(resolveInRoot(root, LIST)) ?? '').split('\n\n');
  const versions = (PACKAGES[id] ?? []).map((name) => {
    const found = paragraphs.find((one) => one.startsWith(`Package: ${name}\n`) && /^Status: .* installed$/m.test(one));
    return /^Version: (?:\d+:)?(\S+)$/m.exec(found ?? '')?.[1];
  });
  return versions.find((version) => version !== undefined);
}
