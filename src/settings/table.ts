// Every key of our settings: what it takes, and what holds where no file says it. The types, the reader, the defaults,
// the published schema and `cdictl config` follow from this table. It is plain data, so that everybody may import it.

/** The sources of requests, each with the section of `requests` that is about it. */
export const SOURCES = { annotation: 'annotations', env: 'env', mount: 'mounts' } as const;

export const ACTIONS = ['allow', 'ignore', 'deny'] as const;

/** The keys of a rule: conditions, of which every one that is there must hold, and what follows. */
export const RULE = {
  source: [{ oneOrMore: 'source', most: 64 }],
  devices: [{ oneOrMore: 'deviceGlob', most: 1000 }],
  nodes: [{ oneOrMore: 'nodeGlob', most: 1000 }],
  mounts: [{ oneOrMore: 'pathGlob', most: 1000 }],
  hooks: [{ oneOrMore: 'pathGlob', most: 1000 }],
  env: [{ oneOrMore: 'variableGlob', most: 1000 }],
  namespace: [{ oneOrMore: 'namespaceGlob', most: 1000 }],
  pod: [{ oneOrMore: 'podGlob', most: 1000 }],
  kubernetes: ['flag'],
  userNamespace: ['flag'],
  privileged: ['flag'],
  action: ['action'],
  reason: ['text'],
} as const;

/**
 * A row is what a key takes, and its default. A word is a value of `values.ts`; sizes are in bytes, durations in
 * milliseconds, both with the least and the most. Lists of names that people write are shorter than those of patterns,
 * which may be made by a program.
 */
export const SETTINGS = {
  runtime: ['runtime', 'auto'],
  family: ['family', 'auto'],
  specDirs: [
    { list: 'absolutePath', least: 1, most: 64, empty: 'name a directory, or leave the key out' },
    ['/etc/cdi', '/var/run/cdi'],
  ],
  requests: {
    annotations: { enabled: ['enabled', 'auto'], prefixes: [{ list: 'prefix', most: 64 }, ['cdi.k8s.io/']] },
    env: {
      enabled: ['enabled', 'auto'],
      presets: [{ list: 'preset', most: 64 }, []],
      variables: ['variables', { CDI_DEVICES: { kind: null } }],
    },
    mounts: { enabled: ['flag', false], prefix: ['mountPrefix', '/var/run/cdi-devices'] },
    defaultKind: [{ orNull: 'kind' }, null],
    precedence: ['precedence', 'auto'],
    any: ['flag', false],
  },
  policy: {
    preset: ['policyPreset', 'open'],
    default: [{ orNull: 'action' }, null],
    rules: [{ list: 'rule', most: 1000 }, []],
    share: ['shares', {}],
  },
  unresolved: [{ oneOf: ['fail', 'warn'] }, 'fail'],
  wait: [{ duration: [0, 3_600_000] }, 0],
  stale: [{ oneOf: ['auto', 'fail', 'warn', 'skip'] }, 'auto'],
  trust: {
    owner: ['owner', 'strict'],
    hookPaths: [{ list: 'pathGlob', most: 1000 }, []],
    hostPaths: [{ list: 'pathGlob', most: 1000 }, []],
    mountTypes: [{ list: 'mountTypeGlob', most: 1000 }, []],
    hookEnv: [{ list: 'variableGlob', most: 1000 }, []],
  },
  hooks: { emptyEnv: [{ oneOf: ['minimal', 'keep'] }, 'minimal'] },
  limits: {
    config: [{ bytes: [1024, 1_073_741_824] }, 16_777_216],
    spec: [{ bytes: [1024, 1_073_741_824] }, 1_048_576],
    specs: [{ count: [1, 1_000_000] }, 10_000],
    memory: [{ bytes: [8_388_608, 2_146_435_072] }, 134_217_728],
    time: [{ duration: [100, 600_000] }, 5000],
    wall: [{ duration: [1000, 3_600_000] }, 60_000],
  },
  log: { path: [{ orNull: 'absolutePath' }, null], level: [{ oneOf: ['error', 'warning', 'info'] }, 'warning'] },
  audit: {
    enabled: ['flag', true],
    required: ['flag', false],
    sync: [{ orNull: 'flag' }, null],
    path: ['absolutePath', '/var/log/cdi-runtime/audit.jsonl'],
  },
} as const;
