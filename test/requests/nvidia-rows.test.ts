// What nvidia-container-runtime 1.18 makes of requests, case by case as its own tests have them, and what ours makes of
// them with the same said in its settings. Where the two differ, the row says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/inject/decide.ts';
import { DEFAULT_SETTINGS, type PolicyRule } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';
import { read, type Said } from './read.ts';

/** A container, and what the settings of either runtime say. */
interface Case {
  readonly env?: readonly string[];
  /** below the folder of the device plugin, unless it is absolute; with another source than /dev/null behind a `<` */
  readonly mounts?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly privileged?: boolean;
  /** `accept-nvidia-visible-devices-as-volume-mounts` */
  readonly takesMounts?: boolean;
  /** `accept-nvidia-visible-devices-envvar-when-unprivileged` */
  readonly onlyPrivileged?: boolean;
  /** `swarm-resource` */
  readonly swarm?: readonly string[];
  /** `annotation-prefixes` */
  readonly prefixes?: readonly string[];
  /** `default-kind` */
  readonly kind?: string;
}

/** What comes of it instead: devices, with `?` where the container may start without; or why it does not start. */
interface Other {
  readonly ours: readonly string[] | RegExp;
  readonly since: string;
}

type Row = readonly [title: string, given: Case, theirs: readonly string[], other?: Other];

const ROOT = '/var/run/nvidia-container-devices';
const VISIBLE = 'NVIDIA_VISIBLE_DEVICES';
const LEGACY = 'CUDA_VERSION=legacy';
const SWARM = 'DOCKER_RESOURCE_GPUS';
const MORE = 'DOCKER_RESOURCE_GPUS_ADDITIONAL';
const gpus = (...names: string[]): string[] => names.map((name) => `nvidia.com/gpu=${name}`);

const NONE: Other = {
  ours: gpus('none?'),
  since: 'no GPU is what was asked for: a spec without a device of that name must not stop the container',
};
const IMEX: Other['since'] =
  'an IMEX channel is no device of CDI by itself: who wants one names it by its qualified name';
const NO_NAME: Other['since'] = 'it can be the name of no device, which is better said by the request than by a search';

/** Where swarm-resource does not name a variable. */
const fromEnv: Row[] = [
  ['nothing', {}, []],
  ['an empty variable', { env: [`${VISIBLE}=`] }, []],
  ['void', { env: [`${VISIBLE}=void`] }, []],
  ['none', { env: [`${VISIBLE}=none`] }, gpus('none'), NONE],
  ['a UUID', { env: [`${VISIBLE}=GPU-12345`] }, gpus('GPU-12345')],
  ['a UUID in a legacy image', { env: [`${VISIBLE}=GPU-12345`, LEGACY] }, gpus('GPU-12345')],
  ['a legacy image', { env: [LEGACY] }, gpus('all')],
  ['a swarm resource alone, which is not named', { env: [`${SWARM}=GPU-67890`] }, []],
  ['an empty variable beside one', { env: [`${VISIBLE}=`, `${SWARM}=GPU-67890`] }, []],
  ['void beside one', { env: [`${VISIBLE}=void`, `${SWARM}=GPU-67890`] }, []],
  ['none beside one', { env: [`${VISIBLE}=none`, `${SWARM}=GPU-67890`] }, gpus('none'), NONE],
  ['a UUID beside one', { env: [`${VISIBLE}=GPU-12345`, `${SWARM}=GPU-67890`] }, gpus('GPU-12345')],
  ['a UUID beside one, legacy', { env: [`${VISIBLE}=GPU-12345`, `${SWARM}=GPU-67890`, LEGACY] }, gpus('GPU-12345')],
  ['a legacy image with one', { env: [`${SWARM}=GPU-67890`, LEGACY] }, gpus('all')],
];

