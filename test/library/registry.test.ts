import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import {
  Registry,
  type RegistryDeviceDB,
  type RegistryOptions,
  type RegistrySpecDB,
} from '../../src/library/registry.ts';
import { DEFAULT_SPEC_DIRS } from '../../src/library/spec-dirs.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

setSchema('none');

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

test('configure() keeps what the options do not name', () => {
  const { registry, low } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') }, { autoRefresh: false });
  registry.configure({ specDirs: [low] });
  writeFileSync(join(low, 'b.yaml'), spec('b.com/gpu', '0'));
  assert.deepEqual(registry.listVendors(), ['a.com']);
  registry.configure({ autoRefresh: true });
  assert.deepEqual([registry.getSpecDirectories(), registry.listVendors()], [[low], ['a.com', 'b.com']]);
});

test('deviceDB() and specDB() are the registry itself, as what Go called so', () => {
  const { registry, high } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  const [devices, specs]: [RegistryDeviceDB, RegistrySpecDB] = [registry.deviceDB(), registry.specDB()];
  assert.deepEqual(devices.listDevices(), ['a.com/gpu=x']);
  assert.equal(devices.getDevice('a.com/gpu=x'), registry.getDevice('a.com/gpu=x'));
  const own = { cdiVersion: '0.6.0', kind: 'b.com/gpu', devices: [{ name: 'x', containerEdits: { env: ['A=1'] } }] };
  assert.equal(specs.writeSpec(own, 'own'), join(high, 'own.yaml'));
  assert.deepEqual([specs.listVendors(), specs.listClasses()], [['a.com', 'b.com'], ['gpu']]);
  assert.deepEqual(
    specs.getVendorSpecs('b.com').map((each) => specs.getSpecErrors(each)),
    [[]],
  );
  specs.removeSpec('own');
  assert.deepEqual(devices.listDevices(), ['a.com/gpu=x']);
});

for (const autoRefresh of [true, false])
  test(`close() forgets, and a later query looks again, ${autoRefresh ? 'with' : 'without'} auto-refresh`, () => {
    const { registry, low } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') }, { autoRefresh });
    const before = registry.getDevice('a.com/gpu=x');
    registry.close();
    registry.close();
    writeFileSync(join(low, 'b.yaml'), spec('b.com/gpu', '0'));
    assert.deepEqual(registry.listDevices(), ['a.com/gpu=x', 'b.com/gpu=0']);
    assert.notEqual(registry.getDevice('a.com/gpu=x'), before);
  });

test('a registry can be used up to the end of a block', () => {
  const { registry } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  const before = registry.getDevice('a.com/gpu=x');
  {
    using own = registry;
    assert.equal(own.getDevice('a.com/gpu=x'), before);
  }
  assert.notEqual(registry.getDevice('a.com/gpu=x'), before);
});

test('importing the library and using a registry leaves nothing that keeps a process alive', () => {
  const { low } = world({ 'low/a.yaml': spec('a.com/gpu', 'x') });
  const script = `
    const before = process.getActiveResourcesInfo();
    const { getRegistry } = await import(${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)});
    const imported = process.getActiveResourcesInfo();
    const devices = getRegistry({ specDirs: [${JSON.stringify(low)}], schema: 'builtin' }).listDevices();
    process.on('exit', () => console.log(JSON.stringify([devices, process.getActiveResourcesInfo(), before, imported])));
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.deepEqual([status, stderr], [0, '']);
  const [devices, left, before, imported]: unknown[] = JSON.parse(stdout);
  assert.deepEqual([devices, left, imported], [['a.com/gpu=x'], [], before]);
});
