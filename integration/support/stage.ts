// What every engine's tests start from: the shim, specs of devices that this machine can have, images, and one probe.
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';
import { must } from './command.ts';
import { makeImages } from './image.ts';

export const DEVICE = 'test.example/device=probe';
/** No one has it: to ask for it gives the refusals in fixtures. */
export const UNKNOWN = 'test.example/device=none';
export const ANNOTATION = 'cdi.k8s.io/test';

/** No driver has this number: an open that the cgroup allows says so, and one that it denies says something else. */
export const MAJOR = 195;
export const GROUP = 4242;
const ALLOWED = 'No such device or address';
const DENIED = 'Operation not permitted';

const FIXTURES = resolve(import.meta.dirname, '../engines/fixtures');

/** All that a hook gets that says nothing of an environment. */
const HOOK_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** In a container: makes the node by itself, and tries to open it. */
export const OPEN_OWN_NODE = `mknod /tmp/own c ${MAJOR} 0 && (exec 3<>/tmp/own) 2>&1 | sed 's/.*: //'`;

/** In a container with the device: each of its edits as one line. */
export const PROBE = [
  'echo "env=$CDI_PROBE"',
  `echo "group=$(id -G | tr " " "\\n" | grep -cx ${GROUP})"`,
  'echo "mount=$(cat /cdi-file)"',
  'echo "open=$( (exec 3<>/dev/cdi-probe) 2>&1 | sed "s/.*: //")"',
].join('; ');

export interface Stage {
  readonly folder: string;
  /** names for the shim: `cdi-runtime`, `cdi-runc`, `cdi-crun` */
  readonly shim: (name: string) => string;
  /** directory of specs that the shim reads */
  readonly specs: string;
  readonly images: string;
  readonly rootfs: string;
  /** the lines that PROBE prints where all edits are there */
  readonly probed: string;
  /** the same from a process that an engine adds: variables and groups are the engine's own, which knows no edits */
  readonly probedByExec: string;
  readonly allowed: string;
  readonly denied: string;
  /** environment of daemons: nearly nothing */
  readonly env: NodeJS.ProcessEnv;
  /**
   * How often the hook has run since this was asked last; each time it must have had the minimal environment.
   *
   * @param by an engine that injects by itself gives hooks an environment of its own
   */
  hookRuns(by?: 'shim' | 'engine'): number;
  /** What the user of an engine sees of a refusal: the engine's file in fixtures. */
  refusal(engine: string): string;
  /** Writes the shim's settings, besides those of the stage. */
  settings(text: string): void;
  /** Unmounts and removes all: the last thing that a file does. */
  takeDown(): void;
}

/**
 * Sets the stage in the namespaces of integration/run.ts. A new engine's test begins so:
 *
 *     describe('engine', { skip: without('its', 'programs') }, () => {
 *       let stage: Stage;
 *       before(() => { stage = setStage(); });
 *       after(() => stage.takeDown());
 *       shows(['device', 'edits', 'hook'], 'what is so, in words', () => { … });
 *
 * Its name is its column of the matrix, what it shows are cells there: see behaviours.ts.
 */
export function setStage(): Stage {
  const parent = process.env['CDI_INTEGRATION'];
  assert.ok(parent !== undefined, 'run it by npm run test:integration');
  const folder = mkdtempSync(join(parent, 's-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  copyFileSync(resolve(import.meta.dirname, '../../dist/cdi-runtime'), join(bin, 'cdi-runtime'));
  for (const name of ['cdi-runc', 'cdi-crun', 'cdi-runsc']) symlinkSync('cdi-runtime', join(bin, name));
  const hookLog = join(folder, 'hook.log');
  const specs = join(folder, 'cdi');
  writeSpecs(folder, specs, hookLog);
  const { tar, rootfs } = makeImages(folder);
  // An engine that still ran after its test may have needed some.
  rmSync('/etc/cdi-runtime', { recursive: true, force: true });
  const settings = (text: string): void => {
    mkdirSync('/etc/cdi-runtime', { recursive: true });
    writeFileSync(
      '/etc/cdi-runtime/config.yaml',
      `specDirs: [${specs}]\naudit: { path: ${folder}/audit.jsonl }\n${text}`,
    );
  };
  settings('');
  return {
    folder,
    shim: (name) => join(bin, name),
    specs,
    images: tar,
    rootfs,
    probed: `env=yes\ngroup=1\nmount=from the host\nopen=${ALLOWED}\n`,
    probedByExec: `env=\ngroup=0\nmount=from the host\nopen=${ALLOWED}\n`,
    allowed: `${ALLOWED}\n`,
    denied: `${DENIED}\n`,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    hookRuns: (by = 'shim') => {
      const runs = existsSync(hookLog) ? readFileSync(hookLog, 'utf8').split('\n').slice(0, -1) : [];
      rmSync(hookLog, { force: true });
      if (by === 'shim') for (const environment of runs) assert.equal(environment, `${HOOK_PATH} `);
      return runs.length;
    },
    refusal: (engine) => readFileSync(join(FIXTURES, `refusal-${engine}.txt`), 'utf8'),
    settings,
    takeDown: () => {
      for (const [, point = ''] of readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')))
        if (point.startsWith(`${folder}/`)) execaSync('umount', ['--lazy', point], { reject: false });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeSpecs(folder: string, specs: string, hookLog: string): void {
  const node = join(folder, 'probe-node');
  must('mknod', ['-m', '666', node, 'c', String(MAJOR), '0']);
  const file = join(folder, 'file');
  writeFileSync(file, 'from the host\n');
  const hook = join(folder, 'hook');
  // What the hook was given, not what its shell makes of it; one write, since hooks run at once.
  const report = `printf '%s\\n' "$(tr '\\0' ' ' </proc/$$/environ)" >>${hookLog}`;
  writeFileSync(hook, `#!/bin/sh\ncat >/dev/null\n${report}\n`);
  chmodSync(hook, 0o755);
  // A program that the shim trusts belongs to root, with all directories above it: a scratch folder does.
  mkdirSync(specs);
  writeFileSync(
    join(specs, 'test.yaml'),
    `cdiVersion: 0.7.0
kind: test.example/device
devices:
- name: probe
  containerEdits:
    env: [CDI_PROBE=yes]
    deviceNodes:
    - { path: /dev/cdi-probe, hostPath: ${node}, type: c, major: ${MAJOR}, minor: 0, fileMode: 438, permissions: rw }
    mounts:
    - { hostPath: ${file}, containerPath: /cdi-file, type: bind, options: [ro, nosuid, nodev, rbind] }
    hooks:
    - { hookName: createRuntime, path: ${hook} }
    additionalGids: [${GROUP}]
`,
  );
}
