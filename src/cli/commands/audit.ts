// cdictl audit: who got which device, when, and who did not.
import { resolve } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { attempt, listRotatedFiles, readRotatedLines } from '../audit/files.ts';
import { AuditView } from '../audit/view.ts';
import type { Run } from '../command.ts';
import { FileLines } from '../files/file-lines.ts';
import { watchFile } from '../files/on-changes.ts';

/** Prints records as they stand in the audit, and with --follow those that come. */
export const run: Run = async (context, given) => {
  const file = given.value('file');
  const { enabled, path: usual } = file === undefined ? context.settings().settings.audit : { enabled: true, path: '' };
  const path = file === undefined ? usual : resolve(file);
  const view = new AuditView(context, given);
  const complaints: string[] = [];
  for (const rotated of given.flag('all') ? listRotatedFiles(path) : []) {
    // One that cannot be read hides no other.
    try {
      attempt(rotated, () => view.take(readRotatedLines(rotated)));
    } catch (error) {
      if (!(error instanceof CdiError)) throw error;
      complaints.push(error.message);
    }
  }
  const lines = new FileLines(path);
  const takeNext = (): void => {
    attempt(path, () => view.take(lines.next()));
    view.show();
  };
  attempt(path, () => view.take(lines.next()));
  const follows = given.flag('follow');
  if (!follows) view.take(lines.unfinished());
  view.show();
  for (const complaint of complaints) context.stderr.write(`cdictl: ${complaint}\n`);
  if (!enabled) view.mention('the audit is off (audit.enabled of the settings)');
  if (view.read === 0) view.mention(`nothing is in the audit ${quote(path)} yet`);
  if (view.broken > 0) view.mention(`${view.broken} of its lines are broken: what is no record in them is left out`);
  if (follows) await watchFile(path, takeNext);
  lines.close();
  return complaints.length === 0 ? 0 : 1;
};
