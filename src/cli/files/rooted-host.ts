// A host whose root is mounted somewhere, as a host of its own: paths are the host's, and its links do not lead out.
import { type Failure, type FileContent, isFailure, type SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { resolveEntryInRoot, resolveInRoot } from './host-root.ts';

/**
 * Only for looking. It has no environment: that of this process is the container's.
 *
 * @param root without a slash at its end; empty for this host
 */
export function createRootedHost(host: SpecHost, root: string): SpecHost {
  if (root === '') return host;
  const files = new WeakMap<FileContent, FileContent>();
  const fileOf = (file: FileContent): FileContent => files.get(file) ?? file;
  /** @param place how links are followed */
  const at = <T>(place: typeof resolveInRoot, path: string, work: (path: string) => T | Failure): T | Failure => {
    try {
      return work(place(root, path));
    } catch (error) {
      if (error instanceof CdiError) return { errno: 'ELOOP' };
      throw error;
    }
  };
  const read = (path: string, work: (place: string) => FileContent | Failure): FileContent | Failure => {
    const real = at(resolveInRoot, path, work);
    if (isFailure(real)) return real;
    const file = { path, size: real.size };
    files.set(file, real);
    return file;
  };
  return {
    ...host,
    readFile: (path, maxBytes) => read(path, (place) => host.readFile(place, maxBytes)),
    readFileBelow: (directory, path, maxBytes) =>
      read(path, (place) => host.readFileBelow(`${root}${directory}`, place, maxBytes)),
    text: (file) => host.text(fileOf(file)),
    parseYaml: (file) => host.parseYaml(fileOf(file)),
    parseJson: (file) => host.parseJson(fileOf(file)),
    mentions: (file, words, orElse) => host.mentions(fileOf(file), words, orElse),
    digest: (file, pieces) => host.digest(fileOf(file), pieces),
    fileInfo: (file) => host.fileInfo(fileOf(file)),
    stampOf: (file) => host.stampOf(fileOf(file)),
    stamp: (path) => at(resolveInRoot, path, host.stamp),
    listDirectory: (path) => at(resolveInRoot, path, host.listDirectory),
    deviceInfo: (path) => at(resolveEntryInRoot, path, host.deviceInfo),
    pathInfo: (path) => at(resolveEntryInRoot, path, host.pathInfo),
    readLink: (path) => at(resolveEntryInRoot, path, host.readLink),
    environment: () => undefined,
  };
}
