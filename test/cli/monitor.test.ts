// cdictl monitor in processes of its own: what it tells of real directories, and how it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runAsOrdinaryUser } from '../support/ordinary-user.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { spec } from '../support/specs.ts';
import { below, CDICTL, config, MAIN, Monitor, put, scratch, settled } from './running-monitor.ts';

const asRoot = process.getuid?.() === 0 ? false : 'other users need root';

test('monitor tells of devices and specs as they come, change, break and go', async () => {
  const [low = '', high = ''] = scratch('low', 'high');
  for (const directory of [low, high]) mkdirSync(directory);
  put(join(low, 'a.yaml'), spec('a.example/a', '0', '1'));
  const monitor = new Monitor(['-ojson', '-d', `${low},${high}`]);
  const [a, b] = [below(join(low, 'a.yaml')), below(join(high, 'b.json'))];
  assert.deepEqual(await monitor.changes(3), [
    'present device a.example/a=0',
    'present device a.example/a=1',
    `present spec ${a}`,
  ]);
  // One device more, one less, and one that is as it was.
  put(join(low, 'a.yaml'), spec('a.example/a', '1', '2'));
  assert.deepEqual(await monitor.changes(3), [
    'removed device a.example/a=0',
    'added device a.example/a=2',
    `changed spec ${a}`,
  ]);
  put(join(low, 'a.yaml'), spec('a.example/a', '1', '2').replace('D=2', 'D=3'));
  assert.deepEqual(await monitor.changes(2), ['changed device a.example/a=2', `changed spec ${a}`]);
  // The other directory has a say, too.
  put(join(high, 'b.json'), spec('a.example/a', '2'));
  assert.deepEqual(await monitor.changes(2), ['changed device a.example/a=2', `added spec ${b}`]);
  put(join(high, 'b.json'), 'kind: [\n');
  assert.deepEqual(await monitor.changes(2), ['changed device a.example/a=2', `changed spec ${b} in error`]);
  put(join(high, 'b.json'), spec('b.example/b', '0'));
  assert.deepEqual(await monitor.changes(2), ['added device b.example/b=0', `changed spec ${b}`]);
  put(join(high, 'c.yaml'), spec('b.example/b', '0'));
  assert.deepEqual(await monitor.changes(3), [
    'removed device b.example/b=0',
    `changed spec ${b} in error`,
    `added spec ${below(join(high, 'c.yaml'))} in error`,
  ]);
  rmSync(high, { recursive: true });
  assert.deepEqual(await monitor.changes(2), [`removed spec ${b}`, `removed spec ${below(join(high, 'c.yaml'))}`]);
  assert.deepEqual(await monitor.end('SIGINT'), { status: 0, rest: [] });
  assert.deepEqual(monitor.log(), [
    { level: 'info', directories: [low, high], msg: 'watching' },
    { level: 'info', signal: 'SIGINT', msg: 'ended' },
  ]);
});

test('monitor waits for directories that are missing, and follows those that are replaced', async () => {
  const [directory = '', other = '', link = ''] = scratch('deep/er/cdi', 'other', 'link');
  symlinkSync('deep', link);
  const monitor = new Monitor(['devices', '-ojson', '-d', join(link, 'er/cdi')]);
  const present = new Monitor(['devices', '-ojson', '-d', join(link, 'er/cdi')]);
  await settled(monitor, present);
  mkdirSync(directory, { recursive: true });
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  assert.deepEqual(await monitor.changes(1), ['added device a.example/a=0']);
  // Gone and there again at once, as when a folder in memory is mounted again.
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  put(join(directory, 'b.yaml'), spec('b.example/b', '0'));
  assert.deepEqual(await monitor.changes(2), ['removed device a.example/a=0', 'added device b.example/b=0']);
  // Its new files are seen as those of the old one were.
  put(join(directory, 'c.yaml'), spec('c.example/c', '0'));
  assert.deepEqual(await monitor.changes(1), ['added device c.example/c=0']);
  // One above it is replaced.
  mkdirSync(join(other, 'er/cdi'), { recursive: true });
  put(join(other, 'er/cdi/d.yaml'), spec('d.example/d', '0'));
  renameSync(join(directory, '../..'), `${other}-old`);
  renameSync(other, join(directory, '../..'));
  assert.deepEqual(await monitor.changes(3), [
    'removed device b.example/b=0',
    'removed device c.example/c=0',
    'added device d.example/d=0',
  ]);
  put(join(directory, 'e.yaml'), spec('e.example/e', '0'));
  assert.deepEqual(await monitor.changes(1), ['added device e.example/e=0']);
  assert.deepEqual(await monitor.end('SIGTERM'), { status: 0, rest: [] });
});

