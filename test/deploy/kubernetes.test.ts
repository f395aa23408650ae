// The rendered manifests: three versions of Kubernetes take them, they are of one mind with each other, they may no more
// than they have to, and their commands are cdictl's.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execaSync } from 'execa';
import { parseAnnotations } from '../../src/cdi/annotations.ts';
import { checkOperands, GLOBAL_OPTIONS, listOptions, readArguments } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { HOST_ROOT } from '../../src/cli/files/host-root.ts';
import { findCommand } from '../../src/cli/names.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { memoryHost } from '../host/memory-host.ts';
import {
  type Container,
  containersOf,
  type KubernetesObject,
  listRendered,
  pick,
  podOf,
  readManifest,
} from '../support/kubernetes-manifests.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const OVERLAYS = ['containerd', 'cri-o', 'k3s', 'rke2'];
const all = listRendered().flatMap((file) => readManifest(file).map((object) => ({ file, object })));

test('there is a manifest for each overlay, one that takes it off again, and one that tests it', () => {
  const wanted = OVERLAYS.flatMap((name) => [`${name}-removal.yaml`, `${name}.yaml`]);
  assert.deepEqual(listRendered(), [...wanted, 'test.yaml'].sort());
});

/** Of each, the classes of its API by group and version; it refuses values, and its types refuse fields that are not known. */
const VERSIONS = ['1.27', '1.33', '1.36'];
const classOf = ({ apiVersion, kind }: KubernetesObject): { path: string; name: string } => ({
  path: apiVersion,
  name: kind,
});

for (const version of VERSIONS) {
  test(`Kubernetes ${version}: every value of every object is one that its API takes`, async (context) => {
    for (const { file, object } of all) {
      const { path, name } = classOf(object);
      const { [name]: Model } = await import(`kubernetes-${version}/${path}`);
      assert.doesNotThrow(() => new Model(object).validate(), `${file}: ${object.kind} ${object.metadata.name}`);
      assert.throws(() => new Model({ ...object, metadata: 5 }).validate(), 'it judges');
    }
    context.diagnostic(`${all.length} objects are good in Kubernetes ${version}`);
  });
}

