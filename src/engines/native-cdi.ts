// Where engines look for specs by themselves, and by which version they do.
import type { EngineConfig, NativeCdi } from './engine.ts';
import { isAtLeast } from './engine-version.ts';

/** CDI's own, which engines read when nothing else is said. */
export const USUAL_DIRECTORIES: readonly string[] = ['/etc/cdi', '/var/run/cdi'];

/** It is on, from these directories. */
export function makeOn(specDirs: readonly string[], why: string): NativeCdi {
  return { state: 'on', specDirs, why, isSwitchable: true };
}

export function makeOff(specDirs: readonly string[], why: string): NativeCdi {
  return { state: 'off', specDirs, why, isSwitchable: true };
}

function makeUnknown(specDirs: readonly string[], why: string): NativeCdi {
  return { state: 'unknown', specDirs, why, isSwitchable: true };
}

/** The version knows nothing of CDI. */
export function makeMissing(why: string): NativeCdi {
  return { state: 'off', specDirs: [], why, isSwitchable: false };
}

/** The directories with those of the others that are not among them; of one directory by two names the first counts. */
export function addDirectories(present: readonly string[], others: readonly string[]): readonly string[] {
  return [...present, ...findUnread(present, others)];
}

/** Which of some directories are not among those that are read. */
export function findUnread(read: readonly string[], directories: readonly string[]): readonly string[] {
  const known = read.map(nameDirectory);
  return directories.filter((directory) => !known.includes(nameDirectory(directory)));
}

/** `/var/run` is a link to `/run` wherever there is a `/run`. */
function nameDirectory(directory: string): string {
  return directory.replace(/\/+$/, '').replace(/^\/var\/run\//, '/run/');
}

/** What a file says of a daemon's CDI, and from which version on it is on by itself. */
interface Written {
  readonly engine: string;
  readonly version: EngineConfig['version'];
  readonly since: readonly [major: number, minor: number];
  /** the name of the switch, and what stands there */
  readonly name: string;
  readonly value: unknown;
  /** the name of the list of directories, and those that count */
  readonly list: string;
  readonly directories: readonly string[];
}

export function judgeSwitch({ engine, version, since, name, value, list, directories }: Written): NativeCdi {
  if (value === false) return makeOff(directories, `${name} is false`);
  if (directories.length === 0) return makeOff([], `${list} names no directory`);
  if (value === true) return makeOn(directories, `${name} is true`);
  const isOn = isAtLeast(version, ...since);
  if (isOn === undefined)
    return makeUnknown(directories, `${name} is not set: ${engine} has it on from ${since.join('.')} on`);
  return isOn
    ? makeOn(directories, `${engine} ${version} has it on`)
    : makeOff(directories, `${name} is not set, and ${engine} ${version} has it off`);
}
