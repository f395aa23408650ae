// dockerd keeps a key that is gone from its file: while it reads, the file says the default of such a key instead.
import { readDaemonJson } from '../../engines/daemon-json.ts';
import type { EngineConfig } from '../../engines/engine.ts';
import { runOrUndo, type Work } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';
import type { EnginePlace } from './place.ts';

const DEFAULTS = { runtimes: {}, 'default-runtime': 'runc' };

/**
 * Lets the daemon read, by `read`, a file in which nothing is left to be taken for unchanged; then the file is as it was.
 *
 * @throws {CdiError} CANNOT_WRITE; BAD_ENGINE_CONFIG for a file that cannot be read
 */
export async function reloadWithDefaults<T>(
  { files, root }: EnginePlace,
  config: EngineConfig,
  work: Work,
  read: () => Promise<T>,
): Promise<T> {
  const before = config.texts.get(files.main);
  const text = `${JSON.stringify({ ...DEFAULTS, ...readDaemonJson(config) })}\n`;
  const path = resolveInRoot(root, files.main);
  return await runOrUndo({ ...work, what: 'reload docker' }, async (changes) => {
    changes.put(path, before, text);
    const result = await read();
    changes.put(path, text, before);
    return result;
  });
}
