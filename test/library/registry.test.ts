import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SPEC_DIRS, getRegistry, Registry, type RegistryOptions } from '../../src/library/registry.ts';
import { UnresolvedDevicesError } from '../../src/library/unresolved-devices-error.ts';
import { CdiError } from '../../src/text/error.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

interface World {
  readonly low: string;
  readonly high: string;
  readonly registry: Registry;
}

/** Two directories of which the second is missing at first unless it has files. */
function world(files: Readonly<Record<string, string>>, options: RegistryOptions = {}): World {
  const own = mkdtempSync(join(folder, 'world-'));
  const [low, high] = [join(own, 'low'), join(own, 'high')];
  mkdirSync(low);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(own, path, '..'), { recursive: true });
    writeFileSync(join(own, path), text);
  }
  return { low, high, registry: new Registry({ specDirs: [low, high], ...options }) };
}

test('Registry lists devices, vendors and classes, sorted and once', () => {
  const { registry } = world({
    'low/b.yaml': spec('b.com/net', '1', '0'),
    'low/a.yaml': spec('a.com/gpu', 'x'),
    'high/a.json': spec('a.com/gpu', 'x', 'X'),
    'high/c.yaml': spec('a.com/net', '0'),
    'high/broken.yaml': '[',
  });
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=X', 'a.com/gpu=x', 'a.com/net=0', 'b.com/net=0', 'b.com/net=1']);
  assert.deepEqual(registry.listVendors(), ['a.com', 'b.com']);
  assert.deepEqual(registry.listClasses(), ['gpu', 'net']);
  assert.deepEqual(
    registry.getVendorSpecs('a.com').map(({ priority, spec: { kind } }) => `${priority} ${kind}`),
    ['0 a.com/gpu', '1 a.com/gpu', '1 a.com/net'],
  );
});

test('Registry gives the device of the directory that wins', () => {
  const { registry, high } = world({ 'low/a.yaml': spec('a.com/gpu', 'x'), 'high/a.yaml': spec('a.com/gpu', 'x') });
  const found = registry.getDevice('a.com/gpu=x');
  assert.deepEqual(found?.device, { name: 'x', containerEdits: { env: ['D=x'] } });
  assert.deepEqual([found?.qualifiedName, found?.spec.path], ['a.com/gpu=x', join(high, 'a.yaml')]);
  assert.equal(registry.getDevice('a.com/gpu=y'), undefined);
});

test('injectDevices() edits objects and texts, by names one by one or in lists', () => {
  const { registry } = world({ 'low/a.yaml': `${spec('a.com/gpu', 'x', 'y')}containerEdits: { env: [W=1] }\n` });
  const document = {};
  assert.equal(registry.injectDevices(document, 'a.com/gpu=y', ['a.com/gpu=x']), document);
  assert.deepEqual(document, { process: { user: { uid: 0, gid: 0 }, cwd: '', env: ['W=1', 'D=x'] } });
  assert.equal(
    registry.injectDevices('{"process":{"env":[]}, "n": 1.0}', 'a.com/gpu=x'),
    '{"process":{"env":["W=1","D=x"]}, "n": 1.0}',
  );
  assert.equal(registry.injectDevices('{ }'), '{ }');
});

test('injectDevices() injects all or nothing, and says what is unresolved and why', () => {
  const { registry } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  const document = {};
  assert.throws(
    () => registry.injectDevices(document, ['a.com/gpu=x', 'a.com/gpu=far', 'b', 'a.com/gpu=far']),
    (error: unknown) => {
      assert.ok(error instanceof UnresolvedDevicesError && error instanceof CdiError);
      assert.deepEqual(error.devices, ['a.com/gpu=far', 'b', 'a.com/gpu=far']);
      assert.equal(error.code, 'UNRESOLVED_DEVICE');
      assert.equal(
        error.message,
        'cannot resolve device "a.com/gpu=far": "a.com/gpu" has "x"; 2 more do not resolve either; request one of these',
      );
      assert.equal(error.cause, error.reasons[0]);
      assert.deepEqual(
        error.reasons.map(({ code }) => code),
        Array(3).fill('UNRESOLVED_DEVICE'),
      );
      return true;
    },
  );
  assert.deepEqual(document, {});
});

