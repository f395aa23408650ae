// The lines of a file that others append to: those that are there, and later those that have come since.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readErrno } from './errno.ts';

/** What is longer is no line of ours: it is cut there. */
const LONGEST = 64 * 1024 * 1024;

const BLOCK = 64 * 1024;

export class FileLines {
  readonly #path: string;
  #descriptor: number | undefined;
  #offset = 0;
  /** an unfinished line, and its length */
  #rest: Buffer[] = [];
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The whole lines since the last call. Where the file was put aside, what is left of it, and then those of the new
   * one; where it was cut, it is read again.
   *
   * @throws what the file system throws; nothing where there is no file
   */
  *next(): Generator<string> {
    this.#descriptor ??= this.#open();
    while (this.#descriptor !== undefined) {
      const descriptor = this.#descriptor;
      if (fstatSync(descriptor).size < this.#offset) this.#forget();
      yield* this.#read(descriptor);
      const now = statSync(this.#path, { throwIfNoEntry: false });
      if (now === undefined || now.ino === fstatSync(descriptor).ino) return;
      yield* this.unfinished();
      this.#forget();
      closeSync(descriptor);
      this.#descriptor = this.#open();
    }
  }

  /** What stands after the last line's end. */
  *unfinished(): Generator<string> {
    if (this.#length > 0) yield Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#length = 0;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number | undefined {
    try {
      return openSync(this.#path, 'r');
    } catch (error) {
      if (readErrno(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #forget(): void {
    this.#offset = 0;
    this.#rest = [];
    this.#length = 0;
  }

  *#read(descriptor: number): Generator<string> {
    for (;;) {
      const block = Buffer.alloc(BLOCK);
      const count = readSync(descriptor, block, 0, BLOCK, this.#offset);
      if (count === 0) return;
      this.#offset += count;
      yield* this.#split(block.subarray(0, count));
    }
  }

  *#split(block: Buffer): Generator<string> {
    let start = 0;
    for (let end = block.indexOf(0x0a); end >= 0; end = block.indexOf(0x0a, start)) {
      this.#keep(block.subarray(start, end));
      start = end + 1;
      const line = Buffer.concat(this.#rest).toString('utf8');
      this.#rest = [];
      this.#length = 0;
      yield line;
    }
    this.#keep(block.subarray(start));
  }

  #keep(part: Buffer): void {
    if (part.length === 0 || this.#length > LONGEST) return;
    this.#rest.push(part);
    this.#length += part.length;
  }
}
