// Who reads specs by himself on a host: engines and builders, whether it is on, and from which directories.
import { BUILDERS } from '../../engines/builders.ts';
import type { CdiReader, NativeCdi } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import type { SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { readEngineConfig } from './files.ts';
import { chooseUsualFiles } from './place.ts';
import { isInstalled, readEngineVersion } from './program.ts';

const CDI_READERS: readonly CdiReader[] = [...Object.values(ENGINES), ...BUILDERS];

export interface CdiReaderStatus {
  readonly id: string;
  /** its program or one of its own files is there */
  readonly isThere: boolean;
  readonly version: string | undefined;
  /** the file that says it, or would */
  readonly file: string;
  /** or why its files cannot be read */
  readonly native: NativeCdi | CdiError;
}

export async function readCdiReaders(host: SpecHost, root: string): Promise<readonly CdiReaderStatus[]> {
  return await Promise.all(CDI_READERS.map((reader) => readStatus(host, reader, root)));
}

async function readStatus(host: SpecHost, engine: CdiReader, root: string): Promise<CdiReaderStatus> {
  const place = { engine, files: chooseUsualFiles(host, engine, root), root };
  const version = await readEngineVersion(place);
  const about = { id: engine.id, version, file: place.files.dropIn ?? place.files.main };
  const isKnown = version !== undefined || isInstalled(place);
  try {
    const config = readEngineConfig(place, version);
    // buildah has no file of its own
    const isThere = isKnown || (engine.id !== 'buildah' && config.texts.size > 0);
    return { ...about, isThere, native: engine.nativeCdi.read(config) };
  } catch (error) {
    if (error instanceof CdiError) return { ...about, isThere: true, native: error };
    throw error;
  }
}
