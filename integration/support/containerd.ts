// A containerd of a test's own: root, state and socket in its scratch folder.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { run } from './command.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import type { Stage } from './stage.ts';

/**
 * Starts it and waits until it answers.
 *
 * @param config what its configuration has besides (version 2)
 */
export async function startContainerd({ folder, env }: Stage, socket: string, config = ''): Promise<Daemon> {
  const file = join(folder, 'containerd.toml');
  writeFileSync(
    file,
    `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${socket}"
[ttrpc]
  address = "${socket}.ttrpc"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.nri.v1.nri"]
  disable = true
${config}`,
  );
  const isUp = (): boolean => run('ctr', ['-a', socket, 'version'], { env }).status === 0;
  return await startDaemon(['containerd', '--config', file], env, join(folder, 'containerd.log'), isUp);
}

/** Ends the shims of a socket, which outlive their containerd. */
export function endShims(socket: string): void {
  const line = `^[^ ]*containerd-shim-runc-v2 .*-address ${socket}`;
  const { stdout } = execaSync('pgrep', ['-f', line], { lines: true, reject: false });
  for (const pid of stdout) process.kill(Number(pid), 'SIGKILL');
}
