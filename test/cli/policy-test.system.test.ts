// cdictl policy test: the verdict on every request of a container, the line that decides, and the exit status.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile } from '../support/fake-runtime.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { type CdictlOutcome, runCdictl } from '../support/run-cdictl.ts';
import { runShim } from '../support/run-shim.ts';
import { layOut, storyNames } from '../support/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);
const settings = join(folder, 'settings.yaml');
writeFileSync(
  settings,
  `policy:
  preset: kubernetes
  rules:
  - { devices: vendor.com/gpu=0, action: deny, reason: it is broken }
  - { namespace: team-*, source: annotation, action: allow }
  - { userNamespace: true, privileged: true, action: ignore }
  - source: annotation
    kubernetes: true
    action: deny
`,
  { mode: 0o644 },
);

interface Decision {
  readonly device: string;
  readonly source: string;
  readonly key: string;
  readonly action: string;
  readonly rule: string;
  readonly origin: 'default' | { readonly file: string; readonly line: number };
  readonly reason?: string;
}

interface Tested {
  readonly status: number;
  readonly denied: boolean;
  readonly container: Record<string, unknown>;
  readonly decisions: readonly Decision[];
}

async function policyTest(words: readonly string[], config = settings): Promise<Tested> {
  const { status, stdout, stderr } = await runCdictl(['policy', 'test', '-o', 'json', '--config', config, ...words]);
  assert.equal(stderr, '');
  const data = JSON.parse(stdout);
  assertConforms('cdictl/policy-test.schema.json', data);
  assert.equal(status, data.denied ? 1 : 0);
  return { status, ...data };
}

/** `verdict by line`, for short. */
function short({ action, rule, origin }: Decision): string {
  return `${action} ${rule} ${origin === 'default' ? origin : origin.line}`;
}

let count = 0;
function document(content: unknown): string {
  const bundle = join(folder, `bundle-${count++}`);
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(content));
  return bundle;
}

const KUBERNETES = { 'io.kubernetes.cri.container-type': 'container' };
const bundle = document({
  annotations: {
    ...KUBERNETES,
    'io.kubernetes.cri.sandbox-namespace': 'team-a',
    'io.kubernetes.cri.sandbox-name': 'web',
    'cdi.k8s.io/x': 'vendor.com/gpu=1,vendor.com/gpu=0',
    'optional.cdi.k8s.io/y': 'vendor.com/gpu=2',
  },
  process: { env: ['CDI_DEVICES=vendor.com/gpu=3,vendor.com/gpu=1'] },
});

test('a bundle: each request, its verdict and the line that decides', async () => {
  const { status, container, decisions } = await policyTest(['--bundle', bundle]);
  assert.equal(status, 1);
  assert.deepEqual(container, {
    engine: 'containerd-cri',
    namespace: 'team-a',
    pod: 'web',
    sandbox: false,
    kubernetes: true,
    userNamespace: false,
    privileged: false,
  });
  const asked = { source: 'annotation', key: 'cdi.k8s.io/x', optional: false };
  assert.deepEqual(decisions, [
    {
      device: 'vendor.com/gpu=1',
      ...asked,
      action: 'allow',
      rule: 'policy.rules[1]',
      origin: { file: settings, line: 5, column: 5 },
    },
    {
      device: 'vendor.com/gpu=0',
      ...asked,
      action: 'deny',
      rule: 'policy.rules[0]',
      origin: { file: settings, line: 4, column: 5 },
      reason: 'it is broken',
    },
    {
      device: 'vendor.com/gpu=2',
      source: 'annotation',
      key: 'optional.cdi.k8s.io/y',
      optional: true,
      action: 'allow',
      rule: 'policy.rules[1]',
      origin: { file: settings, line: 5, column: 5 },
    },
    {
      device: 'vendor.com/gpu=3',
      source: 'env',
      key: 'CDI_DEVICES',
      optional: false,
      action: 'off',
      rule: 'requests.env.enabled',
      origin: 'default',
      reason: 'auto: in Kubernetes an image or a tenant sets the environment',
    },
  ]);
});

test('a document by its path is the same', async () => {
  assert.deepEqual(await policyTest([join(bundle, 'config.json')]), await policyTest(['-b', bundle]));
});

test('people get a table', async () => {
  const { status, stdout } = await runCdictl(['policy', 'test', '--config', settings, '--bundle', bundle]);
  assert.equal(status, 1);
  const lines = stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
  assert.deepEqual(lines.slice(0, 4), [
    'DEVICE | ASKED BY | VERDICT | DECIDED BY | REASON',
    `vendor.com/gpu=1 | annotation cdi.k8s.io/x | allow | policy.rules[1] (${settings}:5)`,
    `vendor.com/gpu=0 | annotation cdi.k8s.io/x | deny | policy.rules[0] (${settings}:4) | it is broken`,
    `vendor.com/gpu=2 | annotation optional.cdi.k8s.io/y (optional) | allow | policy.rules[1] (${settings}:5)`,
  ]);
});

