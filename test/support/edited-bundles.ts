// Random runtime-spec documents and random edits that meet them: the same few paths, names and numbers in both.
import fc from 'fast-check';
import type { DeviceLookup } from '../../src/edits/device-lookup.ts';
import type { DeviceNode } from '../../src/edits/device-node.ts';
import type { Hook } from '../../src/edits/hook.ts';
import { HOOK_NAMES } from '../../src/edits/hook-names.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import type { Mount } from '../../src/edits/mount.ts';
import {
  anyText,
  anyWritten,
  list,
  literal,
  object,
  print,
  text,
  type Written,
  withUnknown,
} from './json-documents.ts';

const PATHS = ['/dev/a', '/dev/b', '/dev/c'];
const DESTINATIONS = ['/', '/a', '/a/b', '/a/b/', '/a/b/c', 'rel', '/etc/../x'];
const ENTRIES = ['A=1', 'A=2', 'A', 'B=', '=x', '', '__proto__=1', 'constructor', 'É=é'];
const HOOKS = ['/usr/bin/h', '/usr/bin/i'];
const INTERFACES = ['eth0', 'eth1', '__proto__'];
const TIMEOUTS = [0, 5, 9223372036854775807n];

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const some = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength });
const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** A record without the members that are undefined. */
function present<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc
    .record(model)
    .map((values) => Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)) as T);
}

/** A host where only the nodes of `PATHS` are. */
export const LOOKUP: DeviceLookup = {
  deviceInfo: (path) => {
    const minor = PATHS.indexOf(path);
    return minor < 0 ? { errno: 'ENOENT' } : { type: 'c', major: 10, minor, mode: 0o660 };
  },
};

const deviceNode: fc.Arbitrary<DeviceNode> = present<DeviceNode>({
  path: oneOf(PATHS),
  hostPath: maybe(oneOf(PATHS)),
  type: maybe(oneOf(['', 'c'])),
  major: maybe(oneOf([0, 10])),
  minor: maybe(oneOf([0, 1])),
  fileMode: maybe(oneOf([0, 0o666])),
  permissions: maybe(oneOf(['', 'r', 'rwm', 'none'])),
  uid: maybe(oneOf([0, 7])),
  gid: maybe(oneOf([0, 4294967295])),
});

const hook: fc.Arbitrary<Hook> = present<Hook>({
  hookName: oneOf(HOOK_NAMES),
  path: oneOf(HOOKS),
  args: maybe(some(oneOf(['x', 'y']), 2)),
  env: maybe(some(oneOf(['A=1', 'B=2']), 2)),
  timeout: maybe(oneOf(TIMEOUTS)),
});

const mount: fc.Arbitrary<Mount> = present<Mount>({
  hostPath: oneOf(['/h', '/i']),
  containerPath: oneOf(DESTINATIONS),
  type: maybe(oneOf(['', 'bind', 'tmpfs'])),
  options: maybe(some(oneOf(['ro', 'bind', 'rbind', 'idmap']))),
});

export const edits: fc.Arbitrary<ContainerEdits> = present<ContainerEdits>({
  env: maybe(some(fc.oneof(oneOf(ENTRIES), anyText))),
  deviceNodes: maybe(some(deviceNode)),
  netDevices: maybe(some(fc.record({ hostInterfaceName: oneOf(INTERFACES), name: oneOf(['', 'x', 'y']) }))),
  hooks: maybe(some(hook, 5)),
  mounts: maybe(some(mount)),
  intelRdt: maybe(
    present({
      closID: maybe(oneOf(['', 'c'])),
      l3CacheSchema: maybe(oneOf(['', 'L3:0=f'])),
      memBwSchema: fc.constant(undefined),
      schemata: maybe(some(oneOf(['L2:0=f']), 1)),
      enableMonitoring: maybe(fc.boolean()),
    }),
  ),
  additionalGids: maybe(some(oneOf([0, 1, 2, 4294967295]))),
});

/** Of a section: there, absent, or null. */
const section = (written: fc.Arbitrary<Written>): fc.Arbitrary<Written | undefined> =>
  fc.oneof({ weight: 4, arbitrary: written }, { weight: 1, arbitrary: oneOf([undefined, literal('null')]) });

function members(model: Record<string, fc.Arbitrary<Written | undefined>>): fc.Arbitrary<Written> {
  return withUnknown(fc.record(model).map(object));
}

const lists = (item: fc.Arbitrary<Written>, maxLength = 4): fc.Arbitrary<Written | undefined> =>
  section(some(item, maxLength).map(list));
