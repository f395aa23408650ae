// A plan for a document on a host in memory, for tables.
import assert from 'node:assert/strict';
import { isFailure, isMalformed } from '../../src/host/host.ts';
import { type InjectionPlan, planInjection } from '../../src/inject/plan.ts';
import type { Holder } from '../../src/leases/lease.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { assemble } from '../../src/text/json.ts';
import { type MemoryEntry, type MemoryHost, type MemoryOptions, memoryHost } from '../host/memory-host.ts';

export type Files = Readonly<Record<string, MemoryEntry>>;

export interface PlanRequest {
  readonly files: Files;
  readonly settings?: Partial<Settings>;
  readonly memory?: MemoryOptions;
  /** what becomes of the host before the plan is made */
  readonly change?: (host: MemoryHost) => MemoryHost;
  readonly asker?: Partial<Holder>;
}

export interface Planned extends InjectionPlan {
  /** the new text */
  readonly text: string | undefined;
  readonly host: MemoryHost;
}

const CONFIG = '/b/config.json';

/** Plans by the default settings and what a test says besides; the document is a text, or a value. */
export function planned(
  document: unknown,
  { files, settings, memory, change = (host) => host, asker = {} }: PlanRequest,
): Planned {
  const before = typeof document === 'string' ? document : JSON.stringify(document);
  const host = change(memoryHost({ ...files, [CONFIG]: before }, memory));
  const file = host.holdFile(CONFIG, 1_000_000);
  if (isFailure(file)) return assert.fail(file.errno);
  const tree = host.parseJson(file);
  if (isMalformed(tree)) return assert.fail(tree.syntax);
  const plan = planInjection(host, file, tree, { ...DEFAULT_SETTINGS, ...settings }, settings?.runtime, { asker });
  assert.equal(host.entry(CONFIG), before, 'planning writes nothing');
  return { ...plan, host, text: plan.pieces && assemble(before, plan.pieces) };
}

/** Why there is no injection, as `CODE: message`; undefined where there is one. */
export function refusalOf(document: unknown, request: PlanRequest): string | undefined {
  const { refusal, pieces } = planned(document, request);
  if (refusal !== undefined) assert.equal(pieces, undefined);
  return refusal && `${refusal.code}: ${refusal.message}`;
}

/** A document that asks for devices by one annotation. */
export function request(...devices: string[]): object {
  return { annotations: { 'cdi.k8s.io/x': devices.join(',') } };
}
