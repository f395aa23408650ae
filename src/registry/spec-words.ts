// What the bytes of a spec file say, of one too that is none.
import { type Failure, type FileContent, type Host, isFailure } from '../host/host.ts';
import type { SpecWords } from './resolve.ts';

/** A key and its value, in YAML and JSON alike. */
const KIND = /(?:^|[\s{,])["']?kind["']?\s*:\s*["']?([^\s"',}#]+)/g;

/** Reads each file once. */
export function readSpecWords(host: Pick<Host, 'readFile' | 'mentions' | 'text'>, maxBytes: number): SpecWords {
  const known = new Map<string, FileContent | Failure>();
  const read = (path: string): FileContent | Failure => {
    const file = known.get(path) ?? host.readFile(path, maxBytes);
    known.set(path, file);
    return file;
  };
  return {
    mentions: (path, word) => {
      const file = read(path);
      return isFailure(file) ? undefined : host.mentions(file, [word], '');
    },
    kinds: (path) => {
      const file = read(path);
      return isFailure(file) ? undefined : Array.from(host.text(file).matchAll(KIND), ([, kind = '']) => kind);
    },
  };
}