const texts = (values: readonly string[]): fc.Arbitrary<Written> => oneOf(values).map(text);
const words = (values: readonly boolean[]): fc.Arbitrary<Written> => oneOf(values).map(literal);
/** Numbers as engines write them, and now and then in another spelling of the same. */
const numbers = (values: readonly (number | bigint)[]): fc.Arbitrary<Written> =>
  fc
    .oneof({ weight: 5, arbitrary: oneOf(values) }, { weight: 1, arbitrary: oneOf(values.flatMap(spellings)) })
    .map(literal);

function spellings(value: number | bigint): string[] {
  const zeros = /0+$/.exec(String(value))?.[0].length ?? 0;
  const shorter = `${String(value).slice(0, -zeros)}E+${zeros}`;
  return [`${value}.0`, `${value}e0`, value === 0 ? '-0' : zeros > 0 ? shorter : `${value}0e-1`];
}

const deviceEntry = (path: fc.Arbitrary<Written | undefined>): fc.Arbitrary<Written> =>
  members({
    path,
    type: section(texts(['c', 'b'])),
    major: section(numbers([10, 18446744073709551615n])),
    minor: section(numbers([0, 1])),
    fileMode: section(numbers([0o660, 0o666])),
    uid: section(numbers([0, 7])),
  });

const rule = members({
  allow: section(words([true, false])),
  type: section(texts(['a', 'c', 'b'])),
  major: section(numbers([10, -1, 5])),
  minor: section(numbers([0, -1])),
  access: section(texts(['rwm', 'r'])),
});

const hookEntry = members({
  path: texts(HOOKS),
  args: lists(texts(['x', 'y']), 2),
  env: lists(texts(['A=1']), 1),
  timeout: section(numbers(TIMEOUTS)),
});

const mountEntry = members({
  destination: section(texts(DESTINATIONS)),
  source: section(texts(['/h', '/i'])),
  type: section(texts(['bind', 'proc'])),
  options: lists(texts(['ro', 'bind'])),
});

/** In memory a key has one value; a text that has it twice is like no value that is injected, and is replaced. */
function withEachKeyOnce(value: Written): Written {
  return 'members' in value ? { members: [...new Map(value.members)] } : value;
}

/** @param devicePaths paths that the document's devices have, in order */
function documents(devicePaths: readonly (string | undefined)[]): fc.Arbitrary<Written> {
  const devices = fc.tuple(
    ...devicePaths.map((path) => deviceEntry(fc.constant(path === undefined ? undefined : text(path)))),
  );
  return members({
    ociVersion: section(texts(['1.2.0'])),
    process: section(
      members({
        env: lists(fc.oneof(texts(ENTRIES), anyText.map(text))),
        user: section(
          members({
            uid: section(numbers([0, 1000])),
            gid: section(numbers([0, 4294967295])),
            additionalGids: lists(numbers([1, 2])),
          }),
        ),
        rlimits: section(fc.constant(list([object({ hard: literal(18446744073709551615n) })]))),
      }),
    ),
    mounts: lists(mountEntry),
    hooks: section(members(Object.fromEntries(HOOK_NAMES.map((name) => [name, lists(hookEntry, 3)])))),
    linux: section(
      members({
        namespaces: lists(fc.record({ type: texts(['user', 'pid']) }).map(object), 2),
        devices: section(devices.map(list)),
        resources: section(members({ devices: lists(rule), memory: section(anyWritten) })),
        netDevices: section(
          fc
            .record({
              eth0: section(anyWritten.map(withEachKeyOnce)),
              eth1: section(fc.constant(object({ name: text('x') }))),
            })
            .map(object),
        ),
        intelRdt: section(members({ closID: section(texts(['c'])), schemata: lists(texts(['L2:0=f']), 1) })),
      }),
    ),
  });
}

/** Documents in which each path has one device node at most. */
export const bundleDocument: fc.Arbitrary<Written> = fc
  .shuffledSubarray([...PATHS, '/dev/other', ''])
  .chain((paths) => documents(paths.map((path) => (path === '' ? undefined : path))));

/** Documents that may have several device nodes of one path. */
export const looseDocument: fc.Arbitrary<Written> = some(oneOf([...PATHS, '/dev/other']), 5).chain(documents);

/** A document as a text, in any of the ways to write it. */
export function printed(document: fc.Arbitrary<Written>): fc.Arbitrary<string> {
  return fc.tuple(document, fc.nat()).map(([written, seed]) => print(written, seed));
}
