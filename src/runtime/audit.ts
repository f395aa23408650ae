// The audit: what a run is about to do, and what came of it, for each container that asked for devices.
import { type Host, isFailure } from '../host/host.ts';
import { type ContainerCall, makeFailureReceipt, type Receipt } from '../inject/receipt.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { writeAuditLine } from './audit-line.ts';

/** The record of one run. */
export interface Audit {
  readonly call: ContainerCall;
  /** whether an intent has to be on the disk before it is carried out */
  readonly isDurable: boolean;
  /**
   * Appends a line. Without `audit.required` a full disk, a missing directory or a user who may not write there stops
   * no container.
   *
   * @param durable whether it has to outlast a power cut
   * @throws {CdiError} CANNOT_WRITE, only with `audit.required`
   */
  write(receipt: () => Receipt, durable?: boolean): void;
}

/** From here on the host leaves a line about this call even if the core does not get that far. */
export function beginAudit(
  host: Host,
  { enabled, path, required, sync }: Settings['audit'],
  given: Omit<ContainerCall, 'record'>,
): Audit {
  const call = { ...given, record: host.newId(), bundle: findBundle(host, given.bundle) };
  if (!enabled) return { call, isDurable: false, write: () => {} };
  const record = host.beginRecord(path, writeUnforeseen(call));
  return {
    call,
    isDurable: sync ?? required,
    write: (receipt, durable = false) => {
      const failure = record.write(writeAuditLine(receipt()), durable);
      if (failure !== undefined && required) throw makeAuditError(path, failure.errno);
    },
  };
}

/** A bundle may be the working directory, or lie below it, and who reads the audit is elsewhere. */
function findBundle(host: Host, bundle: string): string {
  const directory = bundle.startsWith('/') ? '' : host.workingDirectory();
  if (isFailure(directory) || directory === '') return bundle;
  return bundle === '' || bundle === '.' ? directory : `${directory === '/' ? '' : directory}/${bundle}`;
}

/** The failure's line between its time and its error, which only the host can know. */
function writeUnforeseen(call: ContainerCall): string {
  const line = writeAuditLine(makeFailureReceipt('', call, { code: '', message: '' }));
  return line.slice(line.indexOf('","record"'), line.lastIndexOf('","message"'));
}

function makeAuditError(path: string, errno: string): CdiError {
  return new CdiError('CANNOT_WRITE', {
    what: `write the audit ${quote(path)}, which the settings require`,
    path,
    why: reasons[errno] ?? `it was refused (${errno})`,
    hint: 'fix that, or set audit.required: false',
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'the kernel refused it (EPERM)',
  ENOENT: 'its directory is missing, and the one above too',
  ENOTDIR: 'a file stands where its directory should be',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ELOOP: 'it is a link, or a link of somebody else is on the way to it',
  EMLINK: 'it has another name, too, by which it may be a file of anybody',
  EFTYPE: 'it is no regular file',
  EISDIR: 'it is a folder',
};
