// The shim as a file: which version it is, told by its ELF note, without running it.
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from './errno.ts';
import { readBytes } from './read-bytes.ts';

/** Of the notes in `shim/find-runtime.c`: the owner, and the types of a version and of a licence. */
const OWNER = 'cdi-runtime';
const VERSION = 1;
const LICENSE = 2;
const NOTE_SEGMENT = 4;

const MACHINES: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' };

export interface ShimFile {
  readonly version: string;
  /** undefined for shims that were made before they said it */
  readonly license: string | undefined;
  /** as Node calls it: `x64`, `arm64` */
  readonly machine: string;
}

/**
 * Reads the head of a shim's file.
 *
 * @returns undefined for a file that is no shim of ours
 */
export function readShim(bytes: Uint8Array): ShimFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isElf = bytes.length > 64 && view.getUint32(0) === 0x7f454c46 && bytes[4] === 2 && bytes[5] === 1;
  if (!isElf) return undefined;
  const table = Number(view.getBigUint64(32, true));
  const [size, count] = [view.getUint16(54, true), view.getUint16(56, true)];
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    if (size < 56 || at + size > bytes.length || view.getUint32(at, true) !== NOTE_SEGMENT) continue;
    const from = Number(view.getBigUint64(at + 8, true));
    const notes = bytes.subarray(from, from + Number(view.getBigUint64(at + 32, true)));
    const version = noteIn(notes, VERSION);
    const machine = MACHINES[view.getUint16(18, true)] ?? 'unknown';
    if (version !== undefined) return { version, license: noteIn(notes, LICENSE), machine };
  }
  return undefined;
}

/** The same by its path: what cannot be read, or is far too large for it, is no shim of ours. */
export function tryReadShim(path: string): ShimFile | undefined {
  try {
    return readShim(readBytes(path));
  } catch (error) {
    readErrno(error);
    return undefined;
  }
}

/** The description of our note of a type among the notes of a segment. */
function noteIn(notes: Uint8Array, wanted: number): string | undefined {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  const text = new TextDecoder('latin1');
  for (let at = 0; at + 12 <= notes.length; ) {
    const [ownerSize, size, type] = [
      view.getUint32(at, true),
      view.getUint32(at + 4, true),
      view.getUint32(at + 8, true),
    ];
    const owner = text.decode(notes.subarray(at + 12, at + 12 + ownerSize)).replace(/\0$/, '');
    const from = at + 12 + padSize(ownerSize);
    if (owner === OWNER && type === wanted) return text.decode(notes.subarray(from, from + size));
    at = from + padSize(size);
  }
  return undefined;
}

function padSize(size: number): number {
  return (size + 3) & ~3;
}

/** @throws {CdiError} CANNOT_READ for a file that is no shim, or one for another machine */
export function demandShim(path: string, bytes: Uint8Array, machine: string): ShimFile {
  const what = `take ${quote(path)} for the shim`;
  const found = readShim(bytes);
  if (found === undefined) {
    throw new CdiError('CANNOT_READ', {
      what,
      path,
      why: 'it is another program',
      hint: 'name the shim of the package',
    });
  }
  if (found.machine !== machine) {
    throw new CdiError('CANNOT_READ', {
      what,
      path,
      why: `it is for ${found.machine}, and this machine is ${machine}`,
    });
  }
  return found;
}
