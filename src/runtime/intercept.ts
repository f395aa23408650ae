// The life of a create, run or restore: from the command line to a bundle that the real runtime may have.
import { type Host, isFailure, type ShimHost } from '../host/host.ts';
import { isSharing } from '../inject/shares.ts';
import {
  asksForFeatures,
  type Family,
  findFamily,
  type LogFormat,
  listPossibleConfigs,
  type RuntimeCall,
  readLine,
  readLog,
} from '../oci/command-line.ts';
import { listUnsafeAnnotations } from '../requests/unsafe-annotations.ts';
import { combineSettings } from '../settings/combine.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { beginAudit } from './audit.ts';
import type { LogStyle } from './failure-line.ts';
import { injectBundle, mayRequest, planBundle, planCall, recordRefusal } from './inject-bundle.ts';

/** How the shim was called. */
export interface Invocation {
  /** without argv[0] */
  readonly argv: readonly string[];
  /** path of the real runtime; empty where there is none */
  readonly runtime: string;
  /** why there is none */
  readonly runtimeProblem: string;
  /** by the link of a default runtime: nobody chose the shim for this container */
  readonly byDefault?: boolean;
}

/** The log file that the runtime would write, where its command line names one. */
export interface FailureLog {
  readonly file: string | undefined;
  readonly format: LogFormat;
  readonly style: LogStyle;
}

/**
 * Injects what the bundle's document asks for, if this command line is one that starts a container. Returns
 * when the real runtime may be started.
 *
 * @param announce is told the log file as soon as it is known
 * @param answer is told the annotations that the runtime's answer to `features` shall call unsafe
 * @returns what it worked with: a caller that becomes the runtime keeps it, since to take it apart is work for nothing
 * @throws {CdiError} with the one reason why the container cannot be started; the document is as it was then
 */
export function intercept(
  host: ShimHost,
  invocation: Invocation,
  announce: (log: FailureLog) => void,
  answer: (unsafe: readonly string[]) => void = () => {},
): readonly unknown[] {
  const settings = tryLoadSettings(host, invocation);
  const setFamily = settings instanceof CdiError ? 'auto' : settings.family;
  const family = setFamily === 'auto' ? findFamily(invocation.runtime) : setFamily;
  const line = readLine(family, invocation.argv);
  const call = line !== undefined && 'config' in line ? line : undefined;
  const log = call === undefined ? readLog(family, invocation.argv) : { file: call.logFile, format: call.logFormat };
  // runsc's errors in its log are JSON, whatever the format of the rest.
  const format = family === 'runsc' ? 'json' : (log?.format ?? 'text');
  announce({ file: log?.file, format, style: family === 'crun' ? 'crun' : 'runc' });
  // With settings that are broken, the sources that no one has to switch on are looked for.
  const { requests, audit: options } =
    settings instanceof CdiError ? readAsDefault(DEFAULT_SETTINGS, invocation) : settings;
  const problem = findRuntimeProblem(invocation, settings, call);
  if (call === undefined) {
    if (problem !== undefined) throw problem;
    if (line !== undefined) refuseUnread(host, settings, line.command, family, invocation);
    const unsafe = asksForFeatures(family, invocation.argv) ? listUnsafeAnnotations(requests) : [];
    if (unsafe.length > 0) answer(unsafe);
    return [];
  }
  const found = mayRequest(host, call.config, requests, settings instanceof CdiError) && hasBundle(host, call);
  if (found === false) {
    if (problem !== undefined) throw problem;
    return [];
  }
  const isShared = !(settings instanceof CdiError) && isSharing(settings.policy.share);
  const given = isShared ? { ...call, roots: listStateRoots(host, family, call.root) } : call;
  const audit = beginAudit(host, options, given);
  if (problem !== undefined) throw recordRefusal(host, audit, problem);
  if (found instanceof CdiError) throw recordRefusal(host, audit, found);
  if (settings instanceof CdiError) throw recordRefusal(host, audit, settings);
  const { memory, time, wall } = settings.limits;
  host.limit(memory, time, wall);
  const planned = planCall(host, audit, call.config, settings, invocation.runtime);
  if (planned !== undefined) injectBundle(host, audit, settings, planned);
  return [settings, audit, planned];
}

