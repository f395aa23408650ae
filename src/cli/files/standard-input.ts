// Standard input, read to its end.
import { readFileSync } from 'node:fs';
import { CdiError } from '../../text/error.ts';
import { readErrno } from './errno.ts';

const what = 'read standard input';

/** @throws {CdiError} CANNOT_READ, also for what is not UTF-8 */
export function readStandardInput(): string {
  const bytes = read();
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CdiError('CANNOT_READ', { what, why: 'it is not valid UTF-8' });
  }
}

function read(): Buffer {
  try {
    return readFileSync(0);
  } catch (error) {
    throw new CdiError('CANNOT_READ', { what, why: `it cannot be read (${readErrno(error)})` });
  }
}
