// NVIDIA's driver on a host: which version is loaded, and for which one a spec was made.
import type { Host } from '../../host/host.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { readText } from './file-text.ts';

/** The command that makes a spec where engines look for specs of this boot. */
export const MAKE_NVIDIA_SPEC = 'run nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml';

const VERSION = /\b\d{3,}\.\d+(?:\.\d+)?\b/;

/** undefined where none is loaded. */
export function readNvidiaVersion(host: Host): string | undefined {
  const words = ['/sys/module/nvidia/version', '/proc/driver/nvidia/version'].map((path) => readText(host, path) ?? '');
  return words.map((text) => VERSION.exec(text)?.[0]).find((version) => version !== undefined);
}

/** By the names of the libraries that it mounts: `libcuda.so.570.133.20`. */
export function findNvidiaVersion({ spec }: SpecFile): string | undefined {
  const edits = [spec.containerEdits, ...spec.devices.map((device) => device.containerEdits)];
  const paths = edits.flatMap((one) => (one?.mounts ?? []).map(({ hostPath }) => hostPath));
  return paths
    .map((path) => /\/lib(?:nvidia|cuda|nv)[\w-]*\.so\.(\d{3,}\.\d+(?:\.\d+)?)$/.exec(path)?.[1])
    .find(Boolean);
}
