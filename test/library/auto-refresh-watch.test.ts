// Directories of many files, which are watched: a query costs what changed, and sees it before the loop turns and after.
import assert from 'node:assert/strict';
import fs, {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { countOpens } from '../../bench/opens.ts';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { anHourLater, untilTimesDiffer } from '../support/clocks.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
setSchema('none');

const LONG_AGO = new Date('2020-02-02T02:02:02Z');
const MANY = 20;

interface Place {
  readonly directory: string;
  readonly registry: Registry;
  at(path: string): string;
}

/** A directory of many files, of which one is behind a link, and one has another name elsewhere. */
function place(count = MANY): Place {
  const root = mkdtempSync(join(folder, 'place-'));
  const at = (path: string): string => join(root, path);
  for (const name of ['cdi', 'elsewhere', 'other']) mkdirSync(at(name));
  for (let i = 0; i < count; i++) writeFileSync(at(`cdi/f${i}.yaml`), spec(`v${i}.com/x`, '0'));
  for (const name of ['link', 'name', 'moved']) writeFileSync(at(`elsewhere/${name}.yaml`), spec(`${name}.com/x`, '0'));
  symlinkSync('../elsewhere/link.yaml', at('cdi/link.yaml'));
  linkSync(at('elsewhere/name.yaml'), at('cdi/name.yaml'));
  writeFileSync(at('other/o.yaml'), spec('other.com/x', '0'));
  const directory = at('cdi');
  return { directory, at, registry: new Registry({ specDirs: [directory] }) };
}

/** Long enough for the loop to hand out what the kernel told. */
const turn = (): Promise<void> => pass(5);

const put = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};

type Change = (at: (path: string) => string) => void;
const CHANGES: readonly [title: string, change: Change][] = [
  ['nothing', () => {}],
  ['a file overwritten with as many bytes', (at) => writeFileSync(at('cdi/f7.yaml'), spec('v7.com/x', '1'))],
  [
    'a file overwritten whose time is set back',
    (at) => {
      writeFileSync(at('cdi/f7.yaml'), spec('v7.com/x', '1'));
      utimesSync(at('cdi/f7.yaml'), LONG_AGO, LONG_AGO);
    },
  ],
  [
    'more lines in a file',
    (at) => appendFileSync(at('cdi/f7.yaml'), '- { name: z, containerEdits: { env: [A=1] } }\n'),
  ],
  ['a file that is no spec any more', (at) => writeFileSync(at('cdi/f7.yaml'), '[')],
  ['a new file', (at) => writeFileSync(at('cdi/a.yaml'), spec('a.com/x', '0'))],
  ['a new file at the end', (at) => writeFileSync(at('cdi/z.json'), spec('z.com/x', '0'))],
  ['a device defined twice', (at) => writeFileSync(at('cdi/z.json'), spec('v7.com/x', '0'))],
  ['a file put in place by rename', (at) => put(at('cdi/f7.yaml'), spec('v7.com/x', '1'))],
  ['a file deleted', (at) => rmSync(at('cdi/f7.yaml'))],
  ['a file moved away', (at) => renameSync(at('cdi/f7.yaml'), at('other/f7.yaml'))],
  ['a file moved in', (at) => renameSync(at('elsewhere/moved.yaml'), at('cdi/f7.yaml'))],
  ['a file renamed', (at) => renameSync(at('cdi/f7.yaml'), at('cdi/a.json'))],
  ['a file renamed to what is no spec', (at) => renameSync(at('cdi/f7.yaml'), at('cdi/f7.off'))],
  [
    'a folder in place of a file',
    (at) => {
      rmSync(at('cdi/f7.yaml'));
      mkdirSync(at('cdi/f7.yaml'));
    },
  ],
  ['the file behind a link overwritten', (at) => writeFileSync(at('elsewhere/link.yaml'), spec('link.com/x', '1'))],
  ['the file behind a link deleted', (at) => rmSync(at('elsewhere/link.yaml'))],
  ['a file overwritten by its other name', (at) => writeFileSync(at('elsewhere/name.yaml'), spec('name.com/x', '1'))],
  [
    'all files deleted',
    (at) => {
      for (const name of readdirSync(at('cdi'))) rmSync(at(`cdi/${name}`));
    },
  ],
  [
    'another directory in its place',
    (at) => {
      renameSync(at('cdi'), at('away'));
      renameSync(at('other'), at('cdi'));
    },
  ],
  [
    'a new directory in its place',
    (at) => {
      rmSync(at('cdi'), { recursive: true });
      mkdirSync(at('cdi'));
      writeFileSync(at('cdi/n.yaml'), spec('n.com/x', '0'));
    },
  ],
  ['the directory taken away', (at) => rmSync(at('cdi'), { recursive: true })],
];

/** All that a registry says. */
function answers(registry: Registry): unknown {
  const errors = [...registry.getErrors()].map(([path, list]) => [path, list.map(({ message }) => message)]);
  const devices = registry.listDevices().map((name) => registry.getDevice(name)?.device);
  return { names: registry.listDevices(), devices, vendors: registry.listVendors(), errors };
}

