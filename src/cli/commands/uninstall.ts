// cdictl uninstall: the shim and its links are removed.
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { print } from '../print.ts';
import { readShim } from '../shim-file.ts';
import { SHIM_PATH } from './install.ts';

/** Removes what `install` and `engine configure` put there, and nothing else. */
export const run: Run = (context, given) => {
  const path = join(resolve(given.value('host-root') ?? '/'), given.value('path') ?? SHIM_PATH);
  const what = `remove the shim ${quote(path)}`;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && (!stat.isFile() || readShim(readFileSync(path)) === undefined)) {
    throw new CdiError('CANNOT_WRITE', {
      what,
      path,
      why: 'another program has that name',
      hint: 'remove it by hand if you mean it',
    });
  }
  const removed = [...linksTo(path), ...(stat === undefined ? [] : [path])];
  for (const file of removed) {
    const failure = context.host.remove(file);
    if (failure !== undefined && failure.errno !== 'ENOENT') {
      throw new CdiError('CANNOT_WRITE', {
        what,
        path: file,
        why: `it was refused (${failure.errno})`,
        hint: 'run it as root',
      });
    }
  }
  print(context, { removed }, () => (context.quiet ? '' : removed.map((file) => `removed ${file}\n`).join('')));
  return 0;
};

/** Links beside the shim that lead to it: `cdi-runc` and the like. */
function linksTo(path: string): string[] {
  const directory = dirname(path);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.startsWith('cdi-'))
    .map((name) => join(directory, name))
    .filter((link) => link !== path && lstatSync(link).isSymbolicLink() && leadsTo(link, path));
}

function leadsTo(link: string, path: string): boolean {
  if (resolve(dirname(link), readlinkSync(link)) === path) return true;
  try {
    return realpathSync(link) === path;
  } catch {
    return false;
  }
}
