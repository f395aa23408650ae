// Device nodes: which of the host's they may be, and whether the host still has them as the spec says.
import { type DeviceInfo, type Failure, isFailure } from '../host/host.ts';
import {
  type EditProblem,
  explainUnusable,
  findHostPathProblem,
  GENERATE_AGAIN,
  makeMissing,
  makeUntrusted,
  type TrustedHost,
} from './finding.ts';
import { type Integer, isZero } from './integer.ts';

/** What of a device node matters here. */
interface DeviceNode {
  readonly path: string;
  readonly hostPath?: string | undefined;
  readonly type?: string | undefined;
  readonly major?: Integer | undefined;
  readonly minor?: Integer | undefined;
}

const VERB = 'inject device node';
const PATH = ['path'];
const HOST_PATH = ['hostPath'];

/** Where the host has the node. */
export function getHostPath({ path, hostPath }: DeviceNode): string {
  return hostPath === undefined || hostPath === '' ? path : hostPath;
}

/** Whether a spec says all that it takes to make the node, so that the host need not have it. */
export function isComplete({ type, major }: DeviceNode): boolean {
  return type !== undefined && type !== '' && (!isZero(major) || type === 'p');
}

/** The first thing that is wrong with a node. */
export function findNodeProblem(node: DeviceNode, machine: TrustedHost): EditProblem | undefined {
  const hostPath = getHostPath(node);
  const isLimited = machine.limits.hostPaths.length > 0;
  if (isLimited) {
    const field = node.hostPath === hostPath ? HOST_PATH : PATH;
    const unlisted = findHostPathProblem(VERB, hostPath, field, machine);
    if (unlisted !== undefined) return unlisted;
  }
  const info = machine.lookup.deviceInfo(hostPath);
  const why = isFailure(info) ? explainUnusable(info.errno) : describeDifference(node, info);
  // What the spec says goes into the document; a path that is listed says nothing about another device.
  if (why !== undefined && isLimited && hasWordsOfItsOwn(node)) {
    return makeUntrusted(VERB, hostPath, [], `${why}, so that trust.hostPaths does not cover it`, GENERATE_AGAIN);
  }
  return (
    findBindProblem(node, hostPath, info, why, machine) ?? (why === undefined ? undefined : makeStale(node, info, why))
  );
}

function makeStale(node: DeviceNode, info: DeviceInfo | Failure, why: string): EditProblem {
  const path = getHostPath(node);
  const sharedWhy = isFailure(info) ? explainUnusable(info.errno, 'them') : undefined;
  const isFatal = !isComplete(node) && (isFailure(info) || !hasType(node, info));
  return { code: 'STALE_DEVICE', verb: VERB, path, field: [], why, hint: GENERATE_AGAIN, isFatal, sharedWhy };
}

/** What comes of it where the container gets the host's node that has the path of the container's. */
function findBindProblem(
  node: DeviceNode,
  hostPath: string,
  info: DeviceInfo | Failure,
  why: string | undefined,
  machine: TrustedHost,
): EditProblem | undefined {
  const { path } = node;
  if ((why === undefined && path === hostPath) || !machine.bindsNodes()) return undefined;
  const { lookup, trust, limits } = machine;
  const bound = path === hostPath ? info : lookup.deviceInfo(path);
  if (isFailure(bound)) return makeMissing(VERB, path, PATH, bound.errno, trust.trail(path), limits, true);
  // What the document says of it is not heard.
  const wanted = hasNumbers(node) || isFailure(info) ? node : { ...info, path };
  if (path === hostPath || describeDifference(wanted, bound) === undefined) return undefined;
  const reason = "in a user namespace the container gets the host's node of this path, which is another device";
  if (limits.hostPaths.length > 0) return makeUntrusted(VERB, path, PATH, reason, GENERATE_AGAIN);
  return { code: 'STALE_DEVICE', verb: VERB, path, field: PATH, why: reason, hint: GENERATE_AGAIN };
}

/** In which way the host's node is another than the spec says. */
function describeDifference(node: DeviceNode, info: DeviceInfo): string | undefined {
  const { type = '' } = node;
  if (!hasType(node, info)) {
    const has = `the host has ${describeType(info.type)}`;
    return type === '' ? `${has} there` : `${has}, the spec says ${describeType(type)}`;
  }
  if (!hasNumbers(node)) return undefined;
  const [major, minor] = [Number(node.major), Number(node.minor ?? 0)];
  if (major === info.major && minor === info.minor) return undefined;
  return `the host has ${info.major}:${info.minor}, the spec says ${major}:${minor}`;
}

/** Linux has unbuffered nodes as character devices; where the type has to be looked up, Go takes that for another. */
function hasType(node: DeviceNode, info: DeviceInfo): boolean {
  const { type = '' } = node;
  if (info.type === '' || type === '') return info.type !== '';
  return (type === 'u' && isComplete(node) ? 'c' : type) === info.type;
}

/** Without a major number both numbers are the host's; a pipe has none. */
function hasNumbers({ type, major }: DeviceNode): boolean {
  return type !== 'p' && !isZero(major);
}

function hasWordsOfItsOwn(node: DeviceNode): boolean {
  return isComplete(node) || hasNumbers(node);
}

function describeType(type: string): string {
  const words: Readonly<Record<string, string>> = {
    b: 'a block device',
    c: 'a character device',
    p: 'a named pipe',
    u: 'an unbuffered one',
  };
  return words[type] ?? 'no device';
}
