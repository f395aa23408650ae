// The C libraries that are compiled here, from Debian's own sources: fetched by apt-get, checked, and unpacked in build/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';
import { readLists } from './apt-lists.ts';
import { changeLibyaml } from './libyaml-changes.ts';

interface Source {
  /** Debian's version. Another one is an update: look at its changes, then write it and its hash here. */
  readonly version: string;
  /** the archive with the code; Debian's own patches of these touch no file that is compiled here */
  readonly archive: string;
  readonly sha256: string;
  /** by its name among SPDX's */
  readonly license: string;
  /** what is done to the code before it is compiled */
  readonly change?: (folder: string) => void;
}

/** All that is compiled in from sources of others. */
export const SOURCES = {
  quickjs: {
    version: '2025.04.26-1',
    archive: 'quickjs_2025.04.26.orig.tar.xz',
    sha256: 'ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe',
    license: 'MIT',
  },
  libyaml: {
    version: '0.2.5-2',
    archive: 'libyaml_0.2.5.orig.tar.gz',
    sha256: 'fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e',
    license: 'MIT',
    change: changeLibyaml,
  },
  libmd: {
    version: '1.1.0-2',
    archive: 'libmd_1.1.0.orig.tar.xz',
    sha256: '1bd6aa42275313af3141c7cf2e5b964e8b1fd488025caf2f971f43b00776b332',
    license: 'BSD-3-Clause AND Beerware',
    // what its configure would find out of what is compiled here
    change: (folder) => writeFileSync(join(folder, 'include/config.h'), '#define HAVE_UNISTD_H 1\n'),
  },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof SOURCES;

const root = resolve(import.meta.dirname, '..');
const store = join(root, 'build/sources');

/**
 * The folder with a library's code, fetched when it is not there yet.
 *
 * @throws when Debian has another version by now, or the archive is not the one that is recorded
 */
export function sourceOf(name: SourceName): string {
  const source: Source = SOURCES[name];
  const folder = join(store, `${name}-${identify(source)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(store, { recursive: true });
  const work = mkdtempSync(join(store, 'fetch-'));
  try {
    fetch(name, source, work);
    const archive = join(work, source.archive);
    const found = createHash('sha256').update(readFileSync(archive)).digest('hex');
    if (found !== source.sha256) {
      throw new Error(
        `${source.archive} has the SHA-256 ${found}, and ${source.sha256} is recorded in scripts/sources.ts`,
      );
    }
    const unpacked = join(work, 'unpacked');
    mkdirSync(unpacked);
    run('tar', ['-xf', archive, '-C', unpacked, '--strip-components=1'], work);
    source.change?.(unpacked);
    moveUnlessThere(unpacked, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Another build beside this one may have been first, with the same bytes. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** A change to what is done to the code makes another folder, too. */
function identify({ version, change }: Source): string {
  const text = change === undefined ? '' : `${change}${readFileSync(join(import.meta.dirname, 'libyaml-changes.ts'))}`;
  return `${version}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** apt-get checks what it gets by Debian's signatures. */
function fetch(name: string, { version }: Source, work: string): void {
  const words = readLists(work, 'deb-src');
  const { exitCode, stderr } = execaSync(
    'apt-get',
    [...words, 'source', '-qq', '--download-only', '--tar-only', `${name}=${version}`],
    {
      cwd: work,
      reject: false,
    },
  );
  if (exitCode === 0) return;
  const { stdout } = execaSync('apt-cache', [...words, 'showsrc', name], { cwd: work, reject: false });
  const others = [...(stdout ?? '').matchAll(/^Version: (.+)/gm)]
    .map(([, other]) => other)
    .filter((other) => other !== version);
  const why = others.length > 0 ? `Debian has ${others.join(', ')} by now: an update of scripts/sources.ts` : stderr;
  throw new Error(`cannot get the source of ${name} ${version}: ${why}`);
}

function run(program: string, words: readonly string[], cwd: string): void {
  const { exitCode, stderr } = execaSync(program, words, { cwd, reject: false });
  if (exitCode !== 0) throw new Error(`${program} failed:\n${stderr}`);
}
