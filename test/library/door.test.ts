// What programs hand over in place of what a function takes: each answer is a result or a CdiError, and a document is
// changed as a whole or not at all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as library from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { CdiError } = library;
const folder = temporaryFolder();
const NODE = { path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o660, permissions: 'rw', uid: 1, gid: 2 };
const EDITS = {
  env: ['A=1'],
  deviceNodes: [NODE],
  netDevices: [{ hostInterfaceName: 'eth0', name: 'e' }],
  hooks: [{ hookName: 'prestart', path: '/bin/true', args: ['a'], env: ['B=1'], timeout: 5 }],
  mounts: [{ hostPath: '/a', containerPath: '/b', options: ['ro'], type: 'bind' }],
  intelRdt: { closID: 'x', schemata: ['a'], enableMonitoring: true },
  additionalGids: [5],
};
const DEVICE = { name: 'gpu0', annotations: { 'x.y/z': 'b' }, containerEdits: EDITS };
const SPEC = { cdiVersion: '1.1.0', kind: 'vendor.com/gpu', devices: [DEVICE], containerEdits: { env: ['C=1'] } };
const DOCUMENT = {
  process: { args: ['a'], cwd: '/', env: ['A=1'], user: { uid: 0, additionalGids: [1] } },
  hooks: { prestart: [{ path: '/x' }] },
  mounts: [{ destination: '/m', type: 'bind', source: '/s' }],
  linux: { devices: [NODE], resources: { devices: [{ allow: false, access: 'rwm' }] } },
};
const NAME = 'vendor.com/gpu=gpu0';

const registry = new library.Registry({ specDirs: [folder] });

/** As JavaScript calls it, which no compiler has seen. */
const { apply } = Reflect;
const call = (work: (...given: never[]) => unknown, ...given: readonly unknown[]): unknown =>
  apply(work, registry, given);

const DOORS: readonly [title: string, given: unknown, work: (given: unknown) => unknown][] = [
  ['validateSpec', SPEC, (given) => call(library.validateSpec, given)],
  ['validateVersion', SPEC, (given) => call(library.validateVersion, given)],
  ['minimumRequiredVersion', SPEC, (given) => call(library.minimumRequiredVersion, given)],
  ['newSpec', SPEC, (given) => call(library.newSpec, given, '/x.yaml')],
  ['writeSpec as JSON', SPEC, (given) => call(registry.writeSpec, given, 'w.json')],
  ['writeSpec as YAML', SPEC, (given) => call(registry.writeSpec, given, 'w.yaml')],
  ['validateEdits', EDITS, (given) => call(library.validateEdits, given)],
  ['validateDevice', DEVICE, (given) => call(library.validateDevice, given)],
  ['applyEdits', EDITS, (given) => call(library.applyEdits, given, structuredClone(DOCUMENT))],
  ['joinEdits', [EDITS], (given) => call(library.joinEdits, given)],
  ['a document', DOCUMENT, (given) => call(registry.injectDevices, given, NAME)],
  ['names of devices', [NAME], (given) => call(registry.injectDevices, structuredClone(DOCUMENT), given)],
  ['validateType', SPEC, (given) => call(library.validateType, given)],
  ['parseSpec', '{}', (given) => call(library.parseSpec, given)],
  ['parseEdits', '{}', (given) => call(library.parseEdits, given)],
  ['readSpec', '/x', (given) => call(library.readSpec, given)],
  ['the name of a written spec', 'n.json', (given) => call(registry.writeSpec, structuredClone(SPEC), given)],
  ['the name of a removed spec', 'n', (given) => call(registry.removeSpec, given)],
  ['getDevice', NAME, (given) => call(registry.getDevice, given)],
  ['getSpecErrors', { path: '/x' }, (given) => call(registry.getSpecErrors, given)],
  [
    'configure',
    { specDirs: [folder], autoRefresh: true, externalSchema: '/x' },
    (given) => call(registry.configure, given),
  ],
  ['loadSchema', 'builtin', (given) => call(library.loadSchema, given)],
  ['validateData', '{}', (given) => call(library.validateData, given)],
  ['validateFile', '/x', (given) => call(library.validateFile, given)],
  ['parseAnnotations', { 'cdi.k8s.io/x': NAME }, (given) => call(library.parseAnnotations, given)],
  ['updateAnnotations', {}, (given) => call(library.updateAnnotations, given, 'p', 'd', [NAME])],
  ['annotationKey', 'a', (given) => call(library.annotationKey, given, 'b')],
  ['annotationValue', [NAME], (given) => call(library.annotationValue, given)],
  ['parseQualifiedName', NAME, (given) => call(library.parseQualifiedName, given)],
  ['isQualifiedName', NAME, (given) => call(library.isQualifiedName, given)],
  ['parseDevice', NAME, (given) => call(library.parseDevice, given)],
  ['parseQualifier', 'a/b', (given) => call(library.parseQualifier, given)],
  ['validateDeviceName', 'a', (given) => call(library.validateDeviceName, given)],
  ['generateSpecName', 'a', (given) => call(library.generateSpecName, given, 'b')],
  ['generateNameForSpec', SPEC, (given) => call(library.generateNameForSpec, given)],
  ['generateTransientSpecName', 'a', (given) => call(library.generateTransientSpecName, 'a', 'b', given)],
];

