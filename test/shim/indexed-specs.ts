// Directories of specs in a mount namespace that has a /run of its own, and creates there, with an index and without.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim, SHIM } from '../support/run-shim.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { MountNamespace } from './mount-namespace.ts';

/** From so many files on there is an index. */
export const LEAST_FILES = 32;

/** The device of one of the files that fill a directory. */
export const WANTED = 'vendor.com/gpu=wanted';

export interface Host {
  /** a folder in the namespace */
  readonly root: string;
  /** the last of its spec directories, and all, in the namespace */
  readonly specs: string;
  readonly inside: readonly string[];
  /** all, as this process has to name them */
  readonly directories: readonly string[];
}

/** All that a create may differ in. */
export interface Came {
  readonly status: number | null;
  readonly stderr: string;
  readonly config: string;
  readonly audit: string;
}

export class IndexedSpecs {
  readonly space = new MountNamespace();
  readonly #out = temporaryFolder();
  readonly #runtime = compile('fake-runc', this.#out);
  readonly #program: string;

  /** @param program in place of the shim as it is built */
  constructor(program: string = SHIM) {
    this.#program = program;
    this.space.mount('-t', 'tmpfs', 'none', '/run');
    this.space.mount('-t', 'tmpfs', 'none', '/mnt');
  }

  /** Where indexes are kept, as this process has to name it. */
  get folder(): string {
    return this.space.path('/run/cdi-runtime');
  }

  listIndexes(): string[] {
    return existsSync(this.folder) ? readdirSync(this.folder) : [];
  }

  /** A host without specs. */
  make(name: string, directories: readonly string[] = ['specs']): Host {
    const root = join('/mnt', name);
    const inside = directories.map((directory) => join(root, directory));
    for (const path of [...inside, join(root, 'bundle')]) mkdirSync(this.space.path(path), { recursive: true });
    const lines = [
      `runtime: ${this.#runtime}`,
      `specDirs: [${inside}]`,
      `audit: { path: ${root}/audit.jsonl }`,
      'limits: { spec: 4KiB }',
    ];
    writeFileSync(this.space.path(join(root, 'settings.yaml')), `${lines.join('\n')}\n`);
    return { root, specs: inside.at(-1) ?? '', inside, directories: inside.map((path) => this.space.path(path)) };
  }

  /** A host with so many specs, each of a kind of its own. */
  makeFilled(name: string, count: number): Host {
    const host = this.make(name);
    this.fill(host, count);
    return host;
  }

  fill({ specs }: Host, count: number): void {
    const put = (name: string, text: string): void => writeFileSync(this.space.path(join(specs, name)), text);
    for (let i = 1; i < count; i++) put(`f${i}.yaml`, spec(`vendor${i}.com/gpu`, 'd'));
    put('wanted.yaml', spec('vendor.com/gpu', 'wanted'));
  }

  /** @param prefix what starts the shim in the namespace */
  create({ root }: Host, asked: readonly string[], prefix: readonly string[] = []): Came {
    const at = (name: string): string => this.space.path(join(root, name));
    writeFileSync(at('bundle/config.json'), makeDocument(asked));
    rmSync(at('audit.jsonl'), { force: true });
    const { status, stderr } = runShim({
      ...{ folder: this.#out, args: ['create', '--bundle', join(root, 'bundle'), 'id'], program: this.#program },
      ...{ settings: join(root, 'settings.yaml'), prefix: [...this.space.prefix, ...prefix] },
    });
    const audit = existsSync(at('audit.jsonl')) ? readFileSync(at('audit.jsonl'), 'utf8') : '';
    const config = readFileSync(at('bundle/config.json'), 'utf8');
    return { status, stderr, config, audit: audit.replaceAll(/"(time|record|pid)":("[^"]*"|\d+)/g, '') };
  }

  /** The same where no index can be: what is there is no folder. */
  createWithout(host: Host, asked: readonly string[]): Came {
    const kept = `${this.folder}-kept`;
    if (existsSync(this.folder)) renameSync(this.folder, kept);
    writeFileSync(this.folder, '');
    const came = this.create(host, asked);
    rmSync(this.folder);
    if (existsSync(kept)) renameSync(kept, this.folder);
    return came;
  }

  /** The device is that of the directory that is filled, whatever is below it. */
  demandWanted(host: Host): void {
    const { status, stderr, config } = this.create(host, [WANTED]);
    assert.deepEqual([status, stderr], [STARTED, '']);
    assert.match(config, /"D=wanted"/);
  }

  /** How many files are opened by a search of the spec directories. */
  countOpened(host: Host, asked: readonly string[]): number {
    const log = join(this.#out, 'strace');
    this.create(host, asked, ['strace', '-f', '-e', 'trace=openat', '-o', log]);
    // What is loaded then is opened by its path.
    return readFileSync(log, 'utf8').match(/openat\(\d+, "[^"]*\.(yaml|json)", O_RDONLY/g)?.length ?? 0;
  }

  /** Each of the creates finds the device. */
  createAtOnce({ root }: Host, count: number): void {
    const bundles = Array.from({ length: count }, (_, i) => join(root, `bundle${i}`));
    for (const bundle of bundles) {
      mkdirSync(this.space.path(bundle));
      writeFileSync(this.space.path(join(bundle, 'config.json')), makeDocument([WANTED]));
    }
    const script = `for bundle in ${bundles.join(' ')}; do ${this.#program} create --bundle $bundle id & done; wait`;
    const [tool = '', ...words] = [...this.space.prefix, 'sh', '-c', script];
    const env = { CDI_RUNTIME_CONFIG: join(root, 'settings.yaml'), PATH: '/usr/bin:/bin' };
    assert.equal(spawnSync(tool, words, { env, encoding: 'utf8' }).stderr, '');
    for (const bundle of bundles)
      assert.match(readFileSync(this.space.path(join(bundle, 'config.json')), 'utf8'), /"D=wanted"/);
  }
}

function makeDocument(asked: readonly string[]): string {
  const annotations = asked.length === 0 ? {} : { 'cdi.k8s.io/test': asked.join(',') };
  return JSON.stringify({ process: { env: ['A=1'] }, annotations });
}

/** Returns when no file is so young any more that an index distrusts its times. */
export function untilOld(hosts: readonly Host[]): void {
  const folders = hosts.flatMap(({ directories }) => directories);
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const youngest = Math.max(...files.map((file) => lstatSync(file).ctimeMs));
  while (Date.now() < youngest + 3100) spawnSync('sleep', ['0.05']);
}
