// What was done to a container and why, as data: the audit's line, and what `cdictl explain` compares with.
import type { FileContent, Host } from '../host/host.ts';
import { listDisputed } from '../requests/container-facts.ts';
import type { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import type { InjectionPlan } from './plan.ts';

/** What the command line says about the container. */
export interface ContainerCall {
  readonly command: string;
  readonly id: string;
  readonly bundle: string;
}

/** `already`: everything was there before; `ignored`: the container starts without what it asked for. */
export type AuditOutcome = 'injected' | 'already' | 'ignored' | 'refused' | 'failed';

/** One line of the audit; members that are undefined are left out. The published schema has each member's meaning. */
export type Receipt = { readonly [key: string]: JsonValue | undefined };

/** The outcome that a plan has if it is carried out. */
export function findOutcome(plan: InjectionPlan): AuditOutcome {
  if (plan.refusal !== undefined) return 'refused';
  if (plan.granted.length === 0) return 'ignored';
  return plan.pieces === undefined ? 'already' : 'injected';
}

/**
 * The receipt for a plan.
 *
 * @param time is put first, so that a line is known by its beginning
 * @param error why it came to nothing, where the plan itself is fine
 */
export function makeReceipt(
  host: Host,
  time: string,
  call: ContainerCall,
  file: FileContent,
  plan: InjectionPlan,
  error: CdiError | undefined = plan.refusal,
): Receipt {
  const facts = plan.facts;
  const before = host.digest(file);
  const dropped = new Set(plan.dropped.map(({ request }) => request));
  return {
    time,
    outcome: error === undefined ? findOutcome(plan) : plan.refusal === undefined ? 'failed' : 'refused',
    command: call.command,
    id: call.id,
    bundle: call.bundle,
    engine: facts?.engine,
    namespace: facts?.namespace,
    pod: facts?.pod,
    disputed: facts && listDisputed(facts),
    requests: plan.decisions.map(({ request, verdict }) => ({
      device: request.device,
      source: request.source,
      key: request.key,
      optional: request.optional ? true : undefined,
      action: verdict.action,
      rule: verdict.by,
      reason: verdict.reason,
      dropped: dropped.has(request) ? true : undefined,
    })),
    devices: error === undefined ? listDevices(plan) : [],
    warnings: plan.warnings.length === 0 ? undefined : plan.warnings,
    error: error === undefined ? undefined : { code: error.code, message: error.message },
    config: {
      before,
      after: error !== undefined || plan.pieces === undefined ? before : host.digest(file, plan.pieces),
    },
  };
}

/** The receipt for a document that may ask for devices and cannot be read: who asks, and for what, no one knows. */
export function makeUnreadReceipt(time: string, { command, id, bundle }: ContainerCall, error: CdiError): Receipt {
  const { code, message } = error;
  return { time, outcome: 'refused', command, id, bundle, requests: [], devices: [], error: { code, message } };
}

function listDevices({ granted, edits, sources }: InjectionPlan): readonly JsonValue[] {
  const paths = new Map(edits.flatMap(({ device, path }) => (device === undefined ? [] : [[device, path] as const])));
  const digests = new Map<string, string | undefined>();
  return granted.map(({ device }) => {
    const spec = paths.get(device) ?? '';
    if (!digests.has(spec)) digests.set(spec, sources.digest(spec));
    return { name: device, spec, line: sources.locateDevice(spec, device)?.line, digest: digests.get(spec) };
  });
}
