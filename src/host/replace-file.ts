// The one way in which Node replaces a file: by descriptors only, in a directory that is held open (shim/host-replace.c
// has the same contract). Node has no openat(); what stands below /proc/self/fd/N is in the directory that N holds.
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import type { CopyAttributes } from './host.ts';

/** A name in a directory that is held open, wherever the directory's own name leads by then. */
export interface Place {
  readonly directory: number;
  readonly name: string;
}

export interface Replacement {
  /** of a file that was not there before */
  readonly mode: number;
  /** the file that is replaced, open for reading: its owner, mode and attributes stay */
  readonly old?: number | undefined;
  /** absent: they do not matter */
  readonly copyAttributes?: CopyAttributes | undefined;
  /** whether it outlives a power cut */
  readonly sync: boolean;
  /** Asked right before the new file takes its place. @throws what ends it all */
  readonly judge?: (() => void) | undefined;
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
/** for reading what may be anything: never follows a link, waits on a FIFO, or takes a terminal */
export const READ: number = O_RDONLY | O_NONBLOCK | O_NOCTTY;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz012345';
const RANDOM_LETTERS = 8;
/** of the old file's name: with it, runs that replace other files in the same directory are left alone */
const NAMED_LETTERS = 50;

/** The last name of a path, in its directory, which is the caller's to close. @throws as `node:fs` */
export function holdPlace(path: string): Place {
  return { directory: holdDirectory(dirname(path)), name: path.slice(path.lastIndexOf('/') + 1) };
}

function holdDirectory(path: string): number {
  return fs.openSync(path, O_RDONLY | O_DIRECTORY);
}

function makeHeldPath({ directory, name }: Place): string {
  return `/proc/self/fd/${directory}/${name}`;
}

/** @throws as `node:fs`; ELOOP where a link has the name */
export function openIn(place: Place): number {
  return fs.openSync(makeHeldPath(place), READ | O_NOFOLLOW);
}

/**
 * Writes the content beside the file, and renames it over it: all of it or nothing.
 *
 * @returns why the rename may not outlive a power cut, as an errno's name; all is in its place nevertheless
 * @throws the errors of `node:fs`
 */
export function replaceFile(place: Place, content: string | Uint8Array, replacement: Replacement): string | undefined {
  const beside = { directory: holdDirectoryBeside(place.directory), name: '' };
  try {
    clearLeftovers(beside.directory, place.name);
    beside.name = `${makePrefix(place.name)}${drawLetters()}`;
    const descriptor = fs.openSync(makeHeldPath(beside), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      fill(descriptor, content, replacement);
      replacement.judge?.();
      fs.renameSync(makeHeldPath(beside), makeHeldPath(place));
    } catch (error) {
      fs.rmSync(makeHeldPath(beside), { force: true });
      throw error;
    } finally {
      fs.closeSync(descriptor);
    }
    return replacement.sync ? syncDescriptor(place.directory) : undefined;
  } finally {
    fs.closeSync(beside.directory);
  }
}

/** The same by a path, whose last name may not be a link where the old file's properties are kept. */
export function replaceAt(path: string, content: string | Uint8Array, replacement: Replacement): string | undefined {
  const place = holdPlace(path);
  try {
    return replaceFile(place, content, replacement);
  } finally {
    fs.closeSync(place.directory);
  }
}

/** Takes away what killed runs have left beside a file. @throws the errors of `node:fs`, but not for a missing folder */
export function sweepBeside(path: string): void {
  if (!fs.existsSync(dirname(path))) return;
  const { directory, name } = holdPlace(path);
  try {
    const beside = holdDirectoryBeside(directory);
    try {
      clearLeftovers(beside, name);
    } finally {
      fs.closeSync(beside);
    }
  } finally {
    fs.closeSync(directory);
  }
}

/** @returns why it could not be made durable, as an errno's name */
export function syncDescriptor(descriptor: number): string | undefined {
  try {
    fs.fsyncSync(descriptor);
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
}

/** Owner first, since a change of owner takes set-id bits away; mode last, since an access list changes it. */
function fill(descriptor: number, content: string | Uint8Array, replacement: Replacement): void {
  const { old, copyAttributes, sync } = replacement;
  let { mode } = replacement;
  fs.writeFileSync(descriptor, content);
  if (old !== undefined) {
    const [was, own] = [fs.fstatSync(old), fs.fstatSync(descriptor)];
    if (own.uid !== was.uid || own.gid !== was.gid) fs.fchownSync(descriptor, was.uid, was.gid);
    copyAttributes?.(old, descriptor);
    ({ mode } = was);
  }
  fs.fchmodSync(descriptor, mode & 0o7777);
  if (sync) fs.fsyncSync(descriptor);
}

/** Not in a folder of drop-ins: CRI-O takes every file that is in its own, whatever it is called. */
function holdDirectoryBeside(directory: number): number {
  const self = `/proc/self/fd/${directory}`;
  const isDropIns = fs.readlinkSync(self).endsWith('.d');
  if (isDropIns) {
    const parent = holdDirectory(`${self}/..`);
    if (fs.fstatSync(parent).dev === fs.fstatSync(directory).dev) return parent;
    fs.closeSync(parent);
  }
  return holdDirectory(self);
}

/** What killed runs have left. One that is alive loses its file as well, and fails: names are never used twice. */
function clearLeftovers(directory: number, name: string): void {
  const first = makePrefix(name);
  for (const found of fs.readdirSync(`/proc/self/fd/${directory}`)) {
    const isLeft = found.startsWith(first) && found.length === first.length + RANDOM_LETTERS;
    if (isLeft) fs.rmSync(makeHeldPath({ directory, name: found }), { force: true });
  }
}

function makePrefix(name: string): string {
  return `.${name.slice(0, NAMED_LETTERS)}.cdi-runtime-`;
}

function drawLetters(): string {
  const bytes = process.getBuiltinModule('node:crypto').randomBytes(RANDOM_LETTERS);
  return Array.from(bytes, (byte) => LETTERS[byte & 31]).join('');
}
