// What an injection makes of a document, by the words of the two specifications alone: plain values, nothing of ours.
// A retry changes nothing: what the document has already, equal in every field, is not added again.
import { isDeepStrictEqual } from 'node:util';

export interface Edits {
  readonly env?: readonly string[] | undefined;
  readonly deviceNodes?:
    | readonly {
        readonly path: string;
        readonly hostPath: string;
        readonly type?: string | undefined;
        readonly major?: number | undefined;
        readonly minor?: number | undefined;
        readonly fileMode?: number | undefined;
        readonly permissions?: string | undefined;
        readonly uid?: number | undefined;
        readonly gid?: number | undefined;
      }[]
    | undefined;
  readonly netDevices?: readonly { readonly hostInterfaceName: string; readonly name: string }[];
  readonly mounts?:
    | readonly {
        readonly hostPath: string;
        readonly containerPath: string;
        readonly type?: string | undefined;
        readonly options?: readonly string[] | undefined;
      }[]
    | undefined;
  readonly hooks?:
    | readonly {
        readonly hookName: string;
        readonly path: string;
        readonly args?: readonly string[] | undefined;
        readonly env?: readonly string[] | undefined;
        readonly timeout?: number | undefined;
      }[]
    | undefined;
  readonly intelRdt?: object | undefined;
  readonly additionalGids?: readonly number[] | undefined;
}

interface Mount {
  readonly destination: string;
  readonly options?: readonly string[] | undefined;
}

interface Rule {
  readonly allow: boolean;
  readonly type?: string | undefined;
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
}

type Maybe<T> = T | null | undefined;

export interface Oci {
  process?: Maybe<{
    user?: Maybe<{ uid: number; gid: number; additionalGids?: Maybe<number[]> }>;
    env?: Maybe<string[]>;
    cwd?: string;
  }>;
  mounts?: Maybe<Mount[]>;
  hooks?: Maybe<{ [name: string]: Maybe<unknown[]> }>;
  linux?: Maybe<{
    devices?: Maybe<{ readonly path: string }[]>;
    resources?: Maybe<{ devices?: Maybe<Rule[]> }>;
    netDevices?: Maybe<{ [name: string]: unknown }>;
    intelRdt?: unknown;
    namespaces?: Maybe<readonly { readonly type: string }[]>;
  }>;
}

/** What the host has at a path. */
export interface Node {
  readonly type: string;
  readonly major: number;
  readonly minor: number;
  readonly mode: number;
}

/** Injects the edits of the specs and devices that were asked for, in order. */
export function inject(oci: Oci, all: readonly Edits[], nodes: { readonly [path: string]: Node }): void {
  setEnv(oci, listOf(all, 'env'));
  addDevices(oci, listOf(all, 'deviceNodes'), nodes);
  for (const { hostInterfaceName, name } of listOf(all, 'netDevices'))
    linuxOf(oci).netDevices = { ...oci.linux?.netDevices, [hostInterfaceName]: { name } };
  addMounts(oci, listOf(all, 'mounts'));
  addHooks(oci, listOf(all, 'hooks'));
  const rdt = all.findLast(({ intelRdt }) => intelRdt !== undefined)?.intelRdt;
  if (rdt !== undefined) linuxOf(oci).intelRdt = rdt;
  for (const gid of listOf(all, 'additionalGids')) {
    const { uid = 0, gid: own = 0, additionalGids = [], ...user } = oci.process?.user ?? {};
    const gids = additionalGids ?? [];
    if (gid === 0 || gids.includes(gid)) continue;
    processOf(oci).user = { ...user, uid, gid: own, additionalGids: [...gids, gid] };
  }
}

function listOf<Name extends Exclude<keyof Edits, 'intelRdt'>>(
  all: readonly Edits[],
  name: Name,
): NonNullable<Edits[Name]>[number][] {
  return all.flatMap<NonNullable<Edits[Name]>[number]>((edits) => edits[name] ?? []);
}

/** A process that is made has what runtimes demand of one. */
function processOf(oci: Oci): NonNullable<Oci['process']> {
  oci.process ??= { user: { uid: 0, gid: 0 }, cwd: '' };
  return oci.process;
}

function linuxOf(oci: Oci): NonNullable<Oci['linux']> {
  oci.linux ??= {};
  return oci.linux;
}

/** The value without the members that are undefined, as JSON has it. */
function plain<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

const nameOf = (variable: string): string => variable.replace(/=.*/s, '');

function setEnv(oci: Oci, variables: readonly string[]): void {
  for (const variable of variables) {
    const env = oci.process?.env ?? [];
    const at = env.findLastIndex((one) => nameOf(one) === nameOf(variable));
    processOf(oci).env = at < 0 ? [...env, variable] : env.with(at, variable);
  }
}

