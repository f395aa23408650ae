// cdictl killed before each call that changes a file, and each of them failing: what comes next gives the old bytes back
// and leaves no litter. FAULTS_EVERY says which of them are tried (each 13th; 1 for all, which takes minutes).
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execaSync } from 'execa';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const EVERY = Number(process.env['FAULTS_EVERY'] ?? 13);
const CDICTL = resolve(import.meta.dirname, '../../dist/cdictl.js');
const ERRNOS = { EIO: 5, EACCES: 13, ENOSPC: 28 } as const;

const folder = temporaryFolder();
const library = join(folder, 'fault.so');
const source = join(import.meta.dirname, 'fixtures/fault.c');
execaSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', library, source]);

interface Story {
  /** what was done before, in the state that must come back */
  readonly base: readonly (readonly string[])[];
  /** and since */
  readonly given?: readonly string[];
  readonly words: readonly string[];
  /** what gives that state back */
  readonly undo: readonly string[];
}

const ENGINES = ['docker', 'containerd', 'crio', 'podman'];
const stories: readonly Story[] = [
  { base: [], words: ['install'], undo: ['uninstall'] },
  { base: [], given: ['install'], words: ['uninstall'], undo: ['uninstall'] },
  ...ENGINES.flatMap((engine): Story[] => {
    const configure = ['engine', 'configure', engine, '--set-default'];
    const unconfigure = ['engine', 'unconfigure', engine];
    return [
      { base: [['install']], words: configure, undo: unconfigure },
      { base: [['install']], given: configure, words: unconfigure, undo: unconfigure },
    ];
  }),
  {
    base: [['install'], ['engine', 'configure', 'docker']],
    words: ['engine', 'configure', 'containerd'],
    undo: ['engine', 'unconfigure', 'containerd'],
  },
];

for (const story of stories)
  test(`nothing is lost and nothing left: ${story.words.join(' ')} after ${story.base.length} others`, async (t) => {
    const { first, host: before } = await stage(story);
    const { calls } = runFaulty(copyOf(before), story.words, 0, 0);
    assert.ok(calls.length > 0);
    const faults = calls.flatMap((call, i) =>
      Object.entries({ KILL: 0, ...ERRNOS }).map(([name, errno]) => ({
        title: `${name} at ${i + 1}, ${call}`,
        at: i + 1,
        errno,
      })),
    );
    const tried = faults.filter((_, i) => i % EVERY === 0);
    const kills = tried.filter(({ errno }) => errno === 0).length;
    t.diagnostic(`${kills} kills and ${tried.length - kills} errors at ${calls.length} calls`);
    const wrong: string[] = [];
    for (const { title, at, errno } of tried) {
      const host = copyOf(before);
      const { status } = runFaulty(host, story.words, at, errno);
      // what failed is taken back at once; going out again has two parts
      const isWhole = errno !== 0 && status === 1 && story.given === undefined;
      const found = [
        ...(isWhole ? compare(host, before.state(), 'at once') : []),
        ...(await judge(copyOf(host), [story.undo], first)),
        ...(await judge(host, [story.words, story.undo], first)),
      ];
      wrong.push(...found.map((what) => `${title}: ${what}`));
    }
    assert.deepEqual(wrong, []);
  });

/** A host as it must be again, and as it is before the words of the story. */
async function stage({ base, given }: Story): Promise<{ first: Record<string, string>; host: EngineHost }> {
  const host = new EngineHost(mkdtempSync(join(folder, 'host-')));
  rmSync(host.at('/usr/local/bin/cdi-runtime'));
  host.put('/etc/docker/daemon.json', '{\n  "debug": false\n}\n');
  host.put('/etc/containerd/config.toml', '# ours\nversion = 3\n');
  for (const words of base) assert.equal((await host.cdictl(...words)).status, 0);
  const first = host.state();
  if (given !== undefined) assert.equal((await host.cdictl(...given)).status, 0);
  return { first, host };
}

function copyOf({ root }: EngineHost): EngineHost {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
  return Object.assign(Object.create(EngineHost.prototype), { root: copy });
}

/** @param at the number of the call that fails; 0: none */
function runFaulty({ root }: EngineHost, words: readonly string[], at: number, errno: number) {
  const log = join(folder, 'calls');
  rmSync(log, { force: true });
  const { exitCode } = execaSync(process.execPath, [CDICTL, '--host-root', root, ...words], {
    env: {
      LD_PRELOAD: library,
      FAULT_ROOT: `${root}/`,
      FAULT_AT: String(at),
      FAULT_ERRNO: String(errno),
      FAULT_LOG: log,
    },
    reject: false,
  });
  const calls = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  return { status: exitCode, calls };
}

/** What is wrong after commands that must do, in words. */
async function judge(
  host: EngineHost,
  commands: readonly (readonly string[])[],
  wanted: Record<string, string>,
): Promise<string[]> {
  const names = commands.map((words) => words.join(' ')).join(', then ');
  for (const words of commands) {
    const { status, stderr } = await host.cdictl(...words);
    if (status !== 0) return [`${names}: ${stderr}`];
  }
  const wrong = compare(host, wanted, names);
  rmSync(host.root, { recursive: true });
  return wrong;
}

function compare(host: EngineHost, wanted: Record<string, string>, when: string): string[] {
  const state = host.state();
  const paths = [...new Set([...Object.keys(state), ...Object.keys(wanted)])];
  return paths.filter((path) => state[path] !== wanted[path]).map((path) => `${when}: ${path}`);
}
