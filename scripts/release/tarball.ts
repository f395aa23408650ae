// Archives: one a machine for hosts without dpkg, what both packages have, to be unpacked over /usr/local; and the page.
import { globSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runTool } from '../c-libraries.ts';
import { type Release, ROOT } from './edition.ts';
import { type Entry, writeTree } from './tree.ts';

const TERMS: readonly Entry[] = ['LICENSE', 'NOTICE'].map((path) => ({ path, from: join(ROOT, path) }));

/** Writes `cdi-runtime-<version>-linux-<architecture>.tar.gz`. @returns its path */
export function buildTarball(
  folder: string,
  { version, seconds }: Release,
  architecture: string,
  files: readonly Entry[],
): Promise<string> {
  const entries = files
    .filter(({ path }) => path.startsWith('usr/'))
    .map((entry) => ({ ...entry, path: entry.path.slice('usr/'.length) }));
  const terms = TERMS.map((entry) => ({ ...entry, path: `share/doc/cdi-runtime/${entry.path}` }));
  const inside = { path: 'share/doc/cdictl/licenses.txt', from: join(ROOT, 'dist/cdictl.licenses.txt') };
  return pack(folder, `cdi-runtime-${version}-linux-${architecture}`, [...entries, ...terms, inside], seconds);
}

/** Writes `cdi-runtime-web-<version>.tar.gz` of dist/web. @returns its path */
export function buildWebTarball(folder: string, { version, seconds }: Release): Promise<string> {
  const dist = join(ROOT, 'dist/web');
  const files = globSync('**', { cwd: dist, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .map((from) => ({ path: relative(dist, from), from }));
  return pack(folder, `cdi-runtime-web-${version}`, [...files, ...TERMS], seconds);
}

/** With one folder of its name, which has all of it. */
async function pack(folder: string, name: string, entries: readonly Entry[], seconds: number): Promise<string> {
  const place = join(folder, `${name}.tar.gz`);
  const work = join(folder, `${name}.tree`);
  writeTree(join(work, name), entries, seconds);
  const how = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
  const zip = '--use-compress-program=gzip --no-name --best';
  await runTool('tar', [...how, zip, '-cf', place, '-C', work, name], ROOT);
  rmSync(work, { recursive: true });
  return place;
}