function addDevices(
  oci: Oci,
  wanted: readonly NonNullable<Edits['deviceNodes']>[number][],
  nodes: { readonly [path: string]: Node },
): void {
  const { uid = 0, gid = 0 } = oci.process?.user ?? {};
  const filled = wanted.map((node) => {
    const host = nodes[node.hostPath];
    const isComplete = node.type === 'p' || (node.type !== undefined && (node.major ?? 0) !== 0);
    const { type, major = 0, minor = 0 } = isComplete ? node : { ...host };
    return { ...node, type, major, minor, fileMode: node.fileMode ?? host?.mode };
  });
  const devices = filled.map(({ path, type, major, minor, fileMode, ...owner }) => {
    const own = { uid: owner.uid ?? (uid > 0 ? uid : undefined), gid: owner.gid ?? (gid > 0 ? gid : undefined) };
    return plain({ path, type, major, minor, fileMode, ...own });
  });
  const before = oci.linux?.devices ?? [];
  for (const device of devices) {
    const last = devices.findLast(({ path }) => path === device.path);
    if (before.some((one) => isDeepStrictEqual(one, last))) continue;
    const linux = linuxOf(oci);
    linux.devices = [...(linux.devices ?? []).filter(({ path }) => path !== device.path), device];
  }
  const rules = filled
    .filter(({ type }) => type === 'b' || type === 'c')
    .map(({ type, major, minor, permissions = 'rwm' }) =>
      plain({ allow: true, type, major, minor, access: permissions === 'none' ? undefined : permissions }),
    );
  const missing = rules.filter((rule) => !isAllowed(oci.linux?.resources?.devices ?? [], rule));
  if (missing.length === 0) return;
  const { resources } = linuxOf(oci);
  linuxOf(oci).resources = { ...resources, devices: [...(resources?.devices ?? []), ...missing] };
}

/** Whether a list has a rule, and denies it nowhere behind that. */
function isAllowed(list: readonly Rule[], rule: Rule): boolean {
  const at = list.findLastIndex((one) => isDeepStrictEqual(one, rule));
  const meets = (one: number | undefined, other: number | undefined): boolean =>
    one === undefined || one === -1 || one === other;
  const denies = (one: Rule): boolean =>
    !one.allow &&
    (one.type === undefined || one.type === 'a' || one.type === rule.type) &&
    meets(one.major, rule.major) &&
    meets(one.minor, rule.minor);
  return at >= 0 && !list.slice(at).some(denies);
}

function addMounts(oci: Oci, wanted: readonly NonNullable<Edits['mounts']>[number][]): void {
  const isMapped = oci.linux?.namespaces?.some(({ type }) => type === 'user') ?? false;
  const mounts = wanted.map(({ hostPath: source, containerPath: destination, type, options = [] }) => {
    const bind = options.findLast((option) => /^r?bind$/.test(option)) ?? (type === 'bind' ? 'bind' : undefined);
    const mapping = bind === undefined || !isMapped ? [] : [bind === 'rbind' ? 'ridmap' : 'idmap'];
    const all = options.some((option) => /^r?idmap$/.test(option)) ? options : [...options, ...mapping];
    return plain({ destination, source, type, options: all.length === 0 ? undefined : all });
  });
  const before = oci.mounts ?? [];
  const isAt = (destination: string) => (one: Mount) => one.destination === destination;
  let list = [...before];
  const missing = mounts.filter(({ destination }) => {
    const there = before.findLast(isAt(destination));
    return !isDeepStrictEqual(there, mounts.findLast(isAt(destination)));
  });
  for (const mount of missing) {
    const at = list.findIndex(isAt(mount.destination));
    list = [...list.filter((_, i) => i !== at), mount];
  }
  // a parent before what lies in it
  const depth = ({ destination }: Mount): number => (destination === '/' ? 1 : destination.split('/').length - 1);
  if (missing.length > 0) oci.mounts = list.sort((one, other) => depth(one) - depth(other));
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What runs outside the container gets an environment of its own. */
function addHooks(oci: Oci, wanted: readonly NonNullable<Edits['hooks']>[number][]): void {
  const before = structuredClone(oci.hooks ?? {});
  for (const { hookName, env, ...hook } of wanted) {
    const own = env ?? (hookName === 'startContainer' ? undefined : [PATH]);
    const full = plain({ ...hook, env: own });
    if (before[hookName]?.some((one) => isDeepStrictEqual(one, full))) continue;
    oci.hooks = { ...oci.hooks, [hookName]: [...(oci.hooks?.[hookName] ?? []), full] };
  }
}
