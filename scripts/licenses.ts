// The terms of the packages that a bundle has code of.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param what has the code, to begin a sentence @param modules their files */
export function writeLicenses(what: string, modules: readonly string[]): string {
  const folders = modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:\.|$)/i.test(entry));
    if (file === undefined) throw new Error(`${folder} has no license file`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  const head = `${what} has code of the packages below. Each is used under its own terms.\n`;
  return [head, ...texts].join(`\n${'='.repeat(80)}\n\n`);
}
