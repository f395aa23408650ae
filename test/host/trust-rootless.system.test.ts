// Rootless: a user of the machine in a user namespace of their own, to whom all others look alike.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { NOBODY } from '../support/ordinary-user.ts';
import { SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED } from '../support/small-host.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
compile('fake-runc', folder);
const ROOTLESS = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  'unshare',
  '--user',
  '--map-root-user',
];
const CREATE = ['/mnt/cdi-runtime', 'create', '--bundle', '/mnt/bundle', 'id'];

function noNamespace(): string | false {
  if (process.geteuid?.() !== 0) return 'only root can become another user';
  const [tool = '', ...args] = ['unshare', '--mount', ...ROOTLESS, 'true'];
  return spawnSync(tool, args).status === 0 ? false : 'this machine lets no one have a user namespace';
}

interface Outcome {
  readonly status: number | null;
  readonly stderr: string;
  readonly config: string;
}

/** A create by nobody, on a file system of root's, after root has changed something there. */
function create(change: string): Outcome {
  const host = mkdtempSync(join(folder, 'host-'));
  for (const name of ['cdi', 'bundle']) mkdirSync(join(host, name));
  copyFileSync(SHIM, join(host, 'cdi-runtime'));
  copyFileSync(join(folder, 'fake-runc'), join(host, 'fake-runc'));
  writeFileSync(join(host, 'cdi/gpu.yaml'), spec('vendor.com/gpu', 'gpu0').replace('D=', 'GPU='), { mode: 0o644 });
  writeFileSync(join(host, 'bundle/config.json'), ASKING);
  const settings = 'runtime: /mnt/fake-runc\nspecDirs: [/mnt/cdi]\naudit: { enabled: false }\n';
  writeFileSync(join(host, 'settings.yaml'), settings, { mode: 0o644 });
  const mine = `chown -R ${NOBODY}:${NOBODY} /mnt/bundle`;
  const script = `mount -t tmpfs -o mode=755 x /mnt && cp -a ${host}/. /mnt && chmod 755 /mnt && ${mine} && ${change}
"$@"; status=$?; cat /mnt/bundle/config.json; exit $status`;
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...ROOTLESS, ...CREATE];
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    CDI_RUNTIME_CONFIG: '/mnt/settings.yaml',
    FAKE_RUNC_RECORD: '/mnt/bundle/record',
  };
  const { status, stderr, stdout } = spawnSync('unshare', args, { env, encoding: 'utf8' });
  return { status, stderr, config: stdout };
}

const taken: [title: string, change: string][] = [
  ['what root of the machine wrote, an unmapped owner', 'true'],
  ['what the user wrote', `chown -R ${NOBODY}:${NOBODY} /mnt/cdi`],
];
for (const [title, change] of taken)
  test(`rootless, a spec counts: ${title}`, { skip: noNamespace() }, () => {
    assert.deepEqual(create(change), { status: STARTED, stderr: '', config: INJECTED });
  });

const refused: [title: string, change: string, why: string][] = [
  ['a file that a group may write', 'chmod 664 /mnt/cdi/gpu.yaml', 'it can be written by group 65534 (mode 0664)'],
  [
    'a directory that all may write',
    'chmod 777 /mnt/cdi',
    'directory "/mnt/cdi" can be written by everybody (mode 0777)',
  ],
  [
    'an unmapped owner’s file in a directory of everybody, which anybody may have put there',
    'chmod 1777 /mnt/cdi',
    'it belongs to user 65534',
  ],
];
for (const [title, change, why] of refused)
  test(`rootless, a spec is refused: ${title}`, { skip: noNamespace() }, () => {
    const { status, stderr, config } = create(change);
    assert.deepEqual([status, config], [1, ASKING]);
    assert.ok(
      stderr.endsWith(`spec "/mnt/cdi/gpu.yaml" is in error: ${why} (cdictl errors UNRESOLVED_DEVICE)\n`),
      stderr,
    );
  });
