// From a plan to all that can be said of it.
import { createHash } from 'node:crypto';
import type { SourcedEdits } from '../../edits/apply.ts';
import { MINIMAL_HOOK_ENV } from '../../inject/check-edits.ts';
import { type ExplainedEdit, explainEdits } from '../../inject/explain.ts';
import type { InjectionPlan } from '../../inject/plan.ts';
import { findOutcome } from '../../inject/receipt.ts';
import type { HeldClaim } from '../../inject/shares.ts';
import { type ContainerFacts, listDisputed } from '../../requests/container-facts.ts';
import type { LoadedSettings } from '../../settings/combine.ts';
import type { Settings } from '../../settings/settings.ts';
import { CdiError } from '../../text/error.ts';
import { assemble, type JsonValue, type OrderedJson } from '../../text/json.ts';
import type { Context } from '../command.ts';
import { type Document, parseValue } from '../document/document.ts';
import { encodeOrigin } from '../effective-settings.ts';
import { encodeError } from '../look.ts';
import type { EditData, ExplainedSubject, Explanation, RequestData } from './explanation.ts';
import { locateDecisions } from './policy-decisions.ts';

/**
 * Explains a plan for a document.
 *
 * @param settings those that the plan was made by
 * @param plan undefined where the shim would not even make one, since nothing in the document can be a request
 */
export function explain(
  context: Context,
  settings: Settings,
  subject: ExplainedSubject,
  document: Document,
  plan: InjectionPlan | undefined,
): Explanation {
  const after = applyPlan(document, plan);
  return {
    subject: subject.kind,
    path: subject.path,
    outcome: plan === undefined ? 'nothing' : findExplainedOutcome(plan),
    container: plan?.facts === undefined ? undefined : encodeFacts(plan.facts),
    requests: encodeRequests({ ...context.settings(), settings }, plan),
    specs: plan === undefined ? [] : listSpecs(plan),
    edits: plan === undefined ? [] : explainEdits(document.tree, plan).map(encodeEdit),
    mountsMoved: plan !== undefined && movesMounts(plan),
    config: subject.kind === 'devices' ? undefined : { before: hashText(document.text), after: hashText(after) },
    warnings: plan?.warnings ?? [],
    refusal: plan?.refusal === undefined ? undefined : encodeError(plan.refusal),
    audit: undefined,
  };
}

/** What is said of a document that may ask for devices and that no one can read. */
export function explainRefusal({ kind, path }: ExplainedSubject, refusal: CdiError): Explanation {
  return {
    subject: kind,
    path,
    outcome: 'refused',
    container: undefined,
    requests: [],
    specs: [],
    edits: [],
    mountsMoved: false,
    config: undefined,
    warnings: [],
    refusal: encodeError(refusal),
    audit: undefined,
  };
}

/** The document that comes of a plan. */
export function applyPlan({ text }: Document, plan: InjectionPlan | undefined): string {
  return plan?.pieces === undefined || plan.refusal !== undefined ? text : assemble(text, plan.pieces);
}

function findExplainedOutcome(plan: InjectionPlan): Explanation['outcome'] {
  if (plan.refusal !== undefined || plan.decisions.length > 0) return findOutcome(plan);
  // Named on a command line instead of requested.
  if (plan.edits.length > 0) return plan.pieces === undefined ? 'already' : 'injected';
  return 'nothing';
}

/** Each request with its verdict, then those that do not count here. */
function encodeRequests(loaded: LoadedSettings, plan: InjectionPlan | undefined): RequestData[] {
  return locateDecisions(loaded, plan?.decisions ?? []).map(({ request, action, by, origin, reason }): RequestData => {
    const { device, source, key, optional, asked } = request;
    const claims = plan?.claims.filter((claim) => claim.request === request) ?? [];
    const dropped = plan?.dropped.find((one) => one.request === request)?.error;
    return {
      device,
      source,
      key,
      optional,
      action,
      rule: by,
      origin: encodeOrigin(origin),
      reason,
      granted: plan?.refusal === undefined && plan?.granted.includes(request) === true,
      dropped: dropped === undefined ? undefined : encodeError(dropped),
      asked,
      shared: claims.length === 0 ? undefined : claims.map(encodeClaim),
    };
  });
}

function encodeClaim({ most, pattern, holders }: HeldClaim): NonNullable<RequestData['shared']>[number] {
  return { most, pattern, holders: holders.map(({ id, bundle, roots, since }) => ({ id, bundle, roots, since })) };
}

function encodeFacts(facts: ContainerFacts): OrderedJson {
  const { engine, namespace, pod, sandbox, cri } = facts;
  const common = { engine, namespace, pod, sandbox, kubernetes: cri, disputed: listDisputed(facts) };
  try {
    return { ...common, userNamespace: facts.userNamespace, privileged: facts.privileged };
  } catch (error) {
    // These two are read only where a rule asks for them, from parts of the document that may have any form.
    if (error instanceof CdiError) return common;
    throw error;
  }
}

function listSpecs({ edits, sources }: InjectionPlan): Explanation['specs'] {
  const paths = new Set(edits.map(({ path }: SourcedEdits) => path));
  return [...paths].map((path) => ({ path, digest: sources.digest(path) }));
}

function encodeEdit(edit: ExplainedEdit): EditData {
  const { kind, key, value, device, spec, at, request, effect, writes, replaces, shadows, by } = edit;
  return {
    kind,
    key,
    value,
    level: device === undefined ? 'spec' : 'device',
    device,
    spec,
    line: at?.line,
    column: at?.column,
    request: request && { device: request.device, source: request.source, key: request.key },
    effect,
    hookEnv: kind === 'hooks' ? findHookEnv(value) : undefined,
    writes,
    replaces: replaces.map(parseValue),
    shadows: shadows.map(parseValue),
    overriddenBy: by && { spec: by.spec, device: by.device, line: by.at?.line },
  };
}

function findHookEnv(hook: JsonValue): EditData['hookEnv'] {
  const { hookName, env } = typeof hook === 'object' && hook !== null && 'hookName' in hook ? hook : {};
  // That very list, and not one of a spec that says the same.
  if (env === MINIMAL_HOOK_ENV) return 'minimal';
  if (Array.isArray(env) && env.length > 0) return 'spec';
  return hookName === 'startContainer' ? 'container' : 'runtime';
}

/** Nodes are numbered in the order of the text. */
function movesMounts(plan: InjectionPlan): boolean {
  const to = plan.changes.find(({ path }) => path.join() === 'mounts')?.to;
  const kept = to !== undefined && 'list' in to ? to.list.flatMap((entry) => ('kept' in entry ? entry.kept : [])) : [];
  return kept.some((node, place) => node < (kept[place - 1] ?? 0));
}

/** In hexadecimal, of the text as UTF-8. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
