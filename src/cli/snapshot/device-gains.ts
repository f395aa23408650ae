// What a container gets by each device of a host, thing by thing, so that two hosts can be compared.
import { parseObject } from '../../engines/json-file.ts';
import { CdiError } from '../../text/error.ts';
import { assemble } from '../../text/json.ts';
import { parseJson } from '../../text/json-syntax.ts';
import type { Context } from '../command.ts';
import { planDevices } from '../document/plan-devices.ts';
import type { SpecView } from '../look.ts';

/** One thing that a container gets. */
export interface Gain {
  /** `mount`, `device node` */
  readonly kind: string;
  /** by which it is the same thing on another host */
  readonly key: string;
  /** all of it */
  readonly words: string;
}

/**
 * By the devices' names: what an empty container gets, or why it does not start; what the shim hands on with a warning,
 * the runtime refuses.
 */
export function listDeviceGains(context: Context, view: SpecView): ReadonlyMap<string, readonly Gain[] | CdiError> {
  const tree = parseJson('{}');
  if ('syntax' in tree) throw new TypeError('a document of our own is no JSON');
  const { settings, ...loaded } = context.settings();
  const stale = settings.stale === 'warn' ? 'auto' : settings.stale;
  const foreseeing: Context = { ...context, settings: () => ({ ...loaded, settings: { ...settings, stale } }) };
  const gains = new Map<string, readonly Gain[] | CdiError>();
  for (const name of view.index.devices.keys()) {
    try {
      const { pieces } = planDevices(foreseeing, view, { path: undefined, text: '{}', tree }, [name]);
      gains.set(name, pieces === undefined ? [] : readGains(assemble('{}', pieces)));
    } catch (error) {
      if (!(error instanceof CdiError)) throw error;
      gains.set(name, error);
    }
  }
  return gains;
}

function readGains(text: string): readonly Gain[] {
  const { process, mounts, hooks, linux, ...others }: Partial<Parts> = { ...parseObject(text) };
  const { devices = [], resources = {}, ...more } = linux ?? {};
  const rules = resources.devices ?? [];
  const { env = [], user } = process ?? {};
  return [
    ...env.map((line) => ({ kind: 'variable', key: line.split('=')[0] ?? '', words: line })),
    ...(mounts ?? []).map(({ source = '', destination, type = '', options = [] }) => ({
      kind: 'mount',
      key: destination,
      words: `${source === destination ? '' : `${source} at `}${destination} (${[type, ...options].filter((word) => word !== '').join(', ')})`,
    })),
    ...devices.map((node) => ({
      kind: 'device node',
      key: node.path,
      words: describeNode(node, findRule(rules, node)),
    })),
    ...rules
      .filter((rule) => !devices.some((node) => findRule(rules, node) === rule))
      .map((rule) => ({
        kind: 'device rule',
        key: JSON.stringify(rule),
        words: `${rule.type} ${rule.major}:${rule.minor} ${rule.access}`,
      })),
    ...Object.entries(hooks ?? {}).flatMap(([stage, list]) =>
      list.map(({ path, args = [], env: variables = [] }) => ({
        kind: 'hook',
        key: `${stage} ${path} ${args[1] ?? ''}`,
        words: [stage, path, ...args.slice(1), ...variables].join(' '),
      })),
    ),
    ...[user === undefined ? {} : { groups: user }, more, others].flatMap((rest) =>
      Object.entries(rest).map(([key, value]) => ({ kind: 'setting', key, words: `${key} ${JSON.stringify(value)}` })),
    ),
  ];
}

/** The rule of a node changes with its numbers: it is told with the node. */
function findRule(rules: readonly DeviceRule[], { type, major, minor }: DeviceNode): DeviceRule | undefined {
  return rules.find((rule) => rule.type === type && rule.major === major && rule.minor === minor);
}

function describeNode({ path, type, major, minor, fileMode, uid, gid }: DeviceNode, rule?: DeviceRule): string {
  const mode = fileMode === undefined ? [] : [`mode ${fileMode.toString(8)}`];
  const owner = uid === undefined && gid === undefined ? [] : [`of ${uid ?? 0}:${gid ?? 0}`];
  return [path, type, `${major}:${minor}`, rule?.access ?? 'no access', ...mode, ...owner].join(' ');
}

interface DeviceNode {
  readonly path: string;
  readonly type: string;
  readonly major?: number;
  readonly minor?: number;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

interface DeviceRule {
  readonly type?: string;
  readonly major?: number;
  readonly minor?: number;
  readonly access?: string;
}

/** A runtime-spec document that our own edits made of an empty one. */
interface Parts {
  readonly process: { readonly env?: readonly string[]; readonly user?: unknown };
  readonly mounts: readonly {
    readonly source?: string;
    readonly destination: string;
    readonly type?: string;
    readonly options?: readonly string[];
  }[];
  readonly hooks: Readonly<
    Record<
      string,
      readonly { readonly path: string; readonly args?: readonly string[]; readonly env?: readonly string[] }[]
    >
  >;
  readonly linux: {
    readonly devices?: readonly DeviceNode[];
    readonly resources?: { readonly devices?: readonly DeviceRule[] };
  };
}
