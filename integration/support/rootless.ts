// A user who is not root and calls podman: an account in the layer over /etc, and a spec that root wrote for it.
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { must, run } from './command.ts';
import type { Caller } from './podman.ts';
import { GROUP, MAJOR, type Stage } from './stage.ts';

const NAME = 'cdi-rootless';

/**
 * In the user's namespace root cannot be told from other users, and in a sticky directory such as /tmp an entry could
 * be any user's: what root has for the user needs a place that only root can write to.
 */
const PLACE = '/run/cdi-rootless';

export interface User extends Caller {
  readonly images: string;
  /** root's spec of the device */
  readonly spec: string;
  /** The device's node, inside as outside: the runtime mounts what the user may not make. */
  readonly node: string;
  /** what each hook that ran since the last call had for an environment */
  hookRuns(): string[];
}

/** Why no one but root can have containers here; false where others can. */
export function noRootless(): string | false {
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const { status, stderr } = run('setpriv', [...nobody, 'unshare', '--user', 'true']);
  return status === 0 ? false : `users have no user namespaces here: ${stderr.trim()}`;
}

/** Makes the user, with settings of its own, and opens the stage to it. */
export function makeUser(stage: Stage): User {
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE);
  const home = join(PLACE, 'home');
  must('useradd', ['--no-log-init', '--create-home', '--home-dir', home, NAME]);
  const [uid, gid] = ['-u', '-g'].map((what) => Number(must('id', [what, NAME])));
  const owned = (path: string): string => {
    chownSync(path, uid ?? -1, gid ?? -1);
    return path;
  };
  // Its programs reach the shim by these, and list nothing.
  for (const directory of [dirname(stage.folder), stage.folder]) chmodSync(directory, 0o711);
  const runtimeDir = join(PLACE, 'xdg');
  mkdirSync(runtimeDir, { mode: 0o700 });
  owned(runtimeDir);
  const images = join(home, 'images.tar');
  copyFileSync(stage.images, images);
  const node = join(PLACE, 'node');
  must('mknod', ['-m', '666', node, 'c', String(MAJOR), '0']);
  const hookLog = join(home, 'hook.log');
  const spec = writeSpec(node, hookLog);
  const settings = join(home, '.config/cdi-runtime');
  mkdirSync(settings, { recursive: true });
  for (const directory of [dirname(settings), settings]) owned(directory);
  const text = `specDirs: [${dirname(spec)}]\naudit: { path: ${home}/audit.jsonl }\n`;
  writeFileSync(join(settings, 'config.yaml'), text);
  owned(join(settings, 'config.yaml'));
  return {
    prefix: ['setpriv', '--reuid', NAME, '--regid', NAME, '--init-groups', '--inh-caps=-all'],
    folder: home,
    env: { ...stage.env, HOME: home, XDG_RUNTIME_DIR: runtimeDir },
    images,
    spec,
    node,
    hookRuns: () => {
      const runs = existsSync(hookLog) ? readFileSync(hookLog, 'utf8').split('\n').slice(0, -1) : [];
      rmSync(hookLog, { force: true });
      return runs;
    },
  };
}

function writeSpec(node: string, hookLog: string): string {
  const file = join(PLACE, 'file');
  writeFileSync(file, 'from the host\n');
  const hook = join(PLACE, 'hook');
  const report = `printf '%s\\n' "$(tr '\\0' ' ' </proc/$$/environ)" >>${hookLog}`;
  writeFileSync(hook, `#!/bin/sh\ncat >/dev/null\n${report}\n`);
  chmodSync(hook, 0o755);
  const spec = join(PLACE, 'cdi/test.yaml');
  mkdirSync(dirname(spec));
  writeFileSync(
    spec,
    `cdiVersion: 0.7.0
kind: test.example/device
devices:
- name: probe
  containerEdits:
    env: [CDI_PROBE=yes]
    deviceNodes: [{ path: ${node} }]
    mounts:
    - { hostPath: ${file}, containerPath: /cdi-file, type: bind, options: [ro, nosuid, nodev, rbind] }
    hooks:
    - { hookName: createRuntime, path: ${hook} }
    additionalGids: [${GROUP}]
`,
  );
  return spec;
}
