// What an engine makes of its files, and of all that none of them says, as it tells itself.
import type { EngineConfig } from '../../engines/engine.ts';
import { getString, parseToml } from '../../engines/toml-file.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { fetchFirst } from './fetch-first.ts';
import type { EnginePlace } from './place.ts';
import { findEngineProcess, findOptions } from './process.ts';
import { checkFiles } from './program.ts';

const USUAL_SOCKET = '/var/run/crio/crio.sock';

/**
 * Of CRI-O, which has options for runtimes of its own that stand in no file: by its program, or where that is another
 * host's, by the daemon that runs there. Undefined where neither tells.
 */
export async function readEffectiveConfig(place: EnginePlace, config: EngineConfig): Promise<string | undefined> {
  const { engine, root } = place;
  if (engine.id !== 'crio') return undefined;
  const checked = await checkFiles(place, config);
  if (checked.result === 'good') return checked.output;
  const named = [...config.texts.values()].flatMap(
    (text) => getString(parseToml(text), ['crio', 'api', 'listen']) ?? [],
  );
  const args = findEngineProcess(place)?.args ?? [];
  const [socket = ''] = [...findOptions(args, ['--listen']), ...named.toReversed(), USUAL_SOCKET];
  return await fetchFirst([resolveInRoot(root, socket)], '/config');
}
