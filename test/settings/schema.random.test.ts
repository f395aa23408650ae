// The published schema of the settings says what the reader does: the same keys, defaults and verdicts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { SETTINGS_VARIABLE } from '../../src/settings/combine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS, type PolicyRule, type Settings } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';
import { memoryHost } from '../host/memory-host.ts';
import { RUNS } from '../support/json-documents.ts';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const FILE = join(import.meta.dirname, '../../schemas/config.schema.json');
const root: Schema = JSON.parse(readFileSync(FILE, 'utf8'));
const validate = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true }).compile(root);

/** A schema with what it refers to. */
function resolved(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : { ...root.$defs?.[name], ...schema };
}

/** Every key that is no section, by its path, with its schema. */
function leaves(schema: Schema, path = ''): [path: string, schema: Schema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const own = resolved(value);
    assert.ok((own.description ?? '').length > 10, `${at} has no description`);
    return own.properties === undefined ? [[at, own] as [string, Schema]] : leaves(own, at);
  });
}

const FREE_KEYS = ['requests.env.variables', 'policy.share'];

/** The same of a value of settings; what has free keys is one leaf. */
function leavesOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const isSection = typeof member === 'object' && member !== null && !Array.isArray(member);
    return isSection && !FREE_KEYS.includes(at) ? leavesOf(member, at) : [at];
  });
}

/** What the reader says to a document; undefined where it takes it. */
function refusalOf(text: string): string | undefined {
  try {
    loadSettings(memoryHost({ '/c.yaml': text }, { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } }));
    return undefined;
  } catch (error) {
    if (error instanceof CdiError) return error.message;
    throw error;
  }
}

function read(text: string): Settings {
  return loadSettings(memoryHost({ '/c.yaml': text }, { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } })).settings;
}

test('the schema has every key of the settings, and no other', () => {
  // That the reader has each of them and no other, the compiler says: its keys have the type of the settings.
  const keys = leaves(root).map(([path]) => path);
  assert.deepEqual(keys.sort(), leavesOf(DEFAULT_SETTINGS).sort());
  const rule: Required<PolicyRule> = {
    source: ['env'],
    devices: ['*'],
    nodes: ['/dev/*'],
    mounts: ['/**'],
    hooks: ['/**'],
    env: ['*'],
    namespace: ['*'],
    pod: ['*'],
    kubernetes: true,
    userNamespace: true,
    privileged: true,
    action: 'deny',
    reason: '',
  };
  assert.deepEqual(
    leaves(resolved({ $ref: '#/$defs/rule' })).map(([path]) => path),
    Object.keys(rule),
  );
});

test('the schema takes no key that it does not name', () => {
  const open: string[] = [];
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if ('properties' in schema && !('additionalProperties' in schema && schema.additionalProperties === false)) {
      if (!path.endsWith('.properties')) open.push(path);
    }
    // What depends on a key only narrows what the others take.
    for (const [key, value] of Object.entries(schema)) if (key !== 'dependentSchemas') walk(value, `${path}.${key}`);
  };
  walk(root, '');
  assert.deepEqual(open, []);
});

test('the defaults of the schema are those of the settings', () => {
  const said: Record<string, unknown> = {};
  for (const [path, schema] of leaves(root)) {
    assert.ok('default' in schema, `${path} has no default`);
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let section = said;
    for (const key of keys) {
      section[key] ??= {};
      section = Object(section[key]);
    }
    section[last] = schema.default;
  }
  assert.deepEqual(read(asFile(said)), DEFAULT_SETTINGS);
  assert.ok(validate(said));
  // Not only because nothing was said: any other value would have shown.
  assert.notDeepEqual(read(asFile({ ...said, stale: 'skip' })), DEFAULT_SETTINGS);
});

// Random documents.

/** As people write it: the runtime on a line of its own, the rest as JSON, which is YAML. */
function asFile(document: unknown): string {
  const isMapping = typeof document === 'object' && document !== null && !Array.isArray(document);
  if (!isMapping) return JSON.stringify(document);
  return Object.entries(document)
    .map(([key, value]) => {
      const text = JSON.stringify(value);
      return key === 'runtime' ? `runtime: ${text.replaceAll('\\t', '\t')}\n` : `${JSON.stringify(key)}: ${text}\n`;
    })
    .join('');
}

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const lists = <T>(item: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength, maxLength: 3 });
const orOne = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> => fc.oneof(item, lists(item, 1));
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(keys: T): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: fc.record(keys, { requiredKeys: [] }) }, { weight: 1, arbitrary: pick(null, {}) });

