// What lint changes by itself, as a plan, and the plan carried out.
import { realpathSync } from 'node:fs';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from '../files/errno.ts';
import { HostChanges } from '../files/host-changes.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';
import type { LintFinding } from './finding.ts';
import { replaceVersion } from './fix-version.ts';
import type { SpecText } from './spec-text.ts';

export interface Fix {
  readonly finding: LintFinding;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** unified */
  readonly diff: string;
}

/** How to fix what was found in a spec; nothing for what only a person can fix. */
export function findFixes(read: SpecText, findings: readonly LintFinding[]): readonly Fix[] {
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
