// A host after the update of a driver: libraries of another version than three specs, as NVIDIA's tools write them, say.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const OLD_VERSION = '570.133.20';
export const NEW_VERSION = '575.57.08';

/** Each is `lib<name>.so.<version of the driver>`. */
const LIBRARIES: readonly string[] = [
  ...['EGL_nvidia', 'GLESv1_CM_nvidia', 'GLESv2_nvidia', 'GLX_nvidia', 'cuda', 'cudadebugger', 'nvcuvid'],
  ...['nvidia-allocator', 'nvidia-cfg', 'nvidia-eglcore', 'nvidia-encode', 'nvidia-fbc', 'nvidia-glcore'],
  ...['nvidia-glsi', 'nvidia-glvkspirv', 'nvidia-gpucomp', 'nvidia-gtk3', 'nvidia-ml', 'nvidia-ngx'],
  ...['nvidia-nscq', 'nvidia-nvvm', 'nvidia-opencl', 'nvidia-opticalflow', 'nvidia-ptxjitcompiler'],
  ...['nvidia-rtcore', 'nvidia-sandboxutils'],
];

const SPECS: readonly (readonly [file: string, kind: string])[] = [
  ['nvidia.yaml', 'nvidia.com/gpu'],
  ['management.nvidia.com-gpu.yaml', 'management.nvidia.com/gpu'],
  ['k8s.device-plugin.nvidia.com-gpu.json', 'k8s.device-plugin.nvidia.com/gpu'],
];

export interface DriverHost {
  /** of specs */
  readonly cdi: string;
  /** of libraries */
  readonly lib: string;
  /** the program that every hook runs */
  readonly hook: string;
}

/** @param installed versions of which the host has the libraries */
export function layOutDriver(root: string, installed: readonly string[] = [NEW_VERSION]): DriverHost {
  const [cdi, lib, bin] = [join(root, 'cdi'), join(root, 'usr/lib/x86_64-linux-gnu'), join(root, 'usr/bin')];
  for (const directory of [cdi, lib, bin]) mkdirSync(directory, { recursive: true, mode: 0o755 });
  for (const version of installed)
    for (const path of listLibraries(lib, version)) writeFileSync(path, '', { mode: 0o644 });
  const hook = join(bin, 'nvidia-cdi-hook');
  writeFileSync(hook, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  chmodSync(hook, 0o755);
  for (const [file, kind] of SPECS)
    writeFileSync(join(cdi, file), `${JSON.stringify(makeSpec(kind, lib, hook), undefined, 2)}\n`, { mode: 0o644 });
  return { cdi, lib, hook };
}

function listLibraries(lib: string, version: string): string[] {
  return LIBRARIES.map((name) => join(lib, `lib${name}.so.${version}`));
}

function makeSpec(kind: string, lib: string, hook: string): object {
  const node = (path: string): object => ({ path, hostPath: '/dev/null' });
  const run = (...args: string[]): object => ({
    hookName: 'createContainer',
    path: hook,
    args: ['nvidia-cdi-hook', ...args],
    env: ['NVIDIA_CTK_DEBUG=false'],
  });
  const devices = ['0', '1', 'GPU-4cf8db2d-06c0-7d70-1a51-e59b25b2c16c', 'GPU-4404041a-04cf-1ccf-9e70-f139a9b1e23c'];
  return {
    cdiVersion: '0.5.0',
    kind,
    devices: [...devices, 'all'].map((name) => ({
      name,
      containerEdits: {
        deviceNodes: name === 'all' ? [node('/dev/nvidia0'), node('/dev/nvidia1')] : [node('/dev/nvidia0')],
      },
    })),
    containerEdits: {
      env: ['NVIDIA_VISIBLE_DEVICES=void'],
      deviceNodes: ['nvidia-modeset', 'nvidia-uvm', 'nvidia-uvm-tools', 'nvidiactl'].map((name) =>
        node(`/dev/${name}`),
      ),
      hooks: [
        run('create-symlinks', '--link', `libcuda.so.1::${join(lib, 'libcuda.so')}`),
        run('enable-cuda-compat', `--host-driver-version=${OLD_VERSION}`),
        run('update-ldcache', '--folder', lib),
        run('disable-device-node-modification'),
      ],
      mounts: listLibraries(lib, OLD_VERSION).map((path) => ({
        hostPath: path,
        containerPath: path,
        options: ['ro', 'nosuid', 'nodev', 'rbind', 'rprivate'],
      })),
    },
  };
}
