// The audit: one line for each container that asked for devices, before its document is replaced.
import type { Host } from '../host/host.ts';
import type { Receipt } from '../inject/receipt.ts';
import { CdiError } from '../text/error.ts';
import { writeJson } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { writeTime } from './failure-line.ts';

export interface AuditOptions {
  readonly enabled: boolean;
  /** whether a container may only start with its line written */
  readonly required: boolean;
  readonly path: string;
}

/**
 * Appends a receipt to the audit. Without `required` a full disk, a missing directory or a user who may not write there
 * stops no container.
 *
 * @throws {CdiError} CANNOT_WRITE, only with `required`
 */
export function appendAudit(host: Host, options: AuditOptions, receipt: () => Receipt): void {
  if (!options.enabled) return;
  const failure = host.appendLog(options.path, `${writeJson(receipt())}\n`);
  if (failure === undefined || !options.required) return;
  throw new CdiError('CANNOT_WRITE', {
    what: `write the audit ${quote(options.path)}, which the settings require`,
    path: options.path,
    why: reasons[failure.errno] ?? `it was refused (${failure.errno})`,
    hint: 'fix that, or set audit.required: false',
  });
}

/** UTC with milliseconds: lines of one second are told apart, and texts sort as times do. */
export function writeAuditTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return writeTime(whole).replace('Z', `.${String(whole % 1000).padStart(3, '0')}Z`);
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
  EFTYPE: 'it is no regular file',
  EISDIR: 'it is a folder',
};
