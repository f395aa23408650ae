// Which devices a container holds: those on record, those that its engine was told to inject, and those in its document.
import { existsSync } from 'node:fs';
import { compareNames } from '../../cdi/device-name.ts';
import { Draft } from '../../edits/draft.ts';
import { getHostPath } from '../../edits/node-finding.ts';
import { type Mark, markHostNode, markNode } from '../../edits/node-mark.ts';
import { isFailure, type SpecHost } from '../../host/host.ts';
import { readContainerFacts } from '../../requests/container-facts.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { CdiError } from '../../text/error.ts';
import { valueReader } from '../../text/json.ts';
import type { RecordedDevice } from '../audit/recorded.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { writeCount } from '../terminal/plural.ts';
import type { Container } from './container.ts';
import {
  listDocumentMarks,
  listMountSources,
  type MarkedDevice,
  type MarkedDevices,
  markMount,
} from './device-marks.ts';

/** Who gave a device to a container: the shim, as the audit has it, its engine, or whoever wrote its bundle. */
export type Giver = 'shim' | 'engine' | 'bundle';

export interface HeldDevice {
  readonly name: string;
  readonly by: Giver;
  /** today's devices that are held with it: itself, its other names, its parts */
  readonly covers: readonly string[];
  /** numbers of its own nodes */
  readonly marks: readonly Mark[];
  /** the spec that it is from, or today's where there is no record */
  readonly spec: string | undefined;
  /** in what it is not the device of today, a sentence each */
  readonly stale: readonly string[];
}

/** What is the same for all containers of one look. */
export interface DeviceLook {
  readonly host: SpecHost;
  /** where the host's `/` is; empty for this host */
  readonly root: string;
  readonly devices: MarkedDevices;
}

/** @param recorded what the shim gave it */
export function findHeldDevices(
  look: DeviceLook,
  container: Container,
  recorded: readonly RecordedDevice[],
): readonly HeldDevice[] {
  const document = container.config?.value;
  const marks = listDocumentMarks(look.host, document);
  const giver: Giver = ['oci', 'user'].includes(container.maker) ? 'bundle' : 'engine';
  const named = new Map([
    ...container.ordered.map((name) => [name, 'engine'] as const),
    ...recorded.map(({ name }) => [name, 'shim'] as const),
  ]);
  const known = new Set([...named.keys()].flatMap((name) => listCovered(look.devices, name)));
  // whoever may use every device was not given one of them
  const found = isPrivileged(document) ? [] : chooseWhole(look.devices.within(marks));
  const others = found.filter((name) => !known.has(name));
  const gone = describeGoneMounts(look, document);
  return [...named, ...others.map((name) => [name, giver] as const)].map(([name, by]): HeldDevice => {
    const today = look.devices.byName.get(name);
    const record = recorded.find((device) => device.name === name);
    const covers = listCovered(look.devices, name);
    const spec = record?.spec ?? today?.indexed.file.path;
    const isOrdered = record === undefined ? named.has(name) : record.today === 'changed';
    const lack = today && isOrdered ? describeLack(look.host, today, marks) : [];
    // of a document that is gone nobody knows what it had
    const lost = document === undefined ? [] : [...lack, ...describeNodes(look.host, today, marks), ...gone];
    const stale = [...describeSpec(record, today, name), ...lost];
    return { name, by, covers, marks: today?.own ?? [], spec, stale };
  });
}

/** Of devices that are all there: not those that are only others together, and one name of each. */
function chooseWhole(found: readonly MarkedDevice[]): readonly string[] {
  const sets = new Map<string, MarkedDevice[]>();
  for (const device of found) {
    const key = device.marks.toSorted(compareBytes).join('\n');
    sets.set(key, [...(sets.get(key) ?? []), device]);
  }
  const groups = [...sets.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => compareNames(a.indexed.name, b.indexed.name));
    return first === undefined ? [] : [first];
  });
  return groups.filter((device) => !isUnionOf(device, groups)).map(({ indexed }) => indexed.name);
}

function isUnionOf({ marks }: MarkedDevice, others: readonly MarkedDevice[]): boolean {
  const all = new Set(marks);
  const parts = others.filter(
    (other) => other.marks.length < marks.length && other.marks.every((mark) => all.has(mark)),
  );
  const joined = new Set(parts.flatMap((part) => part.marks));
  return marks.every((mark) => joined.has(mark));
}

/** With itself: what does no more than it does. */
function listCovered({ byName, within }: MarkedDevices, name: string): readonly string[] {
  const device = byName.get(name);
  const covered = device === undefined ? [] : within(new Set(device.marks)).map(({ indexed }) => indexed.name);
  return [...new Set([name, ...covered])].sort(compareBytes);
}

function isPrivileged(document: unknown): boolean {
  try {
    return readContainerFacts(new Draft<unknown>(valueReader, document ?? {}), new Map()).privileged;
  } catch (error) {
    // parts of another form than a runtime takes
    if (error instanceof CdiError) return false;
    throw error;
  }
}

function describeSpec(
  record: RecordedDevice | undefined,
  today: MarkedDevice | undefined,
  name: string,
): readonly string[] {
  if (today === undefined) return [`no spec has ${name} today`];
  return record?.today === 'moved' ? [`${record.todaySpec} has it today, ${record.spec} had it then`] : [];
}

/** A spec that was changed for other devices is no matter of this one. */
function describeLack(host: SpecHost, { indexed }: MarkedDevice, marks: ReadonlySet<Mark>): readonly string[] {
  const { spec, path } = indexed.file;
  const edits = [spec.containerEdits ?? {}, indexed.device.containerEdits];
  const wanted = [
    ...edits.flatMap(({ mounts = [] }) => mounts.map(({ hostPath }) => markMount(hostPath))),
    ...edits.flatMap(({ deviceNodes = [] }) => deviceNodes.flatMap((node) => markNode(host, node) ?? [])),
  ];
  const lacking = wanted.filter((mark) => !marks.has(mark)).length;
  return lacking === 0 ? [] : [`it lacks ${lacking} of ${wanted.length} nodes and mounts that ${path} gives it today`];
}

function describeNodes(host: SpecHost, today: MarkedDevice | undefined, marks: ReadonlySet<Mark>): readonly string[] {
  return (today?.indexed.device.containerEdits.deviceNodes ?? []).flatMap((node) => {
    const path = getHostPath(node);
    if (isFailure(host.deviceInfo(path))) return [`${path} is gone from the host`];
    const now = markHostNode(host, path);
    const isSame = now === undefined || marks.has(now) || marks.has(markMount(path));
    return isSame ? [] : [`${path} is another node today`];
  });
}

/** What an update of a driver leaves of the files of the one before. */
function describeGoneMounts({ root }: DeviceLook, document: unknown): readonly string[] {
  const [first, ...more] = listMountSources(document).filter((source) => !existsSync(resolveInRoot(root, source)));
  if (first === undefined) return [];
  return [
    more.length === 0
      ? `${first} is gone from the host`
      : `${writeCount(more.length + 1, 'file')} that it mounts are gone from the host, one is ${first}`,
  ];
}
