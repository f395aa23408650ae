// The engines' own CDI: whether it is on by version and files, switched on, and switched back to the byte.
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { BUILDERS } from '../../src/engines/builders.ts';
import { configure, configureNativeCdi, unconfigure } from '../../src/engines/configure.ts';
import type { CdiReader, Engine, EngineConfig, FileChange } from '../../src/engines/engine.ts';
import { ENGINES } from '../../src/engines/engines.ts';
import { amendRecord } from '../../src/engines/record.ts';
import { listReleases, TARGET_NAMES } from '../../src/engines/targets.ts';

const BOTH = ['/etc/cdi', '/var/run/cdi'];
const READERS: readonly CdiReader[] = [...Object.values(ENGINES), ...BUILDERS];
const DAEMON = '/etc/docker/daemon.json';
const CONTAINERD = '/etc/containerd/config.toml';
const CONF_D = '/etc/containerd/conf.d/10-cdi.toml';
const CONTAINERS = '/etc/containers/containers.conf';
const CONTAINERS_D = '/etc/containers/containers.conf.d/50-site.conf';
const CRIO = '/etc/crio/crio.conf';
const CRIO_D = '/etc/crio/crio.conf.d/20-site.conf';
const BUILDKIT = '/etc/buildkit/buildkitd.toml';
const V2 = '[plugins."io.containerd.grpc.v1.cri"]\n';
const V3 = '[plugins."io.containerd.cri.v1.runtime"]\n';

type Texts = Readonly<Record<string, string>>;

function configOf(reader: CdiReader, version: string | undefined, texts: Texts): EngineConfig {
  return { files: reader.files, texts: new Map(Object.entries(texts)), version };
}

const states: [id: string, version: string | undefined, texts: Texts, state: string, dirs: readonly string[]][] = [
  ['docker', '24.0.7', { [DAEMON]: '{"features": {"cdi": true}}' }, 'off', []],
  ['docker', '26.1.5+dfsg1', {}, 'off', BOTH],
  ['docker', '28.1.1', { [DAEMON]: '{}' }, 'off', BOTH],
  ['docker', '28.2.0', {}, 'on', BOTH],
  ['docker', '28.3.3', { [DAEMON]: '{"features": {"cdi": false}}' }, 'off', BOTH],
  ['docker', '29.0.0', { [DAEMON]: '{"cdi-spec-dirs": [""]}' }, 'off', []],
  ['docker', '26.1.5', { [DAEMON]: '{"features": {"cdi": true}, "cdi-spec-dirs": ["/a"]}' }, 'on', ['/a']],
  ['docker', undefined, {}, 'unknown', BOTH],
  ['docker', undefined, { [DAEMON]: '{"features": {"cdi": true}}' }, 'on', BOTH],
  ['containerd', '1.6.20', { [CONTAINERD]: `version = 2\n${V2}enable_cdi = true\n` }, 'off', []],
  ['containerd', '1.7.24~ds1', {}, 'off', BOTH],
  ['containerd', '1.7.24', { [CONTAINERD]: `version = 2\n${V2}enable_cdi = true\n` }, 'on', BOTH],
  [
    'containerd',
    '1.7.24',
    { [CONTAINERD]: `version = 2\n${V2}enable_cdi = true\ncdi_spec_dirs = ["/a"]\n` },
    'on',
    ['/a'],
  ],
  ['containerd', '2.1.4', { [CONTAINERD]: 'version = 3\n' }, 'on', BOTH],
  ['containerd', '2.1.4', { [CONTAINERD]: `version = 3\n${V3}enable_cdi = false\n` }, 'off', BOTH],
  ['containerd', '2.1.4', { [CONTAINERD]: `version = 2\n${V2}enable_cdi = false\n` }, 'off', BOTH],
  ['containerd', '2.1.4', { [CONTAINERD]: `version = 3\n${V3}cdi_spec_dirs = []\n` }, 'off', []],
  [
    'containerd',
    '2.1.4',
    {
      [CONTAINERD]: `version = 3\nimports = ["conf.d/*.toml"]\n${V3}enable_cdi = false\n`,
      [CONF_D]: `version = 3\n${V3}enable_cdi = true\n`,
    },
    'on',
    BOTH,
  ],
  // up to 1.7 a later file replaces the plugin's whole table
  [
    'containerd',
    '1.7.24',
    {
      [CONTAINERD]: `version = 2\nimports = ["/etc/containerd/conf.d/*.toml"]\n${V2}enable_cdi = true\n`,
      [CONF_D]: `version = 2\n${V2}sandbox_image = "p"\n`,
    },
    'off',
    BOTH,
  ],
  ['containerd', undefined, {}, 'unknown', BOTH],
  ['crio', '1.22.5', {}, 'off', []],
  ['crio', '1.31.0', {}, 'on', BOTH],
  [
    'crio',
    '1.31.0',
    { [CRIO]: '[crio.runtime]\ncdi_spec_dirs = ["/a"]\n', [CRIO_D]: '[crio.runtime]\ncdi_spec_dirs = ["/b"]\n' },
    'on',
    ['/b'],
  ],
  ['crio', '1.31.0', { [CRIO]: '[crio.runtime]\ncdi_spec_dirs = []\n' }, 'off', []],
  ['podman', '4.0.3', {}, 'off', []],
  ['podman', '5.4.2', { [CONTAINERS]: '[engine]\ncdi_spec_dirs = ["/a"]\n' }, 'on', BOTH],
  ['podman', '5.5.1', {}, 'on', ['/etc/cdi']],
  ['podman', '5.5.2', { [CONTAINERS]: '[engine]\ncdi_spec_dirs = ["/a"]\n' }, 'on', ['/a']],
  [
    'podman',
    '5.5.2',
    { [CONTAINERS_D]: '[engine]\ncdi_spec_dirs = ["/a", {append = true}]\n' },
    'on',
    ['/etc/cdi', '/a'],
  ],
  ['podman', '5.6.0', {}, 'on', BOTH],
  ['podman', undefined, {}, 'on', BOTH],
  ['buildah', '1.37.5', {}, 'off', []],
  ['buildah', '1.39.3', {}, 'on', ['/etc/cdi']],
  ['buildah', '1.41.0', {}, 'on', BOTH],
  ['buildah', '1.41.0', { [CONTAINERS]: '[engine]\ncdi_spec_dirs = ["/a"]\n' }, 'on', ['/a']],
  ['buildkit', '0.19.0', {}, 'off', []],
  ['buildkit', '0.20.0', {}, 'on', [...BOTH, '/etc/buildkit/cdi']],
  ['buildkit', '0.20.0', { [BUILDKIT]: '[cdi]\ndisabled = true\n' }, 'off', [...BOTH, '/etc/buildkit/cdi']],
  ['buildkit', undefined, { [BUILDKIT]: '[cdi]\nspecDirs = ["/a"]\n' }, 'on', ['/a']],
];
for (const [id, version, texts, state, dirs] of states) {
  test(`${id} ${version ?? 'of any version'} has it ${state}: ${JSON.stringify(texts)}`, () => {
    const reader = READERS.find((one) => one.id === id);
    const native = reader?.nativeCdi.read(configOf(reader, version, texts));
    deepEqual([native?.state, native?.specDirs], [state, dirs]);
  });
}

