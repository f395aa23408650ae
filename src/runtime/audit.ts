// The audit: one line for each container that asked for devices, before its document is replaced.
import type { Host } from '../host/host.ts';
import type { Receipt } from '../inject/receipt.ts';
import { CdiError } from '../text/error.ts';
import { writeJson } from '../text/json.ts';
import { quote } from '../text/quote.ts';

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
export function audit(host: Host, options: AuditOptions, receipt: () => Receipt): void {
  if (!options.enabled) return;
  const failure = host.appendLog(options.path, `${writeJson(receipt())}\n`);
  if (failure === undefined || !options.required) return;
  throw new CdiError('CANNOT_WRITE', {
    what: `write the audit ${quote(options.path)}, which the settings require`,
    path: options.path,
    why: reasons[failure.errno] ?? `it was refused (${failure.errno})`,
    hint: 'mend that, or set audit.required: false',
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  ENOENT: 'its directory is missing, and the one above too',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ELOOP: 'it is a link',
  EFTYPE: 'it is no regular file',
  EISDIR: 'it is a folder',
};
