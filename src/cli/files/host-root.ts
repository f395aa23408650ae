// Paths on a host whose root is mounted somewhere: links are followed as the host itself follows them.
import { readlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Option } from '../command.ts';

/** Of the commands that work on a host; it may stand before their names, too. */
export const HOST_ROOT: Option = {
  name: 'host-root',
  value: 'DIR',
  summary: 'work on the host whose root is there, as seen from a container',
};

const MOST_LINKS = 40;

/** @returns where the host's `/` is, without a slash at its end: empty for this host */
export function readHostRoot(given: Arguments): string {
  const root = resolve(given.value(HOST_ROOT.name) ?? '/');
  return root === '/' ? '' : root;
}

/** Where a path of the host is to be read and written here: after all links, which cannot lead out of the root. */
export function resolveInRoot(root: string, path: string): string {
  const done: string[] = [];
  let parts = splitPath(path);
  let links = 0;
  for (let name = parts.shift(); name !== undefined; name = parts.shift()) {
    if (name === '..') done.pop();
    if (name === '.' || name === '..') continue;
    const target = linkTarget(`${root}/${[...done, name].join('/')}`);
    if (target === undefined) {
      done.push(name);
      continue;
    }
    if (++links > MOST_LINKS) {
      throw new CdiError('CANNOT_READ', { what: `follow ${quote(path)}`, path, why: 'its links go in a circle' });
    }
    if (target.startsWith('/')) done.length = 0;
    parts = [...splitPath(target), ...parts];
  }
  return `${root}/${done.join('/')}`;
}

/** The same, but for a link at the end itself: it is not followed. */
export function resolveEntryInRoot(root: string, path: string): string {
  return `${resolveInRoot(root, dirname(path)).replace(/\/$/, '')}/${basename(path)}`;
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** What a link says; undefined for everything that is no link, and for what cannot be looked at. */
export function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