for (const reader of READERS) {
  const name = TARGET_NAMES.find((target) => target === reader.id) ?? 'crun';
  const since = listReleases(name)[0]?.version ?? '';
  test(`${reader.id} has it since ${since}, as lint says`, () => {
    const [major = 0, minor = 0] = since.split('.').map(Number);
    const last = minor === 0 ? `${major - 1}.99.0` : `${major}.${minor - 1}.9`;
    const has = (version: string): boolean => reader.nativeCdi.read(configOf(reader, version, {})).isSwitchable;
    deepEqual([has(last), has(since)], [false, true]);
  });
}

function apply(config: EngineConfig, changes: readonly FileChange[]): EngineConfig {
  const texts = new Map(config.texts);
  for (const { path, after } of changes) {
    if (after === undefined) texts.delete(path);
    else texts.set(path, after);
  }
  return { ...config, texts };
}

const DROP_IN = '/etc/containers/containers.conf.d/99-cdi-runtime.conf';
const ODD = '{\n    "log-driver": "local", "features": {"buildkit": true}\n}';

interface Switch {
  readonly engine: Engine;
  readonly version?: string;
  readonly before: Texts;
  readonly specDirs?: readonly string[];
  /** what must be in the files afterwards */
  readonly says: readonly [path: string, text: RegExp][];
}

