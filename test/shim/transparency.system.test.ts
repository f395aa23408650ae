// The shim as if it were not there: whatever the process is like, the runtime sees the same as without the shim.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INJECTED, SILENT } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Command, type Launch, type Launched, LaunchSite, USER } from './launch.ts';

const site = new LaunchSite(temporaryFolder());
const skip = process.getuid?.() === 0 ? false : 'only root can set the conditions';

interface Row extends Launch {
  /** lines in which two starts of one and the same program differ as well */
  readonly passing?: RegExp;
  /** the reason why a request cannot be met; the runtime is not started then */
  readonly refused?: RegExp;
}

const named = `CDI_RUNTIME_CONFIG=${site.settings}`;
const namedInside = `CDI_RUNTIME_CONFIG=${site.settingsInside}`;
const OWN_USERS = /^(?:namespace (?:user|mnt)|session keyring)/;
const OWN_MOUNTS = /^namespace mnt/;
const OF_PROCESSES = /^(?:pid|thread|parent|group|session|lock|fd \d+ owner|env LISTEN_PID=)/;
/** By kernels that are older, or where root has not all rights: EPERM, EINVAL, ENOSYS. */
const CANNOT_BE_SET = /^cannot set .*: errno (?:1|22|38)\n$/;
const OWN_SESSION = /^automatic group/;

