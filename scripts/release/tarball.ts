// One archive a machine for hosts without dpkg: what both packages have, to be unpacked over /usr/local.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../c-libraries.ts';
import { type Release, ROOT } from './edition.ts';
import { type Entry, writeTree } from './tree.ts';

/** Writes `<name>-<version>-linux-<architecture>.tar.gz`. @returns its path */
export async function buildTarball(
  folder: string,
  { version, seconds }: Release,
  architecture: string,
  files: readonly Entry[],
): Promise<string> {
  const name = `cdi-runtime-${version}-linux-${architecture}`;
  const place = join(folder, `${name}.tar.gz`);
  const work = join(folder, `${name}.tree`);
  const entries = files
    .filter(({ path }) => path.startsWith('usr/'))
    .map((entry) => ({ ...entry, path: `${name}/${entry.path.slice('usr/'.length)}` }));
  const terms = ['LICENSE', 'NOTICE'].map((file) => ({
    path: `${name}/share/doc/cdi-runtime/${file}`,
    from: join(ROOT, file),
  }));
  const inside = { path: `${name}/share/doc/cdictl/licenses.txt`, from: join(ROOT, 'dist/cdictl.licenses.txt') };
  writeTree(work, [...entries, ...terms, inside], seconds);
  const how = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
  const zip = '--use-compress-program=gzip --no-name --best';
  await runTool('tar', [...how, zip, '-cf', place, '-C', work, name], ROOT);
  rmSync(work, { recursive: true });
  return place;
}
