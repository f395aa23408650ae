// What becomes of all that a document asks for: by the policy, or by the settings of its source.
import { decideRequests, type FindEffects } from '../policy/decide.ts';
import type { PolicyVerdict } from '../policy/judge.ts';
import type { RequestsRead } from '../requests/read-requests.ts';
import type { DeviceRequest } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';

/** A request and what becomes of it. */
export interface Decision {
  readonly request: DeviceRequest;
  readonly verdict: Verdict;
}

interface Verdict extends Omit<PolicyVerdict, 'action'> {
  /** `off`: it does not count in this container, which is on record */
  readonly action: PolicyVerdict['action'] | 'off';
}

/** Those of requests that count, in their order; then the others, but for devices that the container may have anyway. */
export function decide(
  policy: Settings['policy'],
  { requests, off, facts }: RequestsRead,
  effectsOf?: FindEffects,
): readonly Decision[] {
  const decided: readonly Decision[] = decideRequests(policy, requests, facts, effectsOf);
  if (off.length === 0) return decided;
  const allowed = new Set(
    decided.flatMap(({ request, verdict }) => (verdict.action === 'allow' ? request.device : [])),
  );
  const lost = off.filter(({ request }) => !allowed.has(request.device));
  return [
    ...decided,
    ...lost.map(({ request, by, reason }): Decision => ({ request, verdict: { action: 'off', by, reason } })),
  ];
}
