// cdictl doctor: what is wrong on a host, and how to fix it.
import { resolve } from 'node:path';
import { findQualifiedNameFault } from '../../cdi/device-name.ts';
import type { LoadedSettings } from '../../settings/combine.ts';
import { loadSettings } from '../../settings/load.ts';
import { DEFAULT_SETTINGS } from '../../settings/settings.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import type { Check, Status } from '../doctor/check.ts';
import { CHECKS, type Examined, examine } from '../doctor/checks.ts';
import { makeDeviceChecks } from '../doctor/device-check.ts';
import { createHostView, type HostView } from '../doctor/host-view.ts';
import { writeChecks } from '../doctor/shown-checks.ts';
import { createSystem } from '../doctor/system.ts';
import { readHostRoot } from '../files/host-root.ts';
import { findShimPath } from '../files/packaged-shim.ts';
import { createRootedHost } from '../files/rooted-host.ts';
import { print } from '../print.ts';
import { showProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';

/** Exit status 3 where there are warnings or errors. */
export const run: Run = async (context, given) => {
  const view = makeView(context, given);
  const tell = showProgress(context, 'checking');
  const examined = await examine(view, await chooseAll(view, given), tell);
  tell();
  print(context, { version: context.version, checks: examined.map(encodeExamined) }, () =>
    writeChecks(context, view, examined),
  );
  const bad: readonly Status[] = ['warning', 'error'];
  return examined.some(({ status }) => bad.includes(status)) ? 3 : 0;
};

/** Those of the host, or of the devices that are asked about. */
async function chooseAll(view: HostView, given: Arguments): Promise<readonly Check[]> {
  const engines = given.values('engine');
  if (given.operands.length === 0) {
    if (engines.length > 0) throw new UsageError('option --engine needs a DEVICE', 'see cdictl doctor --help');
    return chooseChecks(given);
  }
  if (given.flag('check')) throw new UsageError('option --check does not go with a DEVICE', 'see cdictl doctor --help');
  for (const device of given.operands) {
    const fault = findQualifiedNameFault(device);
    if (fault !== undefined)
      throw new UsageError(`device ${quote(device)} ${fault.why.replace(/^it /, '')}`, fault.hint);
  }
  const readers = await view.system.cdiReaders();
  const known = readers.map(({ id }) => id);
  const unknown = engines.find((engine) => !known.includes(engine));
  if (unknown !== undefined) {
    const near = suggestWord(unknown, known);
    throw new UsageError(`engine ${quote(unknown)} is none of ${known.join(', ')}`, near);
  }
  const wanted = readers.filter(({ id, isThere }) => (engines.length === 0 ? isThere : engines.includes(id)));
  if (wanted.length > 0) return makeDeviceChecks(wanted, [...new Set(given.operands)]);
  throw new UsageError('no engine is installed or configured here', 'name one by --engine');
}

function makeView(context: Context, given: Arguments): HostView {
  const root = readHostRoot(given);
  if (root !== '' && given.flag('config')) {
    throw new UsageError('option --config does not go with --host-root', 'see cdictl doctor --help');
  }
  const host = createRootedHost(context.host, root);
  const shimPath = given.value('shim-path') ?? findShimPath(root);
  const loaded = tryLoadSettings(() => (root === '' ? context.settings() : loadSettings(host)));
  return createHostView(context, {
    host,
    root,
    loaded,
    settings: loaded instanceof CdiError ? DEFAULT_SETTINGS : loaded.settings,
    specDirs: given.flag('spec-dirs') ? context.specDirs() : undefined,
    shimPath: root === '' ? resolve(shimPath) : resolve('/', shimPath),
    system: createSystem(context.host, root),
  });
}

function tryLoadSettings(load: () => LoadedSettings): LoadedSettings | CdiError {
  try {
    return load();
  } catch (error) {
    if (error instanceof CdiError) return error;
    throw error;
  }
}

/** @throws {UsageError} for a check that there is not */
function chooseChecks(given: Arguments): readonly Check[] {
  const wanted = given.values('check');
  const known = CHECKS.map(({ id }) => id);
  const unknown = wanted.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(
      `check ${quote(unknown)} is unknown`,
      suggestNearest(unknown, known) ?? `the checks are ${known.join(', ')}`,
    );
  }
  return CHECKS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
}

function encodeExamined({ id, status, results }: Examined): OrderedJson {
  return {
    id,
    status,
    results: results.map((result) => ({
      status: result.status,
      message: result.message,
      cure: result.cure,
      path: result.path,
      line: result.at?.line,
      column: result.at?.column,
    })),
  };
}
