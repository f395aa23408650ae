// The stand-in for the real runtime, and what it wrote down.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';

/** The stand-in's status, by which a test knows that it ran. */
export const STARTED = 7;

/** What the stand-in was started with. Bytes that are no visible ASCII, and `%`, are written as `%xx`. */
export interface Record {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly descriptors: readonly number[];
  /** the config.json of its bundle, if that was a regular file */
  readonly config: Buffer | undefined;
}

/** Compiles test/fixtures/bin/<name>.c to a static program in a folder. */
export function compile(name: string, folder: string, as: string = name): string {
  const program = join(folder, as);
  const source = join(import.meta.dirname, '../fixtures/bin', `${name}.c`);
  const flags = ['-Wall', '-Wextra', '-Werror', '-O1', '-static', '-s'];
  execaSync('musl-gcc', [...flags, '-o', program, source]);
  return program;
}

/** Reads a record and takes it away, so that the next run is told from this one; undefined where nothing ran. */
export function takeRecord(file: string): Record | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'latin1').split('\n');
  const all = (label: string): string[] =>
    lines.filter((line) => line.startsWith(`${label} `)).map((line) => line.slice(label.length + 1));
  const copy = `${file}.config`;
  const record = {
    argv: all('argv'),
    env: all('env'),
    descriptors: all('fd').map(Number),
    config: existsSync(copy) ? readFileSync(copy) : undefined,
  };
  rmSync(file);
  rmSync(copy, { force: true });
  return record;
}

/** Bytes as the stand-in writes them. */
export function asRecorded(text: string | Buffer): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
