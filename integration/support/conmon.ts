// conmon called as CRI-O calls it: in the bundle, with two pipes and hardly an environment, and no log for the runtime.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Outcome, run } from './command.ts';
import { until } from './daemon.ts';
import type { Stage } from './stage.ts';

const PATIENCE_MS = 60_000;

/** What conmon reports on the pipe to its engine: a pid, or a negative one with the reason. */
export interface Report {
  readonly pid: number;
  readonly message?: string;
}

export interface Conmon {
  /**
   * Has a container created.
   *
   * @param terminal as its config.json says
   */
  create(id: string, bundle: string, terminal?: boolean): Promise<Report>;
  /** Calls the runtime as CRI-O does once there is a container. */
  runtime(...args: string[]): Outcome;
  /** what the container has printed, freed from the marks of a log of Kubernetes */
  printed(id: string): string;
  /** Waits until the container has ended, and gives its exit status. */
  ended(id: string): Promise<number>;
  /** the process id of a container's conmon */
  monitor(id: string): number;
}

/**
 * What CRI-O writes into each config.json, besides all annotations of the pod.
 *
 * @param given annotations of the container itself, which the kubelet and device plugins give it
 */
export function criOAnnotations(
  type: 'container' | 'sandbox',
  pod: Readonly<Record<string, string>>,
  given: typeof pod = {},
): typeof pod {
  return {
    ...pod,
    'io.container.manager': 'cri-o',
    'io.kubernetes.container.name': type === 'sandbox' ? 'POD' : 'main',
    'io.kubernetes.cri-o.Annotations': JSON.stringify(given),
    'io.kubernetes.cri-o.ContainerType': type,
    'io.kubernetes.cri-o.Name': type === 'sandbox' ? 'k8s_pod_default_1234_0' : 'k8s_main_pod_default_1234_0',
    'io.kubernetes.cri-o.SandboxID': 'sandbox',
    'io.kubernetes.cri-o.SandboxName': 'k8s_pod_default_1234_0',
    'io.kubernetes.pod.name': 'pod',
    'io.kubernetes.pod.namespace': 'default',
    'io.kubernetes.pod.uid': '1234',
    ...given,
  };
}

/**
 * @param folder for what conmon and the runtime keep
 * @param program the runtime's path
 */
export function setConmon({ env }: Stage, folder: string, program: string): Conmon {
  const at = (what: string): string => join(folder, what);
  for (const directory of ['exits', 'persist', 'attach', 'logs']) mkdirSync(at(directory), { recursive: true });
  const state = `--root=${at('state')}`;
  const log = (id: string): string => at(`logs/${id}`);
  const exit = (id: string): string => at(`exits/${id}`);
  return {
    create: (id, bundle, terminal = false) => {
      const monitored = ['-b', bundle, '-c', id, '-u', id, '-n', `k8s_main_pod_default_${id}`];
      const runtime = ['-r', program, '--runtime-arg', state, '-p', join(bundle, 'pidfile')];
      const own = ['--exit-dir', at('exits'), '--persist-dir', at('persist'), '--socket-dir-path', at('attach')];
      const logging = ['-l', log(id), '--log-level', 'info', '-P', at(`logs/${id}.pid`)];
      return report([...monitored, ...runtime, ...own, ...logging, ...(terminal ? ['-t'] : [])], bundle, env);
    },
    runtime: (...args) => run(program, [state, ...args], { env }),
    printed: (id) => readFileSync(log(id), 'utf8').replaceAll(/^\S+ std(?:out|err) F /gm, ''),
    ended: async (id) => {
      await until(() => existsSync(exit(id)), `${id} ends`);
      return Number(readFileSync(exit(id), 'utf8'));
    },
    monitor: (id) => Number(readFileSync(at(`logs/${id}.pid`), 'utf8')),
  };
}

async function report(args: readonly string[], cwd: string, { PATH }: NodeJS.ProcessEnv): Promise<Report> {
  const env = { PATH, XDG_RUNTIME_DIR: '', _OCI_SYNCPIPE: '3', _OCI_STARTPIPE: '4' };
  const child = execa('conmon', args, {
    buffer: false,
    cwd,
    env,
    extendEnv: false,
    reject: false,
    // It waits for a byte, so that its engine can first put it into a cgroup.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', Uint8Array.of(0)],
  });
  // Its own time-out would not do: the process that is started ends at once, and another one holds the pipe.
  const late = setTimeout(() => child.stdio[3]?.destroy(), PATIENCE_MS);
  try {
    for await (const line of child.iterable({ from: 'fd3' })) return JSON.parse(line);
  } finally {
    clearTimeout(late);
  }
  throw new Error('conmon ends without a report');
}