const flag = fc.boolean();
const enabled = pick<unknown>('auto', true, false);
const path = pick('/a', '/a b/c', '/', '/a/../b', '/ä');
const shortest = pick('/a', '/a/b*', '/**', '/', '/a/...', '/a/.b');
const kind = pick<unknown>('vendor.com/gpu', 'a/b', 'a-1_b.c/D', null);
const devices = orOne(pick('*', 'vendor.com/gpu=*', 'a?*', '*=0', 'a?b?c', '*/gpu=a:b', 'v*.c', '**', '*?*'));
const names = orOne(pick('*', 'team-a', 'a?', '?', 'a-*-b', '0*'));
const pods = orOne(pick('*', 'web-0.x', '?.?', '0'));
const size = pick<unknown>('64MiB', '10000KiB', 10_000_000, '1GiB', '20000000', '9000000 B');
const anyRule = fc.record(
  {
    source: orOne(pick('annotation', 'env', 'mount')),
    devices,
    nodes: orOne(pick('/dev/sd*', '/dev/**', '/x')),
    mounts: orOne(shortest),
    hooks: orOne(shortest),
    env: orOne(pick('LD_*', '?', 'a.b-C')),
    namespace: names,
    pod: pods,
    kubernetes: flag,
    userNamespace: flag,
    privileged: flag,
    action: pick('allow', 'ignore', 'deny'),
    reason: pick('', 'why: "so"'),
  },
  { requiredKeys: ['action'] },
);
/** Outside Kubernetes there are no namespaces and pods. */
const rule = anyRule.map((one) => ('namespace' in one || 'pod' in one ? { ...one, kubernetes: true } : one));
const good = some({
  runtime: pick('auto', 'crun', '/usr/bin/my runc', 'a\tb'),
  family: pick('auto', 'runc', 'crun', 'youki', 'runsc'),
  specDirs: lists(path, 1),
  requests: some({
    annotations: some({ enabled, prefixes: lists(pick('cdi.k8s.io/', 'X-1/', '_/')) }),
    env: some({
      enabled,
      presets: lists(pick('nvidia', 'amd', 'habana', 'ascend')),
      variables: fc.dictionary(pick('A', 'CDI_DEVICES', 'a.b-c'), some({ kind }), { maxKeys: 2 }),
    }),
    mounts: some({ enabled: flag, prefix: pick('/a', '/a/b.c', '/var/run/cdi-devices') }),
    defaultKind: kind,
  }),
  policy: some({
    preset: pick('open', 'kubernetes', 'locked'),
    default: pick('allow', 'ignore', 'deny', null),
    rules: lists(rule),
  }),
  unresolved: pick('fail', 'warn'),
  wait: pick<unknown>('0s', 0, '0', '10s', '500 ms', '1h', '3m'),
  stale: pick('auto', 'fail', 'warn', 'skip'),
  trust: some({
    owner: pick('strict', 'off'),
    hookPaths: lists(shortest),
    hostPaths: lists(shortest),
    mountTypes: lists(pick('proc', '*')),
    hookEnv: lists(pick('LD_*', 'A')),
  }),
  hooks: some({ emptyEnv: pick('minimal', 'keep') }),
  limits: some({
    config: size,
    spec: size,
    specs: pick(1, 1_000_000),
    memory: size,
    time: pick('100ms', '10 m', '5s'),
  }),
  log: some({ path: fc.oneof(path, pick(null)), level: pick('error', 'warning', 'info') }),
  audit: some({ enabled: flag, required: flag, path }),
});

/** Patterns of all kinds, most of which nothing could match. */
const patterns = fc.oneof(
  fc.string({ unit: pick('a', 'A', '0', '*', '?', '/', '=', '-', '.', '_', ':', ' ', '['), maxLength: 9 }),
  pick('/dev', '/dev/', '/dev/sd[a-z]', '/a ', ' /a', '/{a,b}', 'Team', '-a', 'a-', 'gpu=[0-3]', 'a'.repeat(513)),
);

