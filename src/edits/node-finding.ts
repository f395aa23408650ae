// Device nodes: which of the host's they may be, and whether the host still has them as the spec says.
import { type DeviceInfo, isFailure } from '../host/host.ts';
import { quote } from '../text/quote.ts';
import {
  type EditProblem,
  explainUnusable,
  GENERATE_AGAIN,
  isListed,
  makeNotListed,
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

/** The first thing that is wrong with a node. */
export function findNodeProblem(
  node: DeviceNode,
  { host, limits: { hostPaths } }: TrustedHost,
): EditProblem | undefined {
  const hostPath = node.hostPath === undefined || node.hostPath === '' ? node.path : node.hostPath;
  const isLimited = hostPaths.length > 0;
  if (isLimited && !isListed(hostPath, hostPaths)) {
    return makeNotListed(describeNode(hostPath), node.hostPath === hostPath ? ['hostPath'] : ['path'], hostPaths);
  }
  const info = host.deviceInfo(hostPath);
  const why = isFailure(info) ? explainUnusable(info.errno) : describeDifference(node, info);
  if (why === undefined) return undefined;
  // Type and numbers choose the device; a path that is listed says nothing about another one.
  const isOther = isLimited && node.type !== undefined && node.type !== '' && hasNumbers(node);
  if (!isOther) return { code: 'STALE_DEVICE', what: describeNode(hostPath), field: [], why, hint: GENERATE_AGAIN };
  const reason = `${why}, so that trust.hostPaths does not cover it`;
  return { code: 'UNTRUSTED', what: describeNode(hostPath), field: [], why: reason, hint: GENERATE_AGAIN };
}

/** In which way the host's node is another than the spec says. */
function describeDifference(node: DeviceNode, info: DeviceInfo): string | undefined {
  const wanted = node.type === 'u' ? 'c' : (node.type ?? '');
  if (info.type === '' || (wanted !== '' && wanted !== info.type)) {
    const has = `the host has ${describeType(info.type)}`;
    return wanted === '' ? `${has} there` : `${has}, the spec says ${describeType(wanted)}`;
  }
  if (!hasNumbers(node)) return undefined;
  const [major, minor] = [Number(node.major), Number(node.minor ?? 0)];
  if (major === info.major && minor === info.minor) return undefined;
  return `the host has ${info.major}:${info.minor}, the spec says ${major}:${minor}`;
}

/** Without a major number both numbers are the host's; a pipe has none. */
function hasNumbers({ type, major }: DeviceNode): boolean {
  return type !== 'p' && !isZero(major);
}

function describeType(type: string): string {
  const words: Readonly<Record<string, string>> = { b: 'a block device', c: 'a character device', p: 'a named pipe' };
  return words[type] ?? 'no device';
}

function describeNode(hostPath: string): string {
  return `inject device node ${quote(hostPath)}`;
}
