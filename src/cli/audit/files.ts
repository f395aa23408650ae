// The files of the audit: the one that is written to, and those that were put aside before it.
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from '../files/errno.ts';
import { FileLines } from '../files/file-lines.ts';
import { LARGEST_FILE, readBytes } from '../files/read-bytes.ts';

/** Files beside the audit that logrotate made of it (`audit.jsonl.1`, `audit.jsonl-20260101.gz`), oldest first. */
export function listRotatedFiles(path: string): readonly string[] {
  const directory = dirname(path);
  const base = basename(path);
  const names = attempt(path, () => readdirSync(directory)) ?? [];
  return names
    .filter((name) => /^[.-][0-9]/.test(name.slice(base.length)) && name.startsWith(base))
    .map((name) => join(directory, name))
    .map((file) => ({ file, time: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => a.time - b.time || (a.file < b.file ? -1 : 1))
    .map(({ file }) => file);
}

/**
 * All lines of a file that was put aside.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function* readRotatedLines(file: string): Generator<string> {
  if (!/\.gz$|[0-9]$/.test(file)) {
    const why = 'it is packed in a way that is not gzip';
    throw new CdiError('CANNOT_READ', { what: `read the audit ${quote(file)}`, path: file, why, hint: 'unpack it' });
  }
  if (!file.endsWith('.gz')) {
    const lines = new FileLines(file);
    try {
      yield* lines.next();
      yield* lines.unfinished();
    } finally {
      lines.close();
    }
    return;
  }
  const text =
    attempt(file, () => gunzipSync(readBytes(file), { maxOutputLength: LARGEST_FILE }).toString('utf8')) ?? '';
  yield* text.split('\n');
}

/**
 * Does work on a file.
 *
 * @returns undefined where it is not there
 * @throws {CdiError} CANNOT_READ
 */
export function attempt<T>(path: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CdiError) throw cause;
    const code = readErrno(cause);
    if (code === 'ENOENT') return undefined;
    throw makeReadError(path, code, cause);
  }
}

function makeReadError(path: string, code: string, cause: unknown): CdiError {
  const known = UNREADABLE[code];
  const why = code.startsWith('Z_') ? 'it is no whole gzip file' : (known?.why ?? `it cannot be read (${code})`);
  return new CdiError('CANNOT_READ', { what: `read the audit ${quote(path)}`, path, why, hint: known?.hint, cause });
}

const TOO_LARGE = { why: `it is larger than ${LARGEST_FILE / 1024 ** 2} MiB`, hint: 'unpack it beside the audit' };
const UNREADABLE: Readonly<Record<string, { readonly why: string; readonly hint: string }>> = {
  EACCES: { why: 'this user may not read it', hint: 'read it as root' },
  EFBIG: TOO_LARGE,
  ERR_BUFFER_TOO_LARGE: TOO_LARGE,
};
