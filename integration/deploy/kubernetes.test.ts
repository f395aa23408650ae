// The manifests on a node with a containerd that runs: installed, installed again, what a tenant can do there, removed.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Container, containersOf, pick, podOf, readManifest } from '../../test/support/kubernetes-manifests.ts';
import type { OwnHost } from '../engines-config/own-host.ts';
import { without } from '../support/command.ts';
import type { Cri } from '../support/cri.ts';
import { ASKING_IMAGE } from '../support/image.ts';
import { CONTAINERD_CONFIG, ManifestNode, readPid, startNode } from '../support/manifest-node.ts';
import { type ContainerOptions, Pod, type PodOptions } from '../support/pod.ts';

const FUSE = 'cdi-runtime.dev/fuse=fuse';
/** Where there is no node, the shell would make a file. */
const OPEN = 'test -c /dev/fuse && (exec 3<>/dev/fuse && echo opened) || echo none';
/** What an administrator adds for one namespace. */
const RULE = '    - { namespace: storage, source: annotation, devices: "cdi-runtime.dev/fuse=*", action: allow }\n';

const objects = readManifest('containerd.yaml');
const removal = readManifest('containerd-removal.yaml');
const installer = podOf(pick(objects, 'DaemonSet', 'installer'));
const remover = podOf(pick(removal, 'Job'));
const policyMap = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('policy-'));
const policyText = policyMap?.data?.['50-kubernetes.yaml'] ?? '';
const stepOf = (name: string): Container =>
  [...containersOf(installer), ...containersOf(remover)].find((step) => step.name === name) ?? assert.fail(name);

/** A tenant's way, what comes of it, and how it is gone. */
interface Way {
  readonly pod?: PodOptions;
  readonly container?: ContainerOptions;
  readonly script?: string;
  /** the container's output, or why it does not start */
  readonly wanted: RegExp;
}

const asking = (device: string): Pick<PodOptions, 'annotations'> => ({ annotations: { 'cdi.k8s.io/own': device } });
const STORAGE = { handler: 'cdi', namespace: 'storage' };
const TENANT = { handler: 'cdi', namespace: 'tenant' };
const NOT_THERE = /^none$/;
const BY_POLICY = /policy\.preset locked of the settings denies it/;

/** The rows of the table in docs/kubernetes.md, by their first cells. */
const WAYS: Readonly<Record<string, Way>> = {
  'ask by annotation in a namespace without a rule': { pod: { ...TENANT, ...asking(FUSE) }, wanted: BY_POLICY },
  'ask by annotation in a namespace that a rule names': { pod: { ...STORAGE, ...asking(FUSE) }, wanted: /^opened$/ },
  'ask there for a device that the rule does not name': {
    pod: { ...STORAGE, ...asking('cdi-runtime.dev/kvm=kvm') },
    wanted: BY_POLICY,
  },
  'ask for a loop device, a serial port or a USB device': {
    pod: { ...STORAGE, ...asking('cdi-runtime.dev/loop=control') },
    wanted: BY_POLICY,
  },
  'say to be of another namespace, by an annotation of its own': {
    pod: {
      ...TENANT,
      annotations: { ...asking(FUSE).annotations, 'io.kubernetes.cri.sandbox-namespace': 'storage' },
    },
    wanted: BY_POLICY,
  },
  'take a device that the scheduler gave it': { pod: TENANT, container: { devices: [FUSE] }, wanted: /^opened$/ },
  'ask by a variable of the pod': {
    pod: STORAGE,
    container: { env: { CDI_DEVICES: FUSE } },
    wanted: NOT_THERE,
  },
  'ask by a variable of an image': { pod: STORAGE, container: { image: ASKING_IMAGE }, wanted: NOT_THERE },
  'make the node itself': {
    pod: TENANT,
    script: 'mknod /tmp/own c 10 229 && (exec 3<>/tmp/own && echo opened) 2>&1 | sed "s/.*: //"',
    wanted: /^Operation not permitted$/,
  },
  'ask without the runtime class': {
    pod: { handler: '', namespace: 'storage', ...asking(FUSE) },
    wanted: NOT_THERE,
  },
  'ask in a privileged container, in a namespace without a rule': {
    pod: { ...TENANT, ...asking(FUSE) },
    container: { privileged: true },
    wanted: BY_POLICY,
  },
};

const skip =
  without('containerd', 'ctr', 'runc', 'busybox', 'setpriv') || (!existsSync('/dev/fuse') && 'there is no /dev/fuse');