function refuse(): never {
  throw new Error('a trap');
}
const REFUSING = {
  get: refuse,
  ownKeys: refuse,
  getOwnPropertyDescriptor: refuse,
  has: refuse,
  getPrototypeOf: refuse,
};
function makeRevoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
function makeCircle(): object {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  return circle;
}
function makeDeep(): unknown {
  let deep: unknown = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  return deep;
}

const STRANGERS: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  'a number': () => 5,
  'a negative number': () => -1,
  'no number': () => Number.NaN,
  'a bigint': () => 1n,
  'an empty text': () => '',
  'a text with NUL': () => 'a\0b',
  'half a character': () => '\ud800',
  true: () => true,
  'an empty list': () => [],
  'a list with null': () => [null],
  'a list with holes': () => Array(3),
  'an empty object': () => ({}),
  'a symbol': () => Symbol('s'),
  'a function': () => refuse,
  'a date': () => new Date(0),
  'an accessor': () => Object.defineProperty({}, 'path', { get: refuse, enumerable: true }),
  'a proxy that refuses to be read': () => new Proxy({}, REFUSING),
  'a list that refuses to be read': () => new Proxy([], REFUSING),
  'a proxy that refuses to be changed': () => new Proxy({}, { set: refuse, defineProperty: refuse }),
  'a proxy that is revoked': makeRevoked,
  'a frozen object': () => Object.freeze({}),
  'an object that refuses to be a text': () => ({ toString: refuse, toJSON: refuse }),
  'an object that holds itself': makeCircle,
  'a deep list': makeDeep,
  'an object without a prototype': () => Object.create(null),
};

function listPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => listPaths(member, [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], stranger: unknown): unknown {
  if (key === undefined) return stranger;
  const copy: Record<string, unknown> = Object(structuredClone(value));
  copy[key] = replaceAt(copy[key], rest, stranger);
  return copy;
}

for (const [title, given, work] of DOORS)
  test(`${title}: a stranger in any place is taken or refused by a CdiError`, () => {
    call(registry.writeSpec, structuredClone(SPEC), 'good.json');
    for (const path of listPaths(given))
      for (const [name, make] of Object.entries(STRANGERS)) {
        try {
          work(replaceAt(given, path, make()));
        } catch (error) {
          assert.ok(error instanceof CdiError, `${name} at ${path.join('.')}: ${error}`);
        }
      }
  });

test('a document with an accessor is refused, and keeps what it has', () => {
  const { process, ...others } = structuredClone(DOCUMENT);
  const document = Object.defineProperty(others, 'process', {
    get: () => process,
    enumerable: true,
    configurable: true,
  });
  assert.throws(() => library.applyEdits({ env: ['B=2'] }, document), {
    code: 'BAD_BUNDLE',
    message: /is an accessor/,
  });
  assert.deepEqual({ ...document }, DOCUMENT);
});

for (const [title, trap] of Object.entries({ refuses: refuse, ignores: (): boolean => true }))
  test(`a document of which a part ${title} a change is as it was before`, () => {
    const document = structuredClone(DOCUMENT);
    const linux = new Proxy(document.linux, { defineProperty: trap });
    const given = { ...document, linux };
    const edits = { env: ['B=2'], deviceNodes: [{ ...NODE, path: '/dev/x' }], mounts: [EDITS.mounts[0] ?? refuse()] };
    assert.throws(() => library.applyEdits(edits, given), { code: 'BAD_BUNDLE' });
    assert.deepEqual(given, DOCUMENT);
    assert.deepEqual(Object.keys(given), Object.keys(DOCUMENT));
  });

const TEXTS: readonly [text: string, isWritten: boolean][] = [
  ['a\u0085b', true],
  ['a\u007fb', true],
  ['\ufeffa', true],
  ['a\u2028b', true],
  ['a\ud800', false],
];
for (const [text, isWritten] of TEXTS)
  for (const name of ['text.json', 'text.yaml'])
    test(`writeSpec() of ${JSON.stringify(text)} to ${name} is read back as it is, or nothing is written`, () => {
      const spec = { ...SPEC, kind: 'text.com/x', devices: [{ name: 'd', containerEdits: { env: [`A=${text}`] } }] };
      registry.removeSpec(name);
      if (!isWritten) {
        assert.throws(() => call(registry.writeSpec, spec, name), { code: 'BAD_SPEC' });
        assert.throws(() => readFileSync(join(folder, name)), { code: 'ENOENT' });
        return;
      }
      call(registry.writeSpec, spec, name);
      assert.deepEqual(registry.getDevice('text.com/x=d')?.device.containerEdits.env, [`A=${text}`]);
      registry.removeSpec(name);
    });
