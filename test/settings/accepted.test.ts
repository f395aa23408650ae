// Every key of the settings in the forms that it takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS_VARIABLE } from '../../src/settings/combine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { memoryHost } from '../host/memory-host.ts';

function read(text: string): Settings {
  return loadSettings(memoryHost({ '/c.yaml': text }, { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } })).settings;
}

type Sections = { readonly [K in keyof Settings]?: Partial<Settings[K]> };

const { requests, policy } = DEFAULT_SETTINGS;
const DEVICES = { CDI_DEVICES: { kind: null } };
const MIB = 1024 * 1024;
const annotations = (said: Partial<Settings['requests']['annotations']>): Sections => ({
  requests: { annotations: { ...requests.annotations, ...said } },
});
const env = (said: Partial<Settings['requests']['env']>): Sections => ({
  requests: { env: { ...requests.env, ...said } },
});
const mounts = (said: Partial<Settings['requests']['mounts']>): Sections => ({
  requests: { mounts: { ...requests.mounts, ...said } },
});
const rules = (...said: Settings['policy']['rules']): Sections => ({ policy: { ...policy, rules: said } });

/** What a file says over the defaults: of a section, the keys that it has. */
function withDefaults(said: Sections): Settings {
  const entries = Object.entries(DEFAULT_SETTINGS).map(([key, value]) => {
    const own = new Map<string, unknown>(Object.entries(said)).get(key);
    const isSection = typeof own === 'object' && own !== null && !Array.isArray(own);
    return [key, own === undefined ? value : isSection ? { ...Object(value), ...own } : own];
  });
  return Object.fromEntries(entries);
}

