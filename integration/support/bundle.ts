// Bundles for tests that call a runtime themselves: a config.json as an engine writes it, over the stage's root.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Stage } from './stage.ts';

export interface BundleOptions {
  readonly args: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly terminal?: boolean;
}

/** Of the usual ones, those that the tests need: mknod shows what the cgroup says. */
const CAPABILITIES = ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_KILL', 'CAP_MKNOD', 'CAP_SETGID', 'CAP_SETUID'];

const tmpfs = (destination: string, mode: string): object => ({
  destination,
  type: 'tmpfs',
  source: 'tmpfs',
  options: ['nosuid', `mode=${mode}`, 'size=1m'],
});

/** Writes the bundle `name` again and gives its folder. */
export function makeBundle({ folder, rootfs }: Stage, name: string, options: BundleOptions): string {
  const { args, annotations, env = [], terminal = false } = options;
  const bundle = join(folder, 'bundles', name);
  mkdirSync(bundle, { recursive: true });
  const config = {
    ociVersion: '1.0.2',
    process: {
      terminal,
      user: { uid: 0, gid: 0 },
      args,
      env: ['PATH=/bin', ...env],
      cwd: '/',
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      noNewPrivileges: true,
    },
    root: { path: rootfs, readonly: true },
    hostname: 'bundle',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      tmpfs('/dev', '755'),
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance'] },
      tmpfs('/tmp', '1777'),
    ],
    annotations,
    linux: {
      // Its own, also while another run of the tests goes on.
      cgroupsPath: `/cdi-${basename(folder)}-${name}`,
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })),
    },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  return bundle;
}
