// The checks of cdictl doctor: a new one is a row in one of these tables, its cases in the tests, and a section of
// docs/doctor.md.
import { CdiError } from '../../text/error.ts';
import { AUDIT_CHECK } from './audit-check.ts';
import { CGROUP_CHECKS } from './cgroup-checks.ts';
import { type Check, type Result, reportProblem, STATUSES, type Status } from './check.ts';
import { ENGINES_CHECK, NATIVE_CDI_CHECK } from './engine-check.ts';
import { HARDWARE_CHECKS } from './hardware-checks.ts';
import type { HostView } from './host-view.ts';
import { ROOTLESS_CHECKS } from './rootless-checks.ts';
import { RUNTIME_CHECK } from './runtime-check.ts';
import { ACL_CHECK, SECURITY_CHECK } from './security-check.ts';
import { SETTINGS_CHECK } from './settings-check.ts';
import { SHIM_CHECKS } from './shim-checks.ts';
import { SPEC_CHECKS } from './spec-checks.ts';

export const CHECKS: readonly Check[] = [
  SETTINGS_CHECK,
  ...SPEC_CHECKS,
  ...HARDWARE_CHECKS,
  RUNTIME_CHECK,
  ...SHIM_CHECKS,
  ENGINES_CHECK,
  NATIVE_CDI_CHECK,
  ...CGROUP_CHECKS,
  ...ROOTLESS_CHECKS,
  SECURITY_CHECK,
  ACL_CHECK,
  AUDIT_CHECK,
];

export interface Examined {
  readonly id: string;
  /** the worst of its results */
  readonly status: Status;
  readonly results: readonly Result[];
}

/** @param tell of the check that begins */
export async function examine(
  view: HostView,
  checks: readonly Check[],
  tell: (id: string) => void = () => {},
): Promise<readonly Examined[]> {
  const examined: Examined[] = [];
  for (const { id, examine } of checks) {
    tell(id);
    const results = await collectResults(examine, view);
    const worst = Math.max(0, ...results.map(({ status }) => STATUSES.indexOf(status)));
    examined.push({ id, status: STATUSES[worst] ?? 'ok', results });
  }
  return examined;
}

/** An error in a check is a result, too: the others go on. */
async function collectResults(examine: Check['examine'], view: HostView): Promise<readonly Result[]> {
  try {
    return await examine(view);
  } catch (error) {
    if (error instanceof CdiError) return [reportProblem(error, 'fix it, and look again')];
    throw error;
  }
}
