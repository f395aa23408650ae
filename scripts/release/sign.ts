// SHA256SUMS over all artefacts, and its signature by a key that comes from outside.
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runTool } from '../c-libraries.ts';
import { digest } from './sbom.ts';

/** Writes it, as `sha256sum --check` reads it. @returns its path */
export function writeSums(folder: string, artefacts: readonly string[]): string {
  const path = join(folder, 'SHA256SUMS');
  const lines = artefacts.map((artefact) => `${digest(artefact)}  ${basename(artefact)}\n`);
  writeFileSync(path, lines.sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1)).join(''));
  return path;
}

/** By which variable of the environment a key is named, and what signs with it; GNUPGHOME says where gpg has its own. */
const SIGNERS = {
  RELEASE_GPG_KEY: (key: string, file: string) => [
    'gpg',
    ...['--batch', '--yes', '--local-user', key, '--armor', '--detach-sign', '--output', `${file}.asc`, file],
  ],
  RELEASE_MINISIGN_KEY: (key: string, file: string) => [
    'minisign',
    '-S',
    '-s',
    key,
    '-x',
    `${file}.minisig`,
    '-m',
    file,
  ],
} as const;

/** @returns what it did, in a line for each way to sign */
export async function sign(file: string, environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  for (const end of ['asc', 'minisig']) rmSync(`${file}.${end}`, { force: true });
  const said: string[] = [];
  for (const [variable, makeCommand] of Object.entries(SIGNERS)) {
    const key = environment[variable];
    if (key === undefined || key === '') {
      said.push(`skipped: not signed by ${variable}, which names no key`);
      continue;
    }
    const [program = '', ...words] = makeCommand(key, file);
    await runTool(program, words);
    said.push(`signed ${basename(file)} by ${program}`);
  }
  return said;
}
