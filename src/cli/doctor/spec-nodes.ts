// The device nodes of the host that its specs name.
import { CdiError } from '../../text/error.ts';
import type { HostView } from './host-view.ts';

/** Paths of the host, each once, in the order of the specs. */
export function listSpecNodes({ specs }: HostView): readonly string[] {
  if (specs instanceof CdiError) return [];
  const edits = specs.look.scan.specs.flatMap(({ spec }) => [
    spec.containerEdits,
    ...spec.devices.map((device) => device.containerEdits),
  ]);
  const nodes = edits.flatMap((one) => one?.deviceNodes ?? []);
  // an empty host path is as good as none
  return [...new Set(nodes.map(({ path, hostPath }) => hostPath || path))];
}