const GPU = ['--device', 'vendor.com/gpu=7'];
const supposed: [title: string, words: string[], want: string][] = [
  ['an annotation', [...GPU], 'allow policy.preset kubernetes 2'],
  ['env', [...GPU, '--source', 'env'], 'ignore policy.preset kubernetes 2'],
  ['a denied device', ['--device', 'vendor.com/gpu=0'], 'deny policy.rules[0] 4'],
  ['a namespace that a rule allows', [...GPU, '--namespace', 'team-b'], 'allow policy.rules[1] 5'],
  ['another namespace', [...GPU, '--namespace', 'other'], 'deny policy.rules[3] 7'],
  ['a pod', [...GPU, '--pod', 'web'], 'deny policy.rules[3] 7'],
  ['Kubernetes', [...GPU, '--kubernetes'], 'deny policy.rules[3] 7'],
  ['env in Kubernetes', [...GPU, '--source', 'env', '--kubernetes'], 'off requests.env.enabled default'],
  ['a mount', [...GPU, '--source', 'mount'], 'off requests.mounts.enabled default'],
  ['a privileged container', [...GPU, '--privileged'], 'allow policy.preset kubernetes 2'],
  ['a privileged one with a user namespace', [...GPU, '--privileged', '--user-namespace'], 'ignore policy.rules[2] 6'],
];
for (const [title, words, want] of supposed)
  test(`as if somebody asked: ${title}`, async () => {
    assert.deepEqual((await policyTest(words)).decisions.map(short), [want]);
  });

test('as if a bundle asked for more', async () => {
  const { decisions } = await policyTest(['--bundle', bundle, ...GPU, '--source', 'annotation', '--device', 'a.b/c=1']);
  assert.deepEqual(
    decisions.map(({ device, key }) => `${device} ${key}`),
    [
      'vendor.com/gpu=7 cdi.k8s.io/policy-test',
      'a.b/c=1 cdi.k8s.io/policy-test',
      'vendor.com/gpu=1 cdi.k8s.io/x',
      'vendor.com/gpu=0 cdi.k8s.io/x',
      'vendor.com/gpu=2 optional.cdi.k8s.io/y',
      'vendor.com/gpu=3 CDI_DEVICES',
    ],
  );
});

test('as if a container asked by a variable and a mount that it has already', async () => {
  const config = join(folder, 'all.yaml');
  writeFileSync(config, 'requests: { mounts: { enabled: true, prefix: /cdi } }', { mode: 0o644 });
  const own = document({
    process: { env: ['CDI_DEVICES=a.b/c=1', 'CDI_DEVICES=a.b/c=2'] },
    mounts: [{ source: '/dev/null', destination: '/cdi/a.b/c/3' }],
  });
  const devices = async (source: string): Promise<string[]> =>
    (await policyTest(['-b', own, ...GPU, '--source', source], config)).decisions.map(
      ({ device, action, key }) => `${device} ${action} ${key}`,
    );
  assert.deepEqual(await devices('env'), [
    'a.b/c=2 allow CDI_DEVICES',
    'vendor.com/gpu=7 allow CDI_DEVICES',
    'a.b/c=3 allow /cdi/a.b/c/3',
  ]);
  assert.deepEqual(await devices('mount'), [
    'a.b/c=2 allow CDI_DEVICES',
    'a.b/c=3 allow /cdi/a.b/c/3',
    'vendor.com/gpu=7 allow /cdi/vendor.com/gpu/7',
  ]);
});

const plain = (words: readonly string[]): Promise<CdictlOutcome> =>
  runCdictl(['policy', 'test', '--config', settings, ...words]);

test('what asks for nothing says so', async () => {
  const nothing = document({});
  assert.deepEqual(await plain(['-b', nothing]), { status: 0, stdout: 'nothing asks for a device\n', stderr: '' });
  assert.equal((await plain(['-q', '-b', nothing])).stdout, '');
  const sandbox = document({
    annotations: { 'io.kubernetes.cri.container-type': 'sandbox', 'cdi.k8s.io/x': 'vendor.com/gpu=0' },
  });
  assert.equal((await plain(['-b', sandbox])).stdout, 'the sandbox of a pod never gets devices\n');
});

