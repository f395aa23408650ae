// A device that does not resolve, with the reason in fields that a program can look at.
import { CdiError, type ErrorCode, type ErrorDetails } from '../text/error.ts';

/**
 * Why a device does not resolve:
 *
 * - `bad-name`: it is no qualified name
 * - `no-vendor`, `no-class`, `no-device`: the first part of the name that no spec defines
 * - `spec-in-error`: nothing defines it, and a spec that cannot be loaded is or may be about it
 * - `directory-in-error`: nothing defines it, and a directory that cannot be read has ended the search
 * - `conflict`: files of one priority define it
 */
export type UnresolvedReason =
  | 'bad-name'
  | 'no-vendor'
  | 'no-class'
  | 'no-device'
  | 'spec-in-error'
  | 'directory-in-error'
  | 'conflict';

export interface UnresolvedDetails extends Omit<ErrorDetails, 'at'> {
  readonly code: ErrorCode;
  readonly device: string;
  readonly reason: UnresolvedReason;
  readonly nearest?: readonly string[];
  readonly files?: readonly string[];
  /** what is wrong with the file that is the reason: the place, and the cause if no other is given */
  readonly error?: CdiError | undefined;
}

/**
 * A device that does not resolve. `code` is DEVICE_CONFLICT for a conflict, else UNRESOLVED_DEVICE. `path`, `line` and
 * `column` are the place that is the reason, where there is one; `cause` is then the error of that file.
 */
export class UnresolvedDeviceError extends CdiError {
  /** the name that was asked for */
  readonly device: string;
  /** which part of the name leads nowhere, or what is in its way */
  readonly reason: UnresolvedReason;
  /** known vendors, classes or devices, as `reason` says, that may have been meant; the nearest first */
  readonly nearest: readonly string[];
  /** the spec files that are in conflict, or in error */
  readonly files: readonly string[];
  /** of the file that is the reason: the line, from 1; undefined where no place is known */
  override readonly line: number | undefined;
  /** of the file that is the reason: the column, from 1, in characters; undefined where no place is known */
  override readonly column: number | undefined;

  constructor(details: UnresolvedDetails) {
    const { code, device, reason, nearest = [], files = [], error, ...rest } = details;
    super(code, { ...rest, path: rest.path ?? error?.path, cause: rest.cause ?? error });
    this.device = device;
    this.reason = reason;
    this.nearest = nearest;
    this.files = files;
    this.line = error?.line;
    this.column = error?.column;
  }
}
