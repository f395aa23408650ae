// Standard input, read to its end.
import { readUpTo } from '../../host/read-file.ts';
import { makeReadError } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import { readErrno } from './errno.ts';

const what = 'read standard input';

/**
 * @param most bytes
 * @throws {CdiError} CANNOT_READ, also for what is not UTF-8
 */
export function readStandardInput(most: number): string {
  const bytes = read(most + 1);
  if (bytes.length > most) throw new CdiError('CANNOT_READ', { what, why: makeReadError('EFBIG', most) });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CdiError('CANNOT_READ', { what, why: 'it is not valid UTF-8' });
  }
}

function read(most: number): Buffer {
  try {
    return readUpTo(0, most);
  } catch (error) {
    throw new CdiError('CANNOT_READ', { what, why: `it cannot be read (${readErrno(error)})` });
  }
}
