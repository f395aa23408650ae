// The whole decision about a bundle: what is asked for, who may have it, what it means here, and the text that follows.
import { rewrite } from '../bundle/rewrite.ts';
import { type EditsOfKind, planEdits, type SourcedEdits } from '../edits/apply.ts';
import { type Change, type Dialect, Draft } from '../edits/draft.ts';
import { hasUserNamespace } from '../edits/user-namespace.ts';
import type { FileContent, Host } from '../host/host.ts';
import type { Holder } from '../leases/lease.ts';
import { type FindEffects, findDenial } from '../policy/decide.ts';
import { judgeRequest } from '../policy/judge.ts';
import { resolveDevices } from '../registry/resolve.ts';
import type { ContainerFacts } from '../requests/container-facts.ts';
import { consumeMounts } from '../requests/from-mounts.ts';
import { type Reading, readRequests } from '../requests/read-requests.ts';
import { type DeviceRequest, describeSource } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { type JsonTree, type Pieces, writeJson } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { checkEdits } from './check-edits.ts';
import { checkRuntime } from './check-runtime.ts';
import { chooseDevices } from './choose-devices.ts';
import { type Decision, decide } from './decide.ts';
import { findDialects } from './dialects.ts';
import { keepEffects } from './find-effects.ts';
import { type DroppedRequest, listWarnings, resolveRequests } from './resolve-requests.ts';
import { type HeldClaim, isFull, isSharing, keepClaims, keepUnits, makeHeldError } from './shares.ts';
import { SpecSources } from './spec-sources.ts';

/** What came of a bundle's document, as far as it got. */
export interface InjectionPlan {
  readonly decisions: readonly Decision[];
  readonly facts: ContainerFacts | undefined;
  /** requests that resolve, in order */
  readonly granted: readonly DeviceRequest[];
  /** what of them only so many containers may have */
  readonly claims: readonly HeldClaim[];
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
  readonly dialect: Dialect;
  /** the new document; undefined when it stays as it is */
  readonly pieces: Pieces | undefined;
  /**
   * why there is no injection: BAD_REQUEST, BAD_BUNDLE, DENIED, UNRESOLVED_DEVICE, DEVICE_CONFLICT, UNTRUSTED,
   * STALE_DEVICE, BAD_DEVICE_NODE, DEVICE_HELD
   */
  readonly refusal: CdiError | undefined;
}

/** What is known besides a document and the settings. */
export interface Circumstances extends Reading {
  /** whose the document is, as far as that is known: what it has already keeps nobody from it */
  readonly asker?: Partial<Holder>;
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
  reading: Circumstances = {},
): InjectionPlan {
  const given = { host, file, tree, options, runtime, reading };
  const planBy = (dialect: Dialect): Planned => planDialect(given, dialect);
  const { plan, isDoubtful } = planBy('plain');
  if (!isDoubtful) return plan;
  // Where it matters that runtimes read the document differently, the one that gets it decides; if that is not known,
  // all have to agree, such as in that nothing is asked for.
  const [first = plan, ...others] = findDialects(host, runtime, options.family).map((dialect) => planBy(dialect).plan);
  return others.every((other) => describePlan(other) === describePlan(first)) ? first : plan;
}

/** All of a plan that has an effect. */
function describePlan({ decisions, facts, granted, pieces, refusal }: InjectionPlan): string {
  const known = facts && [facts.engine, facts.namespace, facts.pod, facts.sandbox];
  const text = pieces?.map((piece) => (typeof piece === 'object' ? writeJson(piece) : piece));
  return JSON.stringify([decisions, known, granted, text, refusal?.message]);
}

interface Planned {
  readonly plan: InjectionPlan;
  /** whether it was refused since runtimes read the document differently */
  readonly isDoubtful: boolean;
}

/** What a plan is made of. */
interface Given {
  readonly host: Host;
  readonly file: FileContent;
  readonly tree: JsonTree;
  readonly options: Settings;
  readonly runtime: string | undefined;
  readonly reading: Circumstances;
}

function planDialect(given: Given, dialect: Dialect): Planned {
  const { host, tree, options } = given;
  const plan: Open<InjectionPlan> = {
    decisions: [],
    facts: undefined,
    granted: [],
    claims: [],
    dropped: [],
    edits: [],
    gathered: [],
    changes: [],
    warnings: [],
    sources: new SpecSources(host, options.limits, options.trust.owner),
    dialect,
    pieces: undefined,
    refusal: undefined,
  };
  // What is no object asks for nothing, and no runtime takes it.
  if (tree.kind(0) !== 'object') return { plan, isDoubtful: false };
  const draft = new Draft(tree, 0, dialect);
  try {
    fill(plan, draft, given);
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    plan.refusal = error;
  }
  return { plan, isDoubtful: plan.refusal !== undefined && plan.refusal === draft.doubt };
}

