// The packages as users get them: published to a registry on loopback, installed from it by each package manager, and run.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execaSync } from 'execa';
import { buildNpmPackages } from '../../scripts/release/npm-packages.ts';
import { systemNode } from '../../test/support/system-node.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SHIM = join(ROOT, 'dist/cdi-runtime');
/** Kept between runs: some hundred MB that nothing else here needs. */
const TOOLS = join(ROOT, 'build/npm-tools');
const MANIFEST = {
  private: true,
  dependencies: { bun: '1.4.5', deno: '2.9.6', pnpm: '12.21.0', verdaccio: '6.10.4' },
  // a tag of it that a registry need not have
  overrides: { 'node-fetch': '2.7.0' },
};
const tool = (name: string): string => join(TOOLS, 'node_modules/.bin', name);
const folder = temporaryFolder();
const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

function reasonToSkip(): string | false {
  mkdirSync(TOOLS, { recursive: true });
  const manifest = join(TOOLS, 'package.json');
  const wanted = JSON.stringify(MANIFEST);
  if (existsSync(manifest) && readFileSync(manifest, 'utf8') === wanted && existsSync(tool('verdaccio'))) return false;
  writeFileSync(manifest, wanted);
  const { failed } = execaSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: TOOLS, reject: false });
  return failed ? 'npm brings no verdaccio, bun, deno and pnpm' : false;
}

/** A port that nobody has now. */
async function findPort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((done) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(address !== null && typeof address === 'object' ? address.port : 0);
    }),
  );
  await new Promise((done) => server.close(done));
  return port;
}

