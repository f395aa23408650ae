// What the published schema says of each key of the settings, and of the values that several keys take.
import type { POLICY_PRESETS } from '../src/settings/policy-presets.ts';
import type { Row } from '../src/settings/settings.ts';
import type { RULE, SETTINGS } from '../src/settings/table.ts';

/** A description, and examples where the values do not speak for themselves. */
export type Words = string | readonly [description: string, examples: readonly unknown[]];

/** Every key and section by its path: `policy.rules`. */
type Path<N> = { [K in keyof N & string]: K | (N[K] extends Row ? never : `${K}.${Path<N[K]>}`) }[keyof N & string];

const PRESET_WORDS: { readonly [name in keyof typeof POLICY_PRESETS]: string } = {
  open: 'all is allowed',
  kubernetes: 'env and mounts are ignored, the rest is allowed',
  locked: 'all is denied',
};
const presets = Object.entries(PRESET_WORDS).map(([name, words]) => `${name}: ${words}`);

export const KEY_WORDS: { readonly [path in Path<typeof SETTINGS>]: Words } = {
  runtime: [
    "The real runtime: a name, an absolute path, or auto for the first of runc, crun and youki that the host has. A link such as cdi-crun goes before it. Stands on a line of its own at top level; a user's own file cannot set it.",
    ['crun', '/usr/local/sbin/runc'],
  ],
  family: "Whose command line grammar the runtime has; auto tells it from the runtime's name.",
  specDirs: 'Directories of CDI specs, the last with the highest priority.',
  requests: 'Who may ask for devices, and how.',
  'requests.annotations': 'Annotations of the container.',
  'requests.annotations.enabled':
    'auto: on, but in containers that CRI-O made, which hands every annotation of a pod through, only for the kubelet.',
  'requests.annotations.prefixes':
    'What the keys begin with. The same with optional. before it asks for devices that may be absent.',
  'requests.env': 'Environment variables of the container.',
  'requests.env.enabled': 'auto: on, but for containers of Kubernetes, whose environment an image or a tenant sets.',
  'requests.env.presets': "Vendors whose variable counts too, with that vendor's own words and rules.",
  'requests.env.variables':
    'Variables that carry device names with commas between them, by their own name. CDI_DEVICES_OPTIONAL is read together with CDI_DEVICES.',
  'requests.mounts': 'Mounts of /dev/null onto <prefix>/<vendor>/<class>/<device>.',
  'requests.mounts.enabled': 'Whether such a mount asks for the device. It is taken away when the device is injected.',
  'requests.mounts.prefix': 'The directory in the container that they are mounted below.',
  'requests.defaultKind':
    'vendor.com/class of names without one, in annotations and in variables that have none of their own.',
  'requests.precedence': [
    "Of which sources only the first that asks counts, so that none widens what another asks for: all (each counts), a list, or auto: where a vendor's preset is on, as that vendor has it (annotation, mount, env); otherwise all.",
    [['annotation', 'env']],
  ],
  'requests.any':
    'Whether vendor.com/class=any asks for the first device of the kind that is free by policy.share. A device that is called any itself goes before it.',
  policy: 'Who may have what: the first rule that matches a request decides about it.',
  'policy.preset': `What holds behind the rules. ${presets.join('; ')}.`,
  'policy.default':
    "What holds where no rule matches, in place of the preset's own: allow, ignore (as if not asked, but recorded) or deny (the container does not start). null: what the preset says.",
  'policy.rules': [
    'In order; the first match decides. Every condition that is there must hold; a list holds if one of its entries does.',
    [[{ source: 'env', devices: 'vendor.com/gpu=*', action: 'deny', reason: 'ask by annotation' }]],
  ],
  'policy.share': [
    'How many containers may have a device at a time, by patterns of qualified names; of several that match, the smallest number holds. A device is known by its nodes, whatever it is called.',
    [{ 'vendor.com/gpu=*': 1 }],
  ],
  unresolved:
    'What a device means that no spec defines: fail stops the container, warn lets it start without the device and records it.',
  wait: 'How long a create may wait for a device that is not there yet, up to 1h.',
  stale:
    'What is done where a spec names a device node, mount source or hook that the host lacks or has differently. auto: stops the container where the runtime would not start it, else records it; fail: stops it; warn: records it; skip: records it, and leaves it out.',
  trust: 'What specs may be like, and what they may do.',
  'trust.owner':
    'strict: specs, hooks and all directories above them may be writable only for root and the user who starts containers.',
  'trust.hookPaths':
    'Programs that hooks may run, as patterns: * stands for anything within a directory, ** for anything. What links lead to has to be listed, too. Empty: no limit.',
  'trust.hostPaths':
    'Paths of the host that specs may mount or make device nodes of, as patterns. What links lead to has to be listed, too. Empty: no limit.',
  'trust.mountTypes': [
    'Types of file systems that specs may mount besides bind mounts, tmpfs, mqueue and hugetlbfs, as patterns. Empty: all if hostPaths is empty, too, else none.',
    ['proc', 'overlay'],
  ],
  'trust.hookEnv':
    'Names of variables that hooks may have although they can make a program run something else (LD_PRELOAD, BASH_ENV and their like), as patterns.',
  hooks: 'How hooks are injected.',
  'hooks.emptyEnv':
    "What a hook without env that runs outside the container gets. minimal: only a PATH; keep: nothing is added, so that some runtimes hand it the container's environment.",
  limits: 'Bounds of one run of the shim.',
  'limits.config': 'Size of a config.json that asks for devices, 1KiB to 1GiB.',
  'limits.spec': 'Size of one spec file, 1KiB to 1GiB.',
  'limits.specs': 'Number of spec files.',
  'limits.memory': 'Memory that a run may take, 8MiB to 2047MiB.',
  'limits.time': "The processor's time that a run may take, 100ms to 10m.",
  'limits.wall': 'How long a run may take by the clock, without waiting for devices, 1s to 1h.',
  log: 'A log of warnings and errors, as JSON lines, besides the one line by which a failure is told to the engine.',
  'log.path': ['The file; null: none.', ['/var/log/cdi-runtime/shim.jsonl']],
  'log.level': 'The least that is written.',
  audit: 'The record of who got which device: one JSON line for each container that asked.',
  'audit.enabled': 'Whether it is written.',
  'audit.required':
    'Whether a container may only get devices once its line is written. If not, a full disk or a missing directory stops no container.',
  'audit.sync':
    'Whether what is about to be done is on the disk before it is done, so that a power cut loses none of it. null: as audit.required.',
  'audit.path': 'The file, made with mode 0640; its directory is made with 0750 where it is missing.',
};

export const RULE_WORDS: { readonly [key in keyof typeof RULE]: string } = {
  source: 'How it is asked for: annotation, env or mount, or a list of them.',
  devices: 'Qualified names: vendor.com/class=name.',
  nodes:
    'Device nodes that the device brings: paths in the container and on the host, what links lead to, and what the kernel calls the numbers. A rule that allows holds if all of them match, others if one does.',
  mounts: 'Mounts that the device brings, by their paths in the container and on the host; as with nodes.',
  hooks: 'Programs of hooks that the device brings; as with nodes.',
  env: 'Names of variables that the device sets; as with nodes.',
  namespace: 'The Kubernetes namespace; never holds outside Kubernetes.',
  pod: 'The name of the pod; never holds outside Kubernetes.',
  kubernetes: 'Whether the container is made for Kubernetes, through CRI.',
  userNamespace: 'Whether the container has a user namespace of its own.',
  privileged: 'Whether the container may use every device and has CAP_SYS_ADMIN.',
  action: 'allow, ignore (as if not asked, but recorded) or deny (the container does not start).',
  reason: 'Is told to who asked, and recorded.',
};
