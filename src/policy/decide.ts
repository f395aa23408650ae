// What becomes of all requests of a container: each is judged, and the first one that is allowed has its device.
import type { Settings } from '../settings/settings.ts';
import type { Effects } from './effects.ts';
import { type Facts, judgeRequest, type PolicyRequest, type PolicyVerdict } from './judge.ts';

/** A request and what the policy says to it. */
export interface Decision<R extends PolicyRequest> {
  readonly request: R;
  readonly verdict: PolicyVerdict;
}

/** What a device does; undefined where it does not resolve, so that it does nothing. */
export type FindEffects = (device: string) => Effects | undefined;

/**
 * The decisions that count, in the order of the requests. A request that is ignored is as if it were not there, so that
 * a later one may still have the device; what is asked for again after it was allowed is dropped.
 *
 * @param effectsOf absent as long as nothing is resolved: then some verdicts stay open
 */
export function decideRequests<R extends PolicyRequest & { readonly optional: boolean }>(
  policy: Settings['policy'],
  requests: readonly R[],
  facts: Facts,
  effectsOf?: FindEffects,
): readonly Decision<R>[] {
  const decisions: Decision<R>[] = [];
  const places = new Map<string, number>();
  for (const request of requests) {
    const place = places.get(request.device);
    const isNeededMore = place !== undefined && !request.optional && decisions[place]?.request.optional === true;
    if (place !== undefined && !isNeededMore) continue;
    const decision = { request, verdict: judgeRequest(policy, request, facts, effectsOf?.(request.device)) };
    const isOpen = effectsOf === undefined && decision.verdict.open === true;
    if (decision.verdict.action !== 'allow' || isOpen) {
      decisions.push(decision);
      continue;
    }
    places.set(request.device, place ?? decisions.length);
    // Who could do without the device keeps its place for who cannot.
    decisions[place ?? decisions.length] = decision;
  }
  return decisions;
}

interface DecidedDevice {
  readonly request: Pick<PolicyRequest, 'device'>;
  readonly verdict: { readonly action: string; readonly open?: boolean };
}

/** The first decision that forbids, whatever becomes of those that are open. */
export function findDenial<D extends DecidedDevice>(decisions: readonly D[]): D | undefined {
  const open = new Set<string>();
  return decisions.find(({ request: { device }, verdict }) => {
    if (verdict.open === true) open.add(device);
    // Where an earlier request has the device in the end, a later one does not count.
    return verdict.action === 'deny' && !open.has(device);
  });
}
