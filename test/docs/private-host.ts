// This machine with layers over its folders, in which everything may be changed and no one sees it: for commands of the manual.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface PrivateHost {
  /** why there is none; false where there is */
  readonly skip: string | false;
  /** what a shell is started with, to be inside */
  readonly inside: readonly string[];
  /** shell commands that come first */
  readonly setUp: string;
}

/** Engines that need not be installed: they say their version, and call everything good. */
const STAND_INS = { dockerd: '26.1.5', containerd: '1.7.24', crio: '1.31.0', podman: '5.4.2' };

const SET_UP = `set -e
layers=/mnt
mount -t tmpfs tmpfs $layers
for folder in /etc /var/lib /usr/local; do
  mkdir -p $layers$folder/upper $layers$folder/work
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layers$folder/upper,workdir=$layers$folder/work" $folder
done
mount -t tmpfs -o mode=755 tmpfs /run
rm -rf /etc/docker /etc/containerd /etc/containers /etc/crio /etc/cdi /etc/cdi-runtime /var/lib/docker \\
  /var/lib/containers /var/lib/cdi-runtime
rm -f /usr/local/*bin/cdi* /usr/local/*bin/runc /usr/local/*bin/crun
mkdir -p /usr/local/bin /usr/local/sbin /etc/docker /etc/containerd
${Object.entries(STAND_INS)
  .map(
    ([name, version]) => `echo '[ "$1" != --version ] || echo "${name} version ${version}"' >/usr/local/sbin/${name}`,
  )
  .join('\n')}
sed -i '1i #!/bin/sh' /usr/local/sbin/*
for name in runc crun; do printf '#!/bin/sh\\n' >/usr/local/sbin/$name; done
printf '#!/bin/sh\\nexec %s %s "$@"\\n' ${process.execPath} ${ROOT}/src/cli/main.ts >/usr/local/bin/cdictl
chmod 755 /usr/local/bin/* /usr/local/sbin/*
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
set +e
`;

export function privateHost(): PrivateHost {
  const inside = ['unshare', '--mount', '--propagation', 'private'];
  const { status, error } = spawnSync(inside[0] ?? '', [...inside.slice(1), 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  const skip = error === undefined && status === 0 ? false : 'only root, with unshare, has a private mount namespace';
  return { skip, inside, setUp: SET_UP };
}