const junk = fc.oneof(
  patterns,
  pick<unknown>(null, true, false, 0, 1, -1, 1.5, 1023, 5000, 2_000_000, 2 ** 40, 2 ** 53, 1e21),
  pick<unknown>([], {}, [null], ['/a'], ['x'], [[]], { a: 1 }, { action: 'deny' }, { enabled: true }, { kind: 'a/b' }),
  pick('', 'x', '/', '/a', '/a/', '/a/../b', '//a', '/a/./b', 'a/b', 'a/b/', 'a b/', 'a/', '1/b', 'a/b-', 'a=b'),
  pick('auto', 'runc', 'allow', 'fail', 'true', 'off', '10s', '0', '0 ', '00', '16MiB', '1 MB', '5constructor', '-1s'),
  pick('1ms', '11m', '2h', '1KiB', '1B', '3GiB', 'CDI_DEVICES_OPTIONAL', 'a\u0000', '/a\u0000', "a'b", 'a\\b', 'a\nb'),
);
const KEYS = [
  'runtime',
  'Runtime',
  'x',
  'enabled',
  'Enabled',
  'path',
  'kind',
  'action',
  'prefix',
  'rules',
  'env',
  'A B',
];
const OPTIONAL = 'CDI_DEVICES_OPTIONAL';

/** Somewhere in a document another value, one more key, or one less. */
const mutated = fc
  .tuple(good, fc.nat(), pick('replace', 'replace', 'add', 'remove'), junk, pick(...KEYS, OPTIONAL, 'constructor'))
  .map(([document, seed, how, value, key]) => {
    const copy = structuredClone(document);
    const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
    const holders: Record<string, unknown>[] = [];
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const holder = node as Record<string, unknown>;
      if (!Array.isArray(node)) holders.push(holder);
      for (const inner of Object.keys(holder)) {
        places.push({ holder, key: inner });
        walk(holder[inner]);
      }
    };
    walk(copy);
    const place = places[seed % Math.max(places.length, 1)];
    const holder = holders[seed % Math.max(holders.length, 1)];
    if (how === 'add' && holder !== undefined) holder[key] = value;
    else if (place === undefined) return value;
    else if (how === 'remove' && !Array.isArray(place.holder)) delete place.holder[place.key];
    else place.holder[place.key] = value;
    return copy;
  });

/** What a schema cannot say: the bounds of an amount that has its unit with it. */
const BEYOND = /: "[0-9]+ *[A-Za-z]*" is too (?:small|large); /;

test('the reader and the schema take the same documents', () => {
  const counts = { taken: 0, refused: 0, beyond: 0 };
  fc.assert(
    fc.property(fc.oneof({ weight: 1, arbitrary: good }, { weight: 4, arbitrary: mutated }), (document) => {
      const refusal = refusalOf(asFile(document));
      const isTaken = validate(document);
      if (refusal !== undefined && isTaken && BEYOND.test(refusal)) {
        counts.beyond++;
        return;
      }
      counts[isTaken ? 'taken' : 'refused']++;
      assert.equal(
        refusal === undefined,
        isTaken,
        `${refusal ?? JSON.stringify(validate.errors)}\n${asFile(document)}`,
      );
    }),
    { numRuns: RUNS * 5 },
  );
  const { beyond, ...common } = counts;
  assert.ok(Math.min(...Object.values(common)) > 0, JSON.stringify(counts));
  assert.ok(RUNS < 1000 || beyond > 0, JSON.stringify(counts));
});

test('every good document is taken', () => {
  fc.assert(
    fc.property(good, (document) => {
      assert.equal(refusalOf(asFile(document)), undefined);
    }),
    { numRuns: RUNS },
  );
});

// The manual.

const MANUAL = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8');

/** What the manual says about each key, by the key. */
const sections = new Map(
  MANUAL.split(/^### /m)
    .slice(1)
    .map((text) => [/^`([^`]+)`\n/.exec(text)?.[1] ?? text, text.split(/^## /m)[0] ?? '']),
);

test('the manual has every key, and no other', () => {
  assert.deepEqual(
    [...sections.keys()].sort(),
    leaves(root)
      .map(([path]) => path)
      .sort(),
  );
  const rules = sections.get('policy.rules') ?? '';
  for (const key of Object.keys(root.$defs?.['rule']?.properties ?? {}))
    assert.ok(rules.includes(`| \`${key}\` |`), key);
});

for (const [path, schema] of leaves(root))
  test(`the manual has the default of ${path}, and an example that is right`, () => {
    const text = sections.get(path) ?? '';
    const shown = typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default);
    const [, said = ''] = /^Default: `(.*)`$/m.exec(text) ?? [];
    assert.equal(said.startsWith('[') || said.startsWith('{') ? JSON.stringify(JSON.parse(said)) : said, shown);
    const [, example = ''] = /^```yaml\n([^`]*)```$/m.exec(text) ?? [];
    const settings = read(example);
    const at = (value: unknown): unknown => path.split('.').reduce((section, key) => Object(section)[key], value);
    assert.notDeepEqual(at(settings), at(DEFAULT_SETTINGS), 'the example says what is the default');
  });
