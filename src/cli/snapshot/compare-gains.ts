// In what devices of two hosts differ, told by the cause: one that befalls many devices and many things is one difference.
import { CdiError } from '../../text/error.ts';
import { writeCount } from '../terminal/plural.ts';
import type { Gain } from './device-gains.ts';

export type Gains = ReadonlyMap<string, readonly Gain[] | CdiError>;

export interface Difference {
  readonly group: 'devices' | 'specs' | 'edits' | 'settings' | 'engines' | 'host';
  /** `gone` and `new` as seen from the first to the second */
  readonly change: 'gone' | 'new' | 'changed' | 'refused' | 'granted';
  /** names of devices that it is about */
  readonly devices: readonly string[];
  /** without them, a text for people */
  readonly words: string;
}

export function compareGains(a: Gains, b: Gains): readonly Difference[] {
  const gone = [...a.keys()].filter((name) => !b.has(name));
  const added = [...b.keys()].filter((name) => !a.has(name));
  const both = [...a.keys()].filter((name) => b.has(name));
  const causes = new Causes();
  for (const name of both) compareDevice(causes, name, a.get(name) ?? [], b.get(name) ?? []);
  const devices = (change: 'gone' | 'new', names: readonly string[]): Difference[] =>
    names.length === 0 ? [] : [{ group: 'devices', change, devices: names, words: '' }];
  return [...devices('gone', gone), ...devices('new', added), ...causes.tell()];
}

function compareDevice(
  causes: Causes,
  name: string,
  a: readonly Gain[] | CdiError,
  b: readonly Gain[] | CdiError,
): void {
  if (a instanceof CdiError || b instanceof CdiError) {
    const [before, after] = [a, b].map((gains) => tellCause(gains, name));
    if (after === '') causes.add('granted', `before: ${before}`, name);
    else if (after !== before) causes.add('refused', after ?? '', name);
    return;
  }
  const [inA, inB] = [a, b].map((gains) => new Set(gains.map(({ words }) => words)));
  const gone = a.filter(({ words }) => inB?.has(words) === false);
  const added = b.filter(({ words }) => inA?.has(words) === false);
  for (const [from, to] of findVersions(gone, added)) {
    const known = new Set(added.map(({ words }) => words));
    const moved = gone.filter(({ words }) => known.has(words.replaceAll(from, to)));
    for (const gain of moved) {
      causes.add('changed', `${from} became ${to} in`, name, gain);
      const now = gain.words.replaceAll(from, to);
      gone.splice(gone.indexOf(gain), 1);
      added.splice(
        added.findIndex(({ words }) => words === now),
        1,
      );
    }
  }
  for (const gain of gone) {
    const now = added.findIndex(({ kind, key }) => kind === gain.kind && key === gain.key);
    if (now < 0) causes.add('gone', '', name, gain);
    else causes.add('changed', `${gain.kind} ${gain.words} became ${added.splice(now, 1)[0]?.words}`, name);
  }
  for (const gain of added) causes.add('new', '', name, gain);
}

/** Why it does not start, as it is said of all devices; empty where it does. */
function tellCause(error: readonly Gain[] | CdiError, name: string): string {
  return error instanceof CdiError ? error.message.replaceAll(name, 'DEVICE') : '';
}

const VERSION = /\d+(?:\.\d+)+/g;
/** More than that is no update of a driver. */
const MOST_VERSIONS = 16;

/** Versions that only one of the two has, each with those of the other. */
function findVersions(gone: readonly Gain[], added: readonly Gain[]): (readonly [string, string])[] {
  const [before, after] = [gone, added].map(
    (gains) => new Set(gains.flatMap(({ words }) => words.match(VERSION) ?? [])),
  );
  const only = (these: ReadonlySet<string> = new Set(), others: ReadonlySet<string> = new Set()): string[] =>
    [...these].filter((version) => !others.has(version)).slice(0, MOST_VERSIONS);
  const news = only(after, before);
  return only(before, after).flatMap((from) => news.map((to) => [from, to] as const));
}

interface Cause {
  readonly change: Difference['change'];
  readonly words: string;
  readonly devices: Set<string>;
  /** of which it is told how many, or which */
  readonly gains: Map<string, Gain>;
}

/** Gathers what befalls devices; what befalls the same devices in the same way is one cause. */
class Causes {
  readonly #causes = new Map<string, Cause>();

  add(change: Cause['change'], words: string, device: string, gain?: Gain): void {
    const isListed = change === 'gone' || change === 'new';
    const key = [change, words, ...(isListed && gain !== undefined ? [gain.kind, gain.words] : [])].join('\n');
    let cause = this.#causes.get(key);
    if (cause === undefined) {
      cause = { change, words, devices: new Set(), gains: new Map() };
      this.#causes.set(key, cause);
    }
    cause.devices.add(device);
    if (gain !== undefined) cause.gains.set(`${gain.kind} ${gain.words}`, gain);
  }

  tell(): readonly Difference[] {
    const merged = new Map<string, Cause>();
    for (const cause of this.#causes.values()) {
      const key = [cause.change, cause.words, ...cause.devices].join('\n');
      const known = merged.get(key);
      if (known === undefined) merged.set(key, cause);
      else for (const [words, gain] of cause.gains) known.gains.set(words, gain);
    }
    return [...merged.values()].map(({ change, words, devices, gains }) => ({
      group: change === 'refused' || change === 'granted' ? 'devices' : 'edits',
      change,
      devices: [...devices],
      words: [words, change === 'changed' ? countKinds(gains) : listGains(gains)]
        .filter((part) => part !== '')
        .join(' '),
    }));
  }
}

function countKinds(gains: ReadonlyMap<string, Gain>): string {
  const counts = new Map<string, number>();
  for (const { kind } of gains.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => writeCount(count, kind)).join(', ');
}

const MOST_LISTED = 2;

function listGains(gains: ReadonlyMap<string, Gain>): string {
  const words = [...gains.keys()];
  const more = words.length - MOST_LISTED;
  return `${words.slice(0, MOST_LISTED).join('; ')}${more > 0 ? `, and ${more} more` : ''}`;
}
