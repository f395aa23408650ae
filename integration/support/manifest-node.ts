// A node on which the containers of deploy/kubernetes run, each with the mounts, the capabilities and the words of its
// manifest; in place of the image stands cdictl as it was built, with busybox's shell, as the image has them.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Container, type KubernetesObject, type PodSpec, pick } from '../../test/support/kubernetes-manifests.ts';
import { type OwnHost, ownHost } from '../engines-config/own-host.ts';
import { must, type Outcome, run } from './command.ts';
import { endShims } from './containerd.ts';
import { type Cri, connectCri } from './cri.ts';
import { PAUSE_IMAGE } from './image.ts';

const CDICTL = resolve(import.meta.dirname, '../../dist/cdictl.js');
const HOST = '/host';
/** What stands for it, in a mount namespace of each container's own. */
const HERE = '/mnt';
export const SOCKET = '/run/containerd/containerd.sock';
/** Of containerd, as an administrator has left it. */
export const CONTAINERD_CONFIG: string = `version = 2
[plugins."io.containerd.nri.v1.nri"]
  disable = true
[plugins."io.containerd.grpc.v1.cri"]
  # from the mirror
  sandbox_image = "${PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
`;
export const NODE_NAME = 'worker-1';

type Data = Readonly<Record<string, string>>;

