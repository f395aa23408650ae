// The life of a create, run or restore: from the command line to a bundle that the real runtime may have.
import { type Host, isFailure } from '../host/host.ts';
import { findFamily, type LogFormat, readCommandLine, readLog } from '../oci/command-line.ts';
import { loadSettings } from '../settings/load.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import type { LogStyle } from './failure-line.ts';
import { injectBundle, mayRequest, planCall } from './inject-bundle.ts';

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
  const settings = tryLoadSettings(host);
  const setFamily = settings instanceof CdiError ? 'auto' : settings.family;
  const family = setFamily === 'auto' ? findFamily(invocation.runtime) : setFamily;
  const call = readCommandLine(family, invocation.argv);
  const log = call === undefined ? readLog(family, invocation.argv) : { file: call.logFile, format: call.logFormat };
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
  // With settings that are broken, the sources that no one has to switch on are looked for.
  const { requests } = settings instanceof CdiError ? DEFAULT_SETTINGS : settings;
  if (call === undefined || !mayRequest(host, call.config, requests)) return;
  // crun goes to its bundle before it opens a config file from elsewhere: without one it fails by itself.
  if (call.bundle !== '' && isFailure(host.deviceInfo(call.bundle))) return;
  if (settings instanceof CdiError) throw settings;
  host.limit(settings.limits.memory, settings.limits.time);
  injectBundle(host, call, settings, planCall(host, call, call.config, settings, invocation.runtime));
}

function tryLoadSettings(host: Host): Settings | CdiError {
  try {
    return loadSettings(host).settings;
  } catch (error) {
    if (error instanceof CdiError) return error;
    throw error;
  }
}
