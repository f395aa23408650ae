// Which paths of a host are asked for while work is done with it.
import { isFailure, type SpecHost } from '../../host/host.ts';

/** Of a path: whether what is in it was asked for, or only what it is. */
export type AskedPaths = Map<string, 'look' | 'content'>;

export function rememberPaths(host: SpecHost, asked: AskedPaths): SpecHost {
  const look = <T>(work: (path: string) => T): ((path: string) => T) => {
    return (path) => {
      if (!asked.has(path)) asked.set(path, 'look');
      return work(path);
    };
  };
  return {
    ...host,
    readFile: (path, maxBytes) => {
      asked.set(path, 'content');
      return host.readFile(path, maxBytes);
    },
    readFileBelow: (directory, path, maxBytes) => {
      const file = host.readFileBelow(directory, path, maxBytes);
      asked.set(path, isFailure(file) ? (asked.get(path) ?? 'look') : 'content');
      return file;
    },
    listDirectory: (path) => {
      asked.set(path, 'content');
      return host.listDirectory(path);
    },
    deviceInfo: look(host.deviceInfo),
    pathInfo: look(host.pathInfo),
    readLink: look(host.readLink),
    stamp: look(host.stamp),
  };
}
