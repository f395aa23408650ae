// cdictl engine status: what is wired where, and whether it works.
import type { NativeCdi } from '../../engines/engine.ts';
import type { OrderedJson } from '../../text/json.ts';
import type { Context, Run } from '../command.ts';
import { chooseUsualFiles, findEngine, findEnginePlace } from '../engine/place.ts';
import { type EngineStatus, type RuntimeStatus, readEngineStatus } from '../engine/status.ts';
import { readWiring, readWirings } from '../engine/wirings.ts';
import { readHostRoot } from '../files/host-root.ts';
import { encodeError } from '../look.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { layOutTable } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';

/** All engines, or those that are named; exit status 1 where one of them cannot start containers by our runtime. */
export const run: Run = async (context, given) => {
  const { host, quiet, stderr } = context;
  const engines = given.operands.map(findEngine);
  const [only, ...more] = engines;
  if (given.value('engine-config') !== undefined && (only === undefined || more.length > 0)) {
    throw new UsageError('option --engine-config needs one ENGINE');
  }
  const root = readHostRoot(given);
  const wirings =
    engines.length === 0
      ? await readWirings(host, root)
      : given.value('engine-config') !== undefined && only !== undefined
        ? [await readWiring(findEnginePlace(host, given, only))]
        : await Promise.all(
            engines.map((engine) => readWiring({ engine, files: chooseUsualFiles(host, engine, root), root })),
          );
  const statuses: EngineStatus[] = [];
  for (const wiring of wirings) statuses.push(await readEngineStatus(host, wiring));
  print(context, { engines: statuses.map(encodeStatus) }, () =>
    writeStatusTable(context, statuses, engines.length > 0),
  );
  for (const { error } of statuses) if (error !== undefined && !quiet) stderr.write(`cdictl: ${error.message}\n`);
  return statuses.some(isBroken) ? 1 : 0;
};

function isBroken({ error, runtimes }: EngineStatus): boolean {
  return error !== undefined || runtimes.some(({ problem }) => problem !== undefined);
}

function writeStatusTable(context: Context, statuses: readonly EngineStatus[], isNamed: boolean): string {
  const rows = statuses.flatMap((status) => makeRows(status, isNamed));
  const notes = statuses.flatMap(({ engine, warnings, runtimes, reload }) => [
    ...warnings.map((warning) => `${engine}: ${warning}`),
    ...runtimes.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`${engine}: runtime ${name}: ${problem}`],
    ),
    ...(reload !== undefined && runtimes.some(({ running }) => running === 'no')
      ? [`${engine}: it runs with other files than those of now: ${reload}`]
      : []),
  ]);
  if (rows.length === 0) return 'no engine is installed or configured\n';
  const lines = notes.map((note) => `${escapeCell(note)}\n`).join('');
  return `${layOutTable(context.stdout, ['ENGINE', 'RUNTIME', 'DEFAULT', 'PATH', 'RUNS', 'OWN CDI', 'STATE', 'IN USE'], rows)}${lines}`;
}

/** An engine that is not there at all gets no row, unless it was asked for. */
function makeRows(status: EngineStatus, isNamed: boolean): string[][] {
  const { engine, installed, files, runtimes, error, nativeCdi } = status;
  const cdi = nativeCdi === undefined ? '-' : OWN_CDI[nativeCdi.state];
  if (error !== undefined) return [[engine, '-', '-', '-', '-', cdi, 'its files cannot be read', '-']];
  if (runtimes.length > 0) return runtimes.map((runtime) => [engine, ...makeRuntimeCells(runtime, cdi)]);
  if (installed === false && files.length === 0)
    return isNamed ? [[engine, '-', '-', '-', '-', '-', 'not installed', '-']] : [];
  if (installed === undefined && files.length === 0 && !isNamed) return [];
  return [[engine, '-', '-', '-', '-', cdi, 'not configured', '-']];
}

function makeRuntimeCells({ name, isDefault, path, runs, problem, running }: RuntimeStatus, cdi: string): string[] {
  const state = problem === undefined ? 'ok' : 'broken';
  return [name, isDefault ? 'yes' : 'no', path, runs ?? '-', cdi, state, IN_USE[running]];
}

const IN_USE: { readonly [running in RuntimeStatus['running']]: string } = {
  yes: 'yes',
  no: 'after a reload',
  stopped: 'not running',
  unknown: 'unknown',
};

const OWN_CDI: { readonly [state in NativeCdi['state']]: string } = { on: 'on', off: 'off', unknown: '?' };

function encodeStatus(status: EngineStatus): OrderedJson {
  const { engine, installed, version, files, runtimes, defaultRuntime, nativeCdi, warnings, reload, error } = status;
  return {
    engine,
    installed,
    version,
    files,
    defaultRuntime,
    runtimes: runtimes.map(({ name, path, file, isDefault, problem, version: shim, runs, running }) => ({
      name,
      path,
      file,
      default: isDefault,
      problem,
      shim,
      runs,
      running,
    })),
    nativeCdi: nativeCdi && { state: nativeCdi.state, specDirs: nativeCdi.specDirs, why: nativeCdi.why },
    warnings,
    reload,
    error: error && encodeError(error),
  };
}