export class ManifestNode {
  /** of the node, as the API server has them */
  readonly labels: Map<string, string>;
  readonly #folder: string;
  readonly #objects: readonly KubernetesObject[];
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    folder: string,
    objects: readonly KubernetesObject[],
    env: NodeJS.ProcessEnv,
    labels: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#folder = mkdtempSync(join(folder, 'm-'));
    this.#objects = objects;
    this.#env = env;
    this.labels = new Map(labels);
  }

  /** Runs a container to its end; `data` goes before what a map of the manifests says. */
  run(pod: PodSpec, container: Container, data: Data = {}): Outcome {
    const { image, args = [] } = container;
    if (image.includes('kubectl')) return this.#label(args);
    if (image.includes('pause')) return { status: 0, stdout: '', stderr: '' };
    const { words, env } = this.#prepare(pod, container, data);
    return run('unshare', words, { env });
  }

  /** Starts a container that stays; folders of the host may stand for others. */
  start(pod: PodSpec, container: Container, folders: Data): ChildProcess {
    const { words, env } = this.#prepare(pod, container, {}, folders);
    return spawn('unshare', words, { env, stdio: 'ignore' });
  }

  #prepare(
    pod: PodSpec,
    container: Container,
    data: Data,
    folders: Data = {},
  ): { readonly words: readonly string[]; readonly env: NodeJS.ProcessEnv } {
    const { name, args = [], command } = container;
    const env = this.#variablesOf(container);
    const expand = (word: string): string =>
      word.replaceAll(/\$\((\w+)\)/g, (_, key) => env[key] ?? assert.fail(`${name}: ${key}`));
    const here = (word: string): string => expand(word).replaceAll(HOST, HERE).replaceAll('/policy', `${HERE}/policy`);
    const program = command === undefined ? [process.execPath, CDICTL, '--host-root', HERE] : ['busybox', ...command];
    const mounts = (container.volumeMounts ?? []).flatMap(({ name: volume, mountPath, readOnly }) => {
      const source = this.#findSource(pod, volume, data);
      const from = folders[source] ?? source;
      const to = here(mountPath);
      const only = readOnly === true ? [`mount -o remount,bind,ro '${to}'`] : [];
      return [`mkdir -p '${to}' '${from}'`, `mount --rbind '${from}' '${to}'`, ...only];
    });
    const kept = (container.securityContext.capabilities.add ?? []).map(
      (capability) => `,+${capability.toLowerCase()}`,
    );
    const bounds = ['--inh-caps=-all', '--ambient-caps=-all', `--bounding-set=-all${kept.join('')}`, '--no-new-privs'];
    const script = [`mount -t tmpfs tmpfs ${HERE}`, ...mounts, 'exec setpriv "$@"'].join('\n');
    const words = ['--mount', '--propagation', 'private', 'sh', '-euc', script, 'sh', ...bounds, ...program];
    return { words: [...words, ...args.map(here)], env: { ...this.#env, ...env } };
  }

  /** Runs containers one after the other, which must succeed. @returns what each has said */
  runAll(pod: PodSpec, containers: readonly Container[] = [], data?: Data): readonly string[] {
    return containers.map((container) => {
      const { status, stdout, stderr } = this.run(pod, container, data);
      assert.equal(status, 0, `${container.name}: ${stdout}${stderr}`);
      return `${container.name}: ${stdout.trim().split('\n').join('; ')}`;
    });
  }

  #variablesOf({ env = [], envFrom = [] }: Container): Record<string, string> {
    const maps = envFrom.map(({ configMapRef }) => pick(this.#objects, 'ConfigMap', configMapRef.name).data ?? {});
    return Object.assign({}, ...maps, Object.fromEntries(env.map(({ name }) => [name, NODE_NAME])));
  }

  #findSource({ volumes = [] }: PodSpec, name: string, data: Data): string {
    const volume = volumes.find((one) => one.name === name);
    if (volume?.hostPath !== undefined) return volume.hostPath.path;
    const folder = mkdtempSync(join(this.#folder, 'v-'));
    const files = { ...pick(this.#objects, 'ConfigMap', volume?.configMap?.name ?? '').data, ...data };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return folder;
  }

  /** kubectl label node NODE KEY=VALUE… KEY-… */
  #label([verb, what, , ...words]: readonly string[]): Outcome {
    assert.deepEqual([verb, what], ['label', 'node']);
    for (const word of words.filter((one) => !one.startsWith('--'))) {
      const [key = '', value] = word.split('=');
      if (value === undefined) this.labels.delete(key.replace(/-$/, ''));
      else this.labels.set(key, value);
    }
    return { status: 0, stdout: `node/${NODE_NAME} labeled`, stderr: '' };
  }
}

/**
 * A systemctl that restarts containerd as systemd does: out of sight of whoever calls it, be it in a container.
 *
 * @returns what keeps the service; when it ends, containerd does
 */
function superviseContainerd(folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  const [ask, answer, pid] = ['/run/service.ask', '/run/service.answer', '/run/containerd.pid'];
  must('mkfifo', [ask, answer]);
  mkdirSync('/run/systemd/system', { recursive: true });
  const systemctl = '/usr/local/bin/systemctl';
  const text = `#!/bin/sh\necho "$*" >${ask}\nread -r status <${answer}\nexit "$status"\n`;
  writeFileSync(systemctl, text, { mode: 0o755 });
  const supervisor = `
start() {
  setsid containerd >>${folder}/containerd.log 2>&1 </dev/null &
  echo $! >${pid}
  for i in $(seq 200); do ctr version >/dev/null 2>&1 && return; sleep 0.1; done
}
stop() { kill "$(cat ${pid})"; wait "$(cat ${pid})" || :; }
trap 'stop; exit' TERM
start
while read -r verb service <${ask}; do
  echo "$verb $service" >>${folder}/restarts
  case "$verb $service" in
    "restart containerd.service") stop; start; echo 0 >${answer};;
    *) echo 5 >${answer};;
  esac
done
`;
  return spawn('sh', ['-c', supervisor], { env, stdio: 'ignore' });
}

export function readPid(): number {
  return Number(readFileSync('/run/containerd.pid', 'utf8'));
}

/** A host with a containerd that runs, as the page and the tests find it. */
export async function startNode(): Promise<{ host: OwnHost; cri: Cri; end(): Promise<void> }> {
  const host = ownHost();
  mkdirSync('/etc/containerd', { recursive: true });
  writeFileSync('/etc/containerd/config.toml', CONTAINERD_CONFIG);
  const service = superviseContainerd(host.folder, host.env);
  const cri = connectCri(SOCKET);
  await cri.ready();
  must('ctr', ['-n', 'k8s.io', 'image', 'import', host.images], { env: host.env });
  return {
    host,
    cri,
    end: async () => {
      cri.close();
      const ended = once(service, 'exit');
      service.kill();
      await ended;
      endShims(SOCKET);
      for (const path of ['/run/service.ask', '/run/service.answer']) rmSync(path);
      host.takeDown();
    },
  };
}
