// Whether the shim finds a real runtime, one that it trusts, and which.
import { isFailure } from '../../host/host.ts';
import { quote } from '../../text/quote.ts';
import { RUNTIME_FOLDERS } from '../engine/pinned-runtime.ts';
import { readShim } from '../files/shim-file.ts';
import { type Check, type Result, reportError, reportOk, reportWarning } from './check.ts';
import type { HostView } from './host-view.ts';

/** Where the settings leave it to the shim, the first of these. */
const KNOWN = ['runc', 'crun', 'youki'];

export const RUNTIME_CHECK: Check = {
  id: 'runtime',
  summary: 'the real runtime that the settings mean is there, answers, and only root can write it',
  examine: async (view) => {
    const { runtime } = view.settings;
    const isAuto = runtime === 'auto';
    const found = (isAuto ? KNOWN : [runtime]).map((name) => findReal(view, name)).find((path) => path !== undefined);
    if (found !== undefined) return [await judge(view, found)];
    const what = isAuto ? `none of ${KNOWN.join(', ')} is a` : `runtime ${quote(runtime)} of the settings is no`;
    const where = runtime.startsWith('/') ? '' : ` in ${RUNTIME_FOLDERS.join(', ')}`;
    return [reportError(`${what} program${where}`, 'install a runtime, or set runtime in the settings')];
  },
};

const ANYBODY_EXECUTES = 0o111;

/** The path of a runtime by its name or path, as the shim finds it: what is a copy of the shim is passed over. */
function findReal({ trust, system }: HostView, name: string): string | undefined {
  const paths = name.startsWith('/') ? [name] : RUNTIME_FOLDERS.map((folder) => `${folder}/${name}`);
  return paths.find((path) => {
    const { end } = trust.trail(path);
    if (isFailure(end) || end.kind !== 'file' || (end.mode & ANYBODY_EXECUTES) === 0) return false;
    const bytes = system.bytes(path);
    return bytes === undefined || readShim(bytes) === undefined;
  });
}

async function judge(view: HostView, path: string): Promise<Result> {
  const problem = reportUntrusted(view, path);
  if (problem !== undefined) return problem;
  // A program of another root may need what only that root has.
  if (view.root !== '') return reportOk(path);
  const version = await view.system.firstLine(path, ['--version']);
  if (version === undefined) return reportWarning(`${path} does not answer to --version`, 'install it again', path);
  return reportOk(`${path}: ${version}`);
}

/** What keeps the shim from running a program as the real runtime. */
export function reportUntrusted({ trust, settings }: HostView, path: string): Result | undefined {
  const problem = settings.trust.owner === 'strict' ? trust.problem(path) : undefined;
  if (problem === undefined) return undefined;
  const cure = 'give it and its directories to root, and let no one else write there';
  return reportError(`the shim does not run ${quote(path)}: ${problem}`, cure, path);
}