test('Registry names conflicts and files in error, by file', () => {
  const { registry, low } = world({
    'low/a.yaml': spec('a.com/gpu', 'x'),
    'low/b.yaml': spec('a.com/gpu', 'x', 'y'),
    'low/c.yaml': '',
    'high/d.yaml': spec('a.com/gpu', 'x'),
  });
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=y']);
  const errors = [...registry.getErrors()].map(([path, list]) => [
    path.slice(low.length + 1),
    list.map(({ code }) => code),
  ]);
  assert.deepEqual(Object.fromEntries(errors), {
    'a.yaml': ['DEVICE_CONFLICT'],
    'b.yaml': ['DEVICE_CONFLICT'],
    'c.yaml': ['EMPTY_SPEC'],
  });
  assert.match(
    refusal(() => registry.injectDevices({}, 'a.com/gpu=x')),
    /^DEVICE_CONFLICT: cannot resolve device "a\.com\/gpu=x": ".*low\/a\.yaml" and ".*low\/b\.yaml" define it with the same priority; /,
  );
});

test('Registry sees at the next query what has changed, a directory made later too', () => {
  const { registry, low, high } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  assert.deepEqual([...registry.getSpecDirErrors().keys()], [high]);
  mkdirSync(high);
  writeFileSync(join(high, 'b.yaml'), spec('b.com/gpu', '0'));
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=x', 'b.com/gpu=0']);
  assert.equal(registry.getSpecDirErrors().size, 0);
  writeFileSync(join(high, 'b.yaml'), spec('b.com/gpu', '1'));
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=x', 'b.com/gpu=1']);
  rmSync(join(low, 'a.yaml'));
  assert.equal(registry.getDevice('a.com/gpu=x'), undefined);
});

test('Registry without auto-refresh changes by refresh() only', () => {
  const { registry, low } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') }, { autoRefresh: false });
  writeFileSync(join(low, 'b.yaml'), spec('b.com/gpu', '0'));
  writeFileSync(join(low, 'c.yaml'), '');
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=x']);
  assert.equal(registry.getSpecDirErrors().size, 0);
  assert.deepEqual(
    registry.refresh().map(({ code }) => code),
    ['EMPTY_SPEC'],
  );
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=x', 'b.com/gpu=0']);
});

test('Registry is not changed by what a caller does to an injected document', () => {
  const mount =
    'cdiVersion: 0.6.0\nkind: a.com/m\ndevices: [{ name: x, containerEdits: { mounts: [{ hostPath: /h, containerPath: /c, options: [ro] }] } }]\n';
  const { registry } = world({ 'low/a.yaml': mount });
  const inject = (): { mounts: { options: string[] }[] } =>
    registry.injectDevices<{ mounts: { options: string[] }[] }>({ mounts: [] }, 'a.com/m=x');
  inject().mounts[0]?.options.push('spoilt');
  assert.deepEqual(inject().mounts[0]?.options, ['ro']);
});

test('Registry writes and removes specs in the last directory', () => {
  const { registry, high } = world({});
  const own = { cdiVersion: '0.6.0', kind: 'a.com/gpu', devices: [{ name: 'x', containerEdits: { env: ['A=1'] } }] };
  assert.equal(registry.writeSpec(own, 'own'), join(high, 'own.yaml'));
  assert.equal(registry.writeSpec({ ...own, kind: 'b.com/gpu' }, 'own.json'), join(high, 'own.json'));
  assert.deepEqual(registry.listDevices(), ['a.com/gpu=x', 'b.com/gpu=x']);
  registry.removeSpec('own');
  registry.removeSpec('none');
  assert.deepEqual(registry.listDevices(), ['b.com/gpu=x']);
  assert.match(
    refusal(() => registry.writeSpec({ ...own, kind: 'gpu' }, 'bad')),
    /^BAD_SPEC: cannot write spec ".*bad\.yaml": kind: /,
  );
});

test('configure() changes the directories, and an empty list means the default ones', () => {
  const { registry, low } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  registry.configure({});
  registry.configure({ specDirs: [`${low}//`] });
  assert.deepEqual(registry.getSpecDirectories(), [low]);
  registry.configure({ specDirs: [] });
  assert.deepEqual(registry.getSpecDirectories(), DEFAULT_SPEC_DIRS);
});

test('getRegistry() is one for all callers', () => {
  const { low } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  const shared = getRegistry({ specDirs: [low] });
  assert.equal(getRegistry(), shared);
  assert.deepEqual(shared.listDevices(), ['a.com/gpu=x']);
  assert.equal(getRegistry({ specDirs: ['/nonexistent'] }), shared);
  assert.deepEqual(shared.listDevices(), []);
});
