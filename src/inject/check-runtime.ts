// The real runtime gets the container next, and runs as root: no one else may have written it.

import { FIX_TRUST } from '../edits/finding.ts';
import type { Trust } from '../host/trust.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';

/** @throws {CdiError} UNTRUSTED */
export function checkRuntime(path: string, trust: Trust): void {
  const why = trust.problem(path);
  if (why === undefined) return;
  throw new CdiError('UNTRUSTED', { what: `trust the real runtime ${quote(path)}`, path, why, hint: FIX_TRUST });
}
