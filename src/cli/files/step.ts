// One step of a change to a host's files: what is to be done, as data from which it can be taken back, done or not.
import * as fs from 'node:fs';
import { sweepBeside } from '../../host/replace-file.ts';
import { readErrno } from './errno.ts';
import { putFile } from './put-file.ts';
import { readBytes } from './read-bytes.ts';

/** Paths are those of this machine, after all links; null stands for no file. */
export type Step =
  | {
      readonly kind: 'put';
      readonly path: string;
      readonly before: string | null;
      readonly after: string | null;
      /** of the file that was there */
      readonly mode: number | undefined;
    }
  | { readonly kind: 'make' | 'remove'; readonly path: string; readonly target: string }
  | { readonly kind: 'makeFolder'; readonly path: string }
  | {
      readonly kind: 'removeFolder';
      readonly path: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

const KINDS = ['put', 'make', 'remove', 'makeFolder', 'removeFolder'];

/** What a line of a journal says, which is our own or cut off. */
export function isStep(value: unknown): value is Step {
  const { kind, path }: Partial<Step> = Object(value);
  return typeof path === 'string' && kind !== undefined && KINDS.includes(kind);
}

/** Whether somebody else has written a file since. */
export function wasChangedSince(step: Step): boolean {
  if (step.kind !== 'put') return false;
  const now = readText(step.path);
  return now !== step.before && now !== step.after;
}

/** Makes it as it was before; fine where it is so already. @throws the errors of `node:fs` */
export function takeBackStep(step: Step): void {
  const { path } = step;
  switch (step.kind) {
    case 'put':
      if (readText(path) === step.before) return;
      setText(path, step.before, step.mode);
      return;
    case 'make':
      if (readTarget(path) === step.target) fs.unlinkSync(path);
      return;
    case 'remove':
      if (readTarget(path) === undefined) fs.symlinkSync(step.target, path);
      return;
    case 'makeFolder':
      if (fs.existsSync(path)) fs.rmdirSync(path);
      return;
    case 'removeFolder': {
      if (fs.existsSync(path)) return;
      fs.mkdirSync(path, { mode: step.mode });
      const made = fs.openSync(path, fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW);
      fs.fchownSync(made, step.uid, step.gid);
      fs.closeSync(made);
    }
  }
}

/** Takes away the files beside it that a killed run has left. @throws the errors of `node:fs` */
export function sweepStep({ kind, path }: Step): void {
  if (kind === 'put') sweepBeside(path);
}

function readText(path: string): string | null {
  try {
    return readBytes(path).toString('utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(readErrno(error))) return null;
    throw error;
  }
}

/**
 * Puts a text in the place of what is there; null takes the file away.
 *
 * @returns why it may not outlive a power cut, as an errno's name
 * @throws the errors of `node:fs`
 */
export function setText(path: string, text: string | null, mode: number | undefined): string | undefined {
  if (text !== null) return putFile(path, text, mode);
  fs.rmSync(path, { force: true });
  return undefined;
}

/** What a link says; undefined where there is no link. @throws the errors of `node:fs` */
export function readTarget(path: string): string | undefined {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(path) : undefined;
}
