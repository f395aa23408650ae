// Types for those who write specs: what compiles, and what does not. The compiler reads this file in `npm run lint`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AnnotationRequests,
  type ContainerEdits,
  CREATE_CONTAINER_HOOK,
  CREATE_RUNTIME_HOOK,
  type CURRENT_VERSION,
  DEFAULT_DYNAMIC_DIR,
  DEFAULT_SPEC_DIRS,
  DEFAULT_STATIC_DIR,
  type Device,
  type DeviceNode,
  type DeviceParts,
  type DeviceType,
  type FieldPath,
  HOOK_NAMES,
  type Hook,
  type HookName,
  type Integer,
  type IntelRdt,
  type LoadedDevice,
  type LoadedSpec,
  type Mount,
  minimumRequiredVersion,
  type NetDevice,
  NO_PERMISSIONS,
  type ParsedDevice,
  type ParsedEdits,
  type ParsedSpec,
  POSTSTART_HOOK,
  POSTSTOP_HOOK,
  type Position,
  PRESTART_HOOK,
  type parseAnnotations,
  type parseEdits,
  type parseQualifiedName,
  parseSpec,
  type Registry,
  type readSpec,
  type SchemaChoice,
  type Spec,
  type SpecSource,
  type SpecValidator,
  START_CONTAINER_HOOK,
  type setSchema,
  type setSpecValidator,
  UnresolvedDevicesError,
  type UnresolvedReason,
  type Version,
  validateDevice,
  validateEdits,
  validateSpec,
} from '../../src/index.ts';

