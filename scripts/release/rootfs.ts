// What the images have of this project, whatever they stand on: the files of each, by the name of its stage in the Dockerfile.
// By itself: `node scripts/release/rootfs.ts FOLDER` writes a folder for each image, as the Dockerfile does.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from './edition.ts';
import { type Entry, writeTree } from './tree.ts';

const PROGRAM = 0o755;
const TERMS: readonly string[] = ['LICENSE', 'NOTICE'];

export type ImageName = 'cdi-runtime' | 'cdictl';

/** The files of an image, with the shim that is at a path. */
export const listFiles: Readonly<Record<ImageName, (shim: string) => readonly Entry[]>> = {
  'cdi-runtime': listShim,
  cdictl: listCdictl,
};

function listShim(shim: string): readonly Entry[] {
  return [
    { path: 'cdi-runtime', from: shim, mode: PROGRAM },
    ...TERMS.map((name) => ({ path: name, from: join(ROOT, name) })),
  ];
}

function listCdictl(shim: string): readonly Entry[] {
  const { name, version, license, type } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const home = 'opt/cdi-runtime';
  const dist = `${home}/dist`;
  const modules = readdirSync(join(ROOT, 'dist/cdictl')).filter((module) => !module.endsWith('.map'));
  return [
    { path: 'usr/local/bin/cdictl', link: '/opt/cdi-runtime/dist/cdictl.js' },
    { path: `${home}/package.json`, text: `${JSON.stringify({ name, version, license, type }, null, 2)}\n` },
    ...TERMS.map((file) => ({ path: `${home}/${file}`, from: join(ROOT, file) })),
    { path: `${dist}/cdictl.js`, from: join(ROOT, 'dist/cdictl.js'), mode: PROGRAM },
    { path: `${dist}/cdictl.licenses.txt`, from: join(ROOT, 'dist/cdictl.licenses.txt') },
    ...modules.map((module) => ({ path: `${dist}/cdictl/${module}`, from: join(ROOT, 'dist/cdictl', module) })),
    { path: `${dist}/cdi-runtime`, from: shim, mode: PROGRAM },
    { path: 'host' },
  ];
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? join(ROOT, 'build/rootfs'));
  const now = Math.floor(Date.now() / 1000);
  for (const [name, list] of Object.entries(listFiles)) {
    writeTree(join(folder, name), list(join(ROOT, 'dist/cdi-runtime')), now);
  }
}
