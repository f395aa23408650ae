// Command lines through the shim to the real runtimes: the file that is edited is the one that the runtime opens.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { type Family, readLine } from '../../src/oci/command-line.ts';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const VECTORS = join(import.meta.dirname, '../conformance/contract/vectors.json');

interface Vector {
  readonly id: string;
  readonly family: string;
  readonly argv: readonly string[];
  readonly cwd: string;
}

interface Layout {
  readonly dirs: readonly string[];
  readonly filesInEachDir: readonly string[];
  readonly dirsInEachDir: readonly string[];
  readonly emptyDirs: readonly string[];
  readonly symlinks: { readonly [link: string]: string };
}

/** Both runtimes refuse it as soon as they have read it, and say the same of it before and after the injection. */
const CONFIG =
  '{"ociVersion":"1.0.2","process":{"args":["x"],"cwd":"x","env":["A=1"]},"root":{"path":"rootfs"},' +
  '"annotations":{"cdi.k8s.io/x":"vendor.com/class=x"}}';
const EDITED = CONFIG.replace('"A=1"', '"A=1","X=1"');

/** It looks at its log before its bundle and refuses this one: what was edited then does no harm. */
const REFUSED_BY_ITS_LOG = ['crun-073'];

const folder = temporaryFolder();
const root = join(folder, 'root');
const settings = join(folder, 'settings.yaml');
const calls = join(folder, 'calls');
mkdirSync(join(folder, 'cdi'));
writeFileSync(settings, `specDirs: [${folder}/cdi]\naudit: { enabled: false }\n`, { mode: 0o644 });
writeFileSync(
  join(folder, 'cdi/vendor.yaml'),
  'cdiVersion: 0.3.0\nkind: vendor.com/class\ndevices: [{ name: x, containerEdits: { env: [X=1] } }]\n',
);

const { layout, vectors }: { layout: Layout; vectors: Vector[] } = JSON.parse(readFileSync(VECTORS, 'utf8'));

function layOut(): void {
  const place = (path: string, put: (path: string) => void): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    put(join(root, path));
  };
  for (const directory of layout.dirs) {
    for (const name of layout.dirsInEachDir) mkdirSync(join(root, directory, name), { recursive: true });
    for (const name of layout.filesInEachDir) place(join(directory, name), (path) => writeFileSync(path, CONFIG));
  }
  for (const directory of layout.emptyDirs) mkdirSync(join(root, directory), { recursive: true });
  for (const [link, target] of Object.entries(layout.symlinks)) place(link, (path) => symlinkSync(target, path));
}

interface Outcome {
  readonly status: number | null;
  readonly said: string;
  /** what a run left behind besides its changes to the documents, such as logs: their texts by their paths */
  readonly left: { readonly [path: string]: string };
}

/** Runs a line where only /run is its own, and takes away what it leaves. */
function run(program: readonly string[], { argv, cwd }: Vector): Outcome {
  const before = new Set(everything());
  const words = argv.map((word) => word.replaceAll('@ABS@', root));
  const script = 'mount -t tmpfs none /run && exec "$@"';
  const outcome = spawnSync('unshare', ['-m', '/bin/sh', '-c', script, 'sh', ...program, ...words], {
    cwd: join(root, cwd),
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', CDI_RUNTIME_CONFIG: settings },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const left = everything().filter((path) => !before.has(path));
  const texts = left.map((path) => [path, readText(join(root, path))] as const);
  for (const path of left) rmSync(join(root, path), { recursive: true, force: true });
  return { status: outcome.status, said: said(outcome), left: Object.fromEntries(texts) };
}

function said({ stdout, stderr }: SpawnSyncReturns<string>): string {
  return withoutTimes(`${stdout}\0${stderr}`);
}

function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME');
}

function readText(path: string): string {
  try {
    return withoutTimes(readFileSync(path, 'utf8'));
  } catch {
    return '';
  }
}

function everything(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' });
}

/** The documents that the traced run opened, without the layout's path. */
function opened(): string[] {
  const paths = readFileSync(calls, 'latin1').matchAll(/ = \d+<([^>]*)>$/gm);
  const real = [...paths].map(([, path = '']) => unescaped(path)).filter((path) => path.startsWith(`${root}/`));
  return unique(real.filter((path) => layout.filesInEachDir.includes(basename(path))).map(fromRoot));
}

/** strace writes bytes that are no ASCII in octal. */
function unescaped(path: string): string {
  const bytes = path.replaceAll(/\\([0-7]{1,3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The documents that were edited, which are as before afterwards. */
function edited(): string[] {
  const documents = everything().filter((path) => layout.filesInEachDir.includes(basename(path)));
  const real = unique(documents.map((path) => realpathSync(join(root, path))));
  const changed = real.filter((path) => readText(path) !== CONFIG);
  for (const path of changed) {
    assert.equal(readText(path), EDITED, path);
    writeFileSync(path, CONFIG);
  }
  return changed.map(fromRoot);
}

function fromRoot(path: string): string {
  return relative(root, path);
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort();
}

layOut();
for (const family of ['runc', 'crun'] satisfies Family[]) {
  const runtime = ['/usr/sbin', '/usr/bin'].map((path) => join(path, family)).find(existsSync);
  const shim = join(folder, `cdi-${family}`);
  symlinkSync(SHIM, shim);
  const strace = ['strace', '-f', '-qq', '--seccomp-bpf', '-y', '-e', 'trace=open,openat,openat2', '-o', calls];
  const skip =
    runtime === undefined ? `there is no ${family}` : process.getuid?.() === 0 ? false : 'only root may mount';
  for (const vector of vectors.filter((vector) => vector.family === family))
    test(`${family} opens what the shim edits, and says the same: ${vector.id}: ${vector.argv.join(' ')}`, {
      skip,
    }, () => {
      const direct = run([...strace, runtime ?? ''], vector);
      assert.deepEqual(edited(), []);
      const through = run([shim], vector);
      const files = edited();
      const line = readLine(
        family,
        vector.argv.map((word) => word.replaceAll('@ABS@', root)),
      );
      if (line !== undefined && !('config' in line)) {
        assert.deepEqual([opened(), files, through.status], [[], [], 1]);
        assert.match(through.said, /^\0cannot read the command line of a /);
        return;
      }
      assert.deepEqual(through, direct);
      if (REFUSED_BY_ITS_LOG.includes(vector.id)) assert.deepEqual([opened(), direct.status], [[], 1]);
      else assert.deepEqual(files, opened());
    });
}
