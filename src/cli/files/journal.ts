// The journal of changes to several files: each step is written down before it is done, so that the next command can
// take back what a killed one has left. It lies in a folder above our records that is there before and after.
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { syncDescriptor } from '../../host/replace-file.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from './errno.ts';
import { isStep, type Step, sweepStep, takeBackStep, wasChangedSince } from './step.ts';

const NAME = '.cdi-runtime-journal';
const FORMAT = 1;
const MODE = 0o600;

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_DIRECTORY } = fs.constants;

/** Who writes a journal, and what for. */
interface Head {
  readonly format: number;
  readonly what: string;
  readonly pid: number;
  /** tells the process from a later one of the same number */
  readonly started: string;
}

export interface Journal {
  /** Writes a step down. @throws the errors of `node:fs` */
  note(step: Step): void;
  /** All is done, or taken back. @throws the errors of `node:fs` */
  end(): void;
  /** After an error: it stays where something is left to be taken back. */
  close(): void;
}

/** Which changes a journal is of. */
export interface JournalPlace {
  /** a folder on this machine that is there before the changes and after them */
  readonly home: string;
  /** where the host's `/` is: the next command may see it from elsewhere */
  readonly root: string;
  /** what for, to follow "cannot": `configure docker` */
  readonly what: string;
}

/** @throws {CdiError} CANNOT_WRITE */
export function beginJournal({ home, root, what }: JournalPlace): Journal {
  const path = join(home, NAME);
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MODE);
  } catch (error) {
    const errno = readErrno(error);
    const [why, hint] =
      errno === 'EEXIST'
        ? [`another cdictl is at work by ${quote(path)}`, 'run it again when that has ended']
        : [`${quote(home)} cannot be written (${errno})`, 'run it as root'];
    throw new CdiError('CANNOT_WRITE', { what, path, why, hint });
  }
  const write = (line: Head | Step): void => {
    fs.writeFileSync(descriptor, `${JSON.stringify(line)}\n`);
    syncDescriptor(descriptor);
  };
  const close = (): void => fs.closeSync(descriptor);
  try {
    write({ format: FORMAT, what, pid: process.pid, started: readStart(process.pid) ?? '' });
  } catch (error) {
    close();
    fs.rmSync(path, { force: true });
    throw new CdiError('CANNOT_WRITE', { what, path, why: `${quote(path)} cannot be written (${readErrno(error)})` });
  }
  syncFolder(home);
  return {
    note: (step) => write({ ...step, path: step.path.slice(root.length) }),
    end: () => {
      fs.rmSync(path);
      syncFolder(home);
    },
    close,
  };
}

/** What came of a run that was cut off: taken back, or left since somebody else has changed one of its files. */
export interface TakenBack {
  readonly what: string;
  readonly changed: string | undefined;
}

/**
 * Takes back what a run has left that was killed.
 *
 * @param records the folder of our records: the journal is in one above it
 * @returns undefined where there is nothing to take back
 * @throws {CdiError} CANNOT_WRITE where another cdictl is at work, and where something cannot be put back
 */
export function takeBackLeftovers(records: string, root: string): TakenBack | undefined {
  for (let folder = records; ; folder = dirname(folder)) {
    const path = join(folder, NAME);
    const text = readOwn(path);
    if (text !== undefined) return takeBack(path, text, root);
    if (folder === dirname(folder)) return undefined;
  }
}

function takeBack(path: string, text: string, root: string): TakenBack {
  const [head, ...steps] = readLines(text);
  const { what, pid, started } = readHead(head);
  const subject = { what: 'take back what was cut off', path };
  if (started !== '' && readStart(pid) === started) {
    const why = `another cdictl (process ${pid}) is at work: it has to ${what}`;
    throw new CdiError('CANNOT_WRITE', { ...subject, why, hint: 'run it again when that has ended' });
  }
  const done = steps.filter(isStep).map((step) => ({ ...step, path: `${root}${step.path}` }));
  const changed = done.find(wasChangedSince)?.path;
  for (const step of done.toReversed()) {
    try {
      if (changed === undefined) takeBackStep(step);
      sweepStep(step);
    } catch (error) {
      const why = `${quote(step.path)} cannot be put back (${readErrno(error)})`;
      throw new CdiError('CANNOT_WRITE', { ...subject, path: step.path, why, hint: 'run it as root' });
    }
  }
  fs.rmSync(path);
  return { what, changed };
}

/** The last line may be cut off: its step was not done. */
function readLines(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

function readHead(value: unknown): Head {
  const { format = FORMAT, what = 'change files', pid = 0, started = '' }: Partial<Head> = Object(value);
  return { format, what, pid, started };
}

/** One that somebody else could have written says nothing to us. */
function readOwn(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, O_RDONLY | O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const status = fs.fstatSync(descriptor);
    const isOwn = status.isFile() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0;
    return isOwn ? fs.readFileSync(descriptor, 'utf8') : undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** When a process was started, in ticks since the host's own start; undefined where there is none. */
function readStart(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, O_RDONLY | O_DIRECTORY);
  syncDescriptor(descriptor);
  fs.closeSync(descriptor);
}
