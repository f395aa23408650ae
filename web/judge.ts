// What comes of a case: the shim's own plan for it, and all that can be said of that.

import type { Severity } from '../src/cli/lint/finding.ts';
import { siftFindings } from '../src/cli/lint/ignores.ts';
import type { LintSubject, Machine } from '../src/cli/lint/rule.ts';
import { lintSpec, RULES } from '../src/cli/lint/rules.ts';
import { readSpecText } from '../src/cli/lint/spec-text.ts';
import { isFailure, type SpecHost } from '../src/host/host.ts';
import { Trust } from '../src/host/trust.ts';
import { type ExplainedEdit, explainEdits } from '../src/inject/explain.ts';
import type { InjectionPlan } from '../src/inject/plan.ts';
import { SpecSources } from '../src/inject/spec-sources.ts';
import { type DeviceIndex, indexDevices } from '../src/registry/device-index.ts';
import { makeConflictError } from '../src/registry/resolve.ts';
import { type Scan, type ScanLimits, scanSpecs } from '../src/registry/scan.ts';
import { mayRequest, planBundle } from '../src/runtime/inject-bundle.ts';
import { loadSettings, SETTINGS_FILE } from '../src/settings/load.ts';
import { DEFAULT_SETTINGS, type Settings } from '../src/settings/settings.ts';
import { CdiError, type Position } from '../src/text/error.ts';
import { assemble } from '../src/text/json.ts';
import { type Case, CONFIG_PATH, getSpecPath } from './case.ts';
import { makeHost } from './make-host.ts';

/** Something that is wrong, where it is. */
export interface Finding {
  readonly severity: Severity;
  /** of a file of the case */
  readonly path: string;
  readonly at: Position | undefined;
  readonly message: string;
  readonly cure: string | undefined;
  /** of lint; undefined for an error */
  readonly rule: string | undefined;
}

export interface Verdict {
  /** `nothing`: no device is asked for; `already`: the container has all of it */
  readonly outcome: 'injected' | 'already' | 'nothing' | 'refused';
  readonly refusal: CdiError | undefined;
  /** where nothing of a request is in the document, there is no plan either */
  readonly plan: InjectionPlan | undefined;
  readonly after: string;
  readonly edits: readonly ExplainedEdit[];
  readonly index: DeviceIndex;
  readonly findings: readonly Finding[];
}

export function judge(given: Case): Verdict {
  const host = makeHost(given);
  const { settings, error } = trySettings(host);
  const machine = makeMachine(host, settings);
  const planned = error === undefined ? tryPlan(host, settings) : { error };
  const { plan } = planned;
  const refusal = planned.error ?? plan?.refusal;
  const after =
    plan?.pieces === undefined || refusal !== undefined ? given.config : assemble(given.config, plan.pieces);
  const findings = [
    ...given.specs.flatMap(({ name }) => lint(host, getSpecPath(name), machine)),
    ...listErrors(error === undefined ? planned.error : error),
  ];
  const edits = plan === undefined || planned.tree === undefined ? [] : explainEdits(planned.tree, plan);
  return { outcome: findOutcome(plan, refusal), refusal, plan, after, edits, index: machine.look.index, findings };
}

function trySettings(host: SpecHost): { readonly settings: Settings; readonly error?: CdiError } {
  try {
    return { settings: loadSettings(host).settings };
  } catch (error) {
    if (error instanceof CdiError) return { settings: DEFAULT_SETTINGS, error };
    throw error;
  }
}

interface Planned {
  readonly plan?: InjectionPlan | undefined;
  readonly tree?: Parameters<typeof explainEdits>[0];
  readonly error?: CdiError;
}

/** As the shim does it for a create; nobody waits here for devices that are not there yet. */
function tryPlan(host: SpecHost, settings: Settings): Planned {
  if (!mayRequest(host, CONFIG_PATH, settings.requests)) return {};
  try {
    const runtime = settings.runtime.startsWith('/') ? settings.runtime : undefined;
    const planned = planBundle(host, CONFIG_PATH, { ...settings, wait: 0 }, runtime);
    return planned === undefined ? {} : { plan: planned.plan, tree: planned.tree };
  } catch (error) {
    if (error instanceof CdiError) return { error };
    throw error;
  }
}

function findOutcome(plan: InjectionPlan | undefined, refusal: CdiError | undefined): Verdict['outcome'] {
  if (refusal !== undefined) return 'refused';
  if (plan === undefined || plan.granted.length === 0) return 'nothing';
  return plan.pieces === undefined ? 'already' : 'injected';
}

/** The spec directories as the shim trusts and limits them. */
function makeMachine(host: SpecHost, { limits, trust, specDirs }: Settings): Machine {
  const sources = new SpecSources(host, limits, trust.owner);
  const scan = tryScan(specDirs, limits, sources);
  const index = indexDevices(scan.specs);
  const conflicts = [...index.conflicts].flatMap(([name, files]) =>
    files.map((path) => makeConflictError(name, files, path)),
  );
  const look = { directories: specDirs, scan, index, sources, errors: [...scan.errors.values(), ...conflicts] };
  return { host, trust: new Trust(host), look, hookEnv: trust.hookEnv };
}

/** More specs than the settings allow are a refusal of the plan, which tells it. */
function tryScan(specDirs: readonly string[], limits: ScanLimits, sources: SpecSources): Scan {
  try {
    return scanSpecs(specDirs, limits, sources.every());
  } catch (error) {
    if (error instanceof CdiError) return { specs: [], errors: new Map(), stopped: undefined, missing: [] };
    throw error;
  }
}

function lint(host: SpecHost, path: string, machine: Machine): readonly Finding[] {
  const file = host.readFile(path, Number.POSITIVE_INFINITY);
  if (isFailure(file)) return [];
  const read = readSpecText(host, file, path);
  const faults = read.faults.map(
    ({ at, why, hint }): Finding => ({ severity: 'error', path, at, message: why, cure: hint, rule: undefined }),
  );
  const subject: LintSubject = { ...read, conflicts: machine.look.index.conflicts, machine };
  // A rule that says again what a reader has said is one finding, not two.
  const told = new Set(faults.map(({ message }) => message));
  const { findings } = siftFindings(subject, lintSpec(subject), RULES);
  const found = findings.map(({ severity, at, message, cure, rule }): Finding => {
    return { severity, path, at, message, cure, rule };
  });
  return [...faults, ...found.filter(({ message }) => ![...told].some((why) => message.includes(why)))];
}

/** What is wrong with the settings or the document themselves. */
function listErrors(error: CdiError | undefined): readonly Finding[] {
  if (error === undefined) return [];
  const { path = '', line, column, why, hint } = error;
  if (path !== SETTINGS_FILE && path !== CONFIG_PATH) return [];
  const at = line === undefined || column === undefined ? undefined : { line, column };
  return [{ severity: 'error', path, at, message: why, cure: hint, rule: undefined }];
}
