// What the settings say to each request of a container, and which of their lines says so.
import type { Draft } from '../../edits/draft.ts';
import { type Decision, decide } from '../../inject/decide.ts';
import { keepEffects } from '../../inject/find-effects.ts';
import { type FindEffects, findDenial } from '../../policy/decide.ts';
import type { ContainerFacts } from '../../requests/container-facts.ts';
import { readRequests } from '../../requests/read-requests.ts';
import type { DeviceRequest } from '../../requests/request.ts';
import type { LoadedSettings } from '../../settings/combine.ts';
import { findOrigin, type Origin } from '../../settings/origin.ts';
import type { Context } from '../command.ts';
import { loadSpecView } from '../look.ts';

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
export function decideByPolicy<N>(context: Context, draft: Draft<N>): PolicyDecisions {
  const loaded = context.settings();
  const { policy, requests } = loaded.settings;
  const read = readRequests(draft, requests);
  const first = decide(policy, read);
  const isOpen = findDenial(first) === undefined && first.some(({ verdict }) => verdict.open === true);
  const decisions = isOpen ? decide(policy, read, lookAtEffects(context)) : first;
  return { facts: read.facts, decisions: locateDecisions(loaded, decisions) };
}

/** What devices do on this host, as its specs are now. */
function lookAtEffects(context: Context): FindEffects {
  const { index, sources } = loadSpecView(context);
  return keepEffects(context.host, sources.trust, index);
}

/** Decisions with the lines of the settings that they are from. */
export function locateDecisions({ files }: LoadedSettings, decisions: readonly Decision[]): readonly PolicyDecision[] {
  return decisions.map(({ request, verdict: { action, by, reason, open } }) => {
    const said = [reason, open === true ? UNKNOWN : undefined].filter((text) => text !== undefined).join('; ');
    const origin = findOrigin(files, parseKeys(by));
    return { request, action, by, origin, reason: said === '' ? undefined : said };
  });
}

const UNKNOWN = 'it does not resolve here, so that no one can say what it does';

/** `policy.rules[2]` and `policy.preset kubernetes` as paths into the settings. */
function parseKeys(by: string): readonly (string | number)[] {
  const [, path = by, index] = /^([^[ ]+)(?:\[([0-9]+)\])?/.exec(by) ?? [];
  return [...path.split('.'), ...(index === undefined ? [] : [Number(index)])];
}