function fill(plan: Open<InjectionPlan>, draft: Draft<number>, given: Given): void {
  const { host, file, tree, options, runtime, reading } = given;
  const asked = readRequests(draft, options.requests, reading);
  const read = options.requests.any ? chooseDevices(host, asked, plan.sources, options, reading.asker) : asked;
  const { requests, facts } = read;
  plan.facts = facts;
  const decideAll = (effectsOf?: FindEffects): void => {
    plan.decisions = decide(options.policy, read, effectsOf);
    const denied = findDenial(plan.decisions);
    if (denied !== undefined) throw makeDenial(denied);
  };
  decideAll();
  const isOpen = plan.decisions.some(({ verdict }) => verdict.open === true);
  const wanted = plan.decisions.filter(({ verdict }) => verdict.action === 'allow' || verdict.open === true);
  if (wanted.length === 0) return;
  if (runtime !== undefined && options.trust.owner === 'strict') checkRuntime(runtime, plan.sources.trust);
  // Others are only looked at, since what they do may be forbidden.
  const needed = isOpen ? listAllowed(plan) : undefined;
  const { index, ...resolved } = resolveRequests(
    host,
    wanted.map(({ request }) => request),
    plan.sources,
    // What chooses a device has waited for all.
    read === asked ? options : { ...options, wait: 0 },
    (request) => !request.optional && needed?.has(request) !== false,
  );
  const effectsOf = keepEffects(host, plan.sources.trust, index);
  let { granted, dropped, edits } = resolved;
  if (isOpen) {
    // What the policy did not know, before it was known what the devices do, it decides now.
    decideAll(effectsOf);
    const allowed = listAllowed(plan);
    granted = granted.filter((request) => allowed.has(request));
    dropped = dropped.filter(({ request }) => allowed.has(request));
    const names = granted.map(({ device }) => device);
    edits = resolveDevices(index, names).edits;
  }
  plan.granted = granted;
  plan.dropped = dropped;
  plan.warnings = listWarnings(plan.dropped);
  const hasNamespace = (): boolean => hasUserNamespace(draft);
  const checked = checkEdits(host, edits, plan.sources, options, { runtime, hasUserNamespace: hasNamespace });
  plan.warnings = [...plan.warnings, ...checked.warnings];
  if (checked.refusal !== undefined) throw checked.refusal;
  const { share } = options.policy;
  if (isSharing(share)) {
    const findUnit = keepUnits(host, plan.sources.trust, index);
    plan.claims = plan.granted.flatMap(keepClaims(host, share, reading.asker ?? {}, index, findUnit));
    const full = plan.claims.find(isFull);
    if (full !== undefined) throw makeHeldError(full);
  }
  plan.edits = edits;
  plan.gathered = checked.gathered;
  // Whoever asked for the device first, a mount that was allowed to ask has done its work.
  const names = new Set(granted.map(({ device }) => device));
  const mounts = requests.filter(({ source, device }) => source === 'mount' && names.has(device));
  const consumed = mounts.filter(
    (request) => judgeRequest(options.policy, request, facts, effectsOf(request.device)).action === 'allow',
  );
  consumeMounts(draft, options.requests, new Set(consumed.map(({ key }) => key)));
  plan.changes = planEdits(draft, plan.gathered, checked.lookup, 'once');
  if (plan.changes.length > 0) plan.pieces = rewrite(tree, file.size, plan.changes, draft);
}

function listAllowed({ decisions }: Pick<InjectionPlan, 'decisions'>): ReadonlySet<DeviceRequest> {
  return new Set(decisions.filter(({ verdict }) => verdict.action === 'allow').map(({ request }) => request));
}

function makeDenial({ request, verdict }: Decision): CdiError {
  const reason = verdict.reason === undefined ? '' : `: ${verdict.reason}`;
  return new CdiError('DENIED', {
    what: `inject device ${quote(request.device)} (asked for by ${describeSource(request)})`,
    why: `${verdict.by} of the settings denies it${reason}`,
    hint: 'ask for another device, or have the policy changed',
  });
}
