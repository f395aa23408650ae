// The version of an engine by the list of dpkg, for a host whose programs are not to be started.
import { tryReadText } from '../files/folder-entries.ts';
import { resolveInRoot } from '../files/host-root.ts';

const LIST = '/var/lib/dpkg/status';

/** The packages that an engine comes in: of the distributions, and of its own makers. */
const PACKAGES: { readonly [id: string]: readonly string[] } = {
  docker: ['docker-ce', 'docker.io', 'moby-engine'],
  containerd: ['containerd.io', 'containerd', 'moby-containerd'],
  crio: ['cri-o'],
  podman: ['podman'],
  buildah: ['buildah'],
  buildkit: ['buildkit'],
};

/** undefined where no such package is installed, or the host has no such list. */
export function readPackagedVersion(root: string, id: string): string | undefined {
  const paragraphs = (tryReadText(resolveInRoot(root, LIST)) ?? '').split('\n\n');
  const versions = (PACKAGES[id] ?? []).map((name) => {
    const found = paragraphs.find((one) => one.startsWith(`Package: ${name}\n`) && /^Status: .* installed$/m.test(one));
    return /^Version: (?:\d+:)?(\S+)$/m.exec(found ?? '')?.[1];
  });
  return versions.find((version) => version !== undefined);
}
