// The whole decision about a bundle: what is asked for, who may have it, what it means here, and the text that follows.
import { rewrite } from '../bundle/rewrite.ts';
import { type EditsOfKind, planEdits, type SourcedEdits } from '../edits/apply.ts';
import { type Change, Draft, type Reading } from '../edits/draft.ts';
import type { FileContent, Host } from '../host/host.ts';
import { decideRequests, type Decision as PolicyDecision } from '../policy/decide.ts';
import { judgeRequest } from '../policy/judge.ts';
import type { ContainerFacts } from '../requests/container-facts.ts';
import { consumeMounts } from '../requests/from-mounts.ts';
import { readRequests } from '../requests/read-requests.ts';
import { type DeviceRequest, describeSource } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import type { JsonTree, Pieces } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { checkEdits } from './check-edits.ts';
import { checkRuntime } from './check-runtime.ts';
import { findReadings } from './readings.ts';
import { type DroppedRequest, resolveRequests } from './resolve-requests.ts';
import { SpecSources } from './spec-sources.ts';

/** A request and what the policy says to it. */
export type Decision = PolicyDecision<DeviceRequest>;

/** What came of a bundle's document, as far as it got. */
export interface InjectionPlan {
  /** all that count, as they were read; of one device the first has it */
  readonly requests: readonly DeviceRequest[];
  readonly decisions: readonly Decision[];
  readonly facts: ContainerFacts | undefined;
  /** requests that resolve, in order */
  readonly granted: readonly DeviceRequest[];
  /** requests that may go without their device, and why it is not there */
  readonly dropped: readonly DroppedRequest[];
  /** of the devices that are granted, as their specs have them */
  readonly edits: readonly SourcedEdits[];
  /** what is left of them, in the order in which they apply, hooks with their env */
  readonly gathered: readonly EditsOfKind[];
  readonly changes: readonly Change<number>[];
  readonly warnings: readonly string[];
  readonly sources: SpecSources;
  /** how the document was read */
  readonly reading: Reading;
  /** the new document; undefined when it stays as it is */
  readonly pieces: Pieces | undefined;
  /**
   * why there is no injection: BAD_REQUEST, BAD_BUNDLE, DENIED, UNRESOLVED_DEVICE, DEVICE_CONFLICT, UNTRUSTED,
   * STALE_DEVICE, BAD_DEVICE_NODE
   */
  readonly refusal: CdiError | undefined;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Plans the injection into a bundle's document. Nothing is written, and a refusal is part of the plan.
 *
 * @param runtime path of the real runtime that gets the document, to be judged as well; undefined where it is not known
 */
export function planInjection(
  host: Host,
  file: FileContent,
  tree: JsonTree,
  options: Settings,
  runtime: string | undefined,
): InjectionPlan {
  const planBy = (reading: Reading): Planned => planReading(host, file, tree, options, runtime, reading);
  const { plan, isDoubtful } = planBy('plain');
  if (!isDoubtful) return plan;
  // Where it matters that runtimes read the document differently, the one that gets it decides; if that is not known,
  // all have to agree, such as in that nothing is asked for.
  const [first = plan, ...others] = findReadings(host, runtime, options.family).map((reading) => planBy(reading).plan);
  return others.every((other) => describePlan(other) === describePlan(first)) ? first : plan;
}

/** All of a plan that has an effect. */
function describePlan({ decisions, facts, granted, pieces, refusal }: InjectionPlan): string {
  const known = facts && [facts.engine, facts.namespace, facts.pod, facts.sandbox];
  return JSON.stringify([decisions, known, granted, pieces, refusal?.message]);
}

interface Planned {
  readonly plan: InjectionPlan;
  /** whether it was refused since runtimes read the document differently */
  readonly isDoubtful: boolean;
}

function planReading(
  host: Host,
  file: FileContent,
  tree: JsonTree,
  options: Settings,
  runtime: string | undefined,
  reading: Reading,
): Planned {
  const plan: Open<InjectionPlan> = {
    requests: [],
    decisions: [],
    facts: undefined,
    granted: [],
    dropped: [],
    edits: [],
    gathered: [],
    changes: [],
    warnings: [],
    sources: new SpecSources(host, options.limits, options.trust.owner),
    reading,
    pieces: undefined,
    refusal: undefined,
  };
  // What is no object asks for nothing, and no runtime takes it.
  if (tree.kind(0) !== 'object') return { plan, isDoubtful: false };
  const draft = new Draft(tree, 0, reading);
  try {
    fill(plan, host, file, tree, draft, options, runtime);
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    plan.refusal = error;
  }
  return { plan, isDoubtful: plan.refusal !== undefined && plan.refusal === draft.doubt };
}

function fill(
  plan: Open<InjectionPlan>,
  host: Host,
  file: FileContent,
  tree: JsonTree,
  draft: Draft<number>,
  options: Settings,
  runtime: string | undefined,
): void {
  const { requests, facts } = readRequests(draft, options.requests);
  plan.requests = requests;
  plan.facts = facts;
  plan.decisions = decideRequests(options.policy, requests, facts);
  const denied = plan.decisions.find(({ verdict }) => verdict.action === 'deny');
  if (denied !== undefined) throw makeDenial(denied);
  const allowed = plan.decisions.filter(({ verdict }) => verdict.action === 'allow').map(({ request }) => request);
  if (allowed.length === 0) return;
  if (runtime !== undefined && options.trust.owner === 'strict') checkRuntime(runtime, plan.sources.trust);
  const resolved = resolveRequests(host, allowed, plan.sources, options);
  plan.granted = resolved.granted;
  plan.dropped = resolved.dropped;
  plan.warnings = resolved.dropped.map(({ error }) => error.message);
  const checked = checkEdits(host, resolved.edits, plan.sources, options);
  plan.warnings = [...plan.warnings, ...checked.warnings];
  plan.edits = resolved.edits;
  plan.gathered = checked.gathered;
  // Whoever asked for the device first, a mount that was allowed to ask has done its work.
  const mounts = requests.filter((request) => request.source === 'mount' && isGranted(request, plan));
  const consumed = mounts.filter((request) => judgeRequest(options.policy, request, facts).action === 'allow');
  consumeMounts(draft, options.requests, new Set(consumed.map(({ key }) => key)));
  plan.changes = planEdits(draft, plan.gathered, host, 'once');
  if (plan.changes.length > 0) plan.pieces = rewrite(tree, file.size, plan.changes, draft);
}

function makeDenial({ request, verdict }: Decision): CdiError {
  const reason = verdict.reason === undefined ? '' : `: ${verdict.reason}`;
  return new CdiError('DENIED', {
    what: `inject device ${quote(request.device)} (asked for by ${describeSource(request)})`,
    why: `${verdict.by} of the settings denies it${reason}`,
    hint: 'ask for another device, or have the policy changed',
  });
}

function isGranted({ device }: DeviceRequest, { granted }: Pick<InjectionPlan, 'granted'>): boolean {
  return granted.some((request) => request.device === device);
}
