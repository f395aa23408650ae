// Every writer against an owner of the folder who races it: names and folders are swapped while files are replaced, and
// nothing of root's is written, given away or opened. RACE_ROUNDS says how often (500).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostChanges, readIfThere } from '../../src/cli/files/host-changes.ts';
import { putFile } from '../../src/cli/files/put-file.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { sweepBeside } from '../../src/host/replace-file.ts';
import { Registry, type Spec } from '../../src/index.ts';
import { compile } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { ASKING, type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROUNDS = Number(process.env['RACE_ROUNDS'] ?? 500);
const ATTACKER = 65534;
const SECRET = 'root only';
const MODE = 0o600;
const SPEC: Spec = { cdiVersion: '0.6.0', kind: 'a.com/b', devices: [{ name: 'c', containerEdits: { env: ['A=1'] } }] };

const skip = process.geteuid?.() === 0 ? false : 'only root is attacked so';
const folder = temporaryFolder();
chmodSync(folder, 0o755);
const swapper = compile('swapper', folder);
const runtime = compile('fake-runc', folder);

interface Writer {
  readonly title: string;
  /** Replaces the bundle's document; whether it may is its own matter. */
  write(host: SmallHost): void;
}

const writers: readonly Writer[] = [
  {
    title: 'replaceFile() of Node',
    write: ({ config }) => {
      const host = createNodeHost();
      const file = host.holdFile(config, 1 << 20);
      if (!('errno' in file)) host.replaceFile(file, ['{"new":1}']);
      else assert.notEqual(file.errno, 'EMFILE', 'a file that was replaced is let go of');
    },
  },
  { title: 'writeFile() of Node', write: ({ config }) => void createNodeHost().writeFile(config, '{"new":2}') },
  { title: 'putFile() of cdictl', write: ({ config }) => void putFile(config, '{"new":3}') },
  {
    title: 'writeSpec() of the library',
    write: ({ bundle }) => void new Registry({ specDirs: [bundle], autoRefresh: false }).writeSpec(SPEC, 'config.json'),
  },
  {
    // engines' files, settings and records; what a killed run has left is swept
    title: 'a change of a host by cdictl, and what takes it back',
    write: ({ config }) => {
      const changes = new HostChanges({ what: 'change it', warn: () => {} });
      try {
        changes.put(config, readIfThere(config), `{"new":${Math.random()}}`);
      } finally {
        sweepBeside(config);
      }
    },
  },
  {
    title: 'the shim',
    write: ({ root, bundle, settings }) => {
      runShim({ folder: root, args: ['create', '--bundle', bundle, 'id'], settings });
    },
  },
];

const ATTACKS = {
  links: 'names become links',
  files: 'names become hard links and files',
  folders: 'folders are swapped',
  moves: 'the folder is moved away and back',
} as const;

for (const [how, attack] of Object.entries(ATTACKS))
  for (const { title, write } of writers)
    test(`${title} gives nothing away while ${attack}`, { skip }, async () => {
      const small = smallHost(folder, { runtime, config: undefined });
      // The attacker's own, all else is root's, or the shim would trust nothing.
      const race = join(small.root, 'race');
      const bundle = join(race, 'bundle');
      const host = { ...small, bundle, config: join(bundle, 'config.json') };
      mkdirSync(bundle, { recursive: true });
      writeFileSync(host.config, ASKING);
      const secret = join(host.root, 'secret');
      mkdirSync(secret, { mode: 0o755 });
      const victim = join(secret, 'config.json');
      writeFileSync(victim, SECRET, { mode: MODE });
      const before = statSync(victim);
      for (const path of [race, bundle, host.config]) chownSync(path, ATTACKER, ATTACKER);
      write(host);
      assert.notEqual(readFileSync(host.config, 'utf8'), ASKING, 'it writes where nothing stands in its way');
      const attacker = spawn(swapper, [String(ATTACKER), host.bundle, victim, how], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(attacker.stdout, 'data');
      try {
        for (let round = 0; round < ROUNDS; round++) {
          // What an earlier round has left by that name may lead elsewhere, as a path may that somebody gives us.
          attempt(() => {
            if (how === 'folders') return;
            rmSync(host.config, { force: true });
            writeFileSync(host.config, ASKING, { flag: 'wx' });
          });
          attempt(() => write(host));
        }
      } finally {
        attacker.kill('SIGKILL');
        await once(attacker, 'close');
      }
      const after = statSync(victim);
      assert.deepEqual([after.uid, after.gid, after.mode], [before.uid, before.gid, before.mode]);
      assert.deepEqual(readdirSync(secret), ['config.json']);
      // A path that leads to the victim's folder by a link means the victim; no other way may.
      if (how !== 'folders') assert.deepEqual([readFileSync(victim, 'utf8'), after.ino], [SECRET, before.ino]);
    });

/** Writers may fail as often as they like, but only by what the file system says. */
function attempt(write: () => void): void {
  try {
    write();
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code !== 'EMFILE', String(error));
  }
}
