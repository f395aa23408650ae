// What happens to a bundle while a create is at work in it: nothing that somebody else wrote is lost, nothing is half.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noTracing } from '../faults/disturb-stories.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { ASKING, INJECTED, SILENT, type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { stoppedCreate } from './stopped-create.ts';

const skip = noTracing;
const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

const create = ({ root, bundle, settings }: SmallHost): ReturnType<typeof runShim> =>
  runShim({ folder: root, args: ['create', '--bundle', bundle, 'id'], settings });

interface Change {
  readonly title: string;
  change(host: SmallHost): void;
  /** the document afterwards, by which nothing of the shim's may be seen; undefined: there is none */
  readonly after: string | undefined;
}

const changes: readonly Change[] = [
  { title: 'written again in place', change: ({ config }) => writeFileSync(config, SILENT), after: SILENT },
  {
    title: 'replaced',
    change: ({ config }) => {
      writeFileSync(`${config}.new`, SILENT);
      renameSync(`${config}.new`, config);
    },
    after: SILENT,
  },
  {
    title: 'replaced by its equal',
    change: ({ config }) => {
      cpSync(config, `${config}.new`);
      renameSync(`${config}.new`, config);
    },
    after: ASKING,
  },
  { title: 'given another mode', change: ({ config }) => chmodSync(config, 0o600), after: ASKING },
  { title: 'taken away', change: ({ config }) => rmSync(config), after: undefined },
  {
    title: 'replaced by a link to itself',
    change: ({ config }) => {
      rmSync(config);
      symlinkSync(config, config);
    },
    after: undefined,
  },
  {
    title: 'replaced with its whole folder',
    change: ({ bundle, config }) => {
      renameSync(bundle, `${bundle}.old`);
      mkdirSync(bundle);
      writeFileSync(config, SILENT);
    },
    after: SILENT,
  },
  {
    title: 'taken away with its folder',
    change: ({ bundle }) => rmSync(bundle, { recursive: true }),
    after: undefined,
  },
  {
    title: 'hidden by a file in place of its folder',
    change: ({ bundle }) => {
      renameSync(bundle, `${bundle}.old`);
      writeFileSync(bundle, '');
    },
    after: undefined,
  },
];
// Right before the new file is there, and when it is whole.
for (const call of ['getrandom', 'fchmod'])
  for (const { title, change, after } of changes)
    test(`a document is ${title} after ${call}: the create fails, and the change stays`, { skip }, async (t) => {
      const host = smallHost(folder, { runtime, config: ASKING });
      const stopped = await stoppedCreate(t, host, call);
      change(host);
      const { status, stderr, record } = await stopped.finish();
      const why = 'somebody changed it in the meantime';
      assert.equal(stderr, `cannot replace container configuration "${host.config}": ${why}\n`);
      assert.deepEqual([status, record], [1, undefined]);
      if (after !== undefined) assert.equal(readFileSync(host.config, 'utf8'), after);
      const old = join(`${host.bundle}.old`, 'config.json');
      if (existsSync(old)) assert.equal(readFileSync(old, 'utf8'), ASKING);
      assert.deepEqual(leftovers(host), []);
    });

/** Files of the shim anywhere below the root. */
function leftovers({ root }: SmallHost): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.cdi-runtime-'));
}

// Two creates of one bundle: one at least succeeds, and none puts the half-written file of the other in place.

for (const call of ['getrandom', 'write', 'fchmod', 'renameat'])
  test(`another create goes by while one is stopped after ${call}`, { skip }, async (t) => {
    const host = smallHost(folder, { runtime, config: ASKING });
    const stopped = await stoppedCreate(t, host, call);
    const other = create(host);
    assert.deepEqual([other.status, other.record?.config?.toString()], [STARTED, INJECTED]);
    assert.deepEqual(readdirSync(host.bundle), ['config.json']);
    const { status, stderr, record } = await stopped.finish();
    if (call === 'renameat') {
      assert.deepEqual([status, stderr, record?.config?.toString()], [STARTED, '', INJECTED]);
    } else {
      assert.match(stderr, /: somebody changed it in the meantime\n$/);
      assert.deepEqual([status, record], [1, undefined]);
    }
    assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
    assert.deepEqual(readdirSync(host.bundle), ['config.json']);
  });

