// Work on a host's files by one command: begun when what a killed one has left is taken back.
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Context } from '../command.ts';
import type { Work } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { takeBackLeftovers } from '../files/journal.ts';
import { escapeCell } from '../terminal/cell.ts';
import { findRecordFolder, readAllSetups } from './record.ts';

/**
 * @param what to follow "cannot": `configure docker`
 * @throws {CdiError} CANNOT_WRITE where another cdictl is at work, and where something cannot be put back
 */
export function beginWork({ host, quiet, stderr }: Context, root: string, what: string): Work {
  const records = findRecordFolder(host, root);
  const folder = resolveInRoot(root, records);
  const warn = (warning: string): void => {
    if (!quiet) stderr.write(`cdictl: ${escapeCell(warning)}\n`);
  };
  const found = takeBackLeftovers(folder, root);
  if (found?.changed !== undefined) {
    warn(`a cdictl that had to ${found.what} was killed; since ${found.changed} was changed, what it did stays`);
  } else if (found !== undefined) warn(`a cdictl that had to ${found.what} was killed; what it did is taken back`);
  const made = [...readAllSetups(records, root).values()].flatMap(({ directories }) => directories);
  return { what, root, home: findHome(folder, new Set(made.map((path) => `${root}${path}`))), warn };
}

/** The nearest folder that is there and stays: none of records, and none that we have made and may remove. */
function findHome(folder: string, made: ReadonlySet<string>): string {
  const above = dirname(folder);
  const isOurs = basename(above) === 'cdi-runtime' || made.has(above) || !existsSync(above);
  return isOurs && above !== folder ? findHome(above, made) : above;
}
