// The keys of a settings file: what each takes, and what it says to anything else.
import { nameFault, parseQualifier } from '../cdi/device-name.ts';
import { nearestWords } from '../text/nearest.ts';
import { cleanPath } from '../text/path.ts';
import { quote, quoteList } from '../text/quote.ts';
import { plainText } from '../text/yaml-decode.ts';
import type { Decode, YamlReader } from '../text/yaml-reader.ts';
import type { Scalar } from '../text/yaml-scalar.ts';
import type { PolicyRule, Settings, VariableSetting } from './settings.ts';
import { bytes, duration } from './units.ts';

/** What a file says: any part of the settings. */
export type Part<T> = { readonly [K in keyof T]?: T[K] extends Whole ? T[K] : Part<T[K]> };
/** What replaces what was there before, instead of merging with it. */
type Whole = readonly unknown[] | string | number | boolean | null;

type Keys = { readonly [key: string]: Decode<unknown> };

const MEBIBYTE = 1024 ** 2;
const MOST_RULES = 1000;

/** Made when a file is there to be read: a shim without one should not pay for it. */
export function settingsKeys(): Decode<Part<Settings>> {
  const onOff = oneOf(true, false);
  const autoOnOff = oneOf<'auto' | boolean>('auto', true, false);
  const action = oneOf('allow', 'ignore', 'deny');
  const globs = oneOrMore(glob);
  const rule = required(
    section({
      source: oneOrMore(oneOf('annotation', 'env', 'mount')),
      devices: globs,
      namespace: globs,
      pod: globs,
      kubernetes: onOff,
      userNamespace: onOff,
      privileged: onOff,
      action,
      reason: plainText,
    }),
    'action',
  );
  const keys = section({
    runtime,
    family: oneOf('auto', 'runc', 'crun', 'youki', 'runsc'),
    specDirs: list(absolutePath, { least: 1, most: 64, empty: 'name a directory, or leave the key out' }),
    requests: section({
      annotations: section({ enabled: autoOnOff, prefixes: list(prefix, { most: 64 }) }),
      env: section({
        enabled: autoOnOff,
        presets: list(oneOf('nvidia', 'amd', 'habana', 'ascend'), { most: 64 }),
        variables,
      }),
      mounts: section({ enabled: onOff, prefix: absolutePath }),
      defaultKind: orNull(kind),
    }),
    policy: section({
      preset: oneOf('open', 'kubernetes', 'locked'),
      default: orNull(action),
      rules: list(rule, { most: MOST_RULES }),
    }),
    unresolved: oneOf('fail', 'warn'),
    wait: duration(0, 3_600_000),
    stale: oneOf('fail', 'warn', 'skip'),
    trust: section({
      owner: oneOf('strict', 'off'),
      hookPaths: list(absoluteGlob, { most: MOST_RULES }),
      hostPaths: list(absoluteGlob, { most: MOST_RULES }),
      hookEnv: list(variableGlob, { most: MOST_RULES }),
    }),
    hooks: section({ emptyEnv: oneOf('minimal', 'keep') }),
    limits: section({
      config: bytes(1024, 1024 * MEBIBYTE),
      spec: bytes(1024, 1024 * MEBIBYTE),
      specs: count(1, 1_000_000),
      memory: bytes(8 * MEBIBYTE, 2047 * MEBIBYTE),
      time: duration(100, 600_000),
    }),
    log: section({ path: orNull(absolutePath), level: oneOf('error', 'warning', 'info') }),
    audit: section({ enabled: onOff, required: onOff, path: absolutePath }),
  });
  // Each key's decoder gives what its member of Settings is: the test of the published schema walks through all.
  return keys as Decode<Part<Settings>>;
}

/** A mapping of known keys; what is absent or null stays absent. */
function section(keys: Keys): Decode<Record<string, unknown>> {
  const fields = new Map(Object.entries(keys));
  return (reader, node, before) => (reader.isNull(node) ? { ...before } : reader.record(node, fields, before));
}

function required(decode: Decode<Record<string, unknown>>, key: string): Decode<PolicyRule> {
  return (reader, node) => {
    const record = decode(reader, node, undefined);
    if (record[key] === undefined) reader.fail(node, `the rule has no ${key}`, `add ${key}:`);
    return record as unknown as PolicyRule;
  };
}

function oneOf<T extends string | boolean>(...choices: readonly T[]): Decode<T> {
  return (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const shown = choices.map(String);
    return reader.fail(node, `the value is none of ${shown.join(', ')}`, meantChoice(value, shown));
  };
}

function meantChoice(value: Scalar | undefined, choices: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (choices.includes(value)) return 'write it without quotes';
  const near = nearestWords(value, choices);
  return near.length === 0 ? undefined : `did you mean ${quoteList(near)}?`;
}