/** Where it does. */
const fromSwarm: Row[] = [
  ['nothing', { swarm: [SWARM] }, []],
  ['an empty resource', { swarm: [SWARM], env: [`${SWARM}=`] }, []],
  ['void', { swarm: [SWARM], env: [`${SWARM}=void`] }, []],
  ['none', { swarm: [SWARM], env: [`${SWARM}=none`] }, gpus('none'), NONE],
  ['a UUID', { swarm: [SWARM], env: [`${SWARM}=GPU-12345`] }, gpus('GPU-12345')],
  ['a UUID in a legacy image', { swarm: [SWARM], env: [`${SWARM}=GPU-12345`, LEGACY] }, gpus('GPU-12345')],
  ['another UUID', { swarm: [SWARM], env: [`${SWARM}=GPU-67890`] }, gpus('GPU-67890')],
  [
    'a resource in place of the variable',
    { swarm: [SWARM], env: [`${VISIBLE}=GPU-12345`, `${SWARM}=GPU-67890`] },
    gpus('GPU-67890'),
  ],
  [
    'a resource of another name',
    { swarm: [MORE], env: [`${VISIBLE}=GPU-12345`, `${MORE}=GPU-67890`] },
    gpus('GPU-67890'),
  ],
  [
    'two resources',
    { swarm: [SWARM, MORE], env: [`${VISIBLE}=GPU-12345`, `${SWARM}=MIG-12345`, `${MORE}=GPU-67890`] },
    gpus('MIG-12345', 'GPU-67890'),
  ],
  [
    'one of two resources',
    { swarm: [SWARM, MORE], env: [`${VISIBLE}=GPU-12345`, `${MORE}=GPU-67890`] },
    gpus('GPU-67890'),
  ],
];

const fromMounts: Row[] = [
  ['none', { takesMounts: true }, []],
  ['another source', { takesMounts: true, mounts: ['GPU0</not/dev/null'] }, []],
  ['another place', { takesMounts: true, mounts: ['/other/prefix/GPU0'] }, []],
  ['the folder itself', { takesMounts: true, mounts: [ROOT] }, []],
  ['two devices', { takesMounts: true, mounts: ['GPU0', 'GPU1'] }, gpus('GPU0', 'GPU1')],
  [
    'names with slashes',
    { takesMounts: true, mounts: ['GPU0-MIG0/0/1', 'GPU1-MIG0/0/1'] },
    gpus('GPU0-MIG0/0/1', 'GPU1-MIG0/0/1'),
    { ours: /device "GPU0-MIG0\/0\/1": it has no "="/, since: NO_NAME },
  ],
  [
    'a qualified name among them',
    { takesMounts: true, mounts: ['GPU0', 'nvidia.com/gpu=all', 'GPU1'] },
    gpus('GPU0', 'all', 'GPU1'),
  ],
  ['an IMEX channel among them', { takesMounts: true, mounts: ['GPU0', 'imex/0', 'GPU1'] }, gpus('GPU0', 'GPU1')],
];

const TWO_AND_TWO = { mounts: ['GPU0', 'GPU1'], env: [`${VISIBLE}=GPU2,GPU3`] };
const ENV = { env: [`${VISIBLE}=GPU0,GPU1`] };
const together: Row[] = [
  ['mounts before env', { ...TWO_AND_TWO, takesMounts: true, onlyPrivileged: true }, gpus('GPU0', 'GPU1')],
  ['env of the unprivileged', { ...ENV, takesMounts: true, onlyPrivileged: true }, []],
  [
    'env of the privileged',
    { ...ENV, takesMounts: true, onlyPrivileged: true, privileged: true },
    gpus('GPU0', 'GPU1'),
  ],
  ['env of everybody', { ...ENV, takesMounts: true }, gpus('GPU0', 'GPU1')],
  ['env where mounts do not count', TWO_AND_TWO, gpus('GPU2', 'GPU3')],
  ['neither', { ...TWO_AND_TWO, onlyPrivileged: true }, []],
  [
    'a swarm resource of the privileged',
    { swarm: [SWARM], env: [`${SWARM}=GPU-12345`], takesMounts: true, onlyPrivileged: true, privileged: true },
    gpus('GPU-12345'),
  ],
  [
    'a swarm resource of everybody',
    { swarm: [SWARM], env: [`${SWARM}=GPU-12345`], takesMounts: true },
    gpus('GPU-12345'),
  ],
  [
    'a swarm resource of the unprivileged',
    { swarm: [SWARM], env: [`${SWARM}=GPU-12345`], takesMounts: true, onlyPrivileged: true },
    [],
  ],
  [
    'two swarm resources of the privileged',
    {
      swarm: [SWARM, MORE],
      env: [`${SWARM}=GPU-12345`, `${MORE}=GPU-67890`],
      takesMounts: true,
      onlyPrivileged: true,
      privileged: true,
    },
    gpus('GPU-12345', 'GPU-67890'),
  ],
  [
    'the variable where the resource is not set',
    { swarm: [SWARM], env: [`${VISIBLE}=GPU-12345`], takesMounts: true, onlyPrivileged: true, privileged: true },
    gpus('GPU-12345'),
  ],
];

