// Device nodes and their cgroup rules: what the spec leaves out comes from the host.
import type { DeviceNode, Integer } from '../cdi/spec.ts';
import { CdiError } from '../text/error.ts';
import type { JsonReader, JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { DeviceLookup } from './device-lookup.ts';
import type { Draft, Entry } from './draft.ts';
import type { Mode } from './mode.ts';
import { same } from './same.ts';
import { wholeNumber } from './whole-number.ts';

const DEVICES = ['linux', 'devices'];
const RULES = ['linux', 'resources', 'devices'];

/**
 * Adds each node in the place of one with the same path, and a cgroup rule for each block and char device.
 *
 * @throws {CdiError} BAD_DEVICE_NODE where the host has no such node, or another one than the spec says
 * @see CDI SPEC "OCI Edits" (deviceNodes); OCI config-linux "Devices", "Allowed Device list"
 */
export function applyDeviceNodes<N>(
  draft: Draft<N>,
  nodes: readonly DeviceNode[] | undefined,
  lookup: DeviceLookup,
  mode: Mode,
): void {
  if (nodes === undefined || nodes.length === 0) return;
  const owner = processOwner(draft);
  const filled = nodes.map((node) => fillDeviceNode(node, lookup));
  const devices = filled.map((node) => linuxDevice(node, owner));
  addDevices(draft, mode === 'once' ? missingDevices(draft, devices) : devices);
  const rules = filled.flatMap((node) => (node.type === 'b' || node.type === 'c' ? [cgroupRule(node)] : []));
  addRules(draft, mode === 'once' ? missingRules(draft, rules) : rules);
}

/** A device as the runtime spec writes it. */
interface LinuxDevice {
  readonly [field: string]: JsonValue | undefined;
  readonly path: string;
}

/**
 * A node with host path, type, numbers and mode, as far as the host knows better than the spec (corpus NOTES
 * 46 to 49).
 */
export function fillDeviceNode(node: DeviceNode, lookup: DeviceLookup): DeviceNode {
  const hostPath = node.hostPath === undefined || node.hostPath === '' ? node.path : node.hostPath;
  const type = node.type ?? '';
  const isComplete = type !== '' && (!isZero(node.major) || type === 'p');
  const found = lookup.node(hostPath);
  if ('errno' in found || found.type === '') {
    if (isComplete) return { ...node, hostPath };
    const why = 'errno' in found ? missingReason(found.errno) : 'is no device node';
    throw badNode(node, `host path ${quote(hostPath)} ${why}`);
  }
  const fileMode = node.fileMode ?? found.mode;
  if (isComplete) return { ...node, hostPath, fileMode };
  if (type !== '' && type !== found.type) {
    throw badNode(node, `host path ${quote(hostPath)} has type ${quote(found.type)}, not ${quote(type)}`);
  }
  const numbers = isZero(node.major) ? { major: found.major, minor: found.minor } : {};
  return { ...node, hostPath, type: found.type, fileMode, ...numbers };
}

function badNode(node: DeviceNode, why: string): CdiError {
  return new CdiError('BAD_DEVICE_NODE', {
    what: `inject device node ${quote(node.path)}`,
    why,
    hint: 'load the driver that makes the node, or generate the spec anew',
  });
}

/** In plain words: engines read the kernel's own phrases as if the container's command were missing. */
function missingReason(errno: string): string {
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? 'is missing' : `cannot be looked at (${errno})`;
}

function isZero(value: Integer | undefined): boolean {
  return value === undefined || Number(value) === 0;
}

function processOwner<N>(draft: Draft<N>): { readonly uid: number; readonly gid: number } {
  return { uid: draft.integer(['process', 'user', 'uid']), gid: draft.integer(['process', 'user', 'gid']) };
}

/** The process' user owns the node where the spec names no owner, unless that is root. */
function linuxDevice(node: DeviceNode, owner: { readonly uid: number; readonly gid: number }): LinuxDevice {
  const uid = node.uid ?? (owner.uid > 0 ? owner.uid : undefined);
  const gid = node.gid ?? (owner.gid > 0 ? owner.gid : undefined);
  return {
    path: node.path,
    type: node.type ?? '',
    major: node.major ?? 0,
    minor: node.minor ?? 0,
    fileMode: node.fileMode,
    uid,
    gid,
  };
}

function addDevices<N>(draft: Draft<N>, devices: readonly LinuxDevice[]): void {
  if (devices.length === 0) return;
  const entries = draft.list(DEVICES).map((entry) => ({ entry, path: entryPath(draft, entry) }));
  for (const device of devices) {
    const isSame = (known: { readonly path: string }): boolean => known.path === device.path;
    const first = entries.findIndex(isSame);
    if (first >= 0) entries.splice(first, 1);
    const next = first < 0 ? -1 : entries.findIndex(isSame);
    const added = { entry: { value: device }, path: device.path };
    if (next >= 0) entries[next] = added;
    else entries.push(added);
  }
  draft.setList(
    DEVICES,
    entries.map((known) => known.entry),
  );
}

function entryPath<N>(draft: Draft<N>, entry: Entry<N>): string {
  return 'kept' in entry ? draft.entryText(DEVICES, entry.kept, 'path') : '';
}

/** Those whose last edit the document does not hold yet, all edits of that path then. */
function missingDevices<N>(draft: Draft<N>, devices: readonly LinuxDevice[]): readonly LinuxDevice[] {
  const first = new Map<string, N>();
  for (const entry of draft.list(DEVICES)) {
    if (!('kept' in entry)) continue;
    const path = entryPath(draft, entry);
    if (!first.has(path)) first.set(path, entry.kept);
  }
  const last = new Map(devices.map((device) => [device.path, device]));
  return devices.filter(({ path }) => {
    const there = first.get(path);
    const wanted = last.get(path);
    return there === undefined || wanted === undefined || !same(draft.reader, there, wanted);
  });
}

interface CgroupRule {
  readonly [field: string]: JsonValue | undefined;
  readonly type: string;
  readonly major: Integer;
  readonly minor: Integer;
  readonly access: string | undefined;
}

function cgroupRule(node: DeviceNode): CgroupRule {
  const permissions = node.permissions ?? '';
  const access = permissions === '' ? 'rwm' : permissions === 'none' ? undefined : permissions;
  return { allow: true, type: node.type ?? '', major: node.major ?? 0, minor: node.minor ?? 0, access };
}

function addRules<N>(draft: Draft<N>, rules: readonly CgroupRule[]): void {
  if (rules.length === 0) return;
  draft.setList(RULES, [...draft.list(RULES), ...rules.map((value) => ({ value }))]);
}

/** A rule of the document; the numbers plainly spelt, undefined for what is no number. */
interface KnownRule<N> {
  readonly node: N;
  readonly allows: boolean;
  readonly major: string | undefined;
  readonly minor: string | undefined;
}

/** A rule is there if an equal one is, which no later rule denies again. */
function missingRules<N>(draft: Draft<N>, rules: readonly CgroupRule[]): readonly CgroupRule[] {
  // Each with each would be what an injection spends most of its time on: numbers are read once, and tell
  // most apart, and of equal rules one is judged.
  const latestFirst: KnownRule<N>[] = [];
  for (const entry of draft.list(RULES)) if ('kept' in entry) latestFirst.unshift(knownRule(draft, entry.kept));
  const judged = new Map<string, boolean>();
  return rules.filter((rule) => {
    const text = `${rule.type} ${rule.major}:${rule.minor} ${rule.access}`;
    const before = judged.get(text);
    const missing = before ?? isMissing(draft, latestFirst, rule);
    if (before === undefined) judged.set(text, missing);
    return missing;
  });
}

function knownRule<N>({ reader }: Draft<N>, node: N): KnownRule<N> {
  let allows = false;
  let major: string | undefined;
  let minor: string | undefined;
  for (const [key, member] of reader.kind(node) === 'object' ? reader.members(node) : []) {
    if (key === 'allow') allows = reader.kind(member) === 'true';
    else if (key === 'major') major = plainNumber(reader, member);
    else if (key === 'minor') minor = plainNumber(reader, member);
  }
  return { node, allows, major, minor };
}

function plainNumber<N>(reader: JsonReader<N>, node: N): string | undefined {
  return reader.kind(node) === 'number' ? wholeNumber(reader.number(node)) : undefined;
}

function isMissing<N>(draft: Draft<N>, latestFirst: readonly KnownRule<N>[], rule: CgroupRule): boolean {
  const major = String(rule.major);
  const minor = String(rule.minor);
  for (const known of latestFirst) {
    if (differs(known.major, major) || differs(known.minor, minor)) continue;
    if (same(draft.reader, known.node, rule)) return false;
    if (!known.allows && mayDeny(draft, known.node, rule)) return true;
  }
  return true;
}

function differs(spelt: string | undefined, wanted: string): boolean {
  return spelt !== undefined && spelt !== wanted && spelt !== '-1';
}

/** Whether a rule that does not allow, with these numbers or any, denies the device. */
function mayDeny<N>(draft: Draft<N>, node: N, rule: CgroupRule): boolean {
  if (draft.reader.kind(node) !== 'object') return true;
  const type = draft.entryText(RULES, node, 'type');
  return type === '' || type === 'a' || type === rule.type;
}
