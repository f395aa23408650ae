// Takes away the temporary files that killed runs have left beside a file.
import { sweepBeside } from '../../host/replace-file.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readErrno } from './errno.ts';

/** @throws {CdiError} CANNOT_WRITE */
export function sweep(path: string): void {
  try {
    sweepBeside(path);
  } catch (error) {
    const why = `what a killed run has left there cannot be removed (${readErrno(error)})`;
    throw new CdiError('CANNOT_WRITE', {
      what: `clear the folder of ${quote(path)}`,
      path,
      why,
      hint: 'run it as root',
    });
  }
}
