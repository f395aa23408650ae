// kubectl, with a cluster behind it of the one node that a test has: as much of both as docs/kubernetes.md asks for. What
// a manifest's containers do is done, on that node: by containerd's CRI for pods, as in the image for cdictl.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { Kubelet } from '../../test/support/kubelet.ts';
import {
  containersOf,
  type KubernetesObject,
  type PodSpec,
  pick,
  podOf,
} from '../../test/support/kubernetes-manifests.ts';
import { connectCri } from './cri.ts';
import { ManifestNode, NODE_NAME, SOCKET } from './manifest-node.ts';
import { Pod } from './pod.ts';

const FOLDER = process.env['CDI_CLUSTER'] ?? assert.fail('there is no cluster');
const PLUGINS = '/var/lib/kubelet/device-plugins';

/** What there is, and what became of it. */
interface Cluster {
  labels: Record<string, string>;
  objects: KubernetesObject[];
  /** by kind and name: what it printed, and whether it is done */
  done: Record<string, { readonly log: string; readonly ok: boolean }>;
}

const file = join(FOLDER, 'cluster.json');
const cluster: Cluster = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { labels: {}, objects: [], done: {} };
const options = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    namespace: options,
    filename: { type: 'string', short: 'f' },
    selector: options,
    output: options,
    for: options,
    all: { type: 'boolean' },
    'ignore-not-found': { type: 'boolean' },
  },
});
const [verb = '', ...words] = positionals;
const VERBS: Readonly<Record<string, () => void | Promise<void>>> = {
  label: () => {
    const [, node, ...labels] = words;
    assert.equal(node, NODE_NAME);
    for (const label of labels) Object.assign(cluster.labels, Object.fromEntries([label.split('=')]));
    console.log(`node/${node} labeled`);
  },
  apply: async () => {
    for (const object of readObjects()) {
      const others = cluster.objects.filter((one) => nameOf(one, '/') !== nameOf(object, '/'));
      const isNew = others.length === cluster.objects.length;
      cluster.objects = [...others, object];
      await make(object);
      console.log(`${nameOf(object, '/')} ${isNew ? 'created' : 'unchanged'}`);
    }
  },
  get: () => {
    const [key = '', value] = (values.selector ?? '').split('=');
    if (cluster.labels[key] === value) console.log(`node/${NODE_NAME}`);
  },
  rollout: () => {
    const name = (words[1] ?? '').replace('daemonset/', '');
    assert.ok(cluster.done[`DaemonSet ${name}`]?.ok, name);
    console.log(`daemon set "${name}" successfully rolled out`);
  },
  wait: () => {
    for (const word of words) {
      const [kind, name] = word.split('/');
      const key = `${kind === 'pod' ? 'Pod' : 'Job'} ${name}`;
      assert.ok(cluster.done[key]?.ok, `${key}: ${cluster.done[key]?.log}`);
      console.log(`${kind === 'pod' ? word : `job.batch/${name}`} condition met`);
    }
  },
  logs: () => console.log(cluster.done[`Pod ${words[0]}`]?.log.trimEnd()),
  delete: () => {
    const wanted = values.all ? cluster.objects.filter(({ kind }) => kind === 'DaemonSet') : readObjects();
    for (const object of wanted) {
      const there = cluster.objects.findIndex((one) => nameOf(one, '/') === nameOf(object, '/'));
      if (there < 0) continue;
      cluster.objects.splice(there, 1);
      console.log(`${nameOf(object, ' "')}" deleted`);
    }
  },
};
await (VERBS[verb] ?? assert.fail(verb))();
writeFileSync(file, JSON.stringify(cluster));

function readObjects(): readonly KubernetesObject[] {
  const path = values.filename ?? '';
  const text = readFileSync(path === '-' ? '/dev/stdin' : path, 'utf8');
  return parseAllDocuments(text).map((document): KubernetesObject => document.toJS());
}

function nameOf({ apiVersion, kind, metadata }: KubernetesObject, between: string): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}${group}${between}${metadata.name}`;
}

async function make(object: KubernetesObject): Promise<void> {
  const { kind, metadata } = object;
  const key = `${kind} ${metadata.name}`;
  // A plugin runs where it is asked for.
  if (metadata.name === 'device-plugin') cluster.done[key] = { ok: true, log: '' };
  else if (kind === 'DaemonSet' || kind === 'Job') cluster.done[key] = runOnNode(podOf(object));
  else if (kind === 'Pod') cluster.done[key] = await runPod(object);
}

/** As a controller and the kubelet would: nowhere, where the node has not the labels. */
function runOnNode(pod: PodSpec): { readonly log: string; readonly ok: boolean } {
  const isWanted = Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => cluster.labels[key] === value);
  if (!isWanted) return { ok: true, log: 'no node' };
  const node = new ManifestNode(FOLDER, cluster.objects, process.env, new Map(Object.entries(cluster.labels)));
  const said = node.runAll(pod, containersOf(pod));
  cluster.labels = Object.fromEntries(node.labels);
  return { ok: true, log: said.join('\n') };
}

async function runPod({ metadata, spec }: KubernetesObject): Promise<{ readonly log: string; readonly ok: boolean }> {
  const [container] = spec?.containers ?? [];
  const script = container?.command?.[2] ?? '';
  const cri = connectCri(SOCKET);
  const { namespace = 'default', annotations = {} } = metadata;
  const options = { namespace, annotations, handler: spec?.runtimeClassName ?? '' };
  const pod = await Pod.start(cri, FOLDER, metadata.name, options);
  try {
    const [resource] = Object.keys(container?.resources?.limits ?? {});
    const devices = resource === undefined ? [] : await allocate(resource);
    const { status, output } = await pod.run(script, { devices });
    return { ok: status === 0, log: output };
  } finally {
    await pod.remove();
    cri.close();
  }
}

/** By a kubelet and the plugin of the manifests, one container's device. @returns names for the engine's own CDI */
async function allocate(resource: string): Promise<readonly string[]> {
  const folder = join(FOLDER, 'k');
  mkdirSync(folder, { recursive: true });
  const kubelet = await Kubelet.start(folder);
  const pod = podOf(pick(cluster.objects, 'DaemonSet', 'device-plugin'));
  const [container = assert.fail('no plugin')] = pod.containers;
  const args = (container.args ?? []).map((word) => word.replace(':9400', '127.0.0.1:0'));
  const node = new ManifestNode(FOLDER, cluster.objects, process.env);
  const plugin = node.start(pod, { ...container, args }, { [PLUGINS]: folder });
  try {
    await kubelet.until(() => kubelet.devices(resource).length > 0, `${resource} is offered`);
    const { answer } = await kubelet.give(resource, 1);
    return answer.cdi_devices.map(({ name }) => name);
  } finally {
    const ended = once(plugin, 'exit');
    plugin.kill('SIGTERM');
    await ended;
    kubelet.stop();
  }
}
