// A bundle and what its requests make of it: planned, recorded, written. The shim and cdictl do it by this code.
import { type HeldFile, type Host, isFailure, isMalformed, type LockedFolder } from '../host/host.ts';
import { type InjectionPlan, planInjection } from '../inject/plan.ts';
import {
  type ContainerCall,
  makeFailureReceipt,
  makeOutcomeReceipt,
  makeReceipt,
  makeUnreadReceipt,
} from '../inject/receipt.ts';
import { takeLease } from '../leases/leases.ts';
import { listRequestMarkers } from '../requests/read-requests.ts';
import type { Settings } from '../settings/settings.ts';
import { SETTINGS } from '../settings/table.ts';
import { CdiError } from '../text/error.ts';
import type { JsonTree } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { Audit } from './audit.ts';
import { writeAuditTime } from './audit-line.ts';
import { type LogLevel, writeLogLine, writeOneLine } from './failure-line.ts';

export interface PlannedBundle {
  readonly file: HeldFile;
  readonly tree: JsonTree;
  readonly plan: InjectionPlan;
  /** Plans once more, as things are by now. */
  replan(): InjectionPlan;
}

/**
 * Whether a document may carry a request; no for one that cannot be read.
 *
 * @param counting only one of a source that may count
 */
export function mayRequest(host: Host, config: string, requests: Settings['requests'], counting = false): boolean {
  const markers = listRequestMarkers(requests, counting);
  return markers.length > 0 && host.mayRequest(config, markers);
}

type PlannedCall = Pick<ContainerCall, 'command'> & Partial<ContainerCall>;

/** In bytes: larger ones are not read for the sake of requests that do not count, so that no limit stops them. */
const LARGEST_WITHOUT = 1024 * 1024;

/**
 * Plans the injection into a bundle's document; nothing is written.
 *
 * @param runtime path of the real runtime, which is judged as well where it is known
 * @param call that gets the bundle: what comes back by a `restore` is the word of who made the checkpoint
 * @returns undefined for what cannot be read and has no bytes of a request that counts: it is the real runtime's matter
 * @throws {CdiError} BAD_BUNDLE for a document that cannot be opened or read; other refusals are part of the plan
 */
export function planBundle(
  host: Host,
  config: string,
  settings: Settings,
  runtime: string | undefined,
  call: PlannedCall = { command: 'create' },
): PlannedBundle | undefined {
  const file = holdConfig(host, config, settings);
  if (file === undefined) return undefined;
  const mayCount = (): boolean => mayRequest(host, config, settings.requests, true);
  const mentions = (words: readonly string[]): boolean => words.length > 0 && host.mentions(file, words, '\\');
  if (file.size > LARGEST_WITHOUT && !mayCount()) return undefined;
  const tree = host.parseJson(file);
  if (!isMalformed(tree)) {
    const circumstances = { restored: call.command === 'restore', mentions, asker: call };
    const replan = (): InjectionPlan => planInjection(host, file, tree, settings, runtime, circumstances);
    const plan = replan();
    return plan.refusal === undefined || mayCount() ? { file, tree, plan, replan } : undefined;
  }
  if (!mayCount()) return undefined;
  throw new CdiError('BAD_BUNDLE', {
    what: `read container configuration ${quote(file.path)}, which may ask for devices`,
    path: file.path,
    at: tree.at,
    why: tree.syntax,
  });
}

/**
 * The same for a container that is to start: where its document cannot be read, the audit says so.
 *
 * @throws {CdiError} as `planBundle`, whether or not it could be recorded
 */
export function planCall(
  host: Host,
  audit: Audit,
  config: string,
  settings: Settings,
  runtime: string | undefined,
): PlannedBundle | undefined {
  try {
    return planBundle(host, config, settings, runtime, audit.call);
  } catch (error) {
    if (error instanceof CdiError) recordRefusal(host, audit, error);
    throw error;
  }
}

/**
 * For a container of which no one knows what it asks for. The refusal is what matters, whether or not it is recorded.
 *
 * @returns the error, to be thrown
 */
export function recordRefusal(host: Host, audit: Audit, error: CdiError): CdiError {
  attempt(() => audit.write(() => makeUnreadReceipt(writeAuditTime(host.now()), audit.call, error)));
  return error;
}

/**
 * Records what a plan intends, replaces the document, and records what came of it; a plan without requests leaves no
 * record. That the real runtime starts is no line of its own: who writes it would be gone by then. So `injected` is
 * written last, and where the runtime does not start after all, the host adds that it failed.
 *
 * @throws {CdiError} the plan's refusal; CANNOT_WRITE, and then a document that was replaced is the host's to put back
 */
