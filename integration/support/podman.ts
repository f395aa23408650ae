// A podman of a test's own: storage, state and containers.conf in its scratch folder.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandOptions, type Outcome, run, running } from './command.ts';
import { PAUSE_IMAGE } from './image.ts';
import type { Stage } from './stage.ts';

/** Builds ask for more than this machine's root may have. */
export const BUILD_LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];

export interface Podman {
  readonly env: NodeJS.ProcessEnv;
  /** the words of its command line before the command */
  readonly words: readonly string[];
  /** Calls it. */
  podman(...args: string[]): Outcome;
  /** Calls it without waiting. */
  running(...args: string[]): Promise<Outcome>;
  /** a container's config.json, as its runtime got it */
  config(id: string): string;
}

/**
 * Podman with our runtime as a name in containers.conf.
 *
 * @param runtime the name of the shim: `cdi-runc` or `cdi-crun`
 */
export function setPodman({ folder, env: base, shim }: Stage, runtime: string): Podman {
  const file = join(folder, 'containers.conf');
  writeFileSync(
    file,
    `[engine]
runtime_supports_json = ["crun", "runc", "${runtime}"]
infra_image = "${PAUSE_IMAGE}"
[engine.runtimes]
${runtime} = ["${shim(runtime)}"]
`,
  );
  const env = { ...base, CONTAINERS_CONF: file, TMPDIR: folder, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' };
  const at = (name: string): string => join(folder, name);
  const places = ['--root', at('podman'), '--runroot', at('run'), '--tmpdir', at('tmp')];
  const words = [...places, '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'];
  const options: CommandOptions = { env };
  return {
    env,
    words,
    podman: (...args) => run('podman', [...words, ...args], options),
    running: (...args) => running('podman', [...words, ...args], options),
    config: (id) => join(folder, 'podman/overlay-containers', id, 'userdata/config.json'),
  };
}
