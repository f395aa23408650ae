// What was done to a container and why, as data: the audit's line, and what `cdictl explain` compares with.
import type { FileContent, Host } from '../host/host.ts';
import { listDisputed } from '../requests/container-facts.ts';
import type { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import type { InjectionPlan } from './plan.ts';

/** What the command line says about the container. */
export interface ContainerCall {
  /** what all lines about this call have in common, and no others */
  readonly record: string;
  readonly command: string;
  readonly id: string;
  readonly bundle: string;
  /** folders in one of which the runtime keeps the container's state; undefined where nothing is started */
  readonly roots?: readonly string[];
}

/**
 * `intended`: the document is about to be replaced, and another line says what came of it; `already`: everything was
 * there before; `ignored`: the container starts without what it asked for.
 */
export type AuditOutcome = 'intended' | PlanOutcome | 'failed';

/** What a plan comes to if all goes well. */
export type PlanOutcome = 'injected' | 'already' | 'ignored' | 'refused';

/** One line of the audit; members that are undefined are left out. The published schema has each member's meaning. */
export type Receipt = { readonly [key: string]: JsonValue | undefined };

/** The outcome that a plan has if it is carried out. */
export function findOutcome(plan: InjectionPlan): PlanOutcome {
  if (plan.refusal !== undefined) return 'refused';
  if (plan.granted.length === 0) return 'ignored';
  return plan.pieces === undefined ? 'already' : 'injected';
}

/**
 * The receipt for a plan: what is done, or of a document that is to be replaced, what is intended.
 *
 * @param time is put first, so that a line is known by its beginning
 */
export function makeReceipt(
  host: Host,
  time: string,
  call: ContainerCall,
  file: FileContent,
  plan: InjectionPlan,
): Receipt {
  const { facts, refusal, pieces } = plan;
  const outcome = findOutcome(plan);
  const before = host.digest(file);
  const dropped = new Set(plan.dropped.map(({ request }) => request));
  return {
    time,
    record: call.record,
    outcome: outcome === 'injected' ? 'intended' : outcome,
    command: call.command,
    id: call.id,
    bundle: call.bundle,
    engine: facts?.engine,
    namespace: facts?.namespace,
    pod: facts?.pod,
    disputed: facts && listDisputed(facts),
    requests: plan.decisions.map(({ request, verdict }) => ({
      device: request.device,
      asked: request.asked,
      source: request.source,
      key: request.key,
      optional: request.optional ? true : undefined,
      action: verdict.action,
      rule: verdict.by,
      reason: verdict.reason,
      dropped: dropped.has(request) ? true : undefined,
    })),
    devices: refusal === undefined ? listDevices(plan, call) : [],
    warnings: plan.warnings.length === 0 ? undefined : plan.warnings,
    error: refusal === undefined ? undefined : { code: refusal.code, message: refusal.message },
    config: { before, after: refusal !== undefined || pieces === undefined ? before : host.digest(file, pieces) },
  };
}

/** Who asks, and for what, no one knows: the document could not be read, or the settings could not. */
export function makeUnreadReceipt(time: string, call: ContainerCall, error: CdiError): Receipt {
  const { code, message } = error;
  return { time, ...whoAsked('refused', call), requests: [], devices: [], error: { code, message } };
}

/** What came of an intent. */
export function makeOutcomeReceipt(time: string, call: ContainerCall): Receipt {
  return { time, ...whoAsked('injected', call) };
}

/** What was intended, or was not even that far, came to nothing. */
export function makeFailureReceipt(
  time: string,
  call: ContainerCall,
  { code, message }: { readonly code: string; readonly message: string },
): Receipt {
  return { time, ...whoAsked('failed', call), error: { code, message } };
}

function whoAsked(outcome: AuditOutcome, { record, command, id, bundle }: ContainerCall): Receipt {
  return { record, outcome, command, id, bundle };
}

function listDevices(
  { granted, edits, sources, claims }: InjectionPlan,
  { roots }: ContainerCall,
): readonly JsonValue[] {
  const paths = new Map<string, string>();
  for (const { device, path } of edits) if (device !== undefined) paths.set(device, path);
  const digests = new Map<string, string | undefined>();
  const shares = new Map<string, number>();
  for (const { device, most } of roots === undefined ? [] : claims)
    shares.set(device, Math.min(most, shares.get(device) ?? most));
  return granted.map(({ device }) => {
    const spec = paths.get(device) ?? '';
    if (!digests.has(spec)) digests.set(spec, sources.digest(spec));
    const share = shares.get(device);
    return { name: device, spec, line: sources.locateDevice(spec, device)?.line, digest: digests.get(spec), share };
  });
}