export function injectBundle(host: Host, audit: Audit, settings: Settings, planned: PlannedBundle): void {
  const { file } = planned;
  const { call } = audit;
  const claimed = planned.plan.claims.length === 0 ? undefined : claimDevices(host, call, planned);
  const plan = claimed?.plan ?? planned.plan;
  log(host, settings, plan, call.id);
  if (plan.decisions.length === 0 && plan.refusal === undefined) return;
  const tell = (): void =>
    audit.write(
      () => makeReceipt(host, writeAuditTime(host.now()), call, file, plan),
      plan.pieces !== undefined && audit.isDurable,
    );
  if (plan.refusal !== undefined) {
    attempt(tell);
    throw plan.refusal;
  }
  // What does not count stops no one, not even where it cannot be recorded.
  if (plan.decisions.every(({ verdict }) => verdict.action === 'off')) {
    attempt(tell);
    return;
  }
  tell();
  claimed?.locked?.release();
  if (plan.pieces === undefined) return;
  const failure = host.replaceFile(file, plan.pieces);
  try {
    if (failure !== undefined) throw makeWriteError(file, failure.errno);
    audit.write(() => makeOutcomeReceipt(writeAuditTime(host.now()), call));
  } catch (error) {
    if (error instanceof CdiError)
      attempt(() => audit.write(() => makeFailureReceipt(writeAuditTime(host.now()), call, error)));
    throw error;
  }
}

/**
 * Takes a lease for what only so many containers may have, in this run or not at all. Who was too late plans once more:
 * there may be another device, or a reason why there is none.
 *
 * @returns the plan that holds, and the folder of the leases, locked until that is on record
 */
function claimDevices(
  host: Host,
  { record, id, bundle, roots }: ContainerCall,
  planned: PlannedBundle,
): { readonly plan: InjectionPlan; readonly locked?: LockedFolder } {
  let { plan } = planned;
  while (plan.refusal === undefined && plan.claims.length > 0 && roots !== undefined && host.lock !== undefined) {
    try {
      const holder = { record, since: writeAuditTime(host.now()), id, bundle, roots };
      const locked = takeLease(host, host.lock, plan.claims, holder);
      if (locked !== undefined) return { plan, locked };
    } catch (refusal) {
      if (!(refusal instanceof CdiError)) throw refusal;
      return { plan: { ...plan, pieces: undefined, refusal } };
    }
    plan = planned.replan();
  }
  return { plan };
}

const LOG_LEVELS: readonly LogLevel[] = SETTINGS.log.level[0].oneOf;

/** Warnings have no place on stdout, stderr or in the runtime's log. */
function log(host: Host, { log: { path, level } }: Settings, plan: InjectionPlan, id: string): void {
  if (path === null) return;
  const { granted, warnings, refusal } = plan;
  const names = granted.map(({ device }) => quote(device)).join(', ');
  const lines: readonly (readonly [LogLevel, string])[] = [
    ...warnings.map((warning) => ['warning', warning] as const),
    ...(refusal === undefined ? [] : [['error', refusal.message] as const]),
    ...(refusal !== undefined || names === '' ? [] : [['info', `container ${quote(id)} gets ${names}`] as const]),
  ];
  for (const [of, message] of lines) {
    if (LOG_LEVELS.indexOf(of) > LOG_LEVELS.indexOf(level)) continue;
    host.appendLog(path, writeLogLine('runc', 'json', writeOneLine(message), host.now(), of));
  }
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
  }
}

function holdConfig(host: Host, path: string, { limits, requests }: Settings): HeldFile | undefined {
  const largest = limits.config;
  const file = host.holdFile(path, largest);
  if (!isFailure(file)) return file;
  if (!mayRequest(host, path, requests, true)) return undefined;
  const why =
    file.errno === 'EFBIG'
      ? `it may ask for devices and is larger than the limit of ${largest} bytes`
      : (HOLD_REASONS[file.errno] ?? `it cannot be opened for a change (${file.errno})`);
  const hint = file.errno === 'EFBIG' ? 'raise limits.config in the settings' : undefined;
  const what = file.errno === 'ESTALE' ? 'replace' : 'edit';
  throw new CdiError('BAD_BUNDLE', { what: `${what} container configuration ${quote(path)}`, path, why, hint });
}

const CHANGED = 'somebody changed it in the meantime';

const HOLD_REASONS: Readonly<Record<string, string>> = {
  EXDEV: 'a descriptor leads to it, and not its path, at which alone another file can be put',
  ESTALE: CHANGED,
};

const WRITE_REASONS: Readonly<Record<string, string>> = {
  EBUSY: 'another file cannot be put in its place, since it is a mount of its own',
  EROFS: 'its file system is read-only',
  EACCES: 'this user may not write to its folder',
  EPERM: 'the kernel refused it (EPERM)',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ESTALE: CHANGED,
};

function makeWriteError(file: HeldFile, errno: string): CdiError {
  const why = WRITE_REASONS[errno] ?? `a new file could not be written beside it (${errno})`;
  return new CdiError('CANNOT_WRITE', {
    what: `replace container configuration ${quote(file.path)}`,
    path: file.path,
    why,
    hint: errno === 'EBUSY' ? 'mount the folder instead of the file' : undefined,
  });
}
