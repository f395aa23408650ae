// What a kubelet calls each device: a name that stays with the device, whatever specs call it later.
import { createHash } from 'node:crypto';

/** A device of a resource. */
export interface Identified {
  /** without its kind */
  readonly name: string;
  /** the same only for the same things of the host */
  readonly identity: string;
}

/**
 * The ids by identity. A kubelet counts ids: a device that came by another id would be free for it, whoever has it.
 *
 * @param before those of the last look; what is gone keeps its id until another device needs it
 * @param longest characters of an id
 */
export function chooseIds(
  devices: readonly Identified[],
  before: ReadonlyMap<string, string>,
  longest: number,
): ReadonlyMap<string, string> {
  const ids = new Map(devices.flatMap(({ identity }) => [...takeKnown(before, identity)]));
  const taken = new Set(ids.values());
  const give = (identity: string, id: string): void => {
    ids.set(identity, id);
    taken.add(id);
  };
  for (const { name, identity } of devices) {
    if (ids.has(identity)) continue;
    const id = shorten(name, longest);
    // what had this name has another one by now
    give(identity, taken.has(id) ? addDigest(name, identity, longest) : id);
  }
  for (const [identity, id] of before) if (!ids.has(identity) && !taken.has(id)) give(identity, id);
  return ids;
}

function takeKnown(before: ReadonlyMap<string, string>, identity: string): readonly (readonly [string, string])[] {
  const id = before.get(identity);
  return id === undefined ? [] : [[identity, id]];
}

function shorten(name: string, longest: number): string {
  return name.length <= longest ? name : addDigest(name, name, longest);
}

function addDigest(name: string, of: string, longest: number): string {
  const digest = createHash('sha256').update(of).digest('hex').slice(0, 16);
  return `${name.slice(0, longest - digest.length - 1)}-${digest}`;
}
