// The code that V8 made of the parts of the program in an earlier run of the same command, in one file.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** What V8 has made of a text so far: functions that have run are in it. */
interface Compiled {
  createCachedData(): Buffer;
}

interface Kept {
  readonly source: Buffer;
  readonly code: Buffer;
}

/** What is kept for one command: code counts only beside the very bytes that it was made of. */
export class CodeCache {
  readonly #file: string;
  readonly #kept: Map<string, Kept>;
  readonly #made = new Map<string, { readonly source: Buffer; readonly compiled: Compiled }>();

  constructor(file: string) {
    this.#file = file;
    this.#kept = readKept(file);
  }

  /** The code of a part with this source. */
  find(part: string, source: Buffer): Buffer | undefined {
    const kept = this.#kept.get(part);
    return kept?.source.equals(source) ? kept.code : undefined;
  }

  /** Notes a part whose code is not there, or is not what this V8 takes. */
  add(part: string, source: Buffer, compiled: Compiled): void {
    this.#made.set(part, { source, compiled });
  }

  /** Writes what was added, beside what was there for other parts; where it cannot, the next run compiles again. */
  save(): void {
    if (this.#made.size === 0) return;
    for (const [part, { source, compiled }] of this.#made)
      this.#kept.set(part, { source, code: compiled.createCachedData() });
    const head = [...this.#kept].map(([part, { source, code }]) => [part, source.length, code.length]);
    const bodies = [...this.#kept.values()].flatMap(({ source, code }) => [source, code]);
    replaceFile(this.#file, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...bodies]));
  }
}

const NEW_LINE = 0x0a;

/** A first line with names and sizes, then source and code of each part. Nothing of a file that is of another form. */
function readKept(file: string): Map<string, Kept> {
  try {
    const bytes = readFileSync(file);
    let at = bytes.indexOf(NEW_LINE) + 1;
    const take = (size: number): Buffer => {
      at += size;
      return bytes.subarray(at - size, at);
    };
    const kept = new Map<string, Kept>();
    for (const [part, source, code] of JSON.parse(bytes.toString('utf8', 0, at)))
      kept.set(part, { source: take(source), code: take(code) });
    return at === bytes.length ? kept : new Map();
  } catch {
    return new Map();
  }
}

/** At once, and on the disk before it counts: half of it could be taken for code. */
function replaceFile(file: string, bytes: Buffer): void {
  const beside = `${file}.${process.pid}`;
  try {
    const descriptor = openSync(beside, 'wx', 0o600);
    try {
      writeFileSync(descriptor, bytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch {
    rmSync(beside, { force: true });
  }
}