for (const [title, change] of CHANGES)
  for (const [when, wait] of [
    ['before the loop turns', () => undefined],
    ['after it turned', turn],
  ] as const)
    test(`of many files, the next query sees ${title}, ${when}`, async () => {
      const { at, directory, registry } = place();
      await turn();
      const fresh = (): unknown => answers(new Registry({ specDirs: [directory] }));
      assert.deepEqual(answers(registry), fresh());
      // Another change before it, after which the watch tells no less.
      writeFileSync(at('cdi/f3.yaml'), spec('v3.com/x', '3'));
      await turn();
      assert.deepEqual(answers(registry), fresh());
      change(at);
      await wait();
      assert.deepEqual(answers(registry), fresh());
      await turn();
      assert.deepEqual(answers(registry), fresh());
    });

/** How often some work asks for the state of a file. */
function countStats(work: () => unknown): number {
  const { statSync: stat } = fs;
  const method = mock.method(fs, 'statSync', (...args: Parameters<typeof stat>) => stat(...args));
  syncBuiltinESMExports();
  try {
    work();
    return method.mock.callCount();
  } finally {
    method.mock.restore();
    syncBuiltinESMExports();
  }
}

test('of many files, a query looks at few, and opens what changed', async () => {
  const { directory, at, registry } = place(1000);
  await turn();
  const list = (): unknown => registry.listDevices();
  const look = (): number => anHourLater(() => countOpens(directory, list));
  anHourLater(() => assert.ok(countStats(list) < 15));
  assert.equal(look(), 0);
  untilTimesDiffer(at('cdi/f7.yaml'));
  await turn();
  writeFileSync(at('cdi/f7.yaml'), spec('v7.com/x', '1'));
  writeFileSync(at('cdi/a.yaml'), spec('a.com/x', '1'));
  rmSync(at('cdi/f8.yaml'));
  await turn();
  assert.equal(look(), 2);
  anHourLater(() => assert.ok(countStats(list) < 15));
});

test('refresh() looks at every file', () => {
  const { registry } = place();
  anHourLater(() => {
    registry.refresh();
    assert.ok(countStats(() => registry.refresh()) > MANY);
  });
});

test('more changes at once than the kernel keeps are seen', async () => {
  const { at, registry } = place();
  await turn();
  const most = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  for (let i = 0; i <= most; i++) appendFileSync(at(`cdi/f${i % 2}.yaml`), '#\n');
  // Of this one no one tells.
  writeFileSync(at('cdi/f7.yaml'), spec('v7.com/x', 'late'));
  await pass(50);
  assert.ok(registry.getDevice('v7.com/x=late'));
  writeFileSync(at('cdi/f8.yaml'), spec('v8.com/x', 'later'));
  await turn();
  assert.ok(registry.getDevice('v8.com/x=later'));
});

for (const [title, method, fake] of [
  ['where no one may watch', 'watch', () => refuse('ENOSPC')],
  ['on a file system of a network', 'statfsSync', () => ({ type: 0x6969 })],
] as const)
  test(`of many files, changes are seen ${title}`, async () => {
    const mocked = mock.method(fs, method, fake);
    syncBuiltinESMExports();
    try {
      const { at, directory, registry } = place();
      assert.equal(countWatches(directory), 0);
      writeFileSync(at('cdi/f7.yaml'), spec('v7.com/x', '1'));
      assert.ok(registry.getDevice('v7.com/x=1'));
      await turn();
      writeFileSync(at('cdi/f7.yaml'), spec('v7.com/x', '2'));
      await turn();
      assert.ok(registry.getDevice('v7.com/x=2'));
    } finally {
      mocked.mock.restore();
      syncBuiltinESMExports();
    }
  });

function refuse(code: string): never {
  throw Object.assign(new Error(code), { code });
}

/** How many watches of this process are on a directory. */
function countWatches(directory: string): number {
  const inode = ` ino:${statSync(directory).ino.toString(16)} `;
  const texts = readdirSync('/proc/self/fdinfo').map((name) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${name}`, 'utf8');
    } catch {
      return '';
    }
  });
  return texts.filter((text) => text.includes(inode)).length;
}

test('close(), a registry without auto-refresh, and one of few files leave no watch', () => {
  const { directory, registry } = place();
  assert.equal(countWatches(directory), 1);
  registry.close();
  assert.equal(countWatches(directory), 0);
  registry.listDevices();
  assert.equal(countWatches(directory), 1);
  registry.configure({ autoRefresh: false });
  assert.equal(countWatches(directory), 0);
  registry.configure({ autoRefresh: true });
  assert.equal(countWatches(directory), 1);
  registry.configure({ specDirs: ['/nonexistent'] });
  assert.equal(countWatches(directory), 0);
  new Registry({ specDirs: [directory], autoRefresh: false }).listDevices();
  assert.equal(countWatches(directory), 0);
  const few = place(2);
  few.registry.listDevices();
  assert.equal(countWatches(few.directory), 0);
});