function writeRegistry(storage: string, elsewhere: string): string {
  const all = { access: '$all', publish: '$all', unpublish: '$all' };
  const path = join(folder, 'verdaccio.yaml');
  const config = {
    storage,
    auth: { htpasswd: { file: join(storage, 'htpasswd') } },
    uplinks: { elsewhere: { url: elsewhere } },
    // what is ours comes from nowhere else
    packages: { 'cdi-runtime': all, '@cdi-runtime/*': all, '**': { access: '$all', proxy: 'elsewhere' } },
    log: { type: 'stdout', format: 'json', level: 'warn' },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const PROGRAM = `
const registry = new Registry({ specDirs: [process.argv[2]] });
console.log(registry.listDevices().join(' '), registry.getErrors().size, JSON.stringify(registry.injectDevices({}, 'vendor.com/gpu=0').process.env));
`;
const TOLD = 'vendor.com/gpu=0 vendor.com/gpu=1 0 ["GPU=0"]\n';

describe('packages of npm', { skip: reasonToSkip() }, () => {
  let daemon: Daemon | undefined;
  let registry = '';
  const specs = join(folder, 'specs');
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_|HOME$)/.test(name))),
    ...{ NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'], HOME: join(folder, 'home'), CI: 'true' },
    ...{ NODE_DISABLE_COMPILE_CACHE: '1', NO_COLOR: '1' },
  };
  const run = (cwd: string, program: string, ...words: string[]): string => {
    const { failed, all, stdout } = execaSync(program, words, {
      ...{ all: true, cwd, env, extendEnv: false, reject: false, stripFinalNewline: false, timeout: 300_000 },
    });
    assert.ok(!failed, `${program} ${words.join(' ')}:\n${all}`);
    return stdout;
  };
  /** A new project whose packages come from our registry alone. */
  const project = (name: string): string => {
    const place = join(folder, name);
    mkdirSync(place);
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, private: true }));
    copyFileSync(join(folder, 'home/.npmrc'), join(place, '.npmrc'));
    return place;
  };
  /** cdictl of some place tells its version and installs the shim that came with it. */
  const works = (place: string, ...words: [string, ...string[]]): void => {
    const [program, ...first] = words;
    assert.match(run(place, program, ...first, '--version'), new RegExp(`\\b${version}\\b`));
    const shim = join(place, 'installed-shim');
    run(place, program, ...first, 'install', '--path', shim);
    assert.deepEqual(readFileSync(shim), readFileSync(SHIM));
  };

  before(async () => {
    const [port, elsewhere] = [await findPort(), execaSync('npm', ['config', 'get', 'registry']).stdout];
    registry = `http://127.0.0.1:${port}/`;
    for (const name of ['home', 'storage', 'packed', 'specs']) mkdirSync(join(folder, name));
    writeFileSync(
      join(folder, 'home/.npmrc'),
      `registry=${registry}\n//127.0.0.1:${port}/:_authToken=none\nupdate-notifier=false\n`,
    );
    const device = (name: string): object => ({ name, containerEdits: { env: [`GPU=${name}`] } });
    const spec = { cdiVersion: '0.6.0', kind: 'vendor.com/gpu', devices: [device('0'), device('1')] };
    writeFileSync(join(specs, 'gpu.json'), JSON.stringify(spec));
    const config = writeRegistry(join(folder, 'storage'), elsewhere);
    daemon = await startDaemon(
      [process.execPath, tool('verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`],
      env,
      join(folder, 'verdaccio.log'),
      () => !execaSync('npm', ['ping'], { cwd: join(folder, 'home'), env, extendEnv: false, reject: false }).failed,
    );
    // Which of the two comes is what matters here: the other machine's has the same bytes.
    const packages = await buildNpmPackages(join(folder, 'packed'), [
      { path: SHIM, architecture: 'amd64' },
      { path: SHIM, architecture: 'arm64' },
    ]);
    for (const path of packages) run(join(folder, 'home'), 'npm', 'publish', path);
  });
  after(() => daemon?.stop());

  test('npm installs cdictl for everybody, with the shim for this machine alone', () => {
    const prefix = join(folder, 'prefix');
    run(project('global'), 'npm', 'install', '--global', '--prefix', prefix, '@cdi-runtime/cli');
    works(prefix, join(prefix, 'bin/cdictl'));
    const packages = ['lib/node_modules/@cdi-runtime', 'lib/node_modules/@cdi-runtime/cli/node_modules/@cdi-runtime'];
    const has = (cpu: string): boolean =>
      packages.some((place) => existsSync(join(prefix, place, `linux-${cpu}/bin/cdi-runtime`)));
    assert.deepEqual(
      ['x64', 'arm64'].map(has),
      ['x64', 'arm64'].map((cpu) => cpu === process.arch),
    );
  });

  test('npx runs cdictl without an installation', () => {
    works(project('npx'), 'npx', '--yes', '@cdi-runtime/cli');
  });

  test('pnpm installs cdictl', () => {
    const place = project('pnpm');
    run(place, tool('pnpm'), 'add', '@cdi-runtime/cli');
    works(place, join(place, 'node_modules/.bin/cdictl'));
  });

  test('bun installs cdictl', () => {
    const place = project('bun');
    run(place, tool('bun'), 'add', '@cdi-runtime/cli');
    works(place, join(place, 'node_modules/.bin/cdictl'));
  });

  const esm = `import { Registry } from 'cdi-runtime';${PROGRAM}`;
  const cjs = `const { Registry } = require('cdi-runtime');${PROGRAM}`;
  const installed = (): string => {
    const place = join(folder, 'library');
    if (existsSync(place)) return place;
    project('library');
    run(place, 'npm', 'install', 'cdi-runtime');
    writeFileSync(join(place, 'program.mjs'), esm);
    writeFileSync(join(place, 'program.cjs'), cjs);
    return place;
  };
  const system = systemNode();
  const readers: [title: string, skip: string | false, program: string, ...words: string[]][] = [
    ['our Node', false, process.execPath],
    [`the system's Node ${system.version}`, system.skip, system.path],
    ['Deno', false, tool('deno'), 'run', '--allow-all'],
    ['Bun', false, tool('bun'), 'run'],
  ];
  for (const [title, skip, program, ...words] of readers)
    for (const file of ['program.mjs', 'program.cjs'])
      test(`${title} reads a directory of specs, by ${file}`, { skip }, () => {
        assert.equal(run(installed(), program, ...words, file, specs), TOLD);
      });
});