const accepted: [title: string, text: string, said: Sections][] = [
  ['nothing', '', {}],
  ['only comments', '# nothing\n---\n', {}],
  ['null', '~', {}],
  ['an empty mapping', '{}', {}],
  ['sections without content', 'requests:\npolicy: ~\ntrust: {}\nhooks:\nlimits:\nlog:\naudit:\n', {}],
  ['sections below without content', 'requests:\n  annotations:\n  env:\n  mounts:\n', {}],
  ['JSON', '{"family": "youki",\n"requests": {"env": {"enabled": "auto"}}}', { family: 'youki' }],
  [
    'anchors and merge keys',
    'requests:\n  annotations: &a { enabled: true }\n  env: { <<: *a }\n',
    {
      requests: {
        annotations: { ...requests.annotations, enabled: true },
        env: { ...requests.env, enabled: true },
      },
    },
  ],
  ['the first document only', 'family: crun\n---\nfamily: runc\n', { family: 'crun' }],

  ['runtime by name', 'runtime: crun\n', { runtime: 'crun' }],
  ['runtime by path', 'runtime: "/usr/local/bin/my runc" # ours\n', { runtime: '/usr/local/bin/my runc' }],
  ['runtime: auto', 'runtime: auto\n', {}],
  ...(['auto', 'runc', 'crun', 'youki', 'runsc'] as const).map((family): [string, string, Sections] => [
    `family: ${family}`,
    `family: ${family}`,
    { family },
  ]),
  ['specDirs', 'specDirs: [/a, "/b c", /a/../d/]\n', { specDirs: ['/a', '/b c', '/a/../d/'] }],

  ['annotations off', 'requests: { annotations: { enabled: no } }', annotations({ enabled: false })],
  ['annotations on', 'requests: { annotations: { enabled: on } }', annotations({ enabled: true })],
  ['annotations auto', 'requests: { annotations: { enabled: auto } }', {}],
  [
    'annotation prefixes',
    'requests: { annotations: { prefixes: [a-b.c_d/, X/] } }',
    annotations({ prefixes: ['a-b.c_d/', 'X/'] }),
  ],
  ['no annotation prefixes', 'requests: { annotations: { prefixes: [] } }', annotations({ prefixes: [] })],
  ['env on', 'requests: { env: { enabled: true } }', env({ enabled: true })],
  ['env off', 'requests: { env: { enabled: False } }', env({ enabled: false })],
  [
    'all presets',
    'requests: { env: { presets: [nvidia, amd, habana, ascend] } }',
    env({ presets: ['nvidia', 'amd', 'habana', 'ascend'] }),
  ],
  [
    'variables with a kind',
    'requests: { env: { variables: { GPUS: { kind: vendor.com/gpu }, MORE: } } }',
    env({ variables: { ...DEVICES, GPUS: { kind: 'vendor.com/gpu' }, MORE: { kind: null } } }),
  ],
  [
    'a kind for CDI_DEVICES',
    'requests: { env: { variables: { CDI_DEVICES: { kind: vendor.com/gpu } } } }',
    env({ variables: { CDI_DEVICES: { kind: 'vendor.com/gpu' } } }),
  ],
  ['no kind for CDI_DEVICES', 'requests: { env: { variables: { CDI_DEVICES: { kind: ~ } } } }', {}],
  [
    "a variable in place of a vendor's",
    'requests: { env: { variables: { A: { replaces: NVIDIA_VISIBLE_DEVICES }, B: { replaces: } } } }',
    env({
      variables: {
        ...DEVICES,
        A: { kind: null, replaces: 'NVIDIA_VISIBLE_DEVICES' },
        B: { kind: null, replaces: null },
      },
    }),
  ],
  ['no variables', 'requests: { env: { variables: } }', {}],
  [
    'a variable with an odd name',
    'requests: { env: { variables: { __proto__: { kind: a.b/c } } } }',
    env({ variables: Object.fromEntries([...Object.entries(DEVICES), ['__proto__', { kind: 'a.b/c' }]]) }),
  ],
  ['mounts', 'requests: { mounts: { enabled: yes, prefix: /x/y-z } }', mounts({ enabled: true, prefix: '/x/y-z' })],
  ['defaultKind', 'requests: { defaultKind: vendor.com/gpu }', { requests: { defaultKind: 'vendor.com/gpu' } }],
  ['precedence', 'requests: { precedence: [env, mount] }', { requests: { precedence: ['env', 'mount'] } }],
  ['no precedence', 'requests: { precedence: all }', { requests: { precedence: 'all' } }],
  ['precedence as it is', 'requests: { precedence: auto }', {}],
  ['no defaultKind', 'requests: { defaultKind: null }', {}],

  ...(['open', 'kubernetes', 'locked'] as const).map((preset): [string, string, Sections] => [
    `policy.preset: ${preset}`,
    `policy: { preset: ${preset} }`,
    { policy: { preset } },
  ]),
  ...(['allow', 'ignore', 'deny', null] as const).map((action): [string, string, Sections] => [
    `policy.default: ${action}`,
    `policy: { default: ${action} }`,
    { policy: { default: action } },
  ]),
  ['no rules', 'policy: { rules: [] }', {}],
  ['no share', 'policy: { share: }', {}],
  [
    'a share',
    'policy: { share: { vendor.com/gpu=*: 1, "*/nic=?": 1000 } }',
    { policy: { share: { 'vendor.com/gpu=*': 1, '*/nic=?': 1000 } } },
  ],
  ['any', 'requests: { any: true }', { requests: { any: true } }],
  ['a rule for all', 'policy: { rules: [{ action: deny }] }', rules({ action: 'deny' })],
  [
    'a rule with every condition',
    [
      'policy:',
      '  rules:',
      '  - source: [annotation, env]',
      '    devices: [vendor.com/gpu=*, "*/net=*"]',
      '    nodes: [/dev/sd*, /dev/mem]',
      '    mounts: /**',
      '    hooks: [/usr/bin/*]',
      '    env: [LD_*]',
      '    namespace: ["team-?"]',
      '    pod: [web-*]',
      '    kubernetes: true',
      '    userNamespace: no',
      '    privileged: off',
      '    action: ignore',
      '    reason: not for this team',
    ].join('\n'),
    rules({
      source: ['annotation', 'env'],
      devices: ['vendor.com/gpu=*', '*/net=*'],
      nodes: ['/dev/sd*', '/dev/mem'],
      mounts: ['/**'],
      hooks: ['/usr/bin/*'],
      env: ['LD_*'],
      namespace: ['team-?'],
      pod: ['web-*'],
      kubernetes: true,
      userNamespace: false,
      privileged: false,
      action: 'ignore',
      reason: 'not for this team',
    }),
  ],
  [
    'one entry in place of a list',
    'policy: { rules: [{ source: mount, devices: a.b/c=*, namespace: x, pod: z, action: allow }] }',
    rules({ source: ['mount'], devices: ['a.b/c=*'], namespace: ['x'], pod: ['z'], action: 'allow' }),
  ],

  ['unresolved: warn', 'unresolved: warn', { unresolved: 'warn' }],
  ['unresolved: fail', 'unresolved: fail', {}],
  ['wait in seconds', 'wait: 10s', { wait: 10_000 }],
  ['wait in milliseconds', 'wait: 1500ms', { wait: 1500 }],
  ['wait in minutes', 'wait: 2 m', { wait: 120_000 }],
  ['wait of an hour', 'wait: 1h', { wait: 3_600_000 }],
  ['wait of nothing', 'wait: 0', {}],
  ['wait of nothing as text', 'wait: "0"', {}],
  ['stale: auto', 'stale: auto', {}],
  ['trust.mountTypes', 'trust: { mountTypes: [proc, fuse.*] }', { trust: { mountTypes: ['proc', 'fuse.*'] } }],
  ...(['fail', 'warn', 'skip'] as const).map((stale): [string, string, Sections] => [
    `stale: ${stale}`,
    `stale: ${stale}`,
    { stale },
  ]),

  ['trust.owner: off', 'trust: { owner: off }', { trust: { owner: 'off' } }],
  ['trust.owner: off in quotes', 'trust: { owner: "off" }', { trust: { owner: 'off' } }],
  ['trust.owner: strict', 'trust: { owner: strict }', {}],
  ['hookPaths', 'trust: { hookPaths: [/usr/bin/*, /opt/**] }', { trust: { hookPaths: ['/usr/bin/*', '/opt/**'] } }],
  ['hostPaths', 'trust: { hostPaths: [/dev/nvidia*, /] }', { trust: { hostPaths: ['/dev/nvidia*', '/'] } }],
  ['hookEnv', 'trust: { hookEnv: [LD_LIBRARY_PATH, "*"] }', { trust: { hookEnv: ['LD_LIBRARY_PATH', '*'] } }],
  ['hooks.emptyEnv: keep', 'hooks: { emptyEnv: keep }', { hooks: { emptyEnv: 'keep' } }],
  ['hooks.emptyEnv: minimal', 'hooks: { emptyEnv: minimal }', {}],

  ['limits.config in MiB', 'limits: { config: 8MiB }', { limits: { config: 8 * MIB } }],
  ['limits.config at its least', 'limits: { config: 1024 }', { limits: { config: 1024 } }],
  ['limits.config at its most', 'limits: { config: 1 GiB }', { limits: { config: 1024 * MIB } }],
  ['limits.spec in bytes', 'limits: { spec: "2048B" }', { limits: { spec: 2048 } }],
  ['limits.spec in KiB', 'limits: { spec: 512KiB }', { limits: { spec: 512 * 1024 } }],
  ['limits.specs', 'limits: { specs: 5 }', { limits: { specs: 5 } }],
  ['limits.memory', 'limits: { memory: 8MiB }', { limits: { memory: 8 * MIB } }],
  ['limits.time', 'limits: { time: 100ms }', { limits: { time: 100 } }],
  ['limits.wall', 'limits: { wall: 10m }', { limits: { wall: 600_000 } }],
  ['audit.sync', 'audit: { sync: true }', { audit: { sync: true } }],
  ['no audit.sync', 'audit: { sync: null }', {}],

  ['log', 'log: { path: /var/log/x, level: info }', { log: { path: '/var/log/x', level: 'info' } }],
  ['log.level: error', 'log: { level: error }', { log: { level: 'error' } }],
  ['no log', 'log: { path: ~, level: warning }', {}],
  [
    'audit',
    'audit: { enabled: no, required: yes, path: /a }',
    { audit: { enabled: false, required: true, path: '/a' } },
  ],
];
for (const [title, text, said] of accepted)
  test(`settings take ${title}`, () => assert.deepEqual(read(text), withDefaults(said)));