test('creates of one bundle at the same time: each is refused, or sees the whole edit', () => {
  const host = smallHost(folder, { runtime, config: ASKING });
  const script = 'for i in 1 2 3 4 5 6; do FAKE_RUNC_RECORD=$1/record$i "$2" create --bundle "$3" id 2>&1 & done; wait';
  const words = ['-c', script, 'sh', host.root, join(import.meta.dirname, '../../dist/cdi-runtime'), host.bundle];
  for (let round = 0; round < 10; round++) {
    writeFileSync(host.config, ASKING);
    const { stdout } = spawnSync('sh', words, { encoding: 'utf8', env: { CDI_RUNTIME_CONFIG: host.settings } });
    assert.match(stdout, /^(cannot replace .*: somebody changed it in the meantime \(cdictl errors [A-Z_]+\)\n)*$/);
    const records = readdirSync(host.root).filter((name) => /^record\d\.config$/.test(name));
    assert.equal(records.length + stdout.split('\n').length - 1, 6);
    assert.ok(records.length > 0);
    for (const name of records) {
      assert.equal(readFileSync(join(host.root, name), 'utf8'), INJECTED);
      for (const file of [name, name.replace('.config', '')]) rmSync(join(host.root, file));
    }
    assert.deepEqual(readdirSync(host.bundle), ['config.json']);
  }
});

// What killed runs have left.

test('a create takes away what a killed one has left of the same document, and nothing else', () => {
  const host = smallHost(folder, { runtime, config: ASKING });
  const kept = [
    '.config.json.cdi-runtime-abcdefg',
    '.config.json.cdi-runtime-abcdefghi',
    '.config.json.swp',
    '.other.json.cdi-runtime-abcdefgh',
    'config.json.cdi-runtime-abcdefgh',
  ];
  const left = ['.config.json.cdi-runtime-abcdefgh', '.config.json.cdi-runtime-zzzzz012'];
  for (const name of [...kept, ...left]) writeFileSync(join(host.bundle, name), 'half');
  assert.equal(create(host).status, STARTED);
  assert.deepEqual(readdirSync(host.bundle).sort(), [...kept, 'config.json'].sort());
});

test('creates that are killed leave one file each at most, and the next one takes them away', { skip }, () => {
  const host = smallHost(folder, { runtime, config: ASKING });
  for (const name of ['config.json', 'x'.repeat(255)]) {
    rmSync(host.config, { force: true });
    writeFileSync(join(host.bundle, name), ASKING);
    if (name !== 'config.json') symlinkSync(name, host.config);
    const words = ['-o', '/dev/null', '-e', 'inject=renameat:signal=KILL:when=1'];
    const killed = [
      ...words,
      join(import.meta.dirname, '../../dist/cdi-runtime'),
      'create',
      '--bundle',
      host.bundle,
      'id',
    ];
    const env = { PATH: process.env['PATH'], CDI_RUNTIME_CONFIG: host.settings };
    for (let i = 0; i < 3; i++) assert.equal(spawnSync('strace', killed, { env }).signal, 'SIGKILL');
    const names = readdirSync(host.bundle).filter((found) => found.startsWith('.'));
    assert.equal(names.length, 1, 'each has taken away the one before');
    assert.equal(readFileSync(host.config, 'utf8'), ASKING);
    assert.equal(create(host).status, STARTED);
    assert.deepEqual(
      readdirSync(host.bundle).filter((found) => found.startsWith('.')),
      [],
    );
  }
});