const { docker, containerd, crio, podman } = ENGINES;
const switches: readonly Switch[] = [
  { engine: docker, version: '26.1.5', before: {}, says: [[DAEMON, /"cdi": true/]] },
  { engine: docker, version: '26.1.5', before: { [DAEMON]: ODD }, says: [[DAEMON, /"buildkit": true, *"cdi": true/]] },
  {
    engine: docker,
    version: '29.0.0',
    before: { [DAEMON]: '{"features": {"cdi": false}, "cdi-spec-dirs": ["/a"]}\n' },
    says: [[DAEMON, /^\{"features": \{"cdi": true\}, "cdi-spec-dirs": \["\/a","\/etc\/cdi","\/var\/run\/cdi"\]\}\n$/]],
  },
  {
    engine: containerd,
    version: '1.7.24',
    before: { [CONTAINERD]: `version = 2\n# ours\n${V2}  sandbox_image = "p"\n` },
    says: [[CONTAINERD, /# ours\n.*enable_cdi = true/s]],
  },
  {
    engine: containerd,
    version: '2.1.4',
    before: { [CONTAINERD]: `version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]\n${V3}enable_cdi = false\n` },
    says: [['/etc/containerd/conf.d/99-cdi-runtime.toml', /enable_cdi = true/]],
  },
  {
    engine: podman,
    version: '5.5.1',
    before: {},
    says: [[DROP_IN, /cdi_spec_dirs = \["\/etc\/cdi", "\/var\/run\/cdi"\]/]],
  },
  {
    engine: crio,
    version: '1.31.0',
    before: { [CRIO]: '[crio.runtime]\ncdi_spec_dirs = ["/a"]\n' },
    specDirs: ['/b'],
    says: [['/etc/crio/crio.conf.d/99-cdi-runtime.conf', /cdi_spec_dirs = \["\/a", "\/b"\]/]],
  },
];
for (const { engine, version, before, specDirs = BOTH, says } of switches) {
  const config = configOf(engine, version, before);
  const title = `${engine.id} ${version}, ${JSON.stringify(before)}`;

  test(`it is switched on once, and back to the byte: ${title}`, () => {
    const { changes, warnings } = configureNativeCdi(engine, config, specDirs);
    const on = apply(config, changes);
    for (const [path, text] of says) equal(text.test(on.texts.get(path) ?? ''), true, on.texts.get(path));
    deepEqual([engine.nativeCdi.read(on).state, warnings], ['on', []]);
    deepEqual(configureNativeCdi(engine, on, specDirs).changes, []);
    const record = amendRecord([], changes);
    deepEqual(apply(on, unconfigure(engine, on, 'cdi', record, record).changes).texts, config.texts);
  });

  test(`it goes key by key from a file that was changed since, and the rest stays: ${title}`, () => {
    const { changes } = configureNativeCdi(engine, config, specDirs);
    const record = amendRecord([], changes).map((file) => ({ ...file, exact: false }));
    const on = apply(config, changes);
    const off = apply(on, unconfigure(engine, on, 'cdi', record, record).changes);
    const state = (one: EngineConfig): unknown => engine.nativeCdi.read(one);
    deepEqual(state(off), state(config));
  });

  test(`with the runtime it comes and goes in either order: ${title}`, () => {
    const first = configure(engine, config, { runtimeName: 'cdi', path: '/usr/local/bin/cdi-runc' });
    const wired = apply(config, first.changes);
    const second = configureNativeCdi(engine, wired, specDirs);
    const both = apply(wired, second.changes);
    const record = amendRecord(amendRecord([], first.changes), second.changes);
    const native = amendRecord([], second.changes);
    deepEqual(apply(both, unconfigure(engine, both, 'cdi', record, native).changes).texts, config.texts);
    const loose = record.map((file) => ({ ...file, exact: false }));
    const off = apply(both, unconfigure(engine, both, 'cdi', loose, native).changes);
    deepEqual(
      [engine.nativeCdi.read(off), engine.read(off).runtimes.filter(({ ours }) => ours)],
      [engine.nativeCdi.read(config), []],
    );
  });
}

test('while a runtime of ours is left, the own CDI stays', () => {
  const config = configOf(docker, '26.1.5', {});
  const options = { path: '/usr/local/bin/cdi-runc' };
  const one = configure(docker, config, { ...options, runtimeName: 'one' });
  const two = configure(docker, apply(config, one.changes), { ...options, runtimeName: 'two' });
  const wired = apply(apply(config, one.changes), two.changes);
  const { changes } = configureNativeCdi(docker, wired, BOTH);
  const all = [...one.changes, ...two.changes, ...changes].reduce(
    (record, change) => amendRecord(record, [change]),
    amendRecord([], []),
  );
  const off = apply(
    apply(wired, changes),
    unconfigure(docker, apply(wired, changes), 'one', all, amendRecord([], changes)).changes,
  );
  equal(docker.nativeCdi.read(off).state, 'on');
  deepEqual(
    docker.read(off).runtimes.map(({ name }) => name),
    ['two'],
  );
});

const refusals: [title: string, engine: Engine, version: string, texts: Texts, why: RegExp][] = [
  ['a docker without CDI', docker, '24.0.7', {}, /docker 24\.0\.7 has no CDI, which came with 25\.0; use a newer one/],
  [
    'a file that is read later',
    containerd,
    '2.1.4',
    {
      [CONTAINERD]: `version = 3\nimports = ["/etc/containerd/conf.d/*.toml", "/z.toml"]\n`,
      '/z.toml': `version = 3\n${V3}enable_cdi = false\n`,
    },
    /a file that is read later says otherwise: enable_cdi is false/,
  ],
];
for (const [title, engine, version, texts, why] of refusals) {
  test(`it refuses ${title}`, () => {
    throws(() => configureNativeCdi(engine, configOf(engine, version, texts), BOTH), why);
  });
}

test('a directory that a version cannot be made to read is told', () => {
  const { changes, warnings } = configureNativeCdi(podman, configOf(podman, '5.4.2', {}), ['/etc/cdi', '/opt/cdi']);
  deepEqual(changes, []);
  deepEqual(warnings, [
    'it does not read "/opt/cdi": podman 5.4.2 has it on, and reads cdi_spec_dirs only from 5.5 on',
  ]);
});
