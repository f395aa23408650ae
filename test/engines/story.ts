// A story of test/fixtures/engines: the files of an engine, and what must become of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ENGINE_IDS,
  type Engine,
  type EngineConfig,
  type EngineFiles,
  type EngineId,
  type WireOptions,
} from '../../src/engines/engine.ts';
import { ENGINES } from '../../src/engines/engines.ts';

const STORIES = resolve(import.meta.dirname, '../fixtures/engines');

export interface Story {
  readonly name: string;
  readonly engine: Engine;
  readonly config: EngineConfig;
  readonly options: WireOptions;
  /** the texts of the files that change */
  readonly after: ReadonlyMap<string, string>;
  /** names of the real runtimes behind the present default */
  readonly candidates: readonly string[];
  /** how many reasons there are why it has no effect */
  readonly warnings: number;
  /** why a file only means the same as before when our keys are taken out of it one by one */
  readonly leaves: string | undefined;
}

interface StoryFile {
  readonly candidates: readonly string[];
  readonly path: string;
  readonly runtimeName?: string;
  readonly setDefault?: boolean;
  readonly passAnnotations?: boolean;
  readonly version?: string;
  readonly files?: EngineFiles;
  readonly warnings?: number;
  readonly leaves?: string;
}

export function stories(): Story[] {
  return ENGINE_IDS.flatMap((id) =>
    readdirSync(join(STORIES, id))
      .sort()
      .map((name) => story(id, name)),
  );
}

function story(id: EngineId, name: string): Story {
  const folder = join(STORIES, id, name);
  const file: StoryFile = JSON.parse(readFileSync(join(folder, 'story.json'), 'utf8'));
  const engine = ENGINES[id];
  const { candidates, path, runtimeName = 'cdi', setDefault, passAnnotations, version, warnings = 0, leaves } = file;
  return {
    name: `${id}, ${name}`,
    engine,
    config: { files: file.files ?? engine.files, texts: texts(join(folder, 'before')), version },
    options: { runtimeName, path, setDefault, passAnnotations },
    after: texts(join(folder, 'after')),
    candidates,
    warnings,
    leaves,
  };
}

/** The files below a folder, which stands for the root of a host. */
function texts(root: string): Map<string, string> {
  if (!existsSync(root)) return new Map();
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(root.length), readFileSync(path, 'utf8')]));
}
