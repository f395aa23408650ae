// What the engines of a host are wired to, all of them as far as their files can be read.
import { dirname } from 'node:path';
import type { EngineConfig, EngineId, NamedRuntime, Wiring } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import type { SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { readEngineConfig } from './files.ts';
import { chooseUsualFiles, type EnginePlace } from './place.ts';
import { readEngineVersion } from './program.ts';

export interface EngineWiring {
  readonly place: EnginePlace;
  /** undefined where the files cannot be read */
  readonly config: EngineConfig | undefined;
  readonly wiring: Wiring | undefined;
  readonly error: CdiError | undefined;
}

export async function readWiring(place: EnginePlace): Promise<EngineWiring> {
  try {
    const config = readEngineConfig(place, await readEngineVersion(place));
    return { place, config, wiring: place.engine.read(config), error: undefined };
  } catch (error) {
    if (error instanceof CdiError) return { place, config: undefined, wiring: undefined, error };
    throw error;
  }
}

/** All engines with their usual files. */
export async function readWirings(host: SpecHost, root: string): Promise<readonly EngineWiring[]> {
  const places = Object.values(ENGINES).map((engine) => ({
    engine,
    files: chooseUsualFiles(host, engine, root),
    root,
  }));
  return await Promise.all(places.map(readWiring));
}

/** A runtime of an engine that calls a link of ours. */
export interface LinkUser {
  readonly engine: EngineId;
  readonly runtime: NamedRuntime;
}

/** Who calls a link in a directory of the host. */
export function linkUsers(wirings: readonly EngineWiring[], directory: string): readonly LinkUser[] {
  return wirings.flatMap(({ place, wiring }) =>
    (wiring?.runtimes ?? [])
      .filter(({ ours, path }) => ours && path !== undefined && dirname(path) === directory)
      .map((runtime) => ({ engine: place.engine.id, runtime })),
  );
}
