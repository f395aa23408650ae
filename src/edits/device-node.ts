// Device nodes and their cgroup rules: what the spec leaves out comes from the host.
import { type DeviceInfo, isFailure } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import type { JsonReader, JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { type FieldTable, optional, recordsOf } from '../text/yaml-decode.ts';
import { text } from '../text/yaml-reader.ts';
import type { DeviceLookup } from './device-lookup.ts';
import { type Draft, type Entry, replaceEntries } from './draft.ts';
import type { Edit } from './edit.ts';
import { type FieldFault, makeFault, makeMissingFault } from './fault.ts';
import { type Integer, int64, isZero, uint32 } from './integer.ts';
import type { EditKind } from './kind.ts';
import type { Mode } from './mode.ts';
import { findNodeProblem, getHostPath, isComplete } from './node-finding.ts';
import { isSame } from './same.ts';
import { spellWholeNumber } from './whole-number.ts';
import { getText, writeFrom, writeInBrackets } from './words.ts';

/** What a device node is: block, character (`u`: unbuffered) or a named pipe. */
export type DeviceType = 'b' | 'c' | 'u' | 'p';

/** A device node's `permissions` that allow nothing. Go cdi.NoPermissions. */
export const NO_PERMISSIONS = 'none';

/** A device node that the container gets. */
export type DeviceNode = {
  /** in the container: an absolute path. CDI "OCI Edits" */
  readonly path: string;
  /** on the host; absent: the same as `path`. From 0.5.0. CDI "OCI Edits" */
  readonly hostPath?: string | undefined;
  /** `b` (block), `c` or `u` (character) or `p` (named pipe); absent: as on the host. CDI "OCI Edits" */
  readonly type?: string | undefined;
  /** major number of the device; absent or 0: both numbers are as on the host. CDI "OCI Edits" */
  readonly major?: Integer | undefined;
  /** minor number of the device, beside a major one; absent there: 0. CDI "OCI Edits" */
  readonly minor?: Integer | undefined;
  /** permission bits, decimal (438 is 0o666); absent: as on the host. CDI "OCI Edits" */
  readonly fileMode?: number | undefined;
  /**
   * what the cgroup allows: letters of `rwm` (read, write, make the node), or `none`; absent: `rwm`. CDI "OCI Edits"
   */
  readonly permissions?: string | undefined;
  /** the node's owner as a user id of the container; absent: that of the container's process. CDI "OCI Edits" */
  readonly uid?: number | undefined;
  /** the node's group as a group id of the container; absent: that of the container's process. CDI "OCI Edits" */
  readonly gid?: number | undefined;
};

const DEVICES = ['linux', 'devices'];
const RULES = ['linux', 'resources', 'devices'];
const FIELDS: FieldTable<DeviceNode> = {
  path: text,
  hostPath: text,
  type: text,
  major: int64,
  minor: int64,
  fileMode: optional(uint32),
  permissions: text,
  uid: optional(uint32),
  gid: optional(uint32),
};

export const deviceNodes: EditKind<'deviceNodes', DeviceNode> = {
  name: 'deviceNodes',
  word: 'device node',
  path: DEVICES,
  beside: 'its cgroup rule',
  isList: true,
  isRepeated: false,
  decode: recordsOf(FIELDS, { path: '' }),
  needs: [{ version: '0.5.0', field: 'hostPath', words: 'a device node with a hostPath' }],
  fields: FIELDS,
  always: ['path', 'fileMode', 'uid', 'gid'],
  fault: findDeviceNodeFault,
  finding: findNodeProblem,
  apply: applyDeviceNodes,
  key: (node) => node.path,
  words: (node) => `${node.path}${writeFrom(node.hostPath, node.path)}${writeInBrackets(describeNode(node))}`,
  oldWords: (old) => `${getText(old, 'type')} ${getText(old, 'major')}:${getText(old, 'minor')}`,
};

function findDeviceNodeFault(node: DeviceNode): FieldFault | undefined {
  if (node.path === '') return makeMissingFault('path', 'device node');
  const type = node.type ?? '';
  if (type.length > 1 || !'bcup'.includes(type)) {
    const why = `device node ${quote(node.path)} is of type ${quote(type)}`;
    return makeFault('type', why, 'use b, c, u or p, or leave it out');
  }
  const permissions = node.permissions ?? '';
  if ('rwm'.includes(permissions) || permissions === NO_PERMISSIONS) return undefined;
  for (const letter of permissions) {
    if ('rwm'.includes(letter)) continue;
    const why = `device node ${quote(node.path)} has permissions ${quote(permissions)}`;
    return makeFault('permissions', why, 'use letters of rwm, or none');
  }
  return undefined;
}

function describeNode({ type = '', major, minor, permissions = '' }: DeviceNode): string[] {
  const numbers = major === undefined ? '' : ` ${major}:${minor ?? 0}`;
  return [`${type}${numbers}`.trim(), permissions === NO_PERMISSIONS ? 'no access' : permissions];
}

/**
 * Adds each node in the place of one with the same path, and a cgroup rule for each block and char device.
 *
 * @throws {CdiError} BAD_DEVICE_NODE where the host has no such node, or another one than the spec says
 * @see CDI SPEC "OCI Edits" (deviceNodes); OCI config-linux "Devices", "Allowed Device list"
 */
function applyDeviceNodes<N>(
  draft: Draft<N>,
  edits: readonly Edit<DeviceNode>[],
  lookup: DeviceLookup,
  mode: Mode,
): void {
  const owner = readProcessOwner(draft);
  const devices: WantedDevice[] = [];
  const rules: WantedValue<CgroupRule>[] = [];
  for (const from of edits) {
    const node = from.value;
    const made = makeLinuxDevice(node, lookAtNode(node, lookup), owner);
    const isTooMuch = mode === 'once' && made.fileMode !== undefined && made.fileMode > MODE_BITS;
    const value = isTooMuch ? { ...made, fileMode: made.fileMode & MODE_BITS } : made;
    devices[devices.length] = { value, from };
    if (value.type === 'b' || value.type === 'c') rules[rules.length] = { value: makeCgroupRule(value, node), from };
  }
  addDevices(draft, mode === 'once' ? findMissingDevices(draft, devices) : devices);
  addRules(draft, mode === 'once' ? findMissingRules(draft, rules) : rules);
}

/** A device as the runtime spec writes it. */
interface LinuxDevice {
  readonly [field: string]: JsonValue | undefined;
  readonly path: string;
  readonly type: string;
  readonly major: Integer;
  readonly minor: Integer;
  readonly fileMode?: number | undefined;
}

/** A device or a rule that the document is to have, and whose it is. */
interface WantedValue<T> {
  readonly value: T;
  readonly from: Edit<DeviceNode>;
}

type WantedDevice = WantedValue<LinuxDevice>;

/**
 * A node with host path, type, numbers and mode, as far as the host knows better than the spec (corpus NOTES
 * 46 to 49).
 *
 * @param keep is given the node, and one that is refused as well, as far as it was filled by then
 * @throws {CdiError} BAD_DEVICE_NODE
 */
export function fillDeviceNode(
  node: DeviceNode,
  lookup: DeviceLookup,
  keep?: (filled: DeviceNode) => void,
): DeviceNode {
  const hostPath = getHostPath(node);
  const named = node.hostPath === hostPath ? node : { ...node, hostPath };
  try {
    const { mode, ...others } = lookAtNode(named, lookup) ?? {};
    const filled = mode === undefined ? named : { ...named, ...others, fileMode: node.fileMode ?? mode };
    keep?.(filled);
    return filled;
  } catch (error) {
    const found = lookup.deviceInfo(hostPath);
    const isDevice = !isFailure(found) && found.type !== '';
    keep?.(isDevice && node.fileMode === undefined ? { ...named, fileMode: found.mode } : named);
    throw error;
  }
}

/** What the host knows, better than the spec but for the mode; undefined where that is nothing. */
type SeenNode = (Partial<Omit<DeviceInfo, 'mode'>> & Pick<DeviceInfo, 'mode'>) | undefined;

function lookAtNode(node: DeviceNode, lookup: DeviceLookup): SeenNode {
  const hasAll = isComplete(node);
  if (hasAll && node.fileMode !== undefined) return undefined;
  const hostPath = getHostPath(node);
  const found = lookup.deviceInfo(hostPath);
  if (isFailure(found) || found.type === '') {
    if (hasAll) return undefined;
    const why = isFailure(found) ? explainMissing(found.errno) : 'is no device node';
    throw makeNodeError(node, `host path ${quote(hostPath)} ${why}`);
  }
  const { mode } = found;
  if (hasAll) return { mode };
  const type = node.type ?? '';
  if (type !== '' && type !== found.type) {
    throw makeNodeError(node, `host path ${quote(hostPath)} has type ${quote(found.type)}, not ${quote(type)}`);
  }
  return isZero(node.major) ? found : { type: found.type, mode };
}

function makeNodeError(node: DeviceNode, why: string): CdiError {
  return new CdiError('BAD_DEVICE_NODE', {
    what: `inject device node ${quote(node.path)}`,
    why,
    hint: 'load the driver that makes the node, or generate the spec again',
  });
}

/** In plain words: engines read the kernel's own phrases as if the container's command were missing. */
function explainMissing(errno: string): string {
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? 'is missing' : `cannot be looked at (${errno})`;
}

function readProcessOwner<N>(draft: Draft<N>): { readonly uid: number; readonly gid: number } {
  return { uid: draft.integer(['process', 'user', 'uid']), gid: draft.integer(['process', 'user', 'gid']) };
}

/** crun puts the mode's other bits beside the type's, by which a character device becomes a block device: not by us. */
const MODE_BITS = 0o7777;

/** The process' user owns the node where the spec names no owner, unless that is root. */
function makeLinuxDevice(
  node: DeviceNode,
  seen: SeenNode,
  owner: { readonly uid: number; readonly gid: number },
): LinuxDevice {
  return {
    path: node.path,
    type: seen?.type ?? node.type ?? '',
    major: seen?.major ?? node.major ?? 0,
    minor: seen?.minor ?? node.minor ?? 0,
    fileMode: node.fileMode ?? seen?.mode,
    uid: node.uid ?? (owner.uid > 0 ? owner.uid : undefined),
    gid: node.gid ?? (owner.gid > 0 ? owner.gid : undefined),
  };
}

/** The first entry of a path goes; the device takes the place of the next one, or stands at the end. */
function addDevices<N>(draft: Draft<N>, devices: readonly WantedDevice[]): void {
  if (devices.length === 0) return;
  const paths = draft.readListTexts(DEVICES, 'path');
  const there = new Set(paths);
  const size = there.size + devices.length;
  for (const device of devices) there.add(device.value.path);
  if (there.size === size) {
    draft.addToList(DEVICES, devices);
    return;
  }
  const entries: (Entry<N> | undefined)[] = draft.list(DEVICES);
  const places = new Map<string, number[]>();
  let place = 0;
  for (const path of paths) {
    const known = places.get(path);
    if (known === undefined) places.set(path, [place]);
    else known.push(place);
    ++place;
  }
  for (const device of devices) {
    const { path } = device.value;
    const known = places.get(path);
    if (known === undefined) {
      places.set(path, [entries.length]);
      entries.push(device);
      continue;
    }
    const first = known.shift() ?? 0;
    if (known.length === 0) known.push(entries.length);
    const next = known[0] ?? 0;
    const replaced = [entries[first], entries[next]].filter((entry) => entry !== undefined);
    entries[first] = undefined;
    entries[next] = replaceEntries(device, ...replaced);
  }
  draft.setList(
    DEVICES,
    entries.filter((entry) => entry !== undefined),
  );
}

/**
 * Those whose last edit the document does not hold yet, all edits of that path then. An engine that has injected the
 * device leaves out the mode that no spec says.
 */
function findMissingDevices<N>(draft: Draft<N>, devices: readonly WantedDevice[]): readonly WantedDevice[] {
  const first = new Map<string, N>();
  const paths = draft.readListTexts(DEVICES, 'path');
  if (paths.length === 0) return devices;
  const list = draft.list(DEVICES);
  let place = 0;
  for (const entry of list) {
    const path = paths[place++] ?? '';
    if ('kept' in entry && !first.has(path)) first.set(path, entry.kept);
  }
  const last = new Map(devices.map((device) => [device.value.path, device]));
  return devices.filter(({ value: { path } }) => {
    const there = first.get(path);
    const wanted = last.get(path);
    if (there === undefined || wanted === undefined) return true;
    const { value, from } = wanted;
    if (isSame(draft.reader, there, value)) return false;
    // a mode that no spec says may be left out
    return from.value.fileMode !== undefined || !isSame(draft.reader, there, { ...value, fileMode: undefined });
  });
}

interface CgroupRule {
  readonly [field: string]: JsonValue | undefined;
  readonly type: string;
  readonly major: Integer;
  readonly minor: Integer;
  readonly access: string | undefined;
}

function makeCgroupRule({ type, major, minor }: LinuxDevice, { permissions = '' }: DeviceNode): CgroupRule {
  const access = permissions === '' ? 'rwm' : permissions === NO_PERMISSIONS ? undefined : permissions;
  return { allow: true, type, major, minor, access };
}

function addRules<N>(draft: Draft<N>, rules: readonly WantedValue<CgroupRule>[]): void {
  if (rules.length > 0) draft.addToList(RULES, rules);
}

/** A rule of the document; the numbers plainly spelled, undefined for what is no number. */
interface KnownRule {
  readonly allows: boolean;
  readonly major: string | undefined;
  readonly minor: string | undefined;
}

/** A rule is there if an equal one is, which no later rule denies again. */
function findMissingRules<N>(
  draft: Draft<N>,
  rules: readonly WantedValue<CgroupRule>[],
): readonly WantedValue<CgroupRule>[] {
  const nodes = draft.elements(RULES);
  if (nodes.length === 0) return rules;
  const judged = findFirstEqual(rules);
  const distinct = new Set(judged);
  const wanted = groupByNumbers(distinct);
  const there = new Set<CgroupRule>();
  for (const node of nodes) {
    const known = readKnownRule(draft, node);
    if (known.allows) {
      for (const rule of wanted.get(`${known.major}:${known.minor}`) ?? [])
        if (mayBeSame(draft, node, rule) && isSame(draft.reader, node, rule)) there.add(rule);
      continue;
    }
    for (const rule of there) if (isAbout(known, rule) && mayDeny(draft, node, rule)) there.delete(rule);
  }
  return there.size === 0 ? rules : rules.filter(({ value }, index) => !there.has(judged[index] ?? value));
}

/** Of equal rules one is judged: for each the first that is the same. */
function findFirstEqual(rules: readonly WantedValue<CgroupRule>[]): readonly CgroupRule[] {
  const known = new Map<string, CgroupRule>();
  const first: CgroupRule[] = [];
  for (const { value } of rules) {
    const text = `${value.type} ${value.major}:${value.minor} ${value.access}`;
    const same = known.get(text) ?? value;
    if (same === value) known.set(text, value);
    first[first.length] = same;
  }
  return first;
}

function groupByNumbers(rules: ReadonlySet<CgroupRule>): ReadonlyMap<string, readonly CgroupRule[]> {
  const groups = new Map<string, CgroupRule[]>();
  for (const rule of rules) {
    const numbers = `${rule.major}:${rule.minor}`;
    const group = groups.get(numbers);
    if (group === undefined) groups.set(numbers, [rule]);
    else group.push(rule);
  }
  return groups;
}

function readKnownRule<N>({ reader }: Draft<N>, node: N): KnownRule {
  let allows = false;
  let major: string | undefined;
  let minor: string | undefined;
  for (const pair of reader.kind(node) === 'object' ? reader.members(node) : []) {
    // By index: in the shim's engine it takes several times as long to take a pair apart.
    const key = pair[0];
    const member = pair[1];
    if (key === 'allow') allows = reader.kind(member) === 'true';
    else if (key === 'major') major = readPlainNumber(reader, member);
    else if (key === 'minor') minor = readPlainNumber(reader, member);
  }
  return { allows, major, minor };
}

function readPlainNumber<N>(reader: JsonReader<N>, node: N): string | undefined {
  return reader.kind(node) === 'number' ? spellWholeNumber(reader.number(node)) : undefined;
}

/** Whether it says the same of what may be done, as far as that is quickly told. */
function mayBeSame<N>({ reader }: Draft<N>, node: N, { access }: CgroupRule): boolean {
  const found = reader.member?.(node, 'access') ?? undefined;
  return found === undefined || reader.kind(found) !== 'string' || reader.string(found) === access;
}

function isAbout({ major, minor }: KnownRule, rule: CgroupRule): boolean {
  return (isOpen(major) || major === String(rule.major)) && (isOpen(minor) || minor === String(rule.minor));
}

function isOpen(spelled: string | undefined): boolean {
  return spelled === undefined || spelled === '-1';
}

/** Whether a rule that does not allow, with these numbers or any, denies the device. */
function mayDeny<N>(draft: Draft<N>, node: N, rule: CgroupRule): boolean {
  if (draft.reader.kind(node) !== 'object') return true;
  const type = draft.entryText(RULES, node, 'type');
  return type === '' || type === 'a' || type === rule.type;
}
