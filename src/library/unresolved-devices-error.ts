// Devices that were asked for and do not resolve.
import { CdiError } from '../text/error.ts';

/** `reasons` has an error for each device, in request order. */
export class UnresolvedDevicesError extends CdiError {
  /** in request order, as often as requested */
  readonly devices: readonly string[];
  readonly reasons: readonly CdiError[];

  constructor(devices: readonly string[], reasons: readonly CdiError[]) {
    const [first] = reasons;
    const why = first?.why ?? 'they do not resolve';
    super(first?.code ?? 'UNRESOLVED_DEVICE', {
      what: first?.what ?? 'inject devices',
      why: reasons.length > 1 ? `${why}; ${reasons.length - 1} more do not resolve either` : why,
      hint: first?.hint,
      path: first?.path,
      cause: first,
    });
    this.devices = devices;
    this.reasons = reasons;
  }
}
