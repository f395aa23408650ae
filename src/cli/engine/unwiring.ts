// What it takes to get our runtime out of an engine: which files change, what goes with it, and who still needs it.
import { dirname } from 'node:path';
import { applyTexts, nameDefaultRuntime, unconfigure } from '../../engines/configure.ts';
import type { EngineConfig, FileChange, NamedRuntime } from '../../engines/engine.ts';
import { isDefaultLink } from '../../engines/pinned-link.ts';
import { amendRecord, type EngineRecord } from '../../engines/record.ts';
import type { Arguments, Context } from '../command.ts';
import { findNeedyContainers, type NeedyContainers } from './containers.ts';
import { readEngineConfig } from './files.ts';
import { type EnginePlace, findEngine, findEnginePlace } from './place.ts';
import { readEngineVersion } from './program.ts';
import { type EngineSetup, findRecordFolder, NO_SETUP, readAllSetups, readRecordTime } from './record.ts';
import { linkUsers, readWirings } from './wirings.ts';

export interface Unwiring {
  readonly place: EnginePlace;
  readonly config: EngineConfig;
  readonly name: string;
  /** the link that the runtime calls; undefined where the engine has no such runtime of ours */
  readonly path: string | undefined;
  /** whether its own CDI goes back to what it was */
  readonly isNative: boolean;
  /** other runtimes of ours that it has */
  readonly others: readonly string[];
  readonly files: readonly FileChange[];
  readonly folder: string;
  /** as they will be */
  readonly setup: EngineSetup;
  readonly before: EngineSetup;
  /** milliseconds since 1970 at which the record was written; 0 where there is none */
  readonly recorded: number;
  readonly needy: NeedyContainers;
  /** links that go */
  readonly links: readonly string[];
}

export async function planUnwiring(context: Context, given: Arguments): Promise<Unwiring> {
  const place = findEnginePlace(context.host, given, findEngine(given.operands[0] ?? ''));
  const { engine, root } = place;
  const folder = findRecordFolder(context.host, root);
  const all = readAllSetups(folder, root);
  const before = all.get(engine.id) ?? NO_SETUP;
  const config = readEngineConfig(place, given.value('engine-version') ?? (await readEngineVersion(place)));
  const name = given.value('runtime-name') ?? 'cdi';
  const ours = engine.read(config).runtimes.filter((runtime) => runtime.ours);
  const gone = ours.filter((runtime) => [name, nameDefaultRuntime(name)].includes(runtime.name));
  const path = gone[0]?.path;
  const { changes: files } = unconfigure(engine, config, name, before.files, before.native);
  const written = new Map(files.map(({ path, after }) => [path, after]));
  const left = { ...config, texts: applyTexts(config.texts, written) };
  const isWired = engine.read(left).runtimes.some(({ ours }) => ours);
  const isNative = before.native.length > 0 && !isWired;
  const isCalled = await findCalledLinks(context, place, left, all);
  const own = engine.read(left).runtimes.map((runtime) => runtime.path);
  const unused = before.links.filter(({ main, path: link }) => main === place.files.main && !own.includes(link));
  const setup: EngineSetup = {
    files: keepRecords(before.files, files, left, isWired),
    native: isNative ? [] : before.native,
    links: before.links.filter((link) => !unused.includes(link)),
    directories: before.directories,
  };
  const links = unused.filter((link) => link.made && !isCalled(link.path)).map((link) => link.path);
  // a link that was left for containers when the runtime went is still theirs
  const lost = links.map((link) => ({ name: isDefaultLink(link) ? nameDefaultRuntime(name) : name, path: link }));
  const needed = gone.length > 0 ? gone : lost;
  return {
    place,
    config,
    name,
    path,
    isNative,
    others: ours.filter((runtime) => !gone.includes(runtime)).map((runtime) => runtime.name),
    files,
    folder,
    setup,
    before,
    recorded: readRecordTime(folder, root, engine.id),
    needy: await findAllNeedy(place, config, needed, links),
    links,
  };
}

/** Those of the runtime that is chosen by name, and those of the default one beside it. */
async function findAllNeedy(
  place: EnginePlace,
  config: EngineConfig,
  runtimes: readonly Pick<NamedRuntime, 'name' | 'path'>[],
  links: readonly string[],
): Promise<NeedyContainers> {
  const found: NeedyContainers[] = [];
  for (const { name, path } of runtimes)
    if (path !== undefined)
      found.push(await findNeedyContainers(place, config, { name, path, linkGoes: links.includes(path) }));
  return {
    containers: found.flatMap(({ containers }) => containers),
    unsure: found.find(({ unsure }) => unsure !== undefined)?.unsure,
  };
}

/** Whether any engine, this one as it will be, still calls a link; records stand for files in unusual places. */
async function findCalledLinks(
  { host }: Context,
  { engine, files, root }: EnginePlace,
  left: EngineConfig,
  all: ReadonlyMap<string, EngineSetup>,
): Promise<(link: string) => boolean> {
  const isThis = (id: string, main: string): boolean => id === engine.id && main === files.main;
  const wirings = (await readWirings(host, root)).filter(({ place }) => !isThis(place.engine.id, place.files.main));
  const own = engine.read(left).runtimes.flatMap(({ path }) => path ?? []);
  const recorded = [...all].flatMap(([id, { links }]) =>
    links.filter(({ main }) => !isThis(id, main)).map(({ path }) => path),
  );
  return (link) =>
    own.includes(link) ||
    recorded.includes(link) ||
    linkUsers(wirings, dirname(link)).some(({ runtime }) => runtime.path === link);
}

/** What is still to be undone: nothing of files that are as they were, or out of which the last runtime went. */
function keepRecords(
  record: EngineRecord,
  changes: readonly FileChange[],
  left: EngineConfig,
  isWired: boolean,
): EngineRecord {
  const known = new Set([...changes.map(({ path }) => path), ...left.texts.keys(), left.files.main, left.files.dropIn]);
  const kept = amendRecord(record, changes).filter(({ path, original, written }) => {
    if (!known.has(path)) return true;
    return isWired && original !== written;
  });
  return kept;
}
