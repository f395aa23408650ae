// Which program the shim becomes.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { operate, probeBinary, program, scratch, shim } from './probe-binary.ts';

const SEARCHED = '/usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin';
const folder = scratch();
const recorder = program('recorder');
const config = join(folder, 'config.yaml');
const env = { CDI_RUNTIME_CONFIG: config };
let links = 0;

function isChosen(settings: string): boolean {
  writeFileSync(config, settings.replaceAll('R', recorder), { mode: 0o644 });
  return operate(folder, [['runtime']], { env })[0] === recorder;
}

function linkTo(name: string): string {
  const own = join(folder, `links-${links++}`);
  mkdirSync(own);
  symlinkSync(probeBinary(), join(own, name));
  return join(own, name);
}

const found: [title: string, settings: string][] = [
  ['a plain path', 'runtime: R'],
  ['a path in single quotes', "runtime: 'R'\n"],
  ['a path in double quotes', 'runtime:\t"R" \n'],
  ['a comment behind it', 'runtime: R   # why\n'],
  ['a comment after a tab', 'runtime: "R"\t#\n'],
  ['CR LF', 'a: 1\r\nruntime: R\r\nb: 2\r\n'],
  ['lone CR', 'a: 1\rruntime: R\rb: 2'],
  ['a byte order mark', '\ufeffruntime: R\n'],
  ['a start marker', '%YAML 1.1\n# x\n---\nruntime: R\n'],
  ['the last of several', 'runtime: /nonexistent\nruntime: R\n'],
  ['the line before an end marker', 'runtime: R\n...\nruntime: /nonexistent\n'],
  ['the line before a second document', 'runtime: R\n--- \nruntime: /nonexistent\n'],
  ['no second document after comments', '# a\n\n---\nruntime: R\n'],
  ['a key that only looks like a marker', '---x: 1\n...x: 2\nruntime: R\n'],
  ['a file that is otherwise broken', 'specDirs: [\n\u0001\n}: :\nruntime: R\n'],
  ['a long comment', `runtime: R # ${'x'.repeat(200_000)}\n`],
];
for (const [title, settings] of found)
  test(`the settings' line is read: ${title}`, () => assert.equal(isChosen(settings), true));

const ignored: [title: string, settings: string][] = [
  ['an indented key', '  runtime: R\n'],
  ['no blank after the colon', 'runtime:R\n'],
  ['two words', 'runtime: R x\n'],
  ['a flow list', 'runtime: [R]\n'],
  ['a block text', 'runtime: >\n  R\n'],
  ['an anchor', 'runtime: &a R\n'],
  ['a tag', 'runtime: !!str R\n'],
  ['an escape', 'runtime: "R\\x"\n'],
  ['a comment glued to it', 'runtime: R#x\n'],
  ['an open quote', "runtime: 'R\n"],
  ['a comment', '# runtime: R\n'],
  ['the value auto', 'runtime: auto\n'],
  ['a value beyond the first mebibyte', `${'#'.repeat(1 << 20)}\nruntime: R\n`],
  ['a second document after an empty one', '---\n---\nruntime: R\n'],
  ['what stands behind an end marker', 'a: 1\n...\nruntime: R\n'],
];
for (const [title, settings] of ignored)
  test(`the settings' line is passed over: ${title}`, () => assert.equal(isChosen(settings), false));

const folders = join(folder, 'folder');
mkdirSync(folders);
const plain = join(folder, 'plain');
writeFileSync(plain, '', { mode: 0o644 });
const hardLink = join(folder, 'hard-link');
copyFileSync(probeBinary(), join(folder, 'shim'));
linkSync(join(folder, 'shim'), hardLink);
symlinkSync(hardLink, join(folder, 'soft-link'));

const problems: [title: string, value: string, problem: string][] = [
  ['missing', '/nonexistent/x', `the runtime "/nonexistent/x" of "${config}" is missing`],
  ['below a file', `${plain}/x`, `the runtime "${plain}/x" of "${config}" is missing`],
  ['a folder', folders, `the runtime "${folders}" of "${config}" is not a regular file`],
  ['not executable', plain, `the runtime "${plain}" of "${config}" is not executable for this user`],
  ['relative', 'bin/x', `the runtime "bin/x" of "${config}" is neither a name nor an absolute path`],
  ['empty', '""', `the runtime "" of "${config}" is neither a name nor an absolute path`],
  ['an unknown name', 'cdi-test-none', `the runtime "cdi-test-none" of "${config}" is in none of ${SEARCHED}`],
  ['itself', hardLink, `the runtime "${hardLink}" of "${config}" is this shim itself`],
  [
    'itself by a link',
    join(folder, 'soft-link'),
    `the runtime "${join(folder, 'soft-link')}" of "${config}" is this shim itself`,
  ],
];
for (const [title, value, problem] of problems)
  test(`the runtime is refused: ${title}`, () => {
    writeFileSync(config, `runtime: ${value}\n`);
    const { stderr, status } = shim(join(folder, 'shim'), { args: ['state', 'x'], cwd: folder, env });
    assert.equal(stderr, `cannot start the real runtime: ${problem}\n`);
    assert.equal(status, 1);
  });

test("the link's name decides before the settings", () => {
  writeFileSync(config, `runtime: ${recorder}\n`);
  const link = linkTo('cdi-test-none');
  const { stderr } = shim(link, { args: ['state'], cwd: folder, env });
  assert.equal(
    stderr,
    `cannot start the real runtime: the runtime "test-none" of the link "${link}" is in none of ${SEARCHED}\n`,
  );
});

