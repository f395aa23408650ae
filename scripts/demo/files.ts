// The files that the demo makes: bundles with one root file system, a CDI spec, a hook, settings.
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execaSync } from 'execa';
import type { DeviceFile } from './host.ts';

const KIND = 'demo.example/device';

/** What is different between the bundles. */
export interface Request {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
}

/** Text of a file that the spec mounts into the container. */
export const GREETING = 'a file of the host';

/** The name by which the device is requested. */
export function deviceName(device: DeviceFile): string {
  return `${KIND}=${basename(device.path)}`;
}

/** A spec of one device with an edit of each kind that the demo shows. */
function specText(folder: string, device: DeviceFile): string {
  return `cdiVersion: 0.6.0
kind: ${KIND}
devices:
  - name: ${basename(device.path)}
    containerEdits:
      deviceNodes:
        - path: ${device.path}
          permissions: rw
      mounts:
        - hostPath: ${folder}/driver
          containerPath: /opt/driver
          type: bind
          options: [bind, ro, nosuid, nodev]
      env:
        - DEMO_DEVICE=${basename(device.path)}
      hooks:
        - hookName: createRuntime
          path: ${folder}/hook
          args: [hook, ${folder}/hook.log]
`;
}

function settingsText(folder: string, crun: string): string {
  return `runtime: ${crun}\nspecDirs: [${folder}/cdi]\naudit: { path: ${folder}/audit.jsonl }\n`;
}

/** The container's process: it opens the device, then one that it made by itself and no one allowed. */
function probeText(wanted: DeviceFile, other: DeviceFile): string {
  return `#!/bin/sh
exec 2>&1
try() {
  (exec 3<"$1" 4>"$1") || return
  echo "$1 opens for reading and writing: device $((0x$(stat -c %t $1))):$((0x$(stat -c %T $1)))"
}
try ${wanted.path}
# a node that the container makes by itself, of ${other.path}: no one allowed it that device
mknod /dev/other ${other.type} ${other.major} ${other.minor} && try /dev/other
echo "DEMO_DEVICE=$DEMO_DEVICE"
cat /opt/driver/greeting
exit 0
`;
}

/** Runtimes call a hook with the container's state, a JSON document, on its standard input. */
const HOOK = `#!/bin/sh
id=$(sed -n 's/.*"id" *: *"\\([^"]*\\)".*/\\1/p')
echo "hook of container $id, with PATH=$PATH" >>"$1"
`;

const NAMESPACES = ['pid', 'mount', 'ipc', 'uts'];

/** A container's configuration as an engine writes it, but with line breaks. */
function configText(folder: string, request: Request): string {
  const capabilities = ['CAP_MKNOD'];
  const config = {
    ociVersion: '1.0.2',
    ...(request.annotations === undefined ? {} : { annotations: request.annotations }),
    process: {
      user: { uid: 0, gid: 0 },
      args: ['/probe'],
      env: ['PATH=/bin', ...(request.env ?? [])],
      cwd: '/',
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
    },
    root: { path: `${folder}/rootfs` },
    hostname: 'demo',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    ],
    linux: {
      cgroupsPath: `/${basename(folder)}`,
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      namespaces: NAMESPACES.map((type) => ({ type })),
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Everything but the bundles' configurations. */
export function layOut(
  folder: string,
  use: { readonly crun: string; readonly busybox: string; readonly wanted: DeviceFile; readonly other: DeviceFile },
): void {
  const bin = join(folder, 'rootfs/bin');
  for (const path of [bin, join(folder, 'cdi'), join(folder, 'driver')])
    mkdirSync(path, { recursive: true, mode: 0o755 });
  copyFileSync(use.busybox, join(bin, 'busybox'));
  const { stdout: applets } = execaSync(use.busybox, ['--list'], { lines: true });
  for (const name of applets) if (name !== 'busybox') symlinkSync('busybox', join(bin, name));
  writeFileSync(join(folder, 'rootfs/probe'), probeText(use.wanted, use.other), { mode: 0o755 });
  writeFileSync(join(folder, 'hook'), HOOK, { mode: 0o755 });
  writeFileSync(join(folder, 'driver/greeting'), `${GREETING}\n`);
  writeFileSync(join(folder, 'cdi/demo.yaml'), specText(folder, use.wanted), { mode: 0o644 });
  writeFileSync(join(folder, 'settings.yaml'), settingsText(folder, use.crun), { mode: 0o644 });
}

export function makeBundle(folder: string, name: string, request: Request): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'config.json'), configText(folder, request), { mode: 0o644 });
}