describe('the manifests of Kubernetes', { skip }, () => {
  let host: OwnHost;
  let end: () => Promise<void>;
  let node: ManifestNode;
  let cri: Cri;
  const restarts = (): number =>
    existsSync(join(host.folder, 'restarts'))
      ? readFileSync(join(host.folder, 'restarts'), 'utf8').split('\n').length - 1
      : 0;
  const tell = (context: TestContext, lines: readonly string[]): void => {
    for (const line of lines) context.diagnostic(line);
  };

  before(async () => {
    ({ host, cri, end } = await startNode());
    node = new ManifestNode(host.folder, [...objects, ...removal.filter(({ kind }) => kind === 'Job')], host.env);
  });
  after(() => end?.());

  let pods = 0;
  const come = async ({ pod: options = {}, container = {}, script = OPEN }: Way): Promise<string> => {
    pods += 1;
    const pod = await Pod.start(cri, host.folder, `pod${pods}`, options);
    try {
      return (await pod.run(script, container)).output.trim();
    } catch (error) {
      return error instanceof Error && 'details' in error ? String(error.details) : String(error);
    } finally {
      await pod.remove();
    }
  };

  test('the installer: the node is ready when a pod was started by the handler', async (context) => {
    const before = readPid();
    const steps = installer.initContainers ?? [];
    const ready = steps.findIndex(({ name }) => name === 'ready');
    tell(context, node.runAll(installer, steps.slice(0, ready)));
    assert.deepEqual([...node.labels], [['cdi-runtime.dev/installed', 'true']]);
    tell(context, node.runAll(installer, steps.slice(ready)));
    assert.equal(node.labels.get('cdi-runtime.dev/ready'), 'true');
    assert.notEqual(readPid(), before);
    assert.equal(restarts(), 1, 'for both changes of its files');
    assert.match(host.cdictl(['status', 'containerd']).stdout, /^containerd +cdi +no .* on +ok +yes$/m);
    assert.deepEqual(readdirSync('/etc/cdi-runtime/config.d'), ['50-kubernetes.yaml']);
    await cri.ready();
  });

  test('a second run, as for an upgrade, restarts nothing, and what runs lives on', async () => {
    const pod = await Pod.start(cri, host.folder, 'lives', { ...STORAGE });
    const id = await pod.start('exec sleep 1000', { devices: [FUSE] });
    const before = readPid();
    node.runAll(installer, installer.initContainers, { '50-kubernetes.yaml': policyText.replace(/(?=audit:)/, RULE) });
    assert.deepEqual([readPid(), restarts()], [before, 1]);
    assert.equal((await pod.exec(id, OPEN)).output, 'opened\n');
    await pod.remove();
  });

  for (const [title, way] of Object.entries(WAYS))
    test(`a tenant may ${title}`, async () => assert.match(await come(way), way.wanted));

  test('the pod that tests the installation has its device, and the sandbox of it none', async () => {
    const { annotations } = pick(readManifest('test.yaml'), 'Pod', 'test-annotation').metadata;
    const options = { handler: 'cdi', namespace: 'cdi-runtime', ...(annotations === undefined ? {} : { annotations }) };
    const pod = await Pod.start(cri, host.folder, 'test-annotation', options);
    assert.equal((await pod.run(OPEN)).output, 'opened\n');
    assert.equal(
      (await come({ pod: { ...options, namespace: 'cdi-runtime' }, wanted: BY_POLICY })).match(BY_POLICY)?.length,
      1,
    );
    await pod.remove();
  });

  test('settings that are not good stay off the node', () => {
    const broken = { '50-kubernetes.yaml': 'policy: { preset: loked }\n' };
    const { status, stderr, stdout } = node.run(installer, stepOf('policy'), broken);
    assert.equal(status, 1);
    assert.match(`${stdout}${stderr}`, /the value is none of open, kubernetes, locked/);
    assert.match(readFileSync('/etc/cdi-runtime/config.d/50-kubernetes.yaml', 'utf8'), /preset: locked/);
  });

  test('a node whose handler does not work is not ready', (context) => {
    rmSync('/usr/local/bin/cdi-runc');
    node.runAll(installer, [stepOf('mark')]);
    const { status, stderr } = node.run(installer, stepOf('verify'));
    assert.equal(status, 1);
    assert.match(stderr, /^cdictl: cannot start a pod by runtime "cdi": containerd at .* says ".*cdi-runc/);
    tell(context, [stderr.trim()]);
    assert.ok(!node.labels.has('cdi-runtime.dev/ready'));
    node.runAll(installer, installer.initContainers);
    assert.ok(existsSync('/usr/local/bin/cdi-runc'));
  });

  test('the removal says what still needs the handler, and then takes all off', async (context) => {
    const pod = await Pod.start(cri, host.folder, 'needs', { handler: 'cdi', namespace: 'storage' });
    const [notReady, unconfigure, ...others] = remover.initContainers ?? [];
    assert.ok(notReady !== undefined && unconfigure !== undefined);
    node.runAll(remover, [notReady]);
    assert.ok(!node.labels.has('cdi-runtime.dev/ready'), 'no new pod comes');
    const refused = node.run(remover, unconfigure);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /^cdictl: cannot unconfigure containerd: containers still need its runtime "cdi": "storage\/needs"/,
    );
    tell(context, [refused.stderr.trim()]);
    await pod.remove();
    tell(context, node.runAll(remover, [notReady, unconfigure, ...others, ...remover.containers]));
    assert.deepEqual([...node.labels], []);
    assert.equal(readFileSync('/etc/containerd/config.toml', 'utf8'), CONTAINERD_CONFIG);
    assert.deepEqual(readdirSync('/usr/local/bin').sort(), ['cdictl', 'systemctl']);
    assert.deepEqual(readdirSync('/etc/cdi-runtime/config.d'), []);
    assert.deepEqual(readdirSync('/run/cdi'), []);
    assert.deepEqual(readdirSync('/var/lib/cdi-runtime'), []);
    await cri.ready();
    await assert.rejects(Pod.start(cri, host.folder, 'gone', { handler: 'cdi' }), /no runtime for "cdi" is configured/);
  });
});
