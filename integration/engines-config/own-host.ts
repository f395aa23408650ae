// A host for `cdictl engine` where it may use the usual paths: folders of a test's own are mounted over the machine's.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';
import { must, type Outcome, run } from '../support/command.ts';
import { makeImages } from '../support/image.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
/** Besides /etc and /run, which are the run's own anyway. */
const FOLDERS = [
  '/usr/local/bin',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/cdi-runtime',
];

export interface OwnHost {
  readonly folder: string;
  readonly images: string;
  /** environment of daemons and clients */
  readonly env: NodeJS.ProcessEnv;
  /** Runs cdictl, which must succeed unless a status is expected. */
  cdictl(words: readonly string[], status?: number): Outcome;
  takeDown(): void;
}

/** Sets it up in the namespaces of integration/run.ts. */
export function ownHost(): OwnHost {
  const parent = process.env['CDI_INTEGRATION'];
  assert.ok(parent !== undefined, 'run it by npm run test:integration');
  const folder = mkdtempSync(join(parent, 'h-'));
  for (const path of FOLDERS) {
    const own = join(folder, path.replaceAll('/', '-'));
    mkdirSync(own);
    mkdirSync(path, { recursive: true });
    must('mount', ['--bind', own, path]);
  }
  rmSync('/etc/cdi-runtime', { recursive: true, force: true });
  const cdictl = '/usr/local/bin/cdictl';
  writeFileSync(cdictl, `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`);
  chmodSync(cdictl, 0o755);
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TMPDIR: folder };
  return {
    folder,
    images: makeImages(folder).tar,
    env,
    cdictl: (words, status = 0) => {
      const done = run(cdictl, words, { env });
      assert.equal(done.status, status, `cdictl ${words.join(' ')}\n${done.stdout}${done.stderr}`);
      return done;
    },
    takeDown: () => {
      const points = readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[1] ?? '')
        .filter((point) => point.startsWith(`${folder}/`) || FOLDERS.some((path) => point.startsWith(path)));
      for (const point of points.reverse()) execaSync('umount', ['--lazy', point], { reject: false });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A systemctl that knows one service: reload sends SIGHUP, restart ends the daemon and starts it again.
 *
 * @param start shell command that starts the daemon in the background and leaves its pid in `$pid`
 * @param isUp shell command that fails until it answers
 */
export function ownSystemctl(service: string, pidFile: string, start: string, isUp: string): void {
  mkdirSync('/run/systemd/system', { recursive: true });
  const path = '/usr/local/bin/systemctl';
  const script = `#!/bin/sh
case "$1 $2" in
  'reload ${service}') kill -HUP "$(cat ${pidFile})"; sleep 1; exit ;;
  'stop ${service}'|'restart ${service}') ;;
  'start ${service}') ;;
  *) echo "no $1 of $2 here" >&2; exit 1 ;;
esac
if [ -f ${pidFile} ]; then
  old=$(cat ${pidFile}); rm ${pidFile}
  kill "$old"; while kill -0 "$old" 2>/dev/null; do sleep 0.1; done
fi
[ "$1" != stop ] || exit 0
${start}
echo $pid >${pidFile}
for i in $(seq 100); do ${isUp} >/dev/null 2>&1 && exit; sleep 0.1; done
echo "it does not come up" >&2
exit 1
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

/** Its bytes, or that it is not there. */
export function bytesOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'base64') : 'missing';
}
