// Which engine a command line is about, and where the files of that engine are.
import { join, resolve } from 'node:path';
import { type CdiReader, ENGINE_IDS, type Engine, type EngineFiles } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import type { SpecHost } from '../../host/host.ts';
import { findConfigHome, isOrdinaryUser } from '../../host/user-folder.ts';

import { quote } from '../../text/quote.ts';
import type { Arguments } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import { readHostRoot } from '../files/host-root.ts';
import { UsageError } from '../usage-error.ts';

export interface EnginePlace {
  readonly engine: Engine;
  readonly files: EngineFiles;
  /** where the host's `/` is; empty for this host */
  readonly root: string;
}

const DROP_IN = '99-cdi-runtime.conf';

/** @throws {UsageError} for a name that is no engine's */
export function findEngine(name: string): Engine {
  const id = ENGINE_IDS.find((known) => known === name);
  if (id !== undefined) return ENGINES[id];
  throw new UsageError(`engine ${quote(name)} is none of ${ENGINE_IDS.join(', ')}`, suggestWord(name, ENGINE_IDS));
}

/** The engine of the command line, with the files that it names or the usual ones. */
export function findEnginePlace(host: SpecHost, given: Arguments, engine: Engine): EnginePlace {
  const root = readHostRoot(given);
  const main = given.value('engine-config');
  if (main === undefined) return { engine, files: chooseUsualFiles(host, engine, root), root };
  const path = root === '' ? resolve(main) : resolve('/', main);
  // what CRI-O and Podman call the folder beside their main file
  return { engine, files: { main: path, dropIn: engine.files.dropIn && `${path}.d/${DROP_IN}` }, root };
}

/** Those of the system; for an ordinary user those of their own engine, which is rootless. */
export function chooseUsualFiles(host: SpecHost, engine: CdiReader, root: string): EngineFiles {
  if (root !== '' || !isOrdinaryUser(host)) return engine.files;
  const home = findConfigHome(host);
  const main = OF_A_USER[engine.id];
  if (home === undefined || main === undefined) return engine.files;
  const path = join(home, main);
  return { main: path, dropIn: engine.files.dropIn && `${path}.d/${DROP_IN}` };
}

/** Below `$XDG_CONFIG_HOME`. CRI-O has no rootless mode of its own. */
const OF_A_USER: { readonly [id: string]: string | undefined } = {
  docker: 'docker/daemon.json',
  containerd: 'containerd/config.toml',
  crio: undefined,
  podman: 'containers/containers.conf',
  buildah: 'containers/containers.conf',
  buildkit: 'buildkit/buildkitd.toml',
};
