// A node on which the containers of deploy/kubernetes run, each with the mounts, the capabilities and the words of its
// manifest; in place of the image stands cdictl as it was built, with busybox's shell, as the image has them.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Container, type KubernetesObject, type PodSpec, pick } from '../../test/support/kubernetes-manifests.ts';
import { must, type Outcome, run } from './command.ts';

const CDICTL = resolve(import.meta.dirname, '../../dist/cdictl.js');
const HOST = '/host';
const NODE_NAME = 'worker-1';

export class ManifestNode {
  /** of the node, as the API server has them */
  readonly labels = new Map<string, string>();
  readonly #folder: string;
  readonly #objects: readonly KubernetesObject[];
  readonly #env: NodeJS.ProcessEnv;

  constructor(folder: string, objects: readonly KubernetesObject[], env: NodeJS.ProcessEnv) {
    this.#folder = mkdtempSync(join(folder, 'm-'));
    this.#objects = objects;
    this.#env = env;
  }

  /** Runs a container to its end; `data` goes before what a map of the manifests says. */
  run(pod: PodSpec, container: Container, data: Readonly<Record<string, string>> = {}): Outcome {
    const { name, image, args = [], command } = container;
    if (image.includes('kubectl')) return this.#label(args);
    if (image.includes('pause')) return { status: 0, stdout: '', stderr: '' };
    const host = mkdtempSync(join(this.#folder, 'c-'));
    const env = this.#variablesOf(container);
    const expand = (word: string): string =>
      word.replaceAll(/\$\((\w+)\)/g, (_, key) => env[key] ?? assert.fail(`${name}: ${key}`));
    const here = (word: string): string => expand(word).replaceAll(HOST, host).replaceAll('/policy', `${host}/policy`);
    const program = command === undefined ? [process.execPath, CDICTL, '--host-root', host] : ['busybox', ...command];
    const mounts = (container.volumeMounts ?? []).flatMap(({ name: volume, mountPath, readOnly }) => {
      const from = this.#findSource(pod, volume, data);
      const to = here(mountPath);
      const only = readOnly === true ? [`mount -o remount,bind,ro '${to}'`] : [];
      return [`mkdir -p '${to}' '${from}'`, `mount --rbind '${from}' '${to}'`, ...only];
    });
    const kept = (container.securityContext.capabilities.add ?? []).map(
      (capability) => `,+${capability.toLowerCase()}`,
    );
    const bounds = ['--inh-caps=-all', '--ambient-caps=-all', `--bounding-set=-all${kept.join('')}`, '--no-new-privs'];
    const script = [`mount -t tmpfs tmpfs '${host}'`, ...mounts, 'exec setpriv "$@"'].join('\n');
    const words = ['--mount', '--propagation', 'private', 'sh', '-euc', script, 'sh', ...bounds, ...program];
    return run('unshare', [...words, ...args.map(here)], { env: { ...this.#env, ...env } });
  }

  /** Runs containers one after the other, which must succeed. @returns what each has said */
  runAll(
    pod: PodSpec,
    containers: readonly Container[] = [],
    data?: Readonly<Record<string, string>>,
  ): readonly string[] {
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

  #findSource({ volumes = [] }: PodSpec, name: string, data: Readonly<Record<string, string>>): string {
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
export function superviseContainerd(folder: string, env: NodeJS.ProcessEnv): ChildProcess {
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
