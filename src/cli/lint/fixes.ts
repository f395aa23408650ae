// What lint changes by itself, as a plan, and the plan carried out.
import { realpathSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { findVersionFault } from '../../cdi/versions.ts';
import { CdiError, type Position } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from '../files/errno.ts';
import { HostChanges } from '../files/host-changes.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';
import type { Finding } from './finding.ts';
import { type SpecText, tryReadSpec } from './spec-text.ts';

export interface Fix {
  readonly finding: Finding;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** unified */
  readonly diff: string;
}

/** How to fix what was found in a spec; nothing for what only a person can fix. */
export function findFixes(read: SpecText, findings: readonly Finding[]): readonly Fix[] {
  const { path, file, text } = read;
  return findings.flatMap((finding) => {
    const after = finding.version === undefined ? undefined : replaceVersion(read, finding.version);
    if (file === undefined || after === undefined) return [];
    return [{ finding, file, before: text, after, diff: writeUnifiedDiff(escapeCell(path), text, after) }];
  });
}

/**
 * Puts the new text in the place of the file at once, with the same owner and mode.
 *
 * @throws {CdiError} CANNOT_WRITE, also where the file was changed meanwhile
 */
export function carryOut({ file, before, after }: Fix, warn: (warning: string) => void): void {
  const what = `fix ${quote(file)}`;
  let target: string;
  try {
    target = realpathSync(file);
  } catch (error) {
    throw new CdiError('CANNOT_WRITE', { what, path: file, why: `it cannot be reached (${readErrno(error)})` });
  }
  new HostChanges({ what, warn }).put(target, before, after);
}

/** As specs write it: plain or in quotes, with or without a `v` before it. */
const WRITTEN = /(["']?)(v?)\d+\.\d+\.\d+\1(?=$|[\s,}#])/y;

/**
 * The text with another version, in the spelling that is there.
 *
 * @returns undefined where it is spelled in another way (by an anchor, a tag, a block), or where more than the version
 *   would change
 */
export function replaceVersion({ text, spec, locate }: SpecText, version: string): string | undefined {
  const place = locate(['cdiVersion']);
  if (spec === undefined || place === undefined) return undefined;
  WRITTEN.lastIndex = findOffset(text, place);
  const found = WRITTEN.exec(text);
  if (found === null) return undefined;
  const { index, 0: old, 1: quotes = '', 2: prefix = '' } = found;
  const fixed = `${text.slice(0, index)}${quotes}${prefix}${version}${quotes}${text.slice(index + old.length)}`;
  const after = tryReadSpec(fixed);
  if (after === undefined || findVersionFault(after) !== undefined) return undefined;
  return isDeepStrictEqual({ ...after, cdiVersion: spec.cdiVersion }, spec) ? fixed : undefined;
}

/** By the line breaks of YAML, which does not count a byte order mark. */
function findOffset(text: string, { line, column }: Position): number {
  const breaks = [...text.matchAll(/\r\n|[\n\r\x85\u2028\u2029]/g)];
  const before = line === 1 ? undefined : breaks[line - 2];
  const start = before === undefined ? text.search(/[^\ufeff]|$/) : before.index + before[0].length;
  const characters = [...text.slice(start, breaks[line - 1]?.index)];
  return start + characters.slice(0, column - 1).join('').length;
}