test('monitor prints for people what has changed since it began', async () => {
  const [directory = ''] = scratch('cdi');
  mkdirSync(directory);
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  const monitor = new Monitor(['all', '-d', directory]);
  assert.deepEqual(await monitor.lines(4), [
    'present  class   a',
    'present  device  a.example/a=0',
    `present  spec    ${directory}/a.yaml`,
    'present  vendor  a.example',
  ]);
  put(join(directory, '\x1b[31m.json'), 'kind: [\n');
  assert.match(
    (await monitor.lines(1))[0] ?? '',
    /^added {4}spec {4}\S+\/\\x1b\[31m\.json {2}in error: cannot load spec /,
  );
  const quiet = new Monitor(['vendors', '--quiet', '-d', directory]);
  await settled(quiet);
  rmSync(join(directory, 'a.yaml'));
  assert.deepEqual(await quiet.lines(1), ['removed  vendor  a.example']);
  await Promise.all([monitor.end('SIGINT'), quiet.end('SIGINT')]);
});

test('monitor prints YAML documents', async () => {
  const [directory = ''] = scratch('cdi');
  mkdirSync(directory);
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  const monitor = new Monitor(['vendors', '-oyaml', '-d', directory]);
  const [begin, time, ...others] = await monitor.lines(5);
  assert.equal(begin, '---');
  assert.match(time ?? '', /^time: "/);
  assert.deepEqual(others, ['change: present', 'kind: vendor', 'name: a.example']);
  await monitor.end('SIGINT');
});

test('monitor says which directory cannot be read, keeps to the others, and sees when it can', async () => {
  const [directory = '', file = ''] = scratch('cdi', 'file');
  mkdirSync(directory);
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  writeFileSync(file, '');
  const monitor = new Monitor(['devices', '-ojson', '-d', `${directory},${file}`]);
  assert.deepEqual(await monitor.changes(1), ['present device a.example/a=0']);
  rmSync(file);
  mkdirSync(file);
  put(join(file, 'b.yaml'), spec('b.example/b', '0'));
  assert.deepEqual(await monitor.changes(1), ['added device b.example/b=0']);
  await monitor.end('SIGTERM');
  assert.deepEqual(monitor.log(), [
    { level: 'info', directories: [directory, file], msg: 'watching' },
    { level: 'warning', msg: `spec directory "${file}" ended the search: it is no folder` },
    { level: 'info', signal: 'SIGTERM', msg: 'ended' },
  ]);
});

test('monitor logs once that settings cannot be read, and steers no terminal by what it names', async () => {
  const [directory = '', settings = ''] = scratch('cdi\u202e', 'settings.yaml');
  mkdirSync(directory);
  writeFileSync(settings, 'x: y\n');
  const monitor = new Monitor(['devices', '-d', directory], CDICTL, settings);
  await settled(monitor);
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  await settled(monitor);
  await monitor.end('SIGTERM');
  const msg = `cannot read settings "${settings}": line 1, column 1: field "x" is unknown`;
  assert.deepEqual(monitor.log(), [
    { level: 'info', directories: [directory], msg: 'watching' },
    { level: 'error', msg },
    { level: 'info', signal: 'SIGTERM', msg: 'ended' },
  ]);
  assert.ok(!monitor.stderr.includes('\u202e'));
});

test('monitor logs once which directory cannot be watched, and looks at it all the same', {
  skip: asRoot,
}, async () => {
  const [closed = ''] = scratch('closed');
  const directory = join(closed, 'cdi');
  mkdirSync(directory, { recursive: true });
  chmodSync(closed, 0o711);
  chmodSync(directory, 0o755);
  const monitor = new Monitor(['devices', '-ojson', '-d', directory], runAsOrdinaryUser(MAIN));
  await settled(monitor);
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  assert.deepEqual(await monitor.changes(1), ['added device a.example/a=0']);
  await monitor.end('SIGTERM');
  const msg = `directory "${closed}" cannot be watched (EACCES): it is looked at again and again`;
  assert.deepEqual(
    monitor.log().filter(({ level }) => level !== 'info'),
    [{ level: 'warning', path: closed, errno: 'EACCES', msg }],
  );
});

test('monitor refuses what it does not know', async () => {
  assert.equal((await runCdictl(['monitor', 'things'])).status, 2);
});

test('on a terminal monitor says in plain words what it watches', async () => {
  const [directory = ''] = scratch('cdi');
  mkdirSync(directory);
  const words = [...CDICTL, 'monitor', '--config', config, '-d', directory];
  const terminal = spawn('script', ['-qec', `exec ${words.map((word) => `'${word}'`).join(' ')}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  after(() => terminal.kill('SIGKILL'));
  let shown = '';
  while (!shown.includes('\n'))
    shown += (await once(terminal.stdout, 'data', { signal: AbortSignal.timeout(60_000) }))[0];
  assert.ok(shown.startsWith(`watching "${directory}"; Ctrl-C ends it\r\n`), shown);
  // The key itself, through the terminal.
  const closed = once(terminal, 'close');
  terminal.stdin.write('\x03');
  assert.equal((await closed)[0], 0);
});
