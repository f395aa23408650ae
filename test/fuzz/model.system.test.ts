// Random documents and random specs: the shim makes of them what a plain model of the two specifications makes.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tries } from './fuzz.ts';
import { type Edits, inject, type Node, type Oci } from './model.ts';
import type { Random } from './random.ts';

const HOOKS = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];
const DESTINATIONS = ['/', '/a', '/a/b', '/a/b/c', '/d'];
const DEVICES = ['/dev/a', '/dev/b', '/dev/c'];

/** A thing that may not be there. */
function maybe<T>(random: Random, make: () => T): T | undefined {
  return random.below(2) === 0 ? undefined : make();
}

function some<T>(random: Random, make: () => T, most = 3): T[] {
  return Array.from({ length: random.below(most + 1) }, make);
}

/** Those of a list, in any order. */
function shuffled<T>(random: Random, things: readonly T[]): T[] {
  const rest = [...things];
  return Array.from({ length: random.below(things.length + 1) }, () =>
    rest.splice(random.below(rest.length), 1),
  ).flat();
}

function randomEdits(random: Random, newInterface: () => string): Edits {
  const { below, pick } = random;
  const variable = (): string => `${pick(['A', 'B', 'C'])}=${pick(['', '1', 'é "\\'])}`;
  const numbers = [
    {},
    { type: 'c' },
    { type: 'c', major: 10, minor: 7 },
    { type: 'b', major: 8 },
    { type: 'p' },
  ] as const;
  const edits: Edits = {
    env: some(random, variable),
    deviceNodes: some(random, () => ({
      path: pick(DEVICES),
      hostPath: pick(Object.keys(NODES)),
      ...pick<Partial<Node>>(numbers),
      fileMode: maybe(random, () => pick([0o600, 0o666])),
      permissions: maybe(random, () => pick(['r', 'rwm', 'none'])),
      uid: maybe(random, () => below(2) * 7),
      gid: maybe(random, () => below(2) * 44),
    })),
    netDevices: some(random, newInterface, 1).map((name) => ({ hostInterfaceName: name, name: `in-${name}` })),
    mounts: some(random, () => ({
      hostPath: pick(['/etc', '/usr']),
      containerPath: pick(DESTINATIONS),
      type: maybe(random, () => 'bind'),
      options: maybe(random, () => [pick(['ro', 'bind', 'rbind', 'idmap']), ...some(random, () => 'nosuid', 1)]),
    })),
    hooks: some(random, () => ({
      hookName: pick(HOOKS),
      path: pick(['/bin/true', '/bin/false']),
      args: maybe(random, () => [pick(['x', 'y'])]),
      env: maybe(random, () => [pick(['A=1', 'B=2'])]),
      timeout: maybe(random, () => 1 + below(2)),
    })),
    intelRdt: maybe(random, () => pick([{}, { closID: 'c', schemata: ['L3:0=f'] }])),
    additionalGids: some(random, () => below(3)),
  };
  return JSON.parse(JSON.stringify(edits));
}

/** Parts that a document may lack, or say that they are nothing. */
function section<T>(random: Random, make: () => T): T | null | undefined {
  const form = random.below(6);
  return form === 0 ? undefined : form === 1 ? null : make();
}

