// What configure() refuses, and how unconfigure() behaves after several changes.
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { configure, unconfigure } from '../../src/engines/configure.ts';
import type { EngineConfig, EngineId, WireOptions } from '../../src/engines/engine.ts';
import { ENGINES } from '../../src/engines/engines.ts';
import { amendRecord, type EngineRecord } from '../../src/engines/record.ts';

const OPTIONS: WireOptions = { runtimeName: 'cdi', path: '/usr/local/bin/cdi-runc' };
const DAEMON = '/etc/docker/daemon.json';
const CONTAINERD = '/etc/containerd/config.toml';

function config(id: EngineId, texts: { readonly [path: string]: string }, version?: string): EngineConfig {
  return { files: ENGINES[id].files, texts: new Map(Object.entries(texts)), version };
}

type Refused = [
  title: string,
  id: EngineId,
  texts: { readonly [path: string]: string },
  options: Partial<WireOptions>,
  want: string,
  version?: string,
];
const refused: Refused[] = [
  [
    'broken TOML, by line and column',
    'containerd',
    { [CONTAINERD]: 'version = 2\n[plugins\n' },
    {},
    'cannot read "/etc/containerd/config.toml": line 2, column 9: the file is no TOML: illegal character in key; correct it first',
  ],
  [
    'broken TOML in an import',
    'containerd',
    { [CONTAINERD]: 'imports = ["more.toml"]', '/etc/containerd/more.toml': 'a = ' },
    {},
    'cannot read "/etc/containerd/more.toml": line 1, column 5: the file is no TOML: invalid value; correct it first',
  ],
  [
    'broken TOML in another drop-in',
    'podman',
    { '/etc/containers/containers.conf.d/5.conf': '[engine]\na = 1\na = 2\n' },
    {},
    'cannot read "/etc/containers/containers.conf.d/5.conf": line 3, column 1: the file is no TOML: trying to redefine an already defined table or value; correct it first',
  ],
  [
    'comments, which dockerd does not read',
    'docker',
    { [DAEMON]: '{} // none' },
    {},
    'cannot read "/etc/docker/daemon.json": line 1, column 4: the file is no JSON: something follows the end of the value; correct it first',
  ],
  [
    'runtimes that are no object',
    'docker',
    { [DAEMON]: '{"runtimes": []}' },
    {},
    'cannot read "/etc/docker/daemon.json": runtimes is no object; correct it first',
  ],
  [
    'a version that is not known',
    'containerd',
    { [CONTAINERD]: 'version = 5' },
    {},
    'cannot read "/etc/containerd/config.toml": its version is none of 1, 2, 3 and 4; use a newer cdictl, or edit the file by hand',
  ],
  [
    'a name that is taken',
    'docker',
    { [DAEMON]: '{"runtimes": {"cdi": {"path": "/opt/cdi"}}}' },
    {},
    'cannot configure docker: "/etc/docker/daemon.json" has a runtime "cdi" already, which does not lead to the shim; use another name',
  ],
  [
    'a name that is taken by another shim',
    'containerd',
    {
      [CONTAINERD]:
        'version = 3\n[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.cdi]\nruntime_type = "io.containerd.kata.v2"\n',
    },
    {},
    'cannot configure containerd: "/etc/containerd/config.toml" has a runtime "cdi" already, which does not lead to the shim; use another name',
  ],
  [
    "a runtime's own name",
    'podman',
    {},
    { runtimeName: 'crun' },
    'cannot configure podman: "crun" is the name of a runtime itself; use another name, such as cdi',
  ],
  [
    'a name that Kubernetes would not take',
    'crio',
    {},
    { runtimeName: 'My_CDI' },
    'cannot configure crio: runtime name "My_CDI" is no DNS label; use small letters, digits and - between them',
  ],
  [
    'a path that is no link of ours',
    'crio',
    {},
    { path: '/usr/bin/runc' },
    'cannot configure crio: "/usr/bin/runc" is not the absolute path of a link cdi-NAME',
  ],
  [
    'a relative path',
    'docker',
    {},
    { path: 'cdi-runc' },
    'cannot configure docker: "cdi-runc" is not the absolute path of a link cdi-NAME',
  ],
  [
    'a default that a later file takes back',
    'crio',
    { '/etc/crio/crio.conf.d/99-z.conf': '[crio.runtime]\ndefault_runtime = "crun"\n' },
    { setDefault: true },
    'cannot configure crio: a file that is read later makes "crun" the default runtime; remove it there',
  ],
  [
    'a later file that replaces the runtime',
    'podman',
    { '/etc/containers/containers.conf.d/99-z.conf': '[engine.runtimes]\ncdi = ["/usr/bin/cdi-crun"]\n' },
    {},
    'cannot configure podman: "/etc/containers/containers.conf.d/99-z.conf" is read later and says something else of the runtime "cdi"; remove it there',
  ],
  [
    'a default that the old table would win over',
    'containerd',
    { [CONTAINERD]: '[plugins.cri.containerd.default_runtime]\nruntime_type = "io.containerd.runc.v1"\n' },
    { setDefault: true },
    'cannot configure containerd: the deprecated table default_runtime is in use, which wins over default_runtime_name; make it a runtime of its own, named by default_runtime_name',
  ],
  ...['2.0.0', '2.2.9'].map(
    (version): Refused => [
      `version 1 under containerd ${version}`,
      'containerd',
      { [CONTAINERD]: 'oom_score = 1\n' },
      {},
      'cannot configure containerd: "/etc/containerd/config.toml" is of version 1, whose plugin settings containerd 2.0 to 2.2 leave out; convert it with containerd config migrate',
      version,
    ],
  ),
];
for (const [title, id, texts, options, want, version] of refused) {
  test(`configure() refuses ${title}`, () => {
    throws(() => configure(ENGINES[id], config(id, texts, version), { ...OPTIONS, ...options }), {
      code: 'BAD_ENGINE_CONFIG',
      message: want,
    });
  });
}

