// What the settings say to each request of a container, and which of their lines says so.
import type { Draft } from '../../edits/draft.ts';
import { keepEffects } from '../../inject/find-effects.ts';
import { type Decision, decideRequests, type FindEffects, findDenial } from '../../policy/decide.ts';
import type { ContainerFacts } from '../../requests/container-facts.ts';
import { readRequests } from '../../requests/read-requests.ts';
import type { DeviceRequest } from '../../requests/request.ts';
import type { LoadedSettings } from '../../settings/load.ts';
import { findOrigin, type Origin } from '../../settings/origin.ts';
import type { Action, Settings, Source } from '../../settings/settings.ts';
import { SOURCES } from '../../settings/table.ts';
import { CdiError } from '../../text/error.ts';
import type { Context } from '../command.ts';
import { loadSpecView } from '../look.ts';

export interface PolicyDecision {
  readonly request: DeviceRequest;
  /** `off`: the source does not count in this container, so that no one asks */
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
export function decideByPolicy<N>(context: Context, draft: Draft<N>): PolicyDecisions {
  const loaded = context.settings();
  const { policy } = loaded.settings;
  const { requests, facts } = readRequests(draft, loaded.settings.requests);
  const first = decideRequests(policy, requests, facts);
  const isOpen = findDenial(first) === undefined && first.some(({ verdict }) => verdict.open === true);
  const decisions = isOpen ? decideRequests(policy, requests, facts, lookAtEffects(context)) : first;
  return { facts, decisions: completeDecisions(loaded, draft, requests, decisions) };
}

/** What devices do on this host, as its specs are now. */
function lookAtEffects(context: Context): FindEffects {
  const { index, sources } = loadSpecView(context);
  return keepEffects(context.host, sources.trust, index);
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
    const { action, by, reason, open } = verdict;
    const remark = open === true ? [UNKNOWN] : [];
    const said = [...(reason === undefined ? [] : [reason]), ...remark].join('; ');
    return { request, action, by, origin: findOrigin(files, parseKeys(by)), reason: said === '' ? undefined : said };
  });
  const has = new Set(decided.flatMap(({ request, action }) => (action === 'allow' ? request.device : [])));
  const counted = new Set(requests.map(makeKey));
  const others = readAllRequests(draft, settings.requests).filter(
    (request) => !has.has(request.device) && !counted.has(makeKey(request)),
  );
  const off = others.map((request): PolicyDecision => {
    const section = SOURCES[request.source];
    const isAuto = settings.requests[section].enabled === 'auto';
    const keys = ['requests', section, 'enabled'];
    const reason = isAuto ? `auto: ${LEFT_OUT[request.source]}` : 'this source is off';
    return { request, action: 'off', by: keys.join('.'), origin: findOrigin(files, keys), reason };
  });
  return [...decided, ...off];
}

const UNKNOWN = 'it does not resolve here, so that no one can say what it does';

function makeKey({ device, source, key }: DeviceRequest): string {
  return JSON.stringify([device, source, key]);
}

/** Why the `auto` of a source leaves it out; mounts have none. */
const LEFT_OUT: Readonly<Record<Source, string>> = {
  annotation: 'CRI-O hands every annotation of a pod through',
  env: 'in Kubernetes an image or a tenant sets the environment',
  mount: '',
};

/** As if every source were on. What is malformed in one that is off does not matter. */
function readAllRequests<N>(draft: Draft<N>, settings: Settings['requests']): readonly DeviceRequest[] {
  let all = settings;
  for (const section of Object.values(SOURCES)) all = { ...all, [section]: { ...all[section], enabled: true } };
  try {
    return readRequests(draft, all).requests;
  } catch (error) {
    if (error instanceof CdiError) return [];
    throw error;
  }
}

/** `policy.rules[2]` and `policy.preset kubernetes` as paths into the settings. */
function parseKeys(by: string): readonly (string | number)[] {
  const [, path = by, index] = /^([^[ ]+)(?:\[([0-9]+)\])?/.exec(by) ?? [];
  return [...path.split('.'), ...(index === undefined ? [] : [Number(index)])];
}