function randomDocument(random: Random, asked: readonly string[]): Oci {
  const { below, pick } = random;
  const middle = below(asked.length + 1);
  const byEnv = asked.slice(middle).join();
  const strange = (): object => (below(4) === 0 ? { 'org.example/x': [1.5, { y: null }, 'é\u2028'] } : {});
  const process = (): NonNullable<Oci['process']> => ({
    user: section(random, () => ({ uid: below(2) * 1000, gid: below(2), additionalGids: section(random, () => [2]) })),
    env: [
      ...some(random, () => `${pick(['A', 'B', 'D'])}=${below(3)}`),
      ...(byEnv === '' ? [] : [`CDI_DEVICES=${byEnv}`]),
    ],
    cwd: '/',
    ...strange(),
  });
  const document: Oci & { annotations: object } = {
    process: byEnv === '' ? section(random, process) : process(),
    mounts: section(random, () =>
      some(random, () => ({ destination: pick(DESTINATIONS), source: '/etc', ...strange() })),
    ),
    hooks: section(random, () =>
      Object.fromEntries(
        shuffled(random, HOOKS).map((name) => [name, section(random, () => [{ path: '/bin/true', env: ['A=1'] }])]),
      ),
    ),
    linux: section(random, () => ({
      devices: section(random, () =>
        shuffled(random, [...DEVICES, '/dev/x']).map((path) => ({
          path,
          type: 'c',
          major: 1,
          minor: 3,
          fileMode: 0o666,
        })),
      ),
      resources: section(random, () => ({
        devices: section(random, () =>
          some(random, () =>
            pick([
              { allow: false, access: 'rwm' },
              { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
              { allow: false, type: 'c', major: 1, minor: -1 },
              { allow: true, type: 'c', major: 10, minor: 7, access: 'r' },
            ]),
          ),
        ),
        ...strange(),
      })),
      netDevices: section(random, () => ({ eth0: { name: 'in-eth0' }, eth9: {} })),
      intelRdt: section(random, () => ({ closID: 'old' })),
      namespaces: section(random, () => some(random, () => ({ type: pick(['user', 'pid']) }), 2)),
      ...strange(),
    })),
    annotations: { ...(middle === 0 ? {} : { 'cdi.k8s.io/a': asked.slice(0, middle).join() }), other: 'x' },
  };
  // a key is there or not, and null is kept
  return JSON.parse(JSON.stringify(document));
}

const folder = temporaryFolder();
const NODES = Object.fromEntries(
  ['/dev/null', '/dev/zero'].map((path): [string, Node] => {
    const { mode, rdev } = statSync(path);
    return [path, { type: 'c', major: rdev >> 8, minor: rdev & 0xff, mode: mode & 0o777 }];
  }),
);

test('the shim makes what a plain model makes', (t) => {
  const [bundle, cdi, settings] = ['bundle', 'cdi', 'settings.yaml'].map((name) => join(folder, name));
  assert.ok(bundle !== undefined && cdi !== undefined && settings !== undefined);
  for (const made of [bundle, cdi]) mkdirSync(made, { mode: 0o755 });
  const [config, runtime] = [join(bundle, 'config.json'), compile('fake-runc', folder)];
  const text = `runtime: ${runtime}\nspecDirs: [${cdi}]\nstale: warn\naudit: { enabled: false }\n`;
  writeFileSync(settings, text, { mode: 0o644 });
  const create = { folder, args: ['create', '--bundle', bundle, 'id'], settings };
  let edited = 0;
  for (const random of tries(t, 300)) {
    let interfaces = 0;
    const newEdits = (): Edits => randomEdits(random, () => `eth${interfaces++}`);
    const specs = ['a.com/x', 'b.com/y'].map((kind, i) => {
      const devices = ['0', '1'].map((name) => ({ name, containerEdits: newEdits() }));
      const spec = { cdiVersion: '1.1.0', kind, containerEdits: newEdits(), devices };
      // A device that changes nothing is no device.
      for (const { containerEdits } of devices)
        Object.assign(containerEdits, { env: [`${kind.replace(/\W/g, '_')}=1`] });
      writeFileSync(join(cdi, `${i}.json`), JSON.stringify(spec), { mode: 0o644 });
      return spec;
    });
    const all = specs.flatMap((spec) =>
      spec.devices.map((device) => ({ name: `${spec.kind}=${device.name}`, spec, device })),
    );
    const asked = shuffled(random, all);
    const document = randomDocument(
      random,
      asked.map(({ name }) => name),
    );
    const before = JSON.stringify(document, null, random.pick([0, 2, '\t']));
    const seen = new Set<unknown>();
    const edits = asked.flatMap(({ spec, device }) => {
      const first = !seen.has(spec);
      seen.add(spec);
      return first ? [spec.containerEdits, device.containerEdits] : [device.containerEdits];
    });
    const wanted: Oci = structuredClone(document);
    inject(wanted, edits, NODES);
    writeFileSync(config, before);
    const { status, stderr } = runShim(create);
    const case_ = `${before}\n${JSON.stringify(specs)}`;
    assert.deepEqual([status, stderr], [STARTED, ''], case_);
    const after = readFileSync(config, 'utf8');
    assert.deepEqual(JSON.parse(after), wanted, case_);
    assert.equal(runShim(create).status, STARTED, case_);
    assert.equal(readFileSync(config, 'utf8'), after, `once more: ${case_}`);
    if (after !== before) edited++;
  }
  t.diagnostic(`${edited} of them were edited`);
  assert.ok(edited > 0);
});