const rows: Record<string, Row> = {
  'nothing odd': {},

  'SIGCHLD ignored': { conditions: ['ignored-children'] },
  'SIGPIPE ignored': { conditions: ['ignored-pipe'] },
  'all signals ignored': { conditions: ['ignored-all'] },
  'SIGUSR1 blocked': { conditions: ['blocked-user'] },
  'all signals blocked': { conditions: ['blocked-all'] },
  'signals pending': { conditions: ['pending'] },
  'signals pending and ignored': { conditions: ['ignored-all', 'pending'] },
  'signals caught before': { conditions: ['caught'] },
  'a signal stack': { conditions: ['signal-stack'] },
  'clocks running': { conditions: ['clocks'] },

  'four descriptors': { conditions: ['descriptors-4'] },
  'four descriptors, soft': { conditions: ['descriptors-4-soft'] },
  'eight descriptors': { conditions: ['descriptors-8'] },
  'no descriptor left': { conditions: ['descriptors-used'], refused: /EMFILE/ },
  'no descriptor left of many': { conditions: ['open-3-to-20', 'descriptors-used'] },
  'no descriptor left, soft': { conditions: ['sockets', 'descriptors-used-soft'] },
  'no descriptor left, in a user namespace': {
    conditions: ['own-settings', 'open-3-to-20', 'user', 'user-namespace', 'descriptors-used'],
    environment: [namedInside],
    passing: OWN_USERS,
    owner: USER,
  },
  'little address space': { conditions: ['address-space'] },
  'little memory for data': { conditions: ['data'] },
  'a stack of 128 KiB': { conditions: ['stack'] },
  'a stack of 64 KiB, soft': { conditions: ['stack-soft'] },
  'a stack without end': { conditions: ['stack-endless'] },
  'a small stack and no descriptor left': { conditions: ['open-3-to-20', 'descriptors-used', 'stack'] },
  'a small stack, and no other process': { conditions: ['user', 'processes-1', 'stack-soft'], owner: USER },
  'files of no size': { conditions: ['file-size-0'], refused: /\(EFBIG\) \(cdictl errors CANNOT_WRITE\)\n$/ },
  'one process': { conditions: ['user', 'processes-1'], owner: USER },
  'other limits': { conditions: ['other-limits'] },

  'no input': { conditions: ['closed-0'] },
  'no output': { conditions: ['closed-1'] },
  'no errors': { conditions: ['closed-2'] },
  'no input and no output': { conditions: ['closed-0', 'closed-1'] },
  'no input and no errors': { conditions: ['closed-0', 'closed-2'] },
  'no output and no errors': { conditions: ['closed-1', 'closed-2'] },
  'neither input, output nor errors': { conditions: ['closed-0', 'closed-1', 'closed-2'] },
  'descriptors 3 to 20': { conditions: ['open-3-to-20'] },
  'sockets that do not wait': { conditions: ['sockets'] },
  'the highest descriptor': { conditions: ['highest-numbers'] },
  'descriptors that are no files': { conditions: ['special'], passing: /^fd 8 type 100777/ },
  'locks on files': { conditions: ['locks'] },
  'sockets of LISTEN_FDS': { conditions: ['passed-sockets'] },

  'umask 0': { conditions: ['umask-0'] },
  'umask 077': { conditions: ['umask-077'] },
  'the root folder': { conditions: ['folder-root'] },
  'a deleted folder': { conditions: ['folder-deleted'], passing: /^folder device/ },
  'a folder that no one may read': { conditions: ['folder-unreadable', 'user'], owner: USER },
  'a folder below the longest path': { conditions: ['folder-deep'] },
  'a folder outside of the root': { conditions: ['folder-outside'], passing: /^namespace mnt|^folder device/ },

  'an empty environment': { conditions: ['own-settings'], environment: [], passing: OWN_MOUNTS },
  'an empty environment and no arguments': {
    conditions: ['own-settings', 'no-arguments'],
    environment: [],
    passing: OWN_MOUNTS,
  },
  'variables twice': { environment: ['A=1', named, 'A=2', 'A=1', `${named}/nowhere`] },
  'entries that are no variables': { environment: ['', 'A', named, '=', '=x', '==', 'a b=c\nd'] },
  'variables that are not UTF-8': { environment: ['A=\xff\xfe', named, '\x80\xc3(=\xc0\x80', 'B=\xed\xa0\x80'] },
  'a large environment': {
    environment: [named, ...Array.from({ length: 100 }, (_, i) => `V${i}=${'x'.repeat(10_000)}`)],
  },
  'many variables': { environment: [...Array.from({ length: 20_000 }, (_, i) => `V${i}=`), named] },
  'variables of loaders': { environment: [named, 'LD_PRELOAD=/x.so', 'LD_LIBRARY_PATH=/x', 'MALLOC_PERTURB_=1'] },
  'words that are not UTF-8': { words: ['--root', '\xff\xc3(', '--log', '/nowhere/\x80'] },
  'empty and odd words': { words: ['--root', '', '--log', '', '--root', 'a\nb\t\x01 %'] },
  'a long word': { words: ['--root', 'x'.repeat(100_000)] },

  'a nice value': { conditions: ['nice'] },
  'one processor': { conditions: ['one-processor'] },
  'the policy for batches': { conditions: ['batch'] },
  'the policy for the idle': { conditions: ['idle'] },
  'a real-time policy': { conditions: ['round-robin'] },
  'a low priority of input and output': { conditions: ['input-priority'] },
  'the first to be killed': { conditions: ['dies-first'] },
  'timer slack': { conditions: ['timer-slack'] },
  'a memory node': { conditions: ['memory-node'] },
  'locked memory': { conditions: ['locked-memory'] },
  'no huge pages': { conditions: ['no-huge-pages'] },
  'memory that is written or run': { conditions: ['odd-memory'] },
  'early death by broken memory': { conditions: ['broken-memory'] },

  'another user': { conditions: ['user'], owner: USER },
  'another user with a right': { conditions: ['user-with-rights'], owner: USER },
  'another user without the group': { conditions: ['user', 'no-new-privileges', 'umask-0'], owner: USER },
  'bounded capabilities': { conditions: ['bounded-capabilities'] },
  // an exec that gives rights back leaves the process not dumpable; of two, only the first gives them
  'capabilities that the exec gives back': { conditions: ['dropped-capabilities'], passing: /^dumpable/ },
  'root without rights': { conditions: ['securebits'] },
  'no new privileges': { conditions: ['no-new-privileges'] },
  'a filter of system calls': { conditions: ['filter'] },
  'a filter, as a user': { conditions: ['no-new-privileges', 'user', 'filter'], owner: USER },
  'a user namespace': { conditions: ['user-namespace'], passing: OWN_USERS },
  'a user namespace of a user': {
    conditions: ['own-settings', 'user', 'user-namespace'],
    environment: [namedInside],
    passing: OWN_USERS,
    owner: USER,
  },
  'a user namespace without users': { conditions: ['bare-user-namespace'], passing: OWN_USERS },
  'a keyring': { conditions: ['keyring'], passing: /^session keyring/ },
  'not dumpable': { conditions: ['not-dumpable'] },
  'a death signal': { conditions: ['death-signal'] },
  'addresses that are not random': { conditions: ['personality'] },

  'a subreaper': { conditions: ['subreaper'] },
  'a child that no one waited for': { conditions: ['child'] },
  'a child, SIGCHLD ignored, no descriptor left': {
    conditions: ['child', 'ignored-children', 'sockets', 'descriptors-used'],
  },
  'a process group': { conditions: ['new-group'] },
  'a session': { conditions: ['new-session'], passing: OWN_SESSION },
  'a terminal': { conditions: ['terminal'], passing: OWN_SESSION },
  'the background of a terminal': { conditions: ['background'], passing: OWN_SESSION },

  'as containerd does': {
    conditions: ['sockets', 'death-signal', 'dies-first'],
    words: ['--root', '/run/x', '--log', '/nowhere/log.json', '--log-format', 'json'],
  },
  'as conmon does': {
    conditions: ['ignored-pipe', 'death-signal', 'passed-sockets', 'new-session'],
    passing: OWN_SESSION,
  },
  'all at once': {
    conditions: [
      ...['umask-0', 'nice', 'one-processor', 'batch', 'timer-slack', 'no-huge-pages', 'odd-memory', 'personality'],
      ...['ignored-pipe', 'pending', 'clocks', 'subreaper', 'death-signal', 'open-3-to-20', 'other-limits', 'closed-1'],
    ],
  },
};

