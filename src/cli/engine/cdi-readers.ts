// Who reads specs by himself on a host: engines and builders, whether it is on, and from which directories.
import { BUILDERS } from '../../engines/builders.ts';
import type { EngineConfig, NativeCdi } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import type { SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { type ReaderPlace, readEngineConfig } from './files.ts';
import { chooseUsualFiles, type EnginePlace } from './place.ts';
import { findEngineProcess } from './process.ts';
import { isInstalled, readEngineVersion } from './program.ts';
import { reloadCommand } from './reload.ts';
import { findLastChange } from './running.ts';

export interface CdiReaderStatus {
  readonly id: string;
  /** its program or one of its own files is there */
  readonly isThere: boolean;
  readonly version: string | undefined;
  /** the file that says it, or would */
  readonly file: string;
  /** what makes a daemon take it that runs since before its files spoke of CDI; undefined where none does */
  readonly restart: string | undefined;
  /** or why its files cannot be read */
  readonly native: NativeCdi | CdiError;
}

export async function readCdiReaders(host: SpecHost, root: string): Promise<readonly CdiReaderStatus[]> {
  const engines = Object.values(ENGINES).map(async (engine): Promise<CdiReaderStatus> => {
    const place = { engine, files: chooseUsualFiles(host, engine, root), root };
    return await readStatus(place, (config) => findRestart(place, config));
  });
  const builders = BUILDERS.map((engine) =>
    readStatus({ engine, files: chooseUsualFiles(host, engine, root), root }, () => undefined),
  );
  return await Promise.all([...engines, ...builders]);
}

async function readStatus(
  place: ReaderPlace,
  restart: (config: EngineConfig) => string | undefined,
): Promise<CdiReaderStatus> {
  const { engine, files } = place;
  // what its distribution says besides is of no use here
  const version = /^\d+(?:\.\d+)*/.exec((await readEngineVersion(place)) ?? '')?.[0];
  const about = { id: engine.id, version, file: files.main, restart: undefined };
  const isKnown = version !== undefined || isInstalled(place);
  try {
    const config = readEngineConfig(place, version);
    // buildah has no file of its own
    const isThere = isKnown || (engine.id !== 'buildah' && config.texts.size > 0);
    return { ...about, isThere, restart: restart(config), native: engine.nativeCdi.read(config) };
  } catch (error) {
    if (error instanceof CdiError) return { ...about, isThere: true, native: error };
    throw error;
  }
}

/** What a file says of CDI counts from the daemon's next start on. */
const ABOUT_CDI = /"cdi"\s*:\s*(?:true|false)|cdi-spec-dirs|cdi_spec_dirs|enable_cdi/;

function findRestart(place: EnginePlace, config: EngineConfig): string | undefined {
  const running = findEngineProcess(place);
  if (running === undefined || ![...config.texts.values()].some((text) => ABOUT_CDI.test(text))) return undefined;
  return running.started < findLastChange(config, place.root)
    ? reloadCommand(place.engine.nativeCdi.reload(config))
    : undefined;
}