const failures: [title: string, words: string[], status: number, message: RegExp][] = [
  [
    'a malformed request',
    ['-b', document({ annotations: { 'cdi.k8s.io/x': 'gpu' } })],
    1,
    /cannot read the device request of annotation "cdi.k8s.io\/x"/,
  ],
  [
    'no bundle',
    ['-b', join(folder, 'nowhere')],
    1,
    /cannot read the OCI document ".*\/nowhere\/config.json": it is missing/,
  ],
  ['a list for a document', ['-b', document([])], 1, /the document is not an object/],
  ['nothing to test', [], 2, /policy test needs a bundle, a document, or --device; see cdictl policy test --help/],
  ['a bundle and a document', ['-b', bundle, 'x.json'], 2, /takes a bundle or a document, not both/],
  ['a source without a device', ['--source', 'env'], 2, /option --source needs --device/],
  ['a fact without a device', ['-b', bundle, '--privileged'], 2, /option --privileged needs --device/],
  ['a device that is no name', ['--device', 'gpu=0'], 2, /device "gpu=0": it has no "\/" before the "="; write it as/],
  [
    'an unknown source',
    [...GPU, '--source', 'annotations'],
    2,
    /which is none of annotation, env, mount; did you mean "annotation"\?/,
  ],
];
for (const [title, words, status, message] of failures)
  test(`policy test refuses ${title}`, async () => {
    const outcome = await plain(words);
    assert.equal(outcome.status, status, outcome.stderr);
    assert.match(outcome.stderr, message);
    assert.equal(outcome.stdout, '');
  });

test('what a pod’s author wrote does not steer the terminal', async () => {
  const hostile = document({ annotations: { 'cdi.k8s.io/\u001b[2J\u202e\n': 'vendor.com/gpu=1' } });
  const { stdout } = await plain(['-b', hostile]);
  assert.ok(stdout.includes('annotation cdi.k8s.io/\\x1b[2J\\u202e\\n '), JSON.stringify(stdout));
  assert.equal(stdout.split('\n').length, 3);
});

test('the verdicts are those that the shim records, on every story', async () => {
  const runtime = compile('fake-runc', folder);
  let compared = 0;
  for (const name of storyNames()) {
    const story = layOut(name, join(folder, name), runtime);
    const args = ['create', '--bundle', story.bundle, 'id'];
    const shim = runShim({ folder: story.root, args, settings: story.settings });
    const audit = join(story.root, 'audit/audit.jsonl');
    if (!existsSync(audit)) continue;
    const [intent = ''] = readFileSync(audit, 'utf8').split('\n');
    const { requests, config } = JSON.parse(intent);
    // of a document that could not be read there are no verdicts
    if (config === undefined) continue;
    story.reset();
    const words = ['policy', 'test', '-b', story.bundle, '--config', story.settings, '-o', 'json'];
    const { stdout, stderr } = await runCdictl(words);
    if (stdout === '') {
      assert.equal(stderr, `cdictl: ${shim.stderr}`, name);
      continue;
    }
    const { decisions }: Tested = JSON.parse(stdout);
    const shared = (decision: Decision): unknown[] => [
      decision.device,
      decision.source,
      decision.key,
      decision.action,
      decision.rule,
      decision.reason,
    ];
    assert.deepEqual(decisions.map(shared), requests.map(shared), name);
    compared += requests.length;
  }
  assert.ok(compared > 30, `${compared}`);
});

test('a rule about what a device does is judged by the specs of this host', async () => {
  const specs = join(folder, 'specs');
  mkdirSync(specs);
  const devices = [
    { name: 'all', containerEdits: { deviceNodes: [{ path: '/dev/x', hostPath: '/dev/null' }] } },
    { name: '0', containerEdits: { env: ['A=1'] } },
  ];
  writeFileSync(join(specs, 'a.json'), JSON.stringify({ cdiVersion: '0.6.0', kind: 'vendor.com/gpu', devices }));
  const config = join(folder, 'nodes.yaml');
  const rule = '{ nodes: [/dev/null], action: deny, reason: not that one }';
  writeFileSync(config, `specDirs: [${specs}]\ntrust: { owner: "off" }\npolicy: { rules: [${rule}] }\n`, {
    mode: 0o644,
  });
  const verdict = async (device: string): Promise<string> => {
    const { decisions } = await policyTest(['--device', `vendor.com/gpu=${device}`], config);
    return decisions.map(({ action, rule, reason = '' }) => `${action} ${rule} ${reason}`).join();
  };
  assert.equal(await verdict('all'), 'deny policy.rules[0] not that one; the device brings "/dev/null"');
  assert.equal(await verdict('0'), 'allow policy.preset open ');
  const unknown = 'it does not resolve here, so that no one can say what it does';
  assert.equal(await verdict('7'), `allow policy.preset open ${unknown}`);
});
