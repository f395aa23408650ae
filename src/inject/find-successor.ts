// A path with a version in it that is gone, and the version that stands in its place: what an update of a driver leaves.
import { type Host, isFailure } from '../host/host.ts';

export interface Succession {
  /** as the path has it: `570.133.20` */
  readonly from: string;
  readonly to: string;
}

/** Tells what took the place of a path. */
export type FindSuccessor = (path: string) => Succession | undefined;

const VERSION = /[0-9]+(?:\.[0-9]+)+/;

/** Lists each directory once, and only of paths that have a version. */
export function createFindSuccessor(host: Pick<Host, 'listDirectory'>): FindSuccessor {
  const listed = new Map<string, readonly string[]>();
  const list = (directory: string): readonly string[] => {
    let names = listed.get(directory);
    if (names === undefined) {
      const entries = host.listDirectory(directory || '/');
      names = isFailure(entries) ? [] : entries.map(({ name }) => name);
      listed.set(directory, names);
    }
    return names;
  };
  return (path) => {
    let directory = '';
    for (const name of path.split('/').slice(1)) {
      const found = VERSION.exec(name);
      // The first part with a version that is gone is the one that was replaced.
      if (found !== null && !list(directory).includes(name)) return findReplaced(name, found, list(directory));
      directory += `/${name}`;
    }
    return undefined;
  };
}

function findReplaced(
  name: string,
  { 0: from, index }: RegExpExecArray,
  names: readonly string[],
): Succession | undefined {
  const [before, after] = [name.slice(0, index), name.slice(index + from.length)];
  let to: string | undefined;
  for (const other of names) {
    if (!other.startsWith(before) || !other.endsWith(after)) continue;
    const version = other.slice(before.length, other.length - after.length);
    const isVersion = VERSION.exec(version)?.[0] === version;
    if (isVersion && (to === undefined || isNewer(version, to))) to = version;
  }
  return to === undefined ? undefined : { from, to };
}

function isNewer(version: string, other: string): boolean {
  const numbers = other.split('.').map(Number);
  for (const [place, number] of version.split('.').map(Number).entries()) {
    const difference = number - (numbers[place] ?? -1);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
