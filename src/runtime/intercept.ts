// The life of a create, run or restore: from the command line to a bundle that the real runtime may have.
import { failed, type HeldFile, type Host, malformed } from '../host/host.ts';
import { type InjectionPlan, planInjection } from '../inject/plan.ts';
import { receiptOf } from '../inject/receipt.ts';
import { familyOf, type LogFormat, logOf, type RuntimeCall, readCommandLine } from '../oci/command-line.ts';
import { requestMarkers } from '../requests/read-requests.ts';
import { loadSettings } from '../settings/load.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { audit } from './audit.ts';
import { type LogStyle, logLine, oneLine, rfc3339 } from './failure-line.ts';

/** How the shim was called. */
export interface Invocation {
  /** without argv[0] */
  readonly argv: readonly string[];
  /** path of the real runtime; empty where there is none */
  readonly runtime: string;
  /** why there is none */
  readonly runtimeProblem: string;
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
 * @throws {CdiError} with the one reason why the container cannot be started; the document is as it was then
 */
export function intercept(host: Host, invocation: Invocation, announce: (log: FailureLog) => void): void {
  const settings = settingsOrError(host);
  const setFamily = settings instanceof CdiError ? 'auto' : settings.family;
  const family = setFamily === 'auto' ? familyOf(invocation.runtime) : setFamily;
  const call = readCommandLine(family, invocation.argv);
  const log = call === undefined ? logOf(family, invocation.argv) : { file: call.logFile, format: call.logFormat };
  // runsc's errors in its log are JSON, whatever the format of the rest.
  const format = family === 'runsc' ? 'json' : (log?.format ?? 'text');
  announce({ file: log?.file, format, style: family === 'crun' ? 'crun' : 'runc' });
  if (invocation.runtimeProblem !== '') {
    const what = 'start the real runtime';
    throw new CdiError('NO_RUNTIME', {
      what,
      why: invocation.runtimeProblem,
      hint: 'install one, or set runtime in the settings',
    });
  }
  if (call === undefined || !mayRequest(host, call.config, settings)) return;
  // crun goes to its bundle before it opens a config file from elsewhere: without one it fails by itself.
  if (call.bundle !== '' && failed(host.deviceInfo(call.bundle))) return;
  if (settings instanceof CdiError) throw settings;
  injectInto(host, call, settings);
}

function settingsOrError(host: Host): Settings | CdiError {
  try {
    return loadSettings(host).settings;
  } catch (error) {
    if (error instanceof CdiError) return error;
    throw error;
  }
}

/** With settings that are broken, the sources that nobody has to switch on are looked for. */
function mayRequest(host: Host, config: string, settings: Settings | CdiError): boolean {
  const { requests } = settings instanceof CdiError ? DEFAULT_SETTINGS : settings;
  const markers = requestMarkers(requests);
  return markers.length > 0 && host.mayRequest(config, markers);
}

function injectInto(host: Host, call: RuntimeCall, settings: Settings): void {
  const { limits, requests } = settings;
  host.limit(limits.memory, limits.time);
  const file = holdConfig(host, call.config, limits.config);
  const tree = host.parseJson(file);
  if (malformed(tree)) {
    // Without the bytes of a request of an enabled source, it is the real runtime's to report.
    if (!host.mentions(file, requestMarkers(requests), '\\')) return;
    throw new CdiError('BAD_BUNDLE', {
      what: `read container configuration ${quote(file.path)}, which may ask for devices`,
      path: file.path,
      at: tree.at,
      why: tree.syntax,
    });
  }
  const plan = planInjection(host, file, tree, settings);
  warn(host, settings, plan);
  if (plan.decisions.length === 0 && plan.refusal === undefined) return;
  const record = (error?: CdiError): void =>
    audit(host, settings.audit, () => receiptOf(host, rfc3339(host.now()), call, file, plan, error));
  if (plan.refusal !== undefined) {
    // The refusal is what matters, whether or not it could be recorded.
    attempt(record);
    throw plan.refusal;
  }
  record();
  if (plan.pieces === undefined) return;
  const failure = host.replaceFile(file, plan.pieces);
  if (failure === undefined) return;
  const error = cannotWrite(file, failure.errno);
  attempt(() => record(error));
  throw error;
}

/** Warnings have no place on stdout, stderr or in the runtime's log. */
function warn(host: Host, { log }: Settings, { warnings, refusal }: InjectionPlan): void {
  if (log.path === null) return;
  for (const [level, message] of [
    ...(log.level === 'error' ? [] : warnings.map((warning) => ['warning', warning] as const)),
    ...(refusal === undefined ? [] : [['error', refusal.message] as const]),
  ]) {
    host.appendLog(log.path, logLine('runc', 'json', oneLine(message), host.now(), level));
  }
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
  }
}

function holdConfig(host: Host, path: string, largest: number): HeldFile {
  const file = host.holdFile(path, largest);
  if (!failed(file)) return file;
  const why =
    file.errno === 'EFBIG'
      ? `it may ask for devices and is larger than the limit of ${largest} bytes`
      : `it cannot be opened for a change (${file.errno})`;
  const hint = file.errno === 'EFBIG' ? 'raise limits.config in the settings' : undefined;
  throw new CdiError('BAD_BUNDLE', { what: `edit container configuration ${quote(path)}`, path, why, hint });
}

const WRITE_REASONS: Readonly<Record<string, string>> = {
  EBUSY: 'another file cannot be put in its place, since it is a mount of its own',
  EROFS: 'its file system is read-only',
  EACCES: 'this user may not write to its folder',
  EPERM: 'the kernel refused it (EPERM)',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ESTALE: 'somebody changed it in the meantime',
};

function cannotWrite(file: HeldFile, errno: string): CdiError {
  const why = WRITE_REASONS[errno] ?? `a new file could not be written beside it (${errno})`;
  return new CdiError('CANNOT_WRITE', {
    what: `replace container configuration ${quote(file.path)}`,
    path: file.path,
    why,
    hint: errno === 'EBUSY' ? 'mount the folder instead of the file' : undefined,
  });
}
