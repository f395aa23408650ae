// A story of test/fixtures/engines: the files of an engine, and what must become of them.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { Engine, EngineConfig, EngineFiles, WireOptions } from '../../src/engines/engine.ts';
import { ENGINES } from '../../src/engines/engines.ts';
import { readStories, type StoryFiles } from '../support/story-files.ts';

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
  return [...readStories(STORIES)].map(([name, files]) => story(name, files));
}

function story(name: string, parts: StoryFiles): Story {
  const file: StoryFile = JSON.parse(`${parts.get('story.json')}`);
  const engine = Object.values(ENGINES).find(({ id }) => name.startsWith(`${id}, `));
  assert.ok(engine, name);
  const { candidates, path, runtimeName = 'cdi', setDefault, passAnnotations, version, warnings = 0, leaves } = file;
  return {
    name,
    engine,
    config: { files: file.files ?? engine.files, texts: texts(parts, 'before/'), version },
    options: { runtimeName, path, setDefault, passAnnotations },
    after: texts(parts, 'after/'),
    candidates,
    warnings,
    leaves,
  };
}

/** The files below a folder, which stands for the root of a host. */
function texts(parts: StoryFiles, root: string): Map<string, string> {
  const below = [...parts].filter(([path]) => path.startsWith(root));
  return new Map(below.map(([path, content]) => [path.slice(root.length - 1), content.toString()]));
}