test('no object has a field that a version does not know', (context) => {
  const folder = join(ROOT, 'build/kubernetes-objects');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (version: string, objects: readonly KubernetesObject[]): string => {
    const lines = objects.map((object, place) => {
      const { path, name } = classOf(object);
      return `import type { I${name} as T${place} } from 'kubernetes-${version}/${path}';\nexport const o${place}: T${place} = ${JSON.stringify(object)};\n`;
    });
    const file = join(folder, `${version}-${objects.length}.ts`);
    writeFileSync(file, lines.join(''));
    return file;
  };
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
  const judge = (files: readonly string[]): string =>
    execaSync('node_modules/.bin/tsc', [...options, ...files], { cwd: ROOT, reject: false }).stdout;
  const objects = all.map(({ object }) => object);
  assert.equal(judge(VERSIONS.map((version) => write(version, objects))), '');
  const strange = { ...pick(readManifest('test.yaml'), 'Pod', 'test-annotation'), spek: {} };
  assert.match(judge(VERSIONS.map((version) => write(version, [strange]))), /(?:"spek"' does not exist[\s\S]*){3}/);
  context.diagnostic(`${objects.length} objects in ${VERSIONS.length} versions`);
});

for (const overlay of OVERLAYS) {
  const objects = readManifest(`${overlay}.yaml`);
  const removal = readManifest(`${overlay}-removal.yaml`);
  const installer = podOf(pick(objects, 'DaemonSet', 'installer'));
  const remover = podOf(pick(removal, 'Job'));
  const plugin = podOf(pick(objects, 'DaemonSet', 'device-plugin'));
  const names = (containers: readonly Container[] = []): string[] => containers.map(({ name }) => name);
  const isRancher = overlay === 'k3s' || overlay === 'rke2';

  test(`${overlay}: a node is ready when a pod was started by the handler, and not before`, () => {
    const link = isRancher ? ['link-runc'] : [];
    const order = ['mark', 'install', 'native-cdi', 'policy', 'generate', ...link, 'configure', 'verify', 'ready'];
    const [mark, ...others] = names(installer.initContainers);
    assert.deepEqual([mark, ...others.sort()], [order[0], ...order.slice(1).sort()]);
    const places = ['mark', 'install', 'configure', 'verify', 'ready'].map((name) =>
      names(installer.initContainers).indexOf(name),
    );
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.deepEqual(names(installer.containers), ['installed']);
    const ready = { 'cdi-runtime.dev/ready': 'true' };
    assert.deepEqual(pick(objects, 'RuntimeClass').scheduling?.nodeSelector, ready);
    assert.deepEqual(plugin.nodeSelector, ready);
    assert.equal(pick(objects, 'RuntimeClass').handler, 'cdi');
  });

  test(`${overlay}: the removal goes the opposite way, and has all that it needs itself`, () => {
    const unlink = isRancher ? ['unlink-runc'] : [];
    assert.deepEqual(names(containersOf(remover)), [
      ...['not-ready', 'unconfigure', 'uninstall'],
      ...unlink,
      ...['clean', 'gone'],
    ]);
    const kinds = removal.map(({ kind }) => kind).sort();
    assert.deepEqual(kinds, ['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'Job', 'Namespace', 'ServiceAccount']);
    assert.deepEqual(pick(removal, 'ConfigMap', 'engine').data, pick(objects, 'ConfigMap', 'engine').data);
  });

  test(`${overlay}: no container may more than it has to`, () => {
    for (const pod of [installer, remover, plugin]) {
      assert.deepEqual([pod.hostPID, pod.hostNetwork, pod.hostIPC], [undefined, undefined, undefined]);
      assert.equal(pod.automountServiceAccountToken, false);
      for (const { name, image, args = [], securityContext, volumeMounts = [] } of containersOf(pod)) {
        const { capabilities, ...rest } = securityContext;
        assert.equal(rest.privileged, undefined, name);
        assert.deepEqual([rest.allowPrivilegeEscalation, rest.readOnlyRootFilesystem], [false, true], name);
        assert.deepEqual(capabilities.drop, ['ALL'], name);
        // Only who calls the host's systemctl.
        assert.deepEqual(capabilities.add, args.includes('--reload') ? ['SYS_CHROOT'] : undefined, name);
        const hasToken = volumeMounts.some((mount) => mount.name === 'token');
        assert.equal(hasToken, image.includes('kubectl'), name);
        if (hasToken) assert.equal(volumeMounts.length, 1, name);
      }
    }
  });

  test(`${overlay}: each container sees of its host what it works on`, () => {
    const seen = [...containersOf(installer), ...containersOf(remover), ...containersOf(plugin)]
      .filter(({ image }) => image.includes('cdictl'))
      .map(({ name, volumeMounts = [] }): [string, string] => [
        name,
        volumeMounts.map(({ mountPath, readOnly }) => `${mountPath}${readOnly ? ' ro' : ''}`).join(', '),
      ]);
    assert.deepEqual(Object.fromEntries(seen), {
      install: '/host/usr/local/bin',
      policy: '/policy ro, /host/etc/cdi-runtime',
      generate: '/host/dev ro, /host/sys ro, /host/var/run/cdi',
      'native-cdi': '/host',
      configure: '/host',
      verify: '/host ro',
      unconfigure: '/host',
      uninstall: '/host',
      clean: '/host/run/cdi, /host/etc/cdi-runtime',
      'device-plugin': [
        '/host/var/lib/kubelet/device-plugins',
        '/host/var/run/cdi ro, /host/etc/cdi ro, /host/etc/cdi-runtime ro, /host/dev ro, /host/sys ro',
      ].join(', '),
      ...(isRancher ? { 'link-runc': '/host/usr/local/bin', 'unlink-runc': '/host/usr/local/bin' } : {}),
    });
  });

  test(`${overlay}: what its containers do are commands of cdictl`, () => {
    const { data = {} } = pick(objects, 'ConfigMap', 'engine');
    for (const { name, image, command, args = [] } of [
      ...containersOf(installer),
      ...containersOf(remover),
      ...containersOf(plugin),
    ]) {
      if (!image.includes('cdictl') || command !== undefined) continue;
      const expanded = args.map((word) => word.replaceAll(/\$\((\w+)\)/g, (_, key) => data[key] ?? `no ${key}`));
      const { command: known, rest } = findCommand(
        COMMANDS,
        ['--host-root', '/host', ...expanded],
        [...GLOBAL_OPTIONS, HOST_ROOT],
      );
      assert.ok(known !== undefined, `${name}: ${expanded.join(' ')}`);
      const given = readArguments(rest, listOptions(known), known.name);
      checkOperands(known, given.operands);
      assert.doesNotMatch(expanded.join(' '), /no [A-Z]/, name);
    }
  });

  test(`${overlay}: it is safe by default`, () => {
    const generate = containersOf(installer).find(({ name }) => name === 'generate');
    assert.deepEqual(generate?.args, ['generate', 'fuse', 'kvm', 'net-tun', 'snd', '--skip-missing']);
    const configure = containersOf(installer).find(({ name }) => name === 'configure');
    // CRI-O passes annotations by itself.
    assert.equal(configure?.args?.includes('--pass-annotations'), overlay !== 'cri-o');
    const { data = {} } = pick(objects, 'ConfigMap', containersPolicy(objects));
    const path = '/etc/cdi-runtime/config.d/50-kubernetes.yaml';
    const { settings } = loadSettings(memoryHost({ [path]: data['50-kubernetes.yaml'] ?? '' }));
    const { policy, requests, audit } = settings;
    assert.deepEqual([policy.preset, audit.required, requests.env.enabled], ['locked', true, false]);
    assert.deepEqual(
      policy.rules.map(({ namespace }) => namespace),
      [['cdi-runtime']],
    );
    const offered = plugin.containers[0]?.args?.filter((word) => word.startsWith('--resource='));
    assert.deepEqual(
      offered,
      ['fuse', 'kvm', 'net-tun', 'snd'].map((kind) => `--resource=cdi-runtime.dev/${kind}*100`),
    );
  });
}

/** Its name has its digest. */
function containersPolicy(objects: readonly KubernetesObject[]): string {
  return (
    objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('policy-'))?.metadata.name ??
    ''
  );
}

test('one pod tests each way to ask, as the level "restricted" of Pod Security has it', () => {
  const pods = readManifest('test.yaml');
  const byAnnotation = pick(pods, 'Pod', 'test-annotation');
  assert.equal(
    podOf(byAnnotation).runtimeClassName,
    pick(readManifest('containerd.yaml'), 'RuntimeClass').metadata.name,
  );
  assert.deepEqual(parseAnnotations(byAnnotation.metadata.annotations ?? {}).devices, ['cdi-runtime.dev/fuse=fuse']);
  const [container] = podOf(pick(pods, 'Pod', 'test-device-plugin')).containers;
  assert.deepEqual(container, { ...container, resources: { limits: { 'cdi-runtime.dev/fuse': 1 } } });
});

const PAGE = readFileSync(join(ROOT, 'docs/kubernetes.md'), 'utf8');

test('docs/kubernetes.md names each component and each overlay', () => {
  for (const name of [...readdirSync(join(ROOT, 'deploy/kubernetes/components')), ...OVERLAYS])
    assert.ok(PAGE.includes(`| \`${name}\` |`), name);
});

test('what docs/kubernetes.md says of tenants is tried, row by row', () => {
  const ways = readFileSync(join(ROOT, 'integration/deploy/kubernetes.test.ts'), 'utf8');
  const [, table = ''] = PAGE.split('| a tenant may try to | what comes of it |\n| --- | --- |\n');
  const rows = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (.*?) \|/gm)].map(([, first = '']) => first);
  const tried = [...ways.matchAll(/^ {2}'(.*)': \{/gm)].map(([, title = '']) => title);
  assert.deepEqual(rows.sort(), tried.sort());
});
