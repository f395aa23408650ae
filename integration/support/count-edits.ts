// How often each edit of the stage's device stands in the config.json that a runtime was given: once, or never.
import { readFileSync } from 'node:fs';
import { GROUP, MAJOR } from './stage.ts';

type Counts = Readonly<Record<'env' | 'node' | 'rule' | 'mount' | 'hook' | 'group', number>>;

export const ONCE: Counts = { env: 1, node: 1, rule: 1, mount: 1, hook: 1, group: 1 };
export const NEVER: Counts = { env: 0, node: 0, rule: 0, mount: 0, hook: 0, group: 0 };

/** What of a config.json is counted; the names are the runtime specification's. */
interface Document {
  readonly process: {
    readonly env?: readonly string[];
    readonly user: { readonly additionalGids?: readonly number[] };
  };
  readonly mounts: readonly { readonly destination: string }[];
  readonly hooks?: Readonly<Record<string, readonly { readonly path: string }[]>>;
  readonly linux: {
    readonly devices?: readonly { readonly path: string }[];
    readonly resources?: { readonly devices?: readonly { readonly major?: number }[] };
  };
}

/** @param file a config.json of a container that runs */
export function countEdits(file: string): Counts {
  const { process, mounts, hooks, linux }: Document = JSON.parse(readFileSync(file, 'utf8'));
  return {
    env: count(process.env, (entry) => entry.startsWith('CDI_PROBE=')),
    node: count(linux.devices, ({ path }) => path === '/dev/cdi-probe'),
    rule: count(linux.resources?.devices, ({ major }) => major === MAJOR),
    mount: count(mounts, ({ destination }) => destination === '/cdi-file'),
    hook: count(Object.values(hooks ?? {}).flat(), ({ path }) => path.endsWith('/hook')),
    group: count(process.user.additionalGids, (gid) => gid === GROUP),
  };
}

function count<T>(list: readonly T[] | undefined, isOne: (entry: T) => boolean): number {
  return (list ?? []).filter(isOne).length;
}
