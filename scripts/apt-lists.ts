// Lists of packages for apt that are our own, made of the host's sources, so that the host's lists and architectures stay.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';

/**
 * Refreshes lists of what the host's sources have, apart from the host's own.
 *
 * @param type `deb-src` for sources, `deb` for programs
 * @returns the options by which apt's programs read them
 */
export function readLists(work: string, type: 'deb' | 'deb-src', more: readonly string[] = []): readonly string[] {
  const lists = join(work, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const parts = join(work, 'parts');
  mkdirSync(parts, { recursive: true });
  for (const folder of ['/etc/apt', '/etc/apt/sources.list.d']) {
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      if (!/\.(list|sources)$/.test(file)) continue;
      const text = readFileSync(join(folder, file), 'utf8');
      writeFileSync(
        join(parts, file),
        text.replace(/^Types:.*/gm, `Types: ${type}`).replace(/^deb(?:-src)?\s/gm, `${type} `),
      );
    }
  }
  const options = ['Dir::Etc::sourcelist=/dev/null', `Dir::Etc::sourceparts=${parts}`, `Dir::State::lists=${lists}`];
  const words = [...options, 'APT::Sandbox::User=root', ...more].flatMap((option) => ['-o', option]);
  // One dead source need not matter.
  execaSync('apt-get', [...words, 'update', '-qq'], { cwd: work, reject: false });
  return words;
}