/** Compiles where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(isSame: Same<A, B>): void => assert.equal(isSame, true);

const mount: Mount = { hostPath: '/h', containerPath: '/c', options: ['ro'], type: 'bind' };
const netDevice: NetDevice = { hostInterfaceName: 'eth0', name: 'net0' };
const intelRdt: IntelRdt = { closID: '/', enableMonitoring: true };
const major: Integer = 2n ** 40n;
const node: DeviceNode = { path: '/dev/x', type: 'c', major, minor: 1, permissions: NO_PERMISSIONS };
const hook: Hook = { hookName: CREATE_RUNTIME_HOOK, path: '/h' };
const edits: ContainerEdits = {
  hooks: [hook],
  deviceNodes: [node],
  mounts: [mount],
  netDevices: [netDevice],
  intelRdt,
};
const device: Device = { name: '0', containerEdits: edits };
const spec: Spec = { cdiVersion: '1.1.0', kind: 'vendor.com/x', devices: [device] };

test('constants are of their own literal types', () => {
  same<typeof PRESTART_HOOK, 'prestart'>(true);
  same<typeof NO_PERMISSIONS, 'none'>(true);
  same<typeof CURRENT_VERSION, '1.1.0'>(true);
  same<(typeof DEFAULT_SPEC_DIRS)[1], '/var/run/cdi'>(true);
  assert.deepEqual(DEFAULT_SPEC_DIRS, [DEFAULT_STATIC_DIR, DEFAULT_DYNAMIC_DIR]);
  assert.deepEqual(DEFAULT_SPEC_DIRS, ['/etc/cdi', '/var/run/cdi']);
  assert.deepEqual(HOOK_NAMES, [
    PRESTART_HOOK,
    CREATE_RUNTIME_HOOK,
    CREATE_CONTAINER_HOOK,
    START_CONTAINER_HOOK,
    POSTSTART_HOOK,
    POSTSTOP_HOOK,
  ]);
  assert.equal(HOOK_NAMES.join(' '), 'prestart createRuntime createContainer startContainer poststart poststop');
});

test('words of the specification that are misspelt do not compile, and are refused', () => {
  // @ts-expect-error: no such hook
  const hookName: HookName = 'preStart';
  // @ts-expect-error: no such type
  const type: DeviceType = 'd';
  // @ts-expect-error: no such version
  const cdiVersion: Version = '0.9.0';
  assert.throws(() => validateEdits({ hooks: [{ ...hook, hookName }] }), { code: 'BAD_EDITS' });
  assert.throws(() => validateEdits({ deviceNodes: [{ ...node, type }] }), { code: 'BAD_EDITS' });
  assert.throws(() => validateSpec({ ...spec, cdiVersion }), { code: 'BAD_SPEC' });
  // @ts-expect-error: the literal is checked in its place, too
  const inPlace: Spec = { ...spec, cdiVersion: '1.1' };
  assert.throws(() => validateSpec(inPlace), { code: 'BAD_SPEC' });
});

test('specs of any origin are taken by what checks them, and are typed afterwards', () => {
  const parsed: ParsedSpec | undefined = parseSpec(JSON.stringify(spec, (_, value) => (value === major ? 40 : value)));
  if (parsed === undefined) return assert.fail('there is a document');
  // @ts-expect-error: no one has looked at its content yet
  const early: Spec = parsed;
  assert.equal(early, parsed);
  same<ReturnType<typeof minimumRequiredVersion>, Version>(true);
  assert.equal(minimumRequiredVersion(parsed), '1.1.0');
  validateSpec(parsed);
  const late: Spec = parsed;
  const [first] = late.devices[0]?.containerEdits.hooks ?? [];
  same<NonNullable<typeof first>['hookName'], HookName>(true);
  assert.equal(first?.hookName, 'createRuntime');
});

test('devices and edits are typed when they are checked', () => {
  const anyDevice = { name: '0', containerEdits: { hooks: [{ hookName: String('poststop'), path: '/h' }] } };
  validateDevice(anyDevice);
  const checked: Device = anyDevice;
  assert.equal(checked.containerEdits.hooks?.[0]?.hookName, POSTSTOP_HOOK);
  const anyEdits = { hooks: [{ hookName: String('poststart'), path: '/h' }] };
  validateEdits(anyEdits);
  const checkedEdits: ContainerEdits = anyEdits;
  assert.equal(checkedEdits.hooks?.[0]?.hookName, POSTSTART_HOOK);
});

test('what a registry hands out cannot be changed, says the compiler', () => {
  type Handed = ReturnType<Registry['getVendorSpecs']>[number]['spec'];
  same<Handed, Spec>(true);
  same<ReturnType<Registry['getSpecDirectories']>, readonly string[]>(true);
  // @ts-expect-error: a map to be read
  type Settable = ReturnType<Registry['getErrors']>['set'];
  const unused: Settable | undefined = undefined;
  assert.equal(unused, undefined);
});

test('an injected text is a text, and an injected object of its own type', () => {
  const inject: Pick<Registry, 'injectDevices'> = { injectDevices: (given: never) => given };
  const text: string = inject.injectDevices('{}');
  const object: { readonly a: number } = inject.injectDevices({ a: 1 });
  const either: object | string = inject.injectDevices(Math.random() < 2 ? '{}' : {});
  assert.deepEqual([text, object, either], ['{}', { a: 1 }, '{}']);
});

test('what functions take and give has a name', () => {
  same<ReturnType<typeof parseAnnotations>, AnnotationRequests>(true);
  same<ReturnType<typeof parseQualifiedName>, DeviceParts>(true);
  same<ReturnType<typeof parseEdits>, ParsedEdits | undefined>(true);
  same<Parameters<typeof validateDevice>[0], ParsedDevice>(true);
  same<Parameters<typeof setSchema>[0], SchemaChoice | null | undefined>(true);
  same<Parameters<typeof setSpecValidator>[0], SpecValidator | null | undefined>(true);
  same<ReturnType<Registry['getDevice']>, LoadedDevice | undefined>(true);
  same<ReturnType<typeof readSpec>, LoadedSpec>(true);
  const locate = (field: FieldPath): Position => ({ line: field.length, column: 1 });
  const source: SpecSource = { what: 'try it', locate };
  assert.throws(() => validateDevice({ name: '', containerEdits: {} }, source), {
    message: /^cannot try it: line 1, column 1: /,
  });
});

test('reasons can be told apart without a default', () => {
  const wordOf = (reason: UnresolvedReason): string => {
    switch (reason) {
      case 'bad-name':
      case 'no-vendor':
      case 'no-class':
      case 'no-device':
        return 'misspelt';
      case 'spec-in-error':
      case 'directory-in-error':
      case 'conflict':
        return 'broken';
    }
  };
  assert.deepEqual([wordOf('no-class'), wordOf('conflict')], ['misspelt', 'broken']);
  same<UnresolvedDevicesError['reason'], UnresolvedReason>(true);
  assert.equal(typeof UnresolvedDevicesError, 'function');
});
