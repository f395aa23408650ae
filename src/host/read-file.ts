// The one way in which Node reads a file: a regular one, to its end, and never past a limit.
import { constants } from 'node:buffer';
import * as fs from 'node:fs';
import type { Failure } from './host.ts';
import { encodePath } from './raw-text.ts';
import { READ } from './replace-file.ts';

export interface ReadFile {
  readonly bytes: Buffer;
  readonly stat: fs.BigIntStats;
}

/** @throws the errors of `node:fs` */
export function readRegular(path: string, maxBytes: number): ReadFile | Failure {
  return openAnd(path, (descriptor) => readDescriptor(descriptor, maxBytes));
}

/** Does work on a file that is open for reading. @throws the errors of `node:fs` */
export function openAnd<T>(path: string, work: (descriptor: number) => T): T {
  const descriptor = fs.openSync(encodePath(path), READ);
  try {
    return work(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** @throws the errors of `node:fs` */
export function readDescriptor(descriptor: number, maxBytes: number): ReadFile | Failure {
  const stat = fs.fstatSync(descriptor, { bigint: true });
  if (stat.isDirectory()) return { errno: 'EISDIR' };
  if (!stat.isFile()) return { errno: 'EFTYPE' };
  // What is longer than a text can be is no text.
  const most = Math.min(maxBytes, constants.MAX_STRING_LENGTH);
  if (stat.size > most) return { errno: 'EFBIG' };
  // It may grow meanwhile, or have no size of its own, as in /proc.
  const bytes = readUpTo(descriptor, most + 1, Number(stat.size));
  return bytes.length > most ? { errno: 'EFBIG' } : { bytes, stat };
}

/** Few enough for Node to cut it out of a larger one. */
const LEAST_BLOCK = 2048;
const BLOCK = 64 * 1024;

/**
 * What is left to read of a file or pipe, but no more than so many bytes of it.
 *
 * @param expected how many there should be
 * @throws the errors of `node:fs`
 */
export function readUpTo(descriptor: number, most: number, expected = 0): Buffer {
  const blocks: Buffer[] = [];
  let length = 0;
  // One more than there should be, so that the end shows without another block.
  for (let room = expected > 0 ? expected + 1 : LEAST_BLOCK; length < most; room = BLOCK) {
    const block = Buffer.allocUnsafe(Math.min(room, most - length));
    const count = fillBlock(descriptor, block);
    blocks.push(block.subarray(0, count));
    length += count;
    if (count < block.length) break;
  }
  const [first] = blocks;
  return first !== undefined && blocks.length === 1 ? first : Buffer.concat(blocks);
}

/** @returns how many bytes there were for it: fewer than it holds only at the end */
function fillBlock(descriptor: number, block: Buffer): number {
  let filled = 0;
  while (filled < block.length) {
    const count = fs.readSync(descriptor, block, filled, block.length - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
