// A podman of a test's own: storage, state and containers.conf in its scratch folder.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { type Outcome, run, running } from './command.ts';
import { PAUSE_IMAGE } from './image.ts';
import { type Stage, setStage } from './stage.ts';

/** Builds ask for more than this machine's root may have. */
export const BUILD_LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];

export interface Podman {
  readonly env: NodeJS.ProcessEnv;
  /** its command line before the command */
  readonly words: readonly string[];
  /** Calls it. */
  podman(...args: string[]): Outcome;
  /** Calls it for what has to succeed, and gives its standard output. */
  did(...args: string[]): string;
  /** Calls it without waiting. */
  running(...args: string[]): Promise<Outcome>;
  /** a container's config.json, as its runtime got it */
  config(id: string): string;
  /** What users see of an outcome, with the shim where users have it. */
  seen(outcome: Outcome): string;
  /** Removes all containers. */
  end(): void;
}

/** An account that calls podman: what comes before its name on the command line, where it may write, its environment. */
export interface Caller {
  readonly prefix: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Root's podman with our runtime and the images of the stage, for the tests of a describe. */
export function usePodman(runtime: string, take: (stage: Stage, podman: Podman) => void): void {
  let stage: Stage | undefined;
  let engine: Podman | undefined;
  before(() => {
    stage = setStage();
    engine = setPodman(stage, runtime);
    engine.did('load', '--quiet', '--input', stage.images);
    take(stage, engine);
  });
  after(() => {
    engine?.end();
    stage?.takeDown();
  });
}

/**
 * Podman with our runtime as a name in containers.conf.
 *
 * @param runtime the name of the shim: `cdi-runc` or `cdi-crun`
 * @param caller root in the stage's folder, where it is not said
 */
export function setPodman(stage: Stage, runtime: string, caller?: Caller): Podman {
  const { prefix, folder, env: base } = caller ?? { prefix: [], folder: stage.folder, env: stage.env };
  const file = join(stage.folder, 'containers.conf');
  writeFileSync(
    file,
    `[engine]
runtime_supports_json = ["crun", "runc", "${runtime}"]
infra_image = "${PAUSE_IMAGE}"
[engine.runtimes]
${runtime} = ["${stage.shim(runtime)}"]
`,
  );
  const env = { ...base, CONTAINERS_CONF: file, TMPDIR: folder, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' };
  const at = (name: string): string => join(folder, name);
  const places = ['--root', at('podman'), '--runroot', at('run'), '--tmpdir', at('tmp')];
  const words = [...prefix, 'podman', ...places, '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'];
  const [program = '', ...first] = words;
  const podman = (...args: string[]): Outcome => run(program, [...first, ...args], { env, cwd: folder });
  return {
    env,
    words,
    podman,
    did: (...args) => {
      const { status, stdout, stderr } = podman(...args);
      assert.equal(status, 0, `podman ${args.join(' ')}: ${stdout}${stderr}`);
      return stdout;
    },
    running: (...args) => running(program, [...first, ...args], { env, cwd: folder }),
    config: (id) => at(join('podman/overlay-containers', id, 'userdata/config.json')),
    seen: ({ stderr }) => stderr.replaceAll(stage.shim(''), '/usr/local/bin').replaceAll(/[0-9a-f]{64}/g, 'ID'),
    end: () => {
      podman('pod', 'rm', '--all', '--force', '--time', '0');
      podman('rm', '--all', '--force', '--time', '0');
      // Where a user's podman has a process that holds the user namespace, it ends.
      if (prefix.length > 0) podman('system', 'migrate');
    },
  };
}
