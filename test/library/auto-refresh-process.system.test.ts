// What auto-refresh takes of a process and of the machine: nothing that outlives a query.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
const LIBRARY = new URL('../../src/index.ts', import.meta.url).href;

/** A program around a registry over `cdi` and a directory that is missing. */
function program(name: string, body: string, others = 0): readonly string[] {
  const cdi = join(folder, name);
  mkdirSync(cdi);
  writeFileSync(join(cdi, 'a.yaml'), spec('a.com/x', '0'));
  for (let i = 0; i < others; i++) writeFileSync(join(cdi, `empty${i}.yaml`), '');
  const text = `
    import { spawnSync } from 'node:child_process';
    import { writeFileSync, watch } from 'node:fs';
    import { getRegistry, Registry } from ${JSON.stringify(LIBRARY)};
    const [cdi, other] = ${JSON.stringify([cdi, spec('b.com/x', '0')])};
    const registry = new Registry({ specDirs: [cdi, cdi + '/missing'], schema: 'none' });
    const seen = [registry.listDevices()];
    ${body}
    console.log(JSON.stringify(seen));
  `;
  return ['--input-type=module', '--eval', text];
}

/** What the program prints when it ends by itself. */
function outputOf(command: string, args: readonly string[]): unknown {
  const { status, signal, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

for (const others of [0, 20])
  test(`a process ends when its work is done, though its registries refresh, with ${others} other files`, () => {
    const body = `
      seen.push(getRegistry({ specDirs: [cdi], schema: 'none' }).listDevices());
      writeFileSync(cdi + '/b.yaml', other);
      seen.push(registry.listDevices(), process.getActiveResourcesInfo());
    `;
    const seen = outputOf(process.execPath, program(`end${others}`, body, others));
    assert.deepEqual(seen, [['a.com/x=0'], ['a.com/x=0'], ['a.com/x=0', 'b.com/x=0'], []]);
  });

/** Starts a program where it is root, after a shell line. */
const inNamespace = (line: string): readonly string[] => [
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  `${line}exec "$@"`,
  'sh',
];

function noNamespace(line: string): string | false {
  const { status } = spawnSync('unshare', [...inNamespace(line), 'true']);
  return status === 0 ? false : 'this machine lets no one have namespaces and limits of its own';
}

const WITHOUT_INOTIFY = 'echo 0 > /proc/sys/user/max_inotify_instances && ';

for (const others of [0, 20])
  test(`a change is seen where the limits of inotify are exhausted, with ${others} other files`, {
    skip: noNamespace(WITHOUT_INOTIFY),
  }, () => {
    const body = `
        try { watch(cdi); } catch ({ code }) { seen.push(code); }
        writeFileSync(cdi + '/b.yaml', other);
        seen.push(registry.listDevices());
        await new Promise((done) => setTimeout(done, 10));
        writeFileSync(cdi + '/b.yaml', other.replace('b.com', 'c.com'));
        seen.push(registry.listDevices());
      `;
    const args = [...inNamespace(WITHOUT_INOTIFY), process.execPath, ...program(`exhausted${others}`, body, others)];
    const want = [['a.com/x=0'], 'EMFILE', ['a.com/x=0', 'b.com/x=0'], ['a.com/x=0', 'c.com/x=0']];
    assert.deepEqual(outputOf('unshare', args), want);
  });

for (const others of [0, 20])
  test(`what is mounted over a directory is seen at once, with ${others} other files`, {
    skip: noNamespace(''),
  }, () => {
    const body = `
      const run = (command, ...args) => {
        const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
      };
      const list = () => seen.push(registry.listDevices());
      for (const wait of [0, 10]) {
        const pause = () => wait && new Promise((done) => setTimeout(done, wait));
        await pause();
        run('mount', '-t', 'tmpfs', 'none', cdi);
        await pause();
        list();
        writeFileSync(cdi + '/b.yaml', other);
        await pause();
        list();
        run('umount', cdi);
        await pause();
        list();
      }
    `;
    const args = [...inNamespace(''), process.execPath, ...program(`mounted${others}`, body, others)];
    const round = [[], ['b.com/x=0'], ['a.com/x=0']];
    assert.deepEqual(outputOf('unshare', args), [['a.com/x=0'], ...round, ...round]);
  });