const imex: Row[] = [
  ['none', {}, []],
  ['two', { env: ['NVIDIA_IMEX_CHANNELS=3,4'] }, ['3', '4'], { ours: [], since: IMEX }],
];

const BAR = 'example.com/device=bar';
const UNQUALIFIED: Case = { prefixes: ['prefix/'], annotations: { 'prefix/foo': 'example.com/device' } };
const fromAnnotations: Row[] = [
  ['none', {}, []],
  ['of another prefix', { prefixes: ['not-prefix/'], annotations: { 'prefix/foo': BAR } }, []],
  ['one', { prefixes: ['prefix/'], annotations: { 'prefix/foo': BAR } }, [BAR]],
  [
    'two prefixes',
    {
      prefixes: ['prefix/', 'another-prefix/'],
      annotations: { 'prefix/foo': BAR, 'another-prefix/bar': 'example.com/device=baz' },
    },
    ['example.com/device=baz', BAR],
  ],
  [
    'one device twice',
    { prefixes: ['prefix/', 'another-prefix/'], annotations: { 'prefix/foo': BAR, 'another-prefix/bar': BAR } },
    [BAR, BAR],
    { ours: [BAR], since: 'a container has a device once, which theirs comes to one step later' },
  ],
  ['a name without a device', UNQUALIFIED, ['example.com/device'], { ours: /it has no "="/, since: NO_NAME }],
];

const devices: Row[] = [
  ['nothing', {}, []],
  [
    'mounts of qualified names',
    { takesMounts: true, mounts: ['cdi/nvidia.com/gpu/0', 'cdi/nvidia.com/gpu/1'], kind: 'nvidia.com/gpu' },
    gpus('0', '1'),
  ],
  [
    'a bare and a qualified name by env',
    { env: [`${VISIBLE}=0,example.com/class=device`], kind: 'nvidia.com/gpu' },
    ['nvidia.com/gpu=0', 'example.com/class=device'],
  ],
  [
    'another kind for bare names',
    { env: [`${VISIBLE}=all`], kind: 'runtime.nvidia.com/gpu' },
    ['runtime.nvidia.com/gpu=all'],
  ],
  ['annotations of another prefix', { prefixes: ['not-prefix/'], annotations: { 'prefix/foo': BAR } }, []],
  ['an annotation', { prefixes: ['prefix/'], annotations: { 'prefix/foo': BAR } }, [BAR]],
  [
    'annotations by their keys',
    {
      prefixes: ['prefix/', 'another-prefix/'],
      annotations: { 'prefix/foo': BAR, 'another-prefix/bar': 'example.com/device=baz' },
    },
    ['example.com/device=baz', BAR],
  ],
  [
    'a device of two annotations',
    { prefixes: ['prefix/', 'another-prefix/'], annotations: { 'prefix/foo': BAR, 'another-prefix/bar': BAR } },
    [BAR, BAR],
    { ours: [BAR], since: 'a container has a device once, which theirs comes to one step later' },
  ],
  [
    'a bare name by annotation',
    { prefixes: ['prefix/'], annotations: { 'prefix/foo': 'device' }, kind: 'nvidia.com/gpu' },
    gpus('device'),
  ],
  [
    'a kind by annotation',
    { ...UNQUALIFIED, kind: 'nvidia.com/gpu' },
    gpus('example.com/device'),
    { ours: /it has no "="/, since: NO_NAME },
  ],
];

