// With rights that its caller does not have, the shim does nothing at all.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { launcher, start, USER } from './launch.ts';
import { program } from './probe-binary.ts';

const skip = process.getuid?.() === 0 ? false : 'only root can hand out rights';
const folder = temporaryFolder();
const launch = launcher(folder);
chmodSync(folder, 0o755);
const settings = join(folder, 'settings.yaml');
const runtime = join(folder, 'runtime');
copyFileSync(program('recorder'), runtime);
writeFileSync(settings, `runtime: ${runtime}\n`, { mode: 0o644 });

const rights: [title: string, give: (file: string) => boolean, conditions: string[]][] = [
  ['set-uid root', (file) => give(file, 0, 0, 0o4755), ['user']],
  ['set-gid root', (file) => give(file, 0, 0, 0o2755), ['user']],
  ['set-uid another user, started by root', (file) => give(file, USER, 0, 0o4755), []],
  ['set-gid another group, started by root', (file) => give(file, 0, USER, 0o2755), []],
  ['file capabilities', (file) => spawnSync('setcap', ['cap_net_raw+ep', file]).status === 0, ['user']],
];
for (const [title, giveRights, conditions] of rights)
  test(`the shim refuses to run: ${title}`, { skip }, (context) => {
    const file = join(folder, title.replaceAll(/\W/g, '-'));
    copyFileSync(SHIM, file);
    chmodSync(file, 0o755);
    const run = (): ReturnType<typeof start> =>
      start(launch, folder, {
        program: file,
        words: [file, 'state', 'x'],
        environment: [`CDI_RUNTIME_CONFIG=${settings}`],
        conditions,
      });
    assert.equal(run().status, 7, 'without them it runs');
    if (!giveRights(file)) return context.skip('this file system takes no capabilities, or there is no setcap');
    const { stdout, stderr, status } = run();
    assert.equal(stderr, 'cannot run cdi-runtime set-uid, set-gid or with file capabilities\n');
    assert.deepEqual([stdout, status], ['', 1]);
  });

function give(file: string, user: number, group: number, mode: number): boolean {
  chownSync(file, user, group);
  chmodSync(file, mode);
  return true;
}
