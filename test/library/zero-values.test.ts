// What is nil in Go and fine there is null or undefined here, and as fine.
import { deepEqual, equal, throws } from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  activeSchema,
  annotationValue,
  applyEdits,
  injectDevices,
  joinEdits,
  minimumRequiredVersion,
  newSpec,
  parseAnnotations,
  Registry,
  setSchema,
  setSpecValidator,
  updateAnnotations,
  validateDevice,
  validateEdits,
  validateSpec,
  validateVersion,
} from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

setSchema('none');
after(() => setSchema('none'));

/** As a program has it from its own parser: the compiler knows nothing of the nulls in it. */
const parsed = (text: string) => JSON.parse(text);

const NODE = `{"path": "/dev/null", "hostPath": null, "type": null, "major": null, "fileMode": null, "uid": null}`;
const NULLS: readonly string[] = [
  '{}',
  '{"env": null, "deviceNodes": null, "netDevices": null, "hooks": null}',
  '{"mounts": null, "intelRdt": null, "additionalGids": null}',
];

for (const edits of [undefined, null, ...NULLS.map(parsed)]) {
  const title = JSON.stringify(edits);
  test(`edits ${title} are fine, and do nothing`, () => {
    validateEdits(edits);
    deepEqual(applyEdits(edits, { a: 1 }), { a: 1 });
    equal(applyEdits(edits, '{"a": 1}'), '{"a": 1}');
    deepEqual(joinEdits([edits, { env: ['A=B'] }, edits]).env, ['A=B']);
    equal(joinEdits([edits]).intelRdt, undefined);
  });

  test(`a spec with the edits ${title} is judged by the rest`, () => {
    const spec = { ...parsed(`{"cdiVersion": "1.1.0", "kind": "a.b/c"}`), containerEdits: edits };
    equal(minimumRequiredVersion(spec), '0.3.0');
    validateVersion(spec);
    throws(() => validateSpec(spec), { code: 'BAD_SPEC', message: /the spec has no devices/ });
    const device = { name: 'd', containerEdits: edits };
    throws(() => validateDevice(device), { code: 'BAD_EDITS', message: /device "d" has no edits/ });
    throws(() => validateSpec({ ...spec, devices: [device] }), {
      code: 'BAD_EDITS',
      message: /device "d" has no edits/,
    });
    equal(minimumRequiredVersion({ ...spec, devices: [device, null] }), '0.3.0');
  });
}

test('parts of edits may be null', () => {
  const edits = parsed(`{
    "deviceNodes": [${NODE}],
    "hooks": [{"hookName": "prestart", "path": "/h", "args": null, "env": null, "timeout": null}],
    "mounts": [{"hostPath": "/a", "containerPath": "/b", "options": null, "type": null}],
    "intelRdt": {"closID": null, "schemata": null, "enableMonitoring": null}
  }`);
  validateEdits(edits);
  const { hooks, mounts, linux }: Record<string, unknown> = applyEdits(edits, {});
  deepEqual(hooks, { prestart: [{ path: '/h' }] });
  deepEqual(mounts, [{ destination: '/b', source: '/a' }]);
  deepEqual(linux, {
    devices: [{ path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666 }],
    resources: { devices: [{ allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' }] },
    intelRdt: {},
  });
  const spec = { cdiVersion: '', kind: '', devices: [], containerEdits: { intelRdt: edits.intelRdt } };
  equal(minimumRequiredVersion(spec), '0.7.0');
});

test('an empty spec needs the least version, and breaks rules', () => {
  for (const spec of [{}, { devices: null }, null].map((value) => parsed(JSON.stringify(value)))) {
    equal(minimumRequiredVersion(spec), '0.3.0');
    throws(() => validateVersion(spec), { code: 'BAD_SPEC', message: /the spec has no cdiVersion/ });
    throws(() => validateSpec(spec), { code: 'BAD_SPEC', message: /the spec has no cdiVersion/ });
    throws(() => newSpec(spec, '/a.yaml'), { code: 'BAD_SPEC', message: /the spec has no cdiVersion/ });
  }
});

for (const nothing of [null, undefined]) {
  test(`${nothing} is no annotations, no devices, no schema and no validator`, () => {
    equal(annotationValue(nothing), '');
    deepEqual(updateAnnotations(nothing, 'p', 'd', nothing), { 'cdi.k8s.io/p_d': '' });
    deepEqual(parseAnnotations(nothing), { keys: [], devices: [] });
    const registry = new Registry({ specDirs: [temporaryFolder()] });
    deepEqual(registry.injectDevices({ a: 1 }, nothing), { a: 1 });
    equal(injectDevices('{"a": 1}', nothing), '{"a": 1}');
    setSpecValidator(nothing);
    equal(newSpec({ ...SPEC, annotations: {} }, '/a.yaml').vendor, 'a.b');
    setSchema(nothing);
    equal(activeSchema().name, 'none');
  });
}

const SPEC = { cdiVersion: '1.1.0', kind: 'a.b/c', devices: [{ name: 'd', containerEdits: { env: ['A=B'] } }] };

test('no directories are the default ones, and no options change nothing', () => {
  const registry = new Registry({ specDirs: null });
  deepEqual(registry.getSpecDirectories(), ['/etc/cdi', '/var/run/cdi']);
  registry.configure();
  deepEqual(registry.getSpecDirectories(), ['/etc/cdi', '/var/run/cdi']);
});

test('a loaded spec may hold nulls', () => {
  const spec = parsed(`{"cdiVersion": "1.1.0", "kind": "a.b/c", "annotations": null, "containerEdits": null,
    "devices": [{"name": "d", "containerEdits": {"env": ["A=B"], "deviceNodes": null, "hooks": null}}]}`);
  const loaded = newSpec(spec, '/a.yaml');
  deepEqual(loaded.applyEdits({}), {});
  equal(loaded.getDevice('d')?.applyEdits('{}').includes('A=B'), true);
});

test('a spec with nulls is written without them', () => {
  const registry = new Registry({ specDirs: [temporaryFolder()] });
  const spec = parsed(`{"cdiVersion": "1.1.0", "kind": "a.b/c", "annotations": null, "containerEdits": null,
    "devices": [{"name": "d", "annotations": null, "containerEdits": {"env": ["A=B"], "deviceNodes": null}}]}`);
  registry.writeSpec(spec, 'a.json');
  deepEqual(registry.getVendorSpecs('a.b')[0]?.spec.devices[0]?.containerEdits.env, ['A=B']);
});