interface Bounds {
  readonly least?: number;
  readonly most: number;
  /** what to do about an empty list */
  readonly empty?: string;
}

function list<T>(decode: Decode<T>, { least = 0, most, empty }: Bounds): Decode<readonly T[]> {
  return (reader, node) => {
    const items = reader.list(node, decode, undefined);
    if (items.length < least) reader.fail(node, 'the list is empty', empty);
    if (items.length > most) reader.fail(node, `the list has more than ${most} entries`);
    return items;
  };
}

/** A list, or one entry by itself. */
function oneOrMore<T>(decode: Decode<T>): Decode<readonly T[]> {
  const many = list(decode, { least: 1, most: MOST_RULES, empty: 'leave the key out where it does not matter' });
  return (reader, node) =>
    reader.isSequence(node) ? many(reader, node, undefined) : [decode(reader, node, undefined)];
}

function orNull<T>(decode: Decode<T>): Decode<T | null> {
  return (reader, node) => (reader.isNull(node) ? null : decode(reader, node, undefined));
}

function count(least: number, most: number): Decode<number> {
  return (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) reader.mistyped(node, 'a whole number');
    const number = Number(value);
    if (number < least || number > most) reader.fail(node, `${number} is not within ${least} to ${most}`);
    return number;
  };
}

/** PATH_MAX of Linux: the C half takes no longer one. */
const LONGEST_PATH = 4095;

const runtime: Decode<string> = (reader, node) => {
  const name = plainText(reader, node, undefined);
  if (name === '') reader.fail(node, 'the runtime is empty', 'write a name, an absolute path, or auto');
  if (name.length > LONGEST_PATH) reader.fail(node, `runtime is longer than ${LONGEST_PATH} characters`);
  if (name.includes('/') && !name.startsWith('/')) {
    reader.fail(node, `runtime ${quote(name)} is neither a name nor an absolute path`);
  }
  return name;
};

const absolutePath: Decode<string> = (reader, node) => {
  const path = plainText(reader, node, undefined);
  if (!path.startsWith('/')) reader.fail(node, `${quote(path)} is no absolute path`);
  if (path.includes('\0')) reader.fail(node, `${quote(path)} has a NUL in it`);
  return path;
};

/** A path in which `*` stands for anything within one directory, `**` for anything. */
const absoluteGlob: Decode<string> = (reader, node) => {
  const path = absolutePath(reader, node, undefined);
  if (cleanPath(path) !== path)
    reader.fail(node, `${quote(path)} is not in its shortest form`, `write ${cleanPath(path)}`);
  return path;
};

const glob: Decode<string> = (reader, node) => {
  const text = plainText(reader, node, undefined);
  if (text === '') reader.fail(node, 'the pattern is empty', 'write * for anything');
  return text;
};

const variableGlob: Decode<string> = (reader, node) => {
  const name = glob(reader, node, undefined);
  if (name.includes('=')) reader.fail(node, `${quote(name)} has a "=" in it`, 'write only the name of the variable');
  return name;
};

const prefix: Decode<string> = (reader, node) => {
  const text = plainText(reader, node, undefined);
  if (!text.endsWith('/') || text === '/') {
    reader.fail(node, `prefix ${quote(text)} does not end in a "/"`, 'write it as in cdi.k8s.io/');
  }
  return text;
};

const kind: Decode<string> = (reader, node) => {
  const text = plainText(reader, node, undefined);
  const parts = parseQualifier(text);
  const missing =
    parts.vendor === '' ? { why: `${quote(text)} is no kind`, hint: 'write it as vendor.com/class' } : undefined;
  const fault = missing ?? nameFault('vendor', parts.vendor) ?? nameFault('class', parts.class);
  return fault === undefined ? text : reader.fail(node, fault.why, fault.hint);
};

const variable: Decode<VariableSetting> = (reader, node) => {
  const { kind: given = null } = section({ kind: orNull(kind) })(reader, node, undefined);
  return { kind: given === null ? null : String(given) };
};

const variables: Decode<Readonly<Record<string, VariableSetting>>> = (reader, node) => {
  if (reader.isNull(node)) return {};
  const entries = reader.entries(node, variable);
  for (const [name] of entries) checkVariable(reader, node, name);
  return Object.fromEntries(entries);
};

function checkVariable(reader: YamlReader, node: number, name: string): void {
  if (name === '' || name.includes('=') || name.includes('\0')) {
    reader.fail(node, `${quote(name)} is no name of a variable`);
  }
  if (name === '__proto__') reader.fail(node, 'the variable __proto__ cannot be used');
}
