// Which engines and builders see a device by their own CDI: those that read the directory of its spec.
import { dirname } from 'node:path';
import { findUnread } from '../../engines/native-cdi.ts';
import type { SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { readCdiReaders } from '../engine/cdi-readers.ts';

/** By the path of a spec, the names of those that see its devices; with a question mark where a version is not known, and decides. */
export type Readers = (path: string) => readonly string[];

/** @param root of the host, empty for this one */
export async function findReaders(host: SpecHost, root: string): Promise<Readers> {
  const readers = (await readCdiReaders(host, root)).flatMap(({ id, isThere, native }) =>
    !isThere || native instanceof CdiError || native.state === 'off'
      ? []
      : { name: native.state === 'on' ? id : `${id}?`, specDirs: native.specDirs },
  );
  const known = new Map<string, readonly string[]>();
  return (path) => {
    const directory = dirname(path);
    const names =
      known.get(directory) ??
      readers.filter(({ specDirs }) => findUnread(specDirs, [directory]).length === 0).map(({ name }) => name);
    known.set(directory, names);
    return names;
  };
}