test('an error says which file and place it is about', () => {
  const broken = config('crio', { '/etc/crio/crio.conf': '\n x == 1' });
  throws(() => ENGINES.crio.read(broken), { path: '/etc/crio/crio.conf', line: 2, column: 5 });
});

/** The files of a host that lives through several changes, with what cdictl would keep of them. */
class Host {
  config: EngineConfig;
  record: EngineRecord = [];
  readonly id: EngineId;

  constructor(id: EngineId, texts: { readonly [path: string]: string }) {
    this.id = id;
    this.config = config(id, texts);
  }

  configure(options: Partial<WireOptions>): void {
    this.#write(configure(ENGINES[this.id], this.config, { ...OPTIONS, ...options }).changes);
  }

  unconfigure(runtimeName: string): void {
    this.#write(unconfigure(ENGINES[this.id], this.config, runtimeName, this.record).changes);
  }

  edit(path: string, change: (text: string) => string): void {
    this.config = {
      ...this.config,
      texts: new Map(this.config.texts).set(path, change(this.config.texts.get(path) ?? '')),
    };
  }

  text(path: string): string | undefined {
    return this.config.texts.get(path);
  }

  #write(changes: ReturnType<typeof configure>['changes']): void {
    const texts = new Map(this.config.texts);
    for (const { path, after } of changes) after === undefined ? texts.delete(path) : texts.set(path, after);
    this.config = { ...this.config, texts };
    this.record = amendRecord(this.record, changes);
  }
}

const NVIDIA = '{ "default-runtime": "nvidia", "runtimes": { "nvidia": { "path": "nvidia-container-runtime" } } }\n';

test('two configure() and one unconfigure() give every byte back', () => {
  const host = new Host('docker', { [DAEMON]: NVIDIA });
  host.configure({});
  host.configure({ setDefault: true });
  host.unconfigure('cdi');
  equal(host.text(DAEMON), NVIDIA);
});

test('a default comes back although the file changed between two configure()', () => {
  const host = new Host('docker', { [DAEMON]: NVIDIA });
  host.configure({ setDefault: true });
  host.edit(DAEMON, (text) => text.replace('{', '{ "debug": true,'));
  host.configure({ runtimeName: 'more' });
  host.unconfigure('cdi');
  host.unconfigure('more');
  equal(host.text(DAEMON), NVIDIA.replace('{', '{ "debug": true,'));
});