function findRuntimeProblem(
  { runtimeProblem }: Invocation,
  settings: Settings | CdiError,
  call: RuntimeCall | undefined,
): CdiError | undefined {
  if (runtimeProblem === '') return undefined;
  // Settings that are there and do not count could have named any runtime.
  const unread = settings instanceof CdiError && settings.code !== 'BAD_SETTINGS' ? settings : undefined;
  if (unread !== undefined && call !== undefined) return unread;
  const hint = unread === undefined ? 'install one, or set runtime in the settings' : unread.hint;
  return new CdiError('NO_RUNTIME', { what: 'start the real runtime', why: runtimeProblem, hint });
}

/** Where a runtime keeps the states of its containers, as far as that is settled by its command line. */
function listStateRoots(host: Host, family: Family, given: string | undefined): readonly string[] {
  const own = host.environment('XDG_RUNTIME_DIR');
  if (given === undefined || given === '') return [`/run/${family}`, ...(own ? [`${own}/${family}`] : [])];
  if (given.startsWith('/')) return [given];
  const directory = host.workingDirectory();
  return isFailure(directory) ? [] : [`${directory}/${given}`];
}

/**
 * crun goes to its bundle before it opens a config file from elsewhere: without one it fails by itself.
 *
 * @returns BAD_BUNDLE where that cannot be told: somebody may ask
 */
function hasBundle(host: Host, { bundle, config }: RuntimeCall): boolean | CdiError {
  if (bundle === '' || bundle === '.' || config.startsWith(bundle.endsWith('/') ? bundle : `${bundle}/`)) return true;
  const info = host.deviceInfo(bundle);
  if (!isFailure(info)) return true;
  if (info.errno === 'ENOENT' || info.errno === 'ENOTDIR') return false;
  const why = `it cannot be looked at (${info.errno})`;
  return new CdiError('BAD_BUNDLE', { what: `use bundle ${quote(bundle)}`, path: bundle, why });
}

/** With an option that the tables do not have, no one knows which bundle the runtime takes: it may be one that asks. */
function refuseUnread(
  host: Host,
  settings: Settings | CdiError,
  command: string,
  family: Family,
  { argv, runtime }: Invocation,
): void {
  const { requests } = settings instanceof CdiError ? DEFAULT_SETTINGS : settings;
  const config = listPossibleConfigs(family, argv).find(
    (path) =>
      mayRequest(host, path, requests, true) && (settings instanceof CdiError || asks(host, path, settings, runtime)),
  );
  if (config === undefined) return;
  const error = new CdiError('BAD_COMMAND_LINE', {
    what: `read the command line of a ${command}`,
    why: `${family} is not known to have its options, and ${quote(config)} asks for devices`,
    hint: 'leave the option out, set family in the settings, or use a cdi-runtime that knows it',
  });
  const bundle = config.slice(0, Math.max(config.lastIndexOf('/'), 0)) || '.';
  if (settings instanceof CdiError) throw error;
  throw recordRefusal(host, beginAudit(host, settings.audit, { command, id: '', bundle }), error);
}

/** Whether a document has a request that counts, or may have one. */
function asks(host: Host, config: string, settings: Settings, runtime: string): boolean {
  try {
    const plan = planBundle(host, config, { ...settings, wait: 0 }, runtime)?.plan;
    return (
      plan !== undefined &&
      (plan.refusal !== undefined || plan.decisions.some(({ verdict }) => verdict.action !== 'off'))
    );
  } catch (error) {
    if (error instanceof CdiError) return true;
    throw error;
  }
}

function tryLoadSettings(host: ShimHost, invocation: Invocation): Settings | CdiError {
  try {
    return readAsDefault(combineSettings(host, host.settings()).settings, invocation);
  } catch (error) {
    if (error instanceof CdiError) return error;
    throw error;
  }
}

/** A default runtime runs every image, and whoever wrote one wrote its environment. */
function readAsDefault(settings: Settings, { byDefault }: Invocation): Settings {
  if (!byDefault) return settings;
  const { requests } = settings;
  return { ...settings, requests: { ...requests, env: { ...requests.env, enabled: false } } };
}
