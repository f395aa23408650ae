// What an image, a checkpoint and a pod's author make up about their container gets them no device, and is on record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intercept } from '../../src/runtime/intercept.ts';
import { findSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { CdiError } from '../../src/text/error.ts';
import { memoryHost } from '../host/memory-host.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { spec } from '../support/specs.ts';

const CONFIG = '/bundle/config.json';
const AUDIT = '/var/log/cdi-runtime/audit.jsonl';
const ASK = { 'cdi.k8s.io/x': 'vendor.com/gpu=0' };

/** A pod of CRI-O in a namespace that may have no device, as CRI-O 1.33 describes its container. */
const CONTAINER = {
  'io.container.manager': 'cri-o',
  'io.kubernetes.container.name': 'main',
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.Name': 'k8s_main_web-0_guests_8d1f_0',
  'io.kubernetes.cri-o.SandboxName': 'k8s_web-0_guests_8d1f_0',
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'guests',
};
const SANDBOX = {
  ...CONTAINER,
  'io.kubernetes.container.name': 'POD',
  'io.kubernetes.cri-o.ContainerType': 'sandbox',
  'io.kubernetes.cri-o.HostnamePath': '/run/containers/hostname',
  'io.kubernetes.cri-o.Name': 'k8s_web-0_guests_8d1f_0',
};
const ALLOWED = {
  ...CONTAINER,
  'io.kubernetes.cri-o.Name': 'k8s_main_web-0_team-a_8d1f_0',
  'io.kubernetes.cri-o.SandboxName': 'k8s_web-0_team-a_8d1f_0',
  'io.kubernetes.pod.namespace': 'team-a',
};
const FALSE_NAME = { 'io.kubernetes.cri-o.SandboxName': 'k8s_web-0_team-a_8d1f_0' };
const CRI = {
  'io.kubernetes.cri.container-type': 'container',
  'io.kubernetes.cri.sandbox-namespace': 'team-a',
  'io.kubernetes.cri.sandbox-name': 'web-0',
};
const PODMAN = { 'io.container.manager': 'libpod', 'org.systemd.property.KillSignal': '15' };

const ON = 'requests: { annotations: { enabled: true } }\n';
const ONLY_TEAM_A = `${ON}policy: { default: deny, rules: [{ namespace: team-a, action: allow }] }`;
const NOT_GUESTS = `${ON}policy: { rules: [{ namespace: guests, action: deny }] }`;
const NOT_KUBERNETES = 'policy: { default: deny, rules: [{ kubernetes: false, action: allow }] }';
const ONLY_KUBERNETES = 'policy: { default: deny, rules: [{ kubernetes: true, action: allow }] }';

interface Attempt {
  readonly annotations: object;
  readonly settings: string;
  readonly command?: 'create' | 'restore';
}

/** What became of it: the outcome on record with the namespace, or `nothing` where there is no record. */
function attempt({ annotations, settings, command = 'create' }: Attempt): string {
  const config = JSON.stringify({ annotations: { ...annotations, ...ASK } });
  const files = { '/etc/cdi/gpu.yaml': spec('vendor.com/gpu', '0'), [SETTINGS_FILE]: settings, [CONFIG]: config };
  const host = memoryHost({ ...files, '/var/log/other': '' });
  const argv = [command, '--bundle', '/bundle', 'id'];
  try {
    intercept(
      { ...host, settings: () => findSettings(host) },
      { argv, runtime: '/usr/bin/runc', runtimeProblem: '' },
      () => {},
    );
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
  }
  const lines = String(host.entry(AUDIT) ?? '')
    .split('\n')
    .slice(0, -1);
  assert.equal(
    host.entry(CONFIG) !== config,
    lines.some((line) => line.includes('"outcome":"injected"')),
  );
  const records = lines.map((line) => JSON.parse(line));
  for (const record of records) assertConforms('audit.schema.json', record);
  if (records.length === 0) return 'nothing';
  const { namespace, requests, disputed } = records[0];
  const place = namespace ?? `${disputed?.join() ?? 'no'} unknown`;
  return `${records.at(-1).outcome} by ${requests[0].rule} in ${place}`;
}

const attempts: [title: string, attempt: Attempt, want: string][] = [
  [
    'a container of an allowed pod',
    { annotations: ALLOWED, settings: ONLY_TEAM_A },
    'injected by policy.rules[0] in team-a',
  ],
  [
    'a container of another pod',
    { annotations: CONTAINER, settings: ONLY_TEAM_A },
    'refused by policy.default in guests',
  ],
  ['a sandbox', { annotations: SANDBOX, settings: ON }, 'nothing'],
  [
    'a sandbox whose author calls it an allowed container',
    {
      annotations: { ...SANDBOX, ...FALSE_NAME, 'io.kubernetes.cri-o.ContainerType': 'container' },
      settings: ONLY_TEAM_A,
    },
    'refused by policy.default in namespace,pod,sandbox unknown',
  ],
  [
    'the same where all may have devices',
    { annotations: { ...SANDBOX, ...FALSE_NAME, 'io.kubernetes.cri-o.ContainerType': 'container' }, settings: ON },
    'ignored by sandbox in namespace,pod,sandbox unknown',
  ],
  [
    'a checkpoint image that names another pod',
    { annotations: { ...CONTAINER, ...FALSE_NAME }, settings: ONLY_TEAM_A },
    'refused by policy.default in namespace,pod unknown',
  ],
  [
    'a checkpoint image that names another pod, where its own may have none',
    { annotations: { ...CONTAINER, ...FALSE_NAME }, settings: NOT_GUESTS },
    'refused by policy.rules[0] in namespace,pod unknown',
  ],
  [
    'a checkpoint image that calls its container a sandbox',
    { annotations: { ...CONTAINER, 'io.kubernetes.cri-o.ContainerType': 'sandbox' }, settings: NOT_GUESTS },
    'refused by policy.rules[0] in guests',
  ],
  [
    'the same where the policy lets it',
    { annotations: { ...ALLOWED, 'io.kubernetes.cri-o.ContainerType': 'sandbox' }, settings: ONLY_TEAM_A },
    'ignored by sandbox in team-a',
  ],
  [
    'a checkpoint that is restored in an allowed pod',
    { annotations: ALLOWED, settings: ONLY_TEAM_A, command: 'restore' },
    'ignored by checkpoint in team-a',
  ],
  [
    'a checkpoint that is restored elsewhere',
    { annotations: CONTAINER, settings: ONLY_TEAM_A, command: 'restore' },
    'refused by policy.default in guests',
  ],
  [
    'a checkpoint that is restored as a sandbox',
    { annotations: SANDBOX, settings: ON, command: 'restore' },
    'ignored by sandbox in guests',
  ],
  [
    'a checkpoint of containerd',
    { annotations: CRI, settings: ONLY_TEAM_A, command: 'restore' },
    'ignored by checkpoint in team-a',
  ],
  [
    'a checkpoint of Podman, which is its caller’s',
    { annotations: PODMAN, settings: ON, command: 'restore' },
    'injected by policy.preset open in no unknown',
  ],
  [
    'an image of an old Podman with the marks of containerd',
    { annotations: { ...CRI, ...PODMAN }, settings: ONLY_TEAM_A },
    'refused by policy.default in kubernetes,namespace,pod unknown',
  ],
  [
    'the same where Kubernetes may have devices',
    { annotations: { ...CRI, ...PODMAN }, settings: ONLY_KUBERNETES },
    'refused by policy.default in kubernetes,namespace,pod unknown',
  ],
  [
    'an image of an old Podman with the marks of CRI-O',
    { annotations: { ...ALLOWED, ...PODMAN }, settings: ONLY_TEAM_A },
    'refused by policy.default in kubernetes,namespace,pod unknown',
  ],
  [
    'a pod’s author who calls the container Podman’s, which Kubernetes’ rules are not for',
    { annotations: { ...CRI, ...PODMAN }, settings: NOT_KUBERNETES },
    'refused by policy.default in kubernetes,namespace,pod unknown',
  ],
  [
    'a container of Podman',
    { annotations: PODMAN, settings: NOT_KUBERNETES },
    'injected by policy.rules[0] in no unknown',
  ],
];
for (const [title, what, want] of attempts) test(`${title}: ${want}`, () => assert.equal(attempt(what), want));