test('a default that is gone by now does not come back', () => {
  const host = new Host('docker', { [DAEMON]: NVIDIA });
  host.configure({ setDefault: true });
  host.edit(DAEMON, (text) => text.replaceAll('nvidia', 'other'));
  host.unconfigure('cdi');
  equal(host.text(DAEMON), '{ "runtimes": { "other": { "path": "other-container-runtime" } } }\n');
});

test('of two runtimes of ours the other one stays', () => {
  const host = new Host('podman', {});
  host.configure({});
  const one = host.config.texts;
  host.configure({ runtimeName: 'more' });
  host.unconfigure('more');
  deepEqual(host.config.texts, one);
  host.unconfigure('cdi');
  deepEqual(host.config.texts, new Map());
});

test('a runtime of ours moves with its link', () => {
  const host = new Host('containerd', { [CONTAINERD]: 'version = 2\n' });
  host.configure({});
  host.configure({ path: '/opt/bin/cdi-crun' });
  const { runtimes, defaultRuntime } = ENGINES.containerd.read(host.config);
  deepEqual(
    runtimes.map(({ name, path }) => [name, path]),
    [
      ['runc', undefined],
      ['cdi', '/opt/bin/cdi-crun'],
    ],
  );
  equal(defaultRuntime.name, undefined);
});

test('a version that we have set stays for what others have added', () => {
  const host = new Host('containerd', { [CONTAINERD]: '# mine\n' });
  host.configure({});
  host.edit(CONTAINERD, (text) => `${text}[plugins."io.containerd.grpc.v1.cri".cni]\nmax_conf_num = 2\n`);
  host.unconfigure('cdi');
  deepEqual(ENGINES.containerd.read(host.config).runtimes, []);
  equal(/^version = 2$/m.test(host.text(CONTAINERD) ?? ''), true);
});

test('unconfigure() leaves alone what is not ours', () => {
  const taken = config('docker', { [DAEMON]: '{"runtimes": {"cdi": {"path": "/opt/cdi"}}}' });
  deepEqual(unconfigure(ENGINES.docker, taken, 'cdi').changes, []);
  deepEqual(unconfigure(ENGINES.docker, config('docker', {}), 'cdi').changes, []);
});

test('annotations pass only on request, and then beside what was listed', () => {
  const host = new Host('containerd', { [CONTAINERD]: 'version = 3\n' });
  host.configure({});
  equal(host.text(CONTAINERD)?.includes('annotations'), false);
  host.edit(CONTAINERD, (text) => text.replace('runc.v2"\n', 'runc.v2"\npod_annotations = ["mine/*"] # ours\n'));
  host.configure({ passAnnotations: true });
  equal(/^pod_annotations = \["mine\/\*", "cdi.k8s.io\/\*"\] # ours$/m.test(host.text(CONTAINERD) ?? ''), true);
  equal(/^container_annotations = \["cdi.k8s.io\/\*"\]$/m.test(host.text(CONTAINERD) ?? ''), true);
});

// What became of the formats with containerd 2.

test('a file of version 1 is for containerd 2.3, which converts it, and for 1.7', () => {
  for (const version of ['1.7.24', '2.3.0', '2.4.1', undefined]) {
    const { changes } = configure(
      ENGINES.containerd,
      config('containerd', { [CONTAINERD]: 'oom_score = 1\n' }, version),
      OPTIONS,
    );
    equal(changes[0]?.after?.includes('[plugins.cri.containerd.runtimes.cdi]'), true, version);
  }
});

test('since format 3 what an import says of a plugin is merged, and replaces it before', () => {
  const more = '/etc/containerd/more.toml';
  for (const [format, key] of [
    [2, 'io.containerd.grpc.v1.cri'],
    [3, 'io.containerd.cri.v1.runtime'],
    [4, 'io.containerd.cri.v1.runtime'],
  ] as const) {
    const table = `[plugins."${key}".containerd.runtimes`;
    const texts = {
      [CONTAINERD]: `version = ${format}\nimports = ["${more}"]\n${table}.one]\nruntime_type = "x"\n`,
      [more]: `version = ${format}\n${table}.two]\nruntime_type = "x"\n`,
    };
    const { runtimes } = ENGINES.containerd.read(config('containerd', texts));
    deepEqual(
      runtimes.map(({ name }) => name),
      format === 2 ? ['two'] : ['one', 'two'],
    );
  }
});