/** Not in its tests, but what its code does. */
const besides: Row[] = [
  [
    'an annotation before all that an image says',
    { annotations: { 'cdi.k8s.io/x': 'nvidia.com/gpu=0' }, env: [`${VISIBLE}=all`, LEGACY] },
    gpus('0'),
  ],
  [
    'an annotation before mounts and env',
    { ...TWO_AND_TWO, takesMounts: true, annotations: { 'cdi.k8s.io/x': BAR } },
    [BAR],
  ],
  ['the first word of all and none', { env: [`${VISIBLE}=0,all,none`] }, gpus('all')],
  ['the same backwards', { env: [`${VISIBLE}=0,none,all`] }, gpus('none'), NONE],
  ['void behind all', { env: [`${VISIBLE}=all,void`] }, []],
  ['blanks and empty words', { env: [`${VISIBLE}= 0,, 1 ,`] }, gpus('0', '1')],
  ['a device twice', { env: [`${VISIBLE}=0,1,0`] }, gpus('0', '1')],
  ['the last entry of a variable', { env: [`${VISIBLE}=0`, `${VISIBLE}=1`] }, gpus('1')],
  ['a range, which it does not have', { env: [`${VISIBLE}=0-3`] }, gpus('0-3')],
  ['an empty resource in place of the variable', { swarm: [SWARM], env: [`${VISIBLE}=all`, `${SWARM}=`] }, []],
  ['an empty resource in a legacy image', { swarm: [SWARM], env: [`${SWARM}=`, LEGACY] }, []],
  ['void in one of two resources', { swarm: [SWARM, MORE], env: [`${SWARM}=0`, `${MORE}=void`] }, []],
  ['a legacy image that requires', { env: [LEGACY, 'NVIDIA_REQUIRE_CUDA=cuda>=9.0'] }, []],
  ['a mount with an equals sign', { takesMounts: true, mounts: ['cdi/example.com/device=bar'] }, [BAR]],
  ['a destination twice', { takesMounts: true, mounts: ['GPU0', './GPU0/', 'GPU1'] }, gpus('GPU0', 'GPU1')],
  [
    'a mount that names no device',
    { takesMounts: true, mounts: ['cdi/example.com', 'GPU0'] },
    gpus('GPU0'),
    { ours: /it does not name a vendor, a class and a device/, since: 'a request is not dropped with a line in a log' },
  ],
  [
    'a folder whose name only begins like it',
    { takesMounts: true, mounts: [`${ROOT}-of-mine/GPU0`] },
    gpus('-of-mine/GPU0'),
    { ours: [], since: 'it is another folder' },
  ],
  [
    'an empty annotation',
    { annotations: { 'cdi.k8s.io/x': '' } },
    gpus('none'),
    { ours: /it names no device/, since: 'who writes an annotation wants a device' },
  ],
  [
    'an empty name in an annotation',
    { annotations: { 'cdi.k8s.io/x': `${BAR},` } },
    [BAR, ...gpus('none')],
    { ours: /a name between commas is missing/, since: 'who writes an annotation wants a device' },
  ],
];

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  env: fromEnv,
  swarm: fromSwarm,
  mounts: fromMounts,
  together,
  imex,
  annotations: fromAnnotations,
  devices,
};

test('these are all cases of its tests', () => {
  assert.equal(Object.values(TABLES).flat().length, 62);
});

for (const [table, rows] of Object.entries({ ...TABLES, besides }))
  for (const [title, given, theirs, other] of rows)
    test(`nvidia-container-runtime, ${table}: ${title}${other === undefined ? '' : `; not so here: ${other.since}`}`, () => {
      const ours = ask(given);
      if (other === undefined) assert.deepEqual(ours, theirs);
      else if (other.ours instanceof RegExp) assert.match(String(ours), other.ours);
      else assert.deepEqual(ours, other.ours);
      if (other !== undefined) assert.notDeepEqual(ours, theirs);
    });

/** The devices that a container gets, as far as requests and policy decide; or why they are refused. */
function ask({ kind, ...given }: Case): readonly string[] | string {
  const said: Said = {
    annotations: given.prefixes === undefined ? {} : { prefixes: given.prefixes },
    env: {
      presets: ['nvidia'],
      variables: {
        CDI_DEVICES: { kind: null },
        ...(kind !== undefined && { [VISIBLE]: { kind } }),
        ...Object.fromEntries((given.swarm ?? []).map((name) => [name, { kind: null, replaces: VISIBLE }])),
      },
    },
    mounts: { enabled: given.takesMounts === true },
    defaultKind: kind ?? null,
  };
  const rules: PolicyRule[] =
    given.onlyPrivileged === true ? [{ source: ['env'], privileged: false, action: 'ignore' }] : [];
  try {
    const decisions = decide({ ...DEFAULT_SETTINGS.policy, rules }, read(makeDocument(given), said));
    const allowed = decisions.filter(({ verdict }) => verdict.action === 'allow');
    return allowed.map(({ request }) => `${request.device}${request.optional ? '?' : ''}`);
  } catch (error) {
    if (error instanceof CdiError) return error.message;
    throw error;
  }
}

function makeDocument({ env, mounts = [], annotations, privileged }: Case): object {
  const isPrivileged = privileged === true;
  return {
    annotations,
    process: { env, ...(isPrivileged && { capabilities: { bounding: ['CAP_SYS_ADMIN'] } }) },
    ...(isPrivileged && { linux: { resources: { devices: [{ allow: true, access: 'rwm' }] } } }),
    mounts: mounts.map((mount) => {
      const [path = '', source = '/dev/null'] = mount.split('<');
      return { destination: path.startsWith('/') ? path : `${ROOT}/${path}`, source };
    }),
  };
}
