// Our own settings: what may be set, and what holds where nothing is. One table of defaults, for all doors.

export type FamilySetting = 'auto' | 'runc' | 'crun' | 'youki' | 'runsc';
export type Enabled = 'auto' | boolean;
export type Preset = 'nvidia' | 'amd' | 'habana' | 'ascend';
export type PolicyAction = 'allow' | 'ignore' | 'deny';
export type PolicyPreset = 'open' | 'kubernetes' | 'locked';
export type RequestSource = 'annotation' | 'env' | 'mount';

/** A variable that carries device names. */
export interface VariableSetting {
  /** `vendor.com/class` of names without one; null: `requests.defaultKind` */
  readonly kind: string | null;
}

/** Every condition that is there must hold; lists hold if one of their entries does. */
export interface PolicyRule {
  readonly source?: readonly RequestSource[] | undefined;
  /** globs over qualified names */
  readonly devices?: readonly string[] | undefined;
  /** globs over the Kubernetes namespace */
  readonly namespace?: readonly string[] | undefined;
  /** globs over the name of the pod */
  readonly pod?: readonly string[] | undefined;
  readonly kubernetes?: boolean | undefined;
  readonly userNamespace?: boolean | undefined;
  readonly privileged?: boolean | undefined;
  readonly action: PolicyAction;
  /** for the person whose request is refused */
  readonly reason?: string | undefined;
}

export interface Settings {
  /** `auto`, a name, or an absolute path */
  readonly runtime: string;
  /** the command line grammar */
  readonly family: FamilySetting;
  /** absolute, in order of rising priority */
  readonly specDirs: readonly string[];
  readonly requests: {
    readonly annotations: { readonly enabled: Enabled; readonly prefixes: readonly string[] };
    readonly env: {
      readonly enabled: Enabled;
      readonly presets: readonly Preset[];
      readonly variables: Readonly<Record<string, VariableSetting>>;
    };
    readonly mounts: { readonly enabled: boolean; readonly prefix: string };
    readonly defaultKind: string | null;
  };
  readonly policy: {
    readonly preset: PolicyPreset;
    readonly default: PolicyAction | null;
    readonly rules: readonly PolicyRule[];
  };
  readonly unresolved: 'fail' | 'warn';
  /** milliseconds */
  readonly wait: number;
  readonly stale: 'fail' | 'warn' | 'skip';
  readonly trust: {
    readonly owner: 'strict' | 'off';
    readonly hookPaths: readonly string[];
    readonly hostPaths: readonly string[];
    readonly hookEnv: readonly string[];
  };
  readonly hooks: { readonly emptyEnv: 'minimal' | 'keep' };
  readonly limits: {
    /** bytes */
    readonly config: number;
    /** bytes of one file */
    readonly spec: number;
    /** files */
    readonly specs: number;
    /** bytes */
    readonly memory: number;
    /** milliseconds */
    readonly time: number;
  };
  readonly log: { readonly path: string | null; readonly level: 'error' | 'warning' | 'info' };
  readonly audit: { readonly enabled: boolean; readonly required: boolean; readonly path: string };
}

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_SETTINGS: Settings = {
  runtime: 'auto',
  family: 'auto',
  specDirs: ['/etc/cdi', '/var/run/cdi'],
  requests: {
    annotations: { enabled: 'auto', prefixes: ['cdi.k8s.io/'] },
    env: { enabled: 'auto', presets: [], variables: { CDI_DEVICES: { kind: null } } },
    mounts: { enabled: false, prefix: '/var/run/cdi-devices' },
    defaultKind: null,
  },
  policy: { preset: 'open', default: null, rules: [] },
  unresolved: 'fail',
  wait: 0,
  stale: 'warn',
  trust: { owner: 'strict', hookPaths: [], hostPaths: [], hookEnv: [] },
  hooks: { emptyEnv: 'minimal' },
  limits: { config: 16 * MEBIBYTE, spec: MEBIBYTE, specs: 10_000, memory: 64 * MEBIBYTE, time: 5000 },
  log: { path: null, level: 'warning' },
  audit: { enabled: true, required: false, path: '/var/log/cdi-runtime/audit.jsonl' },
};