const commands: Command[] = ['another command', 'a create without a request', 'a create with a request'];
for (const [title, row] of Object.entries(rows))
  for (const command of commands)
    test(`the runtime sees no difference: ${title}: ${command}`, { skip }, (context) => {
      const asks = command === 'a create with a request';
      const direct = site.start('direct', command, row);
      if (CANNOT_BE_SET.test(direct.outcome.stderr)) return context.skip(direct.outcome.stderr.trimEnd());
      const shim = site.start('shim', command, row);
      assert.deepEqual(told(direct), { status: 7, stdout: '', stderr: '' });
      if (row.refused !== undefined && asks) {
        assert.match(shim.outcome.stderr, row.refused);
        assert.equal(shim.outcome.status, 1);
        assert.equal(shim.config, direct.config);
        assert.deepEqual(shim.record, ['']);
        return;
      }
      assert.deepEqual(told(shim), told(direct));
      assert.deepEqual(differences(seen(direct, row), seen(shim, row)), []);
      const starts = row.conditions?.includes('no-arguments') !== true;
      assert.equal(shim.config, asks && starts ? INJECTED : direct.config);
    });

function told({ outcome: { status, stdout, stderr } }: Launched): unknown {
  return { status, stdout, stderr };
}

/** What was seen, but for the numbers of processes and the name by which it was called, which is the runtime's path. */
function seen({ record, outcome }: Launched, { passing }: Row): string[] {
  const first = record.findIndex((line) => line.startsWith('argv '));
  const own = new RegExp(`\\b${pidOf(record)}\\b`);
  const launcher = new RegExp(`\\b${outcome.pid}\\b`);
  return record
    .map((line, i) => (i === first ? `argv ${site.runtime}` : line))
    .map((line) => (OF_PROCESSES.test(line) ? line.replace(own, 'OWN').replace(launcher, 'LAUNCHER') : line))
    .filter((line) => passing?.test(line) !== true);
}

function pidOf(record: readonly string[]): string {
  return record.find((line) => line.startsWith('pid '))?.slice(4) ?? 'none';
}

function differences(direct: readonly string[], shim: readonly string[]): string[] {
  const lost = direct.filter((line) => !shim.includes(line)).map((line) => `- ${line.slice(0, 200)}`);
  const added = shim.filter((line) => !direct.includes(line)).map((line) => `+ ${line.slice(0, 200)}`);
  if (lost.length === 0 && added.length === 0 && direct.join() !== shim.join()) added.push('another order');
  return [...lost, ...added];
}

test('the process that was started is the one that becomes the runtime', { skip }, () => {
  for (const command of commands) {
    const { record, outcome } = site.start('shim', command, {});
    assert.equal(pidOf(record), String(outcome.pid));
    assert.ok(record.includes(`parent ${process.pid}`));
  }
  assert.equal(site.start('shim', 'a create without a request', {}).config, SILENT);
});
