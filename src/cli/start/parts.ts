// Loads the parts of the built program as Node would, but with the code that an earlier run has left of them. Node's own
// cache, which only newer ones have, keeps none of the functions within a part: each start would compile them again.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache.ts';

const BEGIN = '(function (exports, require, module, __filename, __dirname) {';
const END = '\n})';

/** @returns `require` for what is in a folder: parts as `./NAME.cjs`, and modules of Node */
export function createLoader(folder: string, cache: CodeCache): (name: string) => unknown {
  const loaded = new Map<string, { readonly exports: unknown }>();
  const loadBuiltin = createRequire(join(folder, 'main.cjs'));
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return loadBuiltin(name);
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const path = join(folder, name);
    const source = readFileSync(path);
    const code = cache.find(name, source);
    const script = new Script(`${BEGIN}${source}${END}`, {
      filename: path,
      // So that the places in a stack are those of the file.
      columnOffset: -BEGIN.length,
      ...(code !== undefined && { cachedData: code }),
    });
    cache.add(name, { source, compiled: script, isKept: script.cachedDataRejected === false });
    const part = { exports: {} };
    loaded.set(name, part);
    script.runInThisContext()(part.exports, load, part, path, folder);
    return part.exports;
  };
  return load;
}
