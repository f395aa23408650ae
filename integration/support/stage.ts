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
import { after } from 'node:test';
import { must } from './command.ts';
import { makeImages } from './image.ts';

export const DEVICE = 'test.example/device=probe';
export const ANNOTATION = 'cdi.k8s.io/test';

/** No driver has this number: an open that the cgroup allows says so, and one that it denies says something else. */
const MAJOR = 195;
const ALLOWED = 'No such device or address';
const DENIED = 'Operation not permitted';

/** In a container: makes the node by itself, and tries to open it. */
export const OPEN_OWN_NODE = `mknod /tmp/own c ${MAJOR} 0 && (exec 3<>/tmp/own) 2>&1 | sed 's/.*: //'`;

/** In a container with the device: each of its edits as one line. */
export const PROBE = [
  'echo "env=$CDI_PROBE"',
  'echo "group=$(id -G | tr " " "\\n" | grep -cx 4242)"',
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
  readonly hookLog: string;
  /** the lines that PROBE prints where all edits are there */
  readonly probed: string;
  readonly allowed: string;
  readonly denied: string;
  /** environment of daemons: nearly nothing */
  readonly env: NodeJS.ProcessEnv;
  /** how often the hook has run since it was asked last */
  hookRuns(): number;
  settings(text: string): void;
}

/** Sets the stage in the namespace of integration/run.ts; it is taken down after the file's tests. */
export function setStage(): Stage {
  const parent = process.env['CDI_INTEGRATION'];
  assert.ok(parent !== undefined, 'run it by npm run test:integration');
  const folder = mkdtempSync(join(parent, 's-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  copyFileSync(resolve(import.meta.dirname, '../../dist/cdi-runtime'), join(bin, 'cdi-runtime'));
  for (const name of ['cdi-runc', 'cdi-crun', 'cdi-runsc']) symlinkSync('cdi-runtime', join(bin, name));
  const hookLog = join(folder, 'hook.log');
  const specs = join(folder, 'cdi');
  writeSpecs(folder, specs, hookLog);
  const { tar, rootfs } = makeImages(folder);
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
    hookLog,
    probed: `env=yes\ngroup=1\nmount=from the host\nopen=${ALLOWED}\n`,
    allowed: `${ALLOWED}\n`,
    denied: `${DENIED}\n`,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    hookRuns: () => {
      const runs = existsSync(hookLog) ? readFileSync(hookLog, 'utf8').split('\n').length - 1 : 0;
      rmSync(hookLog, { force: true });
      return runs;
    },
    settings,
  };
}

function writeSpecs(folder: string, specs: string, hookLog: string): void {
  const node = join(folder, 'probe-node');
  must('mknod', ['-m', '666', node, 'c', String(MAJOR), '0']);
  const file = join(folder, 'file');
  writeFileSync(file, 'from the host\n');
  const hook = join(folder, 'hook');
  writeFileSync(hook, `#!/bin/sh\ncat >/dev/null\nenv | sort | tr '\\n' ' ' >>${hookLog}\necho >>${hookLog}\n`);
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
    - { hostPath: ${file}, containerPath: /cdi-file, options: [ro, nosuid, nodev, rbind] }
    hooks:
    - { hookName: createRuntime, path: ${hook} }
    additionalGids: [4242]
`,
  );
}

/** The refusal that every engine has to show for a device that is not there. */
export const UNKNOWN = 'test.example/device=none';
export const REFUSAL =
  `cannot resolve device "${UNKNOWN}" (asked for by annotation ${ANNOTATION}): "test.example/device" has "probe"; ` +
  'request one of these';
