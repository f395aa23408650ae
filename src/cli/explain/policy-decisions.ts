// What the settings say to each request of a container, and which of their lines says so.
import type { Draft } from '../../edits/draft.ts';
import { type Decision, decide } from '../../inject/decide.ts';
import type { ContainerFacts } from '../../requests/container-facts.ts';
import { readRequests } from '../../requests/read-requests.ts';
import type { DeviceRequest } from '../../requests/request.ts';
import type { LoadedSettings } from '../../settings/load.ts';
import { findOrigin, type Origin } from '../../settings/origin.ts';

export interface PolicyDecision {
  readonly request: DeviceRequest;
  /** `off`: the request does not count in this container */
  readonly action: Decision['verdict']['action'];
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
 * The verdicts, as the shim comes to them.
 *
 * @throws {CdiError} BAD_REQUEST, BAD_BUNDLE
 */
export function decideByPolicy<N>(loaded: LoadedSettings, draft: Draft<N>): PolicyDecisions {
  const read = readRequests(draft, loaded.settings.requests);
  return { facts: read.facts, decisions: locateDecisions(loaded, decide(loaded.settings.policy, read)) };
}

/** Decisions with the lines of the settings that they are from. */
export function locateDecisions({ files }: LoadedSettings, decisions: readonly Decision[]): readonly PolicyDecision[] {
  return decisions.map(({ request, verdict: { action, by, reason } }) => {
    return { request, action, by, origin: findOrigin(files, parseKeys(by)), reason };
  });
}

/** `policy.rules[2]` and `policy.preset kubernetes` as paths into the settings. */
function parseKeys(by: string): readonly (string | number)[] {
  const [, path = by, index] = /^([^[ ]+)(?:\[([0-9]+)\])?/.exec(by) ?? [];
  return [...path.split('.'), ...(index === undefined ? [] : [Number(index)])];
}
