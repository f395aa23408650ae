// Devices that were asked for and do not resolve.
import { UnresolvedDeviceError } from '../registry/unresolved-device-error.ts';

/** What an injection throws: about the first device that does not resolve, with all of them in `reasons`. */
export class UnresolvedDevicesError extends UnresolvedDeviceError {
  /** in request order, as often as requested */
  readonly devices: readonly string[];
  /** an error for each of `devices`, in that order */
  readonly reasons: readonly UnresolvedDeviceError[];

  constructor(reasons: readonly [UnresolvedDeviceError, ...UnresolvedDeviceError[]]) {
    const [first, ...others] = reasons;
    const { code, device, reason, what, hint, nearest, files } = first;
    const why = others.length > 0 ? `${first.why}; ${others.length} more do not resolve either` : first.why;
    super({ code, device, reason, what, why, hint, nearest, files, error: first, cause: first });
    this.devices = reasons.map(({ device }) => device);
    this.reasons = reasons;
  }
}
