// New texts of an engine's files put in their places, and judged there: by reading them again, and by the engine.
import { dirname } from 'node:path';
import type { EngineConfig, FileChange } from '../../engines/engine.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { type HostChanges, runOrUndo, type Work } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { readEngineConfig } from './files.ts';
import type { EnginePlace } from './place.ts';
import { type Checked, checkFiles } from './program.ts';

export interface Applied {
  /** directories of the host that were made, the outermost first */
  readonly directories: readonly string[];
  readonly checked: Checked;
}

/** Puts the texts in place. @throws {CdiError} CANNOT_WRITE; BAD_ENGINE_CONFIG where the engine refuses the result */
export async function applyChanges(
  changes: HostChanges,
  place: EnginePlace,
  config: EngineConfig,
  files: readonly FileChange[],
): Promise<Applied> {
  const { engine, root } = place;
  const directories = files.flatMap(({ path, before, after }) => {
    const file = resolveInRoot(root, path);
    const made = after === undefined ? [] : changes.makeDirectory(dirname(file));
    changes.put(file, before, after);
    return made.map((directory) => directory.slice(root.length));
  });
  const now = readEngineConfig(place, config.version);
  const other = files.find(({ path, after }) => now.texts.get(path) !== after);
  if (other !== undefined) {
    const why = `${quote(other.path)} does not say what was written to it`;
    throw new CdiError('CANNOT_WRITE', { what: `write the files of ${engine.id}`, path: other.path, why });
  }
  const checked = await checkFiles(place, now);
  if (checked.result === 'bad') throw makeRefusedError(place, checked);
  return { directories, checked };
}

/** All of it or nothing; where the engine refuses the result, it is told whether it does so without it. */
export async function wireEngine<T>(
  work: Work,
  place: EnginePlace,
  change: (changes: HostChanges) => Promise<T>,
): Promise<T> {
  try {
    return await runOrUndo(work, change);
  } catch (error) {
    if (!(error instanceof CdiError) || error.code !== 'BAD_ENGINE_CONFIG') throw error;
    const before = await checkFiles(place, readEngineConfig(place, undefined));
    const hint = before.result === 'bad' ? 'it refuses them as they are, too: correct them first' : error.hint;
    throw new CdiError(error.code, { what: work.what, why: error.why, path: error.path, hint });
  }
}

function makeRefusedError({ engine, files }: EnginePlace, checked: Checked & { readonly result: 'bad' }): CdiError {
  const lastLine = checked.output.trim().split('\n').at(-1) ?? '';
  return new CdiError('BAD_ENGINE_CONFIG', {
    what: `write the files of ${engine.id}`,
    path: files.main,
    why: `${checked.command} refuses the result with ${quote(lastLine)}`,
    hint: 'all files are as they were',
  });
}
