// Processes, mounts and cgroups of their own, as far as runtimes need them: whatever runs in there ends with them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LONGEST_MS = 60_000;

const ENTER = `
mount -t tmpfs -o mode=755 tmpfs /run
if mountpoint -q /sys/fs/cgroup/unified; then
	umount /sys/fs/cgroup/unified
	mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup/unified
fi
echo ready
# it has to wait for processes that lost their parent
while sleep 0.2; do :; done
`;

export interface OwnNamespaces {
  /** what starts a program in there */
  readonly prefix: readonly string[];
  end(): void;
}

export async function makeNamespaces(): Promise<OwnNamespaces> {
  const own = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const holder = spawn('unshare', [...own, 'sh', '-euc', ENTER], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data', { signal: AbortSignal.timeout(LONGEST_MS) });
  const inner = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim();
  return { prefix: ['nsenter', '--mount', '--pid', `--target=${inner}`, '--'], end: () => holder.kill('SIGKILL') };
}
