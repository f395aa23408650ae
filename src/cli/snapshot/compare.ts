// In what two hosts differ: their devices, settings and engines, and what they run on.
import { parseObject } from '../../engines/json-file.ts';
import { parseToml } from '../../engines/toml-file.ts';
import { loadSettings } from '../../settings/load.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import type { Context } from '../command.ts';
import { listLeaves, spellEffectiveSettings } from '../effective-settings.ts';
import { loadSpecView, type SpecView } from '../look.ts';
import { compareGains, type Difference, type Gains } from './compare-gains.ts';
import { listDeviceGains } from './device-gains.ts';
import { openSnapshot } from './open-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** What is compared, each by a name of its own. */
interface Facts {
  /** undefined where the settings cannot be read, by which there are any */
  readonly gains: Gains | undefined;
  /** files of specs, and what is wrong with them */
  readonly specs: ReadonlyMap<string, string>;
  readonly settings: ReadonlyMap<string, string>;
  readonly engines: ReadonlyMap<string, string>;
  readonly host: ReadonlyMap<string, string>;
}

export function compareSnapshots(context: Context, a: Snapshot, b: Snapshot): readonly Difference[] {
  const [before, after] = [gatherFacts(context, a), gatherFacts(context, b)];
  return [
    ...(before.gains && after.gains ? compareGains(before.gains, after.gains) : []),
    ...(before.gains && after.gains ? compareValues('specs', before.specs, after.specs) : []),
    ...compareValues('settings', before.settings, after.settings),
    ...compareValues('engines', before.engines, after.engines),
    ...compareValues('host', before.host, after.host),
  ];
}

function gatherFacts(context: Context, snapshot: Snapshot): Facts {
  const host = openSnapshot(snapshot);
  const common = { engines: listEngineValues(snapshot), host: listHostValues(snapshot) };
  try {
    const loaded = loadSettings(host);
    const { specDirs } = loaded.settings;
    const there = { ...context, host, settings: () => loaded, specDirs: () => specDirs };
    const view = loadSpecView(there);
    const settings = listValues(spellEffectiveSettings(loaded.settings));
    return { ...common, gains: listDeviceGains(there, view), specs: listSpecStates(view), settings };
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { ...common, gains: undefined, specs: new Map(), settings: new Map([['all of them', error.message]]) };
  }
}

function listSpecStates({ scan, errors }: SpecView): ReadonlyMap<string, string> {
  return new Map([
    ...scan.specs.map(({ path }) => [path, 'good'] as const),
    ...errors.map(({ path = '', why }) => [path, `in error: ${why}`] as const),
  ]);
}

function listValues(value: OrderedJson): ReadonlyMap<string, string> {
  return new Map(listLeaves(value).map(([keys, leaf]) => [keys.join('.'), JSON.stringify(leaf)]));
}

/** What the files of engines say, key by key. */
function listEngineValues({ engines, files, versions }: Snapshot): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [engine, paths] of Object.entries(engines)) {
    const version = new Map(Object.entries(versions)).get(engine);
    if (version !== undefined) values.set(`${engine} version`, version);
    for (const path of paths) {
      const text = files[path]?.text;
      const leaves = text === undefined ? undefined : parseConfig(path, text);
      if (leaves === undefined) values.set(`${engine} ${path}`, 'what cannot be read');
      else
        for (const [keys, leaf] of listMembersBelow(leaves)) values.set(`${engine} ${path}: ${keys.join('.')}`, leaf);
    }
  }
  return values;
}

function parseConfig(path: string, text: string): object | undefined {
  if (path.endsWith('.json')) return parseObject(text);
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}

function listMembersBelow(value: unknown, keys: readonly string[] = []): (readonly [readonly string[], string])[] {
  const isInner = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  if (isInner) return Object.entries(value).flatMap(([key, inner]) => listMembersBelow(inner, [...keys, key]));
  return [[keys, JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part))]];
}

function listHostValues({ versions, hardware, engines }: Snapshot): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(versions).filter(([name]) => !Object.hasOwn(engines, name)),
    ...Object.entries(hardware).map(([name, count]) => [`PCI ${name}`, String(count)] as const),
  ]);
}

function compareValues(
  group: Difference['group'],
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): readonly Difference[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name): Difference[] => {
    const [before, after] = [a.get(name), b.get(name)];
    if (before === after) return [];
    if (after === undefined) return [{ group, change: 'gone', devices: [], words: `${name}: ${before}` }];
    if (before === undefined) return [{ group, change: 'new', devices: [], words: `${name}: ${after}` }];
    return [{ group, change: 'changed', devices: [], words: `${name}: ${before} became ${after}` }];
  });
}
