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

interface Loaded {
  readonly source: Buffer;
  readonly compiled: Compiled;
  /** it runs by code that was kept */
  readonly isKept: boolean;
}

/** One run of so many sees whether more functions have run by now than those of the run that wrote the file. */
const RUNS_TO_A_LOOK = 16;
/** What is less is not worth a new file. */
const GROWTH = 1.02;

/** What is kept for one command: code counts only beside the very bytes that it was made of. */
export class CodeCache {
  readonly #file: string;
  readonly #kept: Map<string, Kept>;
  readonly #loaded = new Map<string, Loaded>();

  constructor(file: string) {
    this.#file = file;
    this.#kept = readKept(file);
  }

  /** The code of a part with this source. */
  find(part: string, source: Buffer): Buffer | undefined {
    const kept = this.#kept.get(part);
    return kept?.source.equals(source) ? kept.code : undefined;
  }

  /** Notes a part of this run. */
  add(part: string, loaded: Loaded): void {
    this.#loaded.set(part, loaded);
  }

  /**
   * Writes what was compiled, beside what was there for other parts; where it cannot, the next run compiles again.
   *
   * @param looks whether what was kept is made anew, too: of a first run that found no specs, all about specs is missing
   */
  save(looks: boolean = Math.random() * RUNS_TO_A_LOOK < 1): void {
    let isNew = false;
    for (const [part, { source, compiled, isKept }] of this.#loaded) {
      if (isKept && !looks) continue;
      const code = compiled.createCachedData();
      if (isKept && code.length < (this.#kept.get(part)?.code.length ?? 0) * GROWTH) continue;
      this.#kept.set(part, { source, code });
      isNew = true;
    }
    if (!isNew) return;
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
