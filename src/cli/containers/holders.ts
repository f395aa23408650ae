// Who holds which device now: containers of every engine, and processes without one that have a node open.
import { createHash } from 'node:crypto';
import type { LoadedSettings } from '../../settings/combine.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { CdiError } from '../../text/error.ts';
import type { AuditRecord } from '../audit/lines.ts';
import { getList, getText } from '../audit/lines.ts';
import { compareRecordedDevices } from '../audit/recorded.ts';
import { findRecordsOf } from '../audit/records-of.ts';
import type { Context } from '../command.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { loadSpecView, type SpecView } from '../look.ts';
import { mapWithProgress } from '../terminal/progress.ts';
import { type Container, writeHandle } from './container.ts';
import { type MarkedDevices, markDevices } from './device-marks.ts';
import { findHeldDevices, type Giver } from './held-devices.ts';
import { readLeased, type Share } from './leased.ts';
import { listRunning } from './list-containers.ts';
import { findOpenNodes, type OpenProcess } from './open-nodes.ts';

export type Holding = {
  readonly device: string;
  /** `docker:web`, as `explain` takes it; `process NAME` of one without a container */
  readonly holder: string;
  readonly by: Giver | 'open';
  /** the container's; undefined for a process without one */
  readonly container:
    | { readonly maker: string; readonly id: string; readonly name: string; readonly bundle: string | undefined }
    | undefined;
  /** of the container's first process, or the process itself */
  readonly pid: number;
  /** when the container was made, RFC 3339 */
  readonly since: string | undefined;
  /** processes that have a node of the device open now */
  readonly openBy: readonly { readonly pid: number; readonly name: string }[];
  /** today's devices that are held with it: itself, its other names, its parts */
  readonly covers: readonly string[];
  /** of a device that only so many containers may have */
  readonly share: Share | undefined;
  readonly spec: string | undefined;
  readonly stale: readonly string[];
  /** what the lines of the audit about it have in common */
  readonly record: string | undefined;
};

export interface Holders {
  readonly holdings: readonly Holding[];
  /** why there may be more, a sentence each */
  readonly unsure: readonly string[];
  /** folders in which containers come and go */
  readonly folders: readonly string[];
  readonly view: SpecView;
  /** Who has a device, or a part of it. */
  holdersOf(name: string): readonly string[];
}

/** @param root where the host's `/` is; empty for this host */
export function findHolders(context: Context, root: string): Holders {
  const view = loadSpecView(context);
  const devices = markDevices(context.host, view.index);
  const leased = readLeased(context, view);
  const { containers, folders, unsure } = listRunning(root, leased.roots);
  const records = readRecords(context.settings(), root, containers);
  const open = findOpenNodes(root, listOwnMarks(devices), containers);
  const look = { host: context.host, root, devices };
  const held = mapWithProgress(context, 'looking at containers', containers, (container) => {
    // the audit knows containers by ids, which a user may choose as well
    const record = container.maker === 'user' ? undefined : records.found.get(container.id);
    const recorded = compareRecordedDevices(view, getList(record?.value, 'devices'));
    return findHeldDevices(look, container, recorded).map((device): Holding => {
      const users = open.processes.filter(
        (one) => one.container === container && one.marks.some((mark) => device.marks.includes(mark)),
      );
      return {
        device: device.name,
        holder: writeHandle(container),
        by: device.by,
        container: encodeContainer(container),
        pid: container.state?.pid ?? 0,
        since: container.state?.created,
        openBy: users.map(({ pid, name: title }) => ({ pid, name: title })),
        covers: device.covers,
        share: container.maker === 'user' ? undefined : leased.find(device.name, container),
        spec: device.spec,
        stale: device.stale,
        record: device.by === 'shim' ? getText(record?.value, 'record') || undefined : undefined,
      };
    });
  }).flat();
  const holdings = [...held, ...listOthers(devices, open.processes, held)];
  return {
    holdings: holdings.sort(
      (a, b) => compareBytes(a.device, b.device) || compareBytes(a.holder, b.holder) || a.pid - b.pid,
    ),
    unsure: [
      ...unsure,
      ...leased.unsure,
      ...records.unsure,
      ...(open.closed > 0 ? [`${open.closed} processes of other users are not looked into for open nodes`] : []),
    ],
    folders,
    view,
    holdersOf: (name) => findHoldersOf(devices, holdings, name),
  };
}

/** By nodes of its own: what all devices of a spec have is no part of one. */
function findHoldersOf({ byName }: MarkedDevices, holdings: readonly Holding[], name: string): readonly string[] {
  const own = new Set(byName.get(name)?.own);
  const isPart = (other: string): boolean => {
    const marks = byName.get(other)?.own ?? [];
    return marks.length > 0 && marks.every((mark) => own.has(mark));
  };
  // what a user says keeps nobody from a device; what the user's processes have open does
  const having = holdings.filter(
    ({ device, covers, container, openBy }) =>
      (covers.includes(name) || isPart(device)) && (container?.maker !== 'user' || openBy.length > 0),
  );
  return [...new Set(having.map(({ holder }) => holder))];
}

/** An audit that cannot be read is no reason to tell nothing. */
function readRecords(
  { settings: { audit } }: LoadedSettings,
  root: string,
  containers: readonly Container[],
): { readonly found: ReadonlyMap<string, AuditRecord>; readonly unsure: readonly string[] } {
  const queries = containers.map(({ id, config, state }) => {
    const digest = config && createHash('sha256').update(config.text).digest('hex');
    return { id, digest, created: Date.parse(state?.created ?? '') };
  });
  try {
    return { found: findRecordsOf(resolveInRoot(root, audit.path), queries), unsure: [] };
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { found: new Map(), unsure: [error.message] };
  }
}

/** Of memory and of terminals: every process has some of those open. */
const EVERYBODYS = /^c [15]:/;

function listOwnMarks({ byName }: MarkedDevices): ReadonlySet<string> {
  return new Set([...byName.values()].flatMap(({ own }) => own).filter((mark) => !EVERYBODYS.test(mark)));
}

/** Processes that have a node open of a device that no container of theirs is known to hold. */
function listOthers(
  { ofNode }: MarkedDevices,
  processes: readonly OpenProcess[],
  held: readonly Holding[],
): readonly Holding[] {
  return processes.flatMap(({ pid, name, container, marks }) => {
    const holder = container === undefined ? `process ${name}` : writeHandle(container);
    const known = new Set(held.filter((one) => one.holder === holder).flatMap(({ covers }) => covers));
    return marks.flatMap((mark): Holding[] => {
      const covers = ofNode(mark).map(({ indexed }) => indexed.name);
      const [device] = covers;
      if (device === undefined || covers.some((one) => known.has(one))) return [];
      for (const one of covers) known.add(one);
      return [
        {
          ...{ device, holder, by: 'open', container: container && encodeContainer(container), pid },
          ...{ since: container?.state?.created, openBy: [{ pid, name }], covers, share: undefined, spec: undefined },
          ...{ stale: [], record: undefined },
        },
      ];
    });
  });
}

function encodeContainer({ maker, id, name, bundle }: Container): Holding['container'] {
  return { maker, id, name, bundle };
}