const pinned: [name: string, runtime: string, byDefault: boolean][] = [
  ['cdi-default-test-none', 'test-none', true],
  ['cdi-default-', 'default-', false],
  ['cdi-default', 'default', false],
];
for (const [name, runtime, byDefault] of pinned)
  test(`a link called ${name} names ${runtime}${byDefault ? ', as a default runtime' : ''}`, () => {
    const probe = { ...env, PROBE: '[["runtimeProblem"],["byDefault"]]' };
    const [problem, told] = JSON.parse(shim(linkTo(name), { args: ['state'], cwd: folder, env: probe }).stderr);
    assert.match(problem, new RegExp(`^the runtime "${runtime}" of the link `));
    assert.equal(told, byDefault);
  });

for (const name of ['cdi-runtime', 'cdi-', 'crun', 'runtime'])
  test(`a link called ${name} names no runtime`, () => {
    writeFileSync(config, `runtime: ${recorder}\n`);
    assert.equal(shim(linkTo(name), { args: ['state'], cwd: folder, env }).status, 7);
  });

test('a search passes over the shim itself', { skip: process.getuid?.() !== 0 }, () => {
  const name = `cdi-test-${process.pid}`;
  const script = `mount -t tmpfs x /usr/local/sbin; mount -t tmpfs x /usr/local/bin
    ln ${join(folder, 'shim')} /usr/local/sbin/${name} 2>/dev/null || ln -s ${join(folder, 'shim')} /usr/local/sbin/${name}
    [ "$1" = alone ] || cp ${recorder} /usr/local/bin/${name}
    exec ${join(folder, 'shim')} state`;
  writeFileSync(config, `runtime: ${name}\n`);
  const isolated = ['unshare', '-m', 'sh', '-c', script, 'sh'];
  const [tool = '', ...args] = isolated;
  assert.match(
    shim(tool, { args, cwd: folder, env: { ...env, PATH: '/usr/bin:/bin' } }).stdout,
    new RegExp(`^argv /usr/local/bin/${name}\n`),
  );
  assert.equal(
    shim(tool, { args: [...args, 'alone'], cwd: folder, env: { ...env, PATH: '/usr/bin:/bin' } }).stderr,
    `cannot start the real runtime: the runtime "${name}" of "${config}" is this shim itself\n`,
  );
});

test('without /proc the shim still knows itself', { skip: process.getuid?.() !== 0 }, () => {
  writeFileSync(config, `runtime: ${hardLink}\n`);
  const args = ['-m', 'sh', '-c', `mount -t tmpfs x /proc; exec ${join(folder, 'shim')} state`];
  const { stderr } = shim('unshare', { args, cwd: folder, env: { ...env, PATH: '/usr/bin:/bin' } });
  assert.match(stderr, /is this shim itself\n$/);
});

const untrusted: [title: string, spoil: (file: string) => void][] = [
  ['the group may write it', (file) => chmodSync(file, 0o664)],
  ['others may write it', (file) => chmodSync(file, 0o646)],
  ['a stranger owns it', (file) => chownSync(file, 12345, 0)],
  ['no one owns it', (file) => chownSync(file, 65534, 0)],
];
for (const [title, spoil] of untrusted)
  test(`settings choose nothing: ${title}`, { skip: process.getuid?.() !== 0 }, () => {
    const file = join(folder, 'untrusted.yaml');
    writeFileSync(file, `runtime: ${recorder}\n`, { mode: 0o644 });
    const run = { env: { CDI_RUNTIME_CONFIG: file } };
    assert.equal(operate(folder, [['runtime']], run)[0], recorder);
    spoil(file);
    assert.notEqual(operate(folder, [['runtime']], run)[0], recorder);
    chownSync(file, 0, 0);
    chmodSync(file, 0o644);
  });

test('in a user namespace an unmapped owner is accepted', { skip: process.getuid?.() !== 0 }, () => {
  const file = join(folder, 'mapped.yaml');
  writeFileSync(file, `runtime: ${recorder}\n`, { mode: 0o644 });
  chownSync(file, 12345, 0);
  const args = ['-U', '-r', probeBinary(), 'state'];
  const { stdout } = shim('unshare', { args, cwd: folder, env: { CDI_RUNTIME_CONFIG: file, PATH: '/usr/bin' } });
  assert.match(stdout, /^argv .*recorder/);
});

test('settings that are a FIFO or a folder choose nothing, and are not waited for', () => {
  const { status } = shim('mkfifo', { args: [join(folder, 'fifo')], cwd: folder, env: { PATH: '/usr/bin' } });
  assert.equal(status, 0);
  for (const file of [join(folder, 'fifo'), folders])
    assert.deepEqual(operate(folder, [['runtime']], { env: { CDI_RUNTIME_CONFIG: file } }), ['']);
});

test('a runtime that the kernel refuses is reported by the core or in its place', () => {
  const file = join(folder, 'no-program');
  writeFileSync(file, 'nothing', { mode: 0o755 });
  writeFileSync(config, `runtime: ${file}\n`);
  const { stderr, status } = shim(probeBinary(), { args: ['state'], cwd: folder, env });
  assert.equal(stderr, `cannot start the real runtime "${file}": ENOEXEC\n`);
  assert.equal(status, 1);
  const told = operate(folder, [['runtime'], ['runtimeProblem']], { args: ['state'], env });
  assert.deepEqual(told, [file, `"${file}" was refused by the kernel (ENOEXEC)`]);
});
