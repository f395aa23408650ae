// cdictl doctor --fix and --undo: the changes all or none, and a note of them by which they are taken back.
import { dirname, join } from 'node:path';
import { quote } from '../../text/quote.ts';
import type { Context, ExitCode } from '../command.ts';
import { beginWork } from '../engine/host-work.ts';
import { findRecordFolder } from '../engine/record.ts';
import { type HostChanges, readIfThere, runOrUndo } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { readRecordFile, writeRecordText } from '../files/record-file.ts';
import { readMode } from '../files/step.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';
import { type Fix, type FixChange, findFixes } from './fixes.ts';
import type { HostView } from './host-view.ts';

/** What was done and is to be taken back, the first first. */
type FixRecord = {
  readonly changes: readonly FixChange[];
  /** of the host, made for the files; the outermost first */
  readonly directories: readonly string[];
};

const NO_RECORD: FixRecord = { changes: [], directories: [] };
/** Specs are no secret; a note of what they were is not either, but no one else's. */
const MODES = { spec: 0o644, record: 0o600 };

export async function fix(context: Context, view: HostView, isDry: boolean): Promise<ExitCode> {
  const { root } = view;
  // what is shown is what is done: it is looked for once, after what a killed run has left is taken back
  const work = isDry ? undefined : beginWork(context, root, 'fix this host');
  const fixes = findFixes(view);
  if (work !== undefined && fixes.length > 0) await runOrUndo(work, (changes) => apply(context, root, fixes, changes));
  const data = {
    version: context.version,
    fixes: fixes.map(({ title, change: { kind, path } }) => ({ title, kind, path })),
    done: !isDry,
  };
  print(context, data, () => {
    if (fixes.length === 0) return context.quiet ? '' : 'nothing to fix that is ours: see cdictl doctor\n';
    const lines = fixes.map(({ title, change }) => `${escapeCell(title)}\n${isDry ? writeDiff(change) : ''}`);
    const end = isDry ? '' : 'cdictl doctor --undo takes it back\n';
    return context.quiet && !isDry ? '' : `${lines.join('')}${end}`;
  });
  return 0;
}

function writeDiff(change: FixChange): string {
  if (change.kind === 'mode') return '';
  return writeUnifiedDiff(escapeCell(change.path), change.before ?? '', change.after ?? '');
}

/** The note comes first, so that nothing is done that cannot be taken back. */
function apply(context: Context, root: string, fixes: readonly Fix[], changes: HostChanges): void {
  const path = findRecord(context, root);
  const before = readRecord(path, root);
  const made = changes.makeDirectory(resolveInRoot(root, dirname(path)));
  const folders = fixes.flatMap(({ change }) =>
    change.kind === 'text' && change.after !== null
      ? changes.makeDirectory(dirname(resolveInRoot(root, change.path)))
      : [],
  );
  writeRecord(changes, path, root, {
    changes: [...before.changes, ...fixes.map(({ change }) => change)],
    directories: [...before.directories, ...[...made, ...folders].map((folder) => folder.slice(root.length))],
  });
  for (const { change } of fixes) makeChange(changes, root, change);
}

function makeChange(changes: HostChanges, root: string, change: FixChange): void {
  const path = resolveInRoot(root, change.path);
  if (change.kind === 'mode') changes.setMode(path, change.before, change.after);
  else changes.put(path, change.before ?? undefined, change.after ?? undefined, MODES.spec);
}

/** Takes back what is still as it was left; the rest is somebody's by now. */
export async function undoFixes(context: Context, root: string): Promise<ExitCode> {
  const path = findRecord(context, root);
  const work = beginWork(context, root, 'undo the fixes of this host');
  const { changes: done, directories } = readRecord(path, root);
  const backwards = done.toReversed().map(turnBack);
  const undone = backwards.filter((change) => isNow(root, change));
  const left = backwards.filter((change) => !undone.includes(change) && !isGone(root, change));
  if (done.length > 0) {
    await runOrUndo(work, (changes) => {
      for (const change of undone) makeChange(changes, root, change);
      writeRecord(changes, path, root, NO_RECORD);
      for (const folder of directories.toReversed()) changes.removeEmptyDirectory(resolveInRoot(root, folder));
    });
  }
  const data = {
    version: context.version,
    undone: undone.map((change) => change.path),
    left: left.map((change) => change.path),
  };
  print(context, data, () => {
    if (context.quiet) return '';
    const lines = [
      ...undone.map((change) => `as it was before: ${quote(change.path)}`),
      ...left.map((change) => `left as it is, since somebody has changed it: ${quote(change.path)}`),
    ];
    return lines.length === 0 ? 'nothing to undo\n' : lines.map((line) => `${escapeCell(line)}\n`).join('');
  });
  return 0;
}

function turnBack(change: FixChange): FixChange {
  return change.kind === 'mode'
    ? { ...change, before: change.after, after: change.before }
    : { ...change, before: change.after, after: change.before };
}

/** Whether a change would find what it expects. */
function isNow(root: string, change: FixChange): boolean {
  const path = resolveInRoot(root, change.path);
  return change.kind === 'mode' ? readMode(path) === change.before : (readIfThere(path) ?? null) === change.before;
}

/** What a reboot has taken from /run needs no undoing. */
function isGone(root: string, change: FixChange): boolean {
  const path = resolveInRoot(root, change.path);
  return change.kind === 'mode'
    ? readMode(path) === undefined
    : readIfThere(path) === undefined && change.after === null;
}

function findRecord({ host }: Context, root: string): string {
  return join(dirname(findRecordFolder(host, root)), 'doctor.json');
}

/** @throws {CdiError} CANNOT_READ */
function readRecord(path: string, root: string): FixRecord {
  return readRecordFile(path, root, NO_RECORD, 'move it away');
}

/** One of which nothing is left to take back goes. */
function writeRecord(changes: HostChanges, path: string, root: string, record: FixRecord): void {
  const file = resolveInRoot(root, path);
  const isDone = record.changes.length === 0;
  const after = isDone ? undefined : writeRecordText(record);
  changes.put(file, readIfThere(file), after, MODES.record);
}
