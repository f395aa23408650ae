// The packages for npm: the library, cdictl, and the shim for each kind of machine, of what was built before.
// By itself: `node scripts/release/npm-packages.ts FOLDER`, which has cdi-runtime-linux-amd64 and may have -arm64.
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { runTool } from '../c-libraries.ts';
import { ROOT } from './edition.ts';

/** Machines as npm calls them. */
export const CPUS = { amd64: 'x64', arm64: 'arm64' } as const;
/** Manual pages, by their places in the package of cdictl. */
export const MAN: readonly string[] = ['cdictl.1', 'cdi-runtime.yaml.5', 'cdi-runtime.8'].map(
  (page) => `dist/man/${page}`,
);
const CACHE = 'npm-cache';
const TERMS: readonly string[] = ['LICENSE', 'NOTICE'];

export interface Shim {
  readonly path: string;
  readonly architecture: keyof typeof CPUS;
}

/** Writes `<name>-<version>.tgz` for each package into the folder. @returns their paths */
export async function buildNpmPackages(folder: string, shims: readonly Shim[]): Promise<readonly string[]> {
  const { name, version, description, license, type, engines, os, ...own } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const common = { version, license, type };
  const packed = [
    packLibrary(folder, {
      ...{ name, ...common, description: 'The CDI library: reads, checks and writes specs, and injects devices' },
      ...{ engines, sideEffects: own.sideEffects, exports: own.exports, dependencies: own.dependencies },
    }),
    packCdictl(folder, {
      ...{ name: `@${name}/cli`, ...common, description: `cdictl, the tool around the shim. ${description}` },
      ...{ engines, os, bin: { cdictl: 'dist/cdictl.js' }, man: MAN, publishConfig: { access: 'public' } },
      optionalDependencies: Object.fromEntries(
        shims.map(({ architecture }) => [`@${name}/linux-${CPUS[architecture]}`, version]),
      ),
    }),
    ...shims.map(({ path, architecture }) =>
      packShim(folder, path, {
        ...{ name: `@${name}/linux-${CPUS[architecture]}`, ...common, description },
        ...{ os, cpu: [CPUS[architecture]], publishConfig: { access: 'public' } },
      }),
    ),
  ];
  try {
    return await Promise.all(packed);
  } finally {
    rmSync(join(folder, CACHE), { recursive: true, force: true });
  }
}

interface Manifest {
  readonly name: string;
  readonly [key: string]: unknown;
}

function packLibrary(folder: string, manifest: Manifest): Promise<string> {
  const dist = join(ROOT, 'dist');
  const modules = [...reach(join(dist, 'index.js')), ...reach(join(dist, 'index.d.ts'))];
  return pack(folder, manifest, readFileSync(join(ROOT, 'README.md'), 'utf8'), (stage) => {
    for (const path of [...modules.map((module) => relative(ROOT, module)), 'SECURITY.md', 'docs/errors.md']) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      copyFileSync(join(ROOT, path), join(stage, path));
    }
    for (const path of ['schemas', 'docs/go-to-typescript.md', 'docs/library.md'])
      cpSync(join(ROOT, path), join(stage, path), { recursive: true });
  });
}

/** A module that was built, and all that it imports, modules or types. */
function reach(module: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(module)) return found;
  found.add(module);
  for (const [, path = ''] of readFileSync(module, 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const imported = resolve(dirname(module), path);
    reach(module.endsWith('.d.ts') ? imported.replace(/\.[jt]s$/, '.d.ts') : imported, found);
  }
  return found;
}

function packCdictl(folder: string, manifest: Manifest): Promise<string> {
  const text = `cdictl installs the shim \`cdi-runtime\`, configures container engines, generates specs and explains what
containers get. The shim comes with the package for this kind of machine.

    npm install --global ${manifest.name}
    cdictl install
    cdictl engine configure docker
`;
  return pack(folder, manifest, `# ${manifest.name}\n\n${text}`, (stage) => {
    for (const name of ['cdictl.js', 'cdictl.licenses.txt', 'cdictl', 'man'])
      cpSync(join(ROOT, 'dist', name), join(stage, 'dist', name), {
        recursive: true,
        filter: (path) => !path.endsWith('.map'),
      });
    for (const part of ['kubernetes', 'logrotate', 'systemd', 'udev'])
      cpSync(join(ROOT, 'deploy', part), join(stage, 'deploy', part), { recursive: true });
  });
}

function packShim(folder: string, shim: string, manifest: Manifest): Promise<string> {
  const text = `The program \`cdi-runtime\` for this kind of machine, as it comes with \`@cdi-runtime/cli\`.\n`;
  return pack(folder, manifest, `# ${manifest.name}\n\n${text}`, (stage) => {
    mkdirSync(join(stage, 'bin'));
    copyFileSync(shim, join(stage, 'bin/cdi-runtime'));
    chmodSync(join(stage, 'bin/cdi-runtime'), 0o755);
  });
}

/** npm gives files one time and one owner, so that the same content is the same bytes. */
async function pack(
  folder: string,
  manifest: Manifest,
  readme: string,
  fill: (stage: string) => void,
): Promise<string> {
  const stage = join(folder, `${manifest.name.replace(/^@|\//g, (sign) => (sign === '/' ? '-' : ''))}.stage`);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(stage, 'README.md'), readme);
  for (const name of TERMS) copyFileSync(join(ROOT, name), join(stage, name));
  fill(stage);
  const cache = join(folder, CACHE);
  try {
    const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, '--cache', cache, stage];
    return join(folder, (await runTool('npm', words, ROOT)).trim());
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** The shims in a folder, by the names that a release gives them. */
export function findShims(folder: string): readonly Shim[] {
  const all = (['amd64', 'arm64'] as const).map((architecture): Shim => {
    const path = join(folder, `cdi-runtime-linux-${architecture}`);
    return { path, architecture };
  });
  return all.filter(({ path }) => existsSync(path));
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? join(ROOT, 'build/release'));
  for (const path of await buildNpmPackages(folder, findShims(folder))) console.log(path);
}
