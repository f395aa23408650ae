// How engines are wired now: which runtimes of ours they have, whether those work, and whether the engine runs with them.
import type { EngineId, NativeCdi } from '../../engines/engine.ts';
import type { SpecHost } from '../../host/host.ts';
import type { CdiError } from '../../text/error.ts';
import { linkState } from './pinned-runtime.ts';
import { isInstalled } from './program.ts';
import { reloadCommand } from './reload.ts';
import { findLastChange, isRunning, type Running } from './running.ts';
import type { EngineWiring } from './wirings.ts';

export interface RuntimeStatus {
  readonly name: string;
  /** the link, and the file that names it */
  readonly path: string;
  readonly file: string;
  readonly isDefault: boolean;
  /** what keeps containers from starting with it; undefined where nothing does */
  readonly problem: string | undefined;
  /** of the shim behind the link */
  readonly version: string | undefined;
  /** the real runtime behind the shim; undefined where the settings choose */
  readonly runs: string | undefined;
  readonly running: Running;
}

export interface EngineStatus {
  readonly engine: EngineId;
  /** where the program is looked for, it is there; undefined below another root */
  readonly installed: boolean | undefined;
  readonly version: string | undefined;
  /** the files that are there */
  readonly files: readonly string[];
  readonly runtimes: readonly RuntimeStatus[];
  readonly defaultRuntime: string | undefined;
  /** what it does about CDI by itself; undefined where its files cannot be read */
  readonly nativeCdi: NativeCdi | undefined;
  readonly warnings: readonly string[];
  /** what makes a running engine take its files */
  readonly reload: string | undefined;
  /** why its files cannot be read */
  readonly error: CdiError | undefined;
}

export async function readEngineStatus(
  host: SpecHost,
  { place, config, wiring, error }: EngineWiring,
): Promise<EngineStatus> {
  const { engine, root } = place;
  const shared = { engine: engine.id, installed: root === '' ? isInstalled(place) : undefined, error };
  if (config === undefined || wiring === undefined) {
    return {
      ...shared,
      version: undefined,
      files: [],
      runtimes: [],
      defaultRuntime: undefined,
      nativeCdi: undefined,
      warnings: [],
      reload: undefined,
    };
  }
  const since = findLastChange(config, root);
  const runtimes: RuntimeStatus[] = [];
  for (const { name, path, file, ours } of wiring.runtimes) {
    if (!ours || path === undefined) continue;
    const isDefault = wiring.defaultRuntime.name === name;
    const { problem, shim, runtimePath } = linkState(root, path);
    const running = await isRunning(host, place, config, { name, path, isDefault, since });
    runtimes.push({ name, path, file, isDefault, problem, version: shim?.version, runs: runtimePath, running });
  }
  return {
    ...shared,
    version: config.version,
    files: [...config.texts.keys()],
    runtimes,
    defaultRuntime: wiring.defaultRuntime.name,
    nativeCdi: engine.nativeCdi.read(config),
    warnings: wiring.warnings,
    reload: reloadCommand(engine.reload(config)),
  };
}
