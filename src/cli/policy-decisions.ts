// What the settings say to each request of a container, and which of their lines says so.
import type { Draft } from '../edits/draft.ts';
import { type Decision, decide } from '../policy/decide.ts';
import type { Action } from '../policy/rules.ts';
import type { ContainerFacts } from '../requests/container-facts.ts';
import { readRequests } from '../requests/read-requests.ts';
import type { DeviceRequest, RequestOptions } from '../requests/request.ts';
import type { LoadedSettings } from '../settings/load.ts';
import { type Origin, originOf } from '../settings/origin.ts';
import { CdiError } from '../text/error.ts';

export interface PolicyDecision {
  readonly request: DeviceRequest;
  /** `off`: the source does not count in this container, so that nobody asks */
  readonly action: Action | 'off';
  /** what decided: `policy.rules[2]`, `policy.preset kubernetes`, `policy.default`, `requests.env.enabled` */
  readonly by: string;
  /** undefined where a default decided */
  readonly origin: Origin | undefined;
  readonly reason: string | undefined;
}

export interface PolicyDecisions {
  readonly facts: ContainerFacts;
  readonly decisions: readonly PolicyDecision[];
}

/**
 * The verdicts that count, as the shim comes to them; then what sources that are off here ask for besides.
 *
 * @throws {CdiError} BAD_REQUEST, BAD_BUNDLE
 */
export function policyDecisions<N>(loaded: LoadedSettings, draft: Draft<N>): PolicyDecisions {
  const { requests, facts } = readRequests(draft, loaded.settings.requests);
  const decisions = decide(loaded.settings.policy, requests, facts);
  return { facts, decisions: completeDecisions(loaded, draft, requests, decisions) };
}

/**
 * Decisions with the lines of the settings that they are from, and those about sources that are off.
 *
 * @param requests those that count
 */
export function completeDecisions<N>(
  { settings, files }: LoadedSettings,
  draft: Draft<N>,
  requests: readonly DeviceRequest[],
  decisions: readonly Decision<DeviceRequest>[],
): readonly PolicyDecision[] {
  const decided = decisions.map(({ request, verdict }): PolicyDecision => {
    const { action, by, reason } = verdict;
    return { request, action, by, origin: originOf(files, keysOf(by)), reason };
  });
  const has = new Set(decided.flatMap(({ request, action }) => (action === 'allow' ? request.device : [])));
  const counted = new Set(requests.map(mention));
  const others = requestsOfAll(draft, settings.requests).filter(
    (request) => !has.has(request.device) && !counted.has(mention(request)),
  );
  const off = others.map((request): PolicyDecision => {
    const { section, why } = SOURCES[request.source];
    const isAuto = settings.requests[section].enabled === 'auto';
    const keys = ['requests', section, 'enabled'];
    const reason = isAuto ? `auto: ${why}` : 'this source is off';
    return { request, action: 'off', by: keys.join('.'), origin: originOf(files, keys), reason };
  });
  return [...decided, ...off];
}

function mention({ device, source, key }: DeviceRequest): string {
  return JSON.stringify([device, source, key]);
}

/** The section of each source, and what its `auto` leaves out. */
const SOURCES = {
  annotation: { section: 'annotations', why: 'CRI-O hands every annotation of a pod through' },
  env: { section: 'env', why: 'in Kubernetes an image or a tenant sets the environment' },
  mount: { section: 'mounts', why: '' },
} as const;

/** As if every source were on. What is malformed in one that is off is nobody's concern. */
function requestsOfAll<N>(draft: Draft<N>, options: RequestOptions): readonly DeviceRequest[] {
  const all = {
    ...options,
    annotations: { ...options.annotations, enabled: true },
    env: { ...options.env, enabled: true },
    mounts: { ...options.mounts, enabled: true },
  };
  try {
    return readRequests(draft, all).requests;
  } catch (error) {
    if (error instanceof CdiError) return [];
    throw error;
  }
}

/** `policy.rules[2]` and `policy.preset kubernetes` as paths into the settings. */
function keysOf(by: string): readonly (string | number)[] {
  const [, path = by, index] = /^([^[ ]+)(?:\[([0-9]+)\])?/.exec(by) ?? [];
  return [...path.split('.'), ...(index === undefined ? [] : [Number(index)])];
}
