// cdictl generate: files of specs that follow the host's devices as they come and go.
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import { loadSpec, readSpecFile } from '../../src/registry/spec-file.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
/** Nodes cannot be made by everybody: these are those of this machine. */
const NODES = ['fuse', 'net/tun'].filter((name) => lstatSync(`/dev/${name}`, { throwIfNoEntry: false }));
const skip = NODES.length < 2 && 'this machine lacks /dev/fuse or /dev/net/tun';

const newFolder = (): string => mkdtempSync(join(folder, 'g-'));
const generate = (...words: string[]): ReturnType<typeof runCdictl> => runCdictl(['generate', ...words]);

test('specs are written for all that may read them, and load', { skip }, async () => {
  const out = newFolder();
  const { status, stdout } = await generate('fuse', 'net-tun', '--output-dir', out);
  assert.equal(status, 0);
  assert.match(stdout, /^KIND +DEVICES +SPEC\nfuse +2 /);
  const host = createNodeHost();
  for (const name of ['cdi-runtime.dev-fuse.yaml', 'cdi-runtime.dev-net-tun.yaml']) {
    const path = join(out, name);
    assert.equal(lstatSync(path).mode & 0o7777, 0o644);
    assert.equal(loadSpec(host, readSpecFile(host, path, 1 << 20), 0).vendor, 'cdi-runtime.dev');
  }
});

test('what is as it was is not written again', { skip }, async () => {
  const out = newFolder();
  await generate('fuse', '--output-dir', out);
  const path = join(out, 'cdi-runtime.dev-fuse.yaml');
  const { ino } = lstatSync(path);
  await generate('fuse', '--output-dir', out);
  assert.equal(lstatSync(path).ino, ino);
  writeFileSync(path, 'old');
  await generate('fuse', '--output-dir', out);
  assert.notEqual(lstatSync(path).ino, ino);
});

test('the other format of a kind goes, which would be in conflict', { skip }, async () => {
  const out = newFolder();
  await generate('fuse', '--output-dir', out);
  const { stdout } = await generate('fuse', '--output-dir', out, '--format', 'json');
  assert.deepEqual(readdirSync(out), ['cdi-runtime.dev-fuse.json']);
  assert.match(stdout, /^removed .*cdi-runtime.dev-fuse.yaml$/m);
});

test('all removes its specs of what is there no more, and leaves others alone', { skip }, async () => {
  const root = newFolder();
  const out = join(root, 'var/run/cdi');
  mkdirSync(join(root, 'run'), { recursive: true });
  mkdirSync(join(root, 'var'));
  symlinkSync('/run', join(root, 'var/run'));
  mkdirSync(join(root, 'run/cdi'));
  for (const name of ['cdi-runtime.dev-snd.yaml', 'cdi-runtime.dev-snd.json', 'vendor.com-snd.yaml']) {
    writeFileSync(join(root, 'run/cdi', name), 'old');
  }
  const { status, stdout } = await runCdictl(['--host-root', root, 'generate', 'all', '-o', 'json']);
  assert.equal(status, 0);
  const { written, removed } = JSON.parse(stdout);
  assert.deepEqual(written, []);
  assert.equal(removed.length, 2);
  assert.deepEqual(readdirSync(join(root, 'run/cdi')), ['vendor.com-snd.yaml']);
  rmSync(out, { recursive: true, force: true });
});

test('a kind that is asked for by its name and is not there is a failure that says what to do', async () => {
  const out = newFolder();
  const { status, stderr } = await generate('snd', '--host-root', newFolder(), '--output-dir', out);
  assert.equal(status, 1);
  assert.match(stderr, /^cdictl: cannot generate snd: there is no sound card; /);
  assert.deepEqual(readdirSync(out), []);
});

test('--skip-missing takes kinds by their names as all does', async () => {
  const out = newFolder();
  writeFileSync(join(out, 'cdi-runtime.dev-snd.yaml'), '');
  const [root, specs] = [newFolder(), ['--output-dir', out]];
  const words = ['snd', 'kvm', '--host-root', root, ...specs];
  assert.equal((await generate(...words)).status, 1);
  const { status, stdout, stderr } = await generate(...words, '--skip-missing');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^removed .*cdi-runtime.dev-snd.yaml$/m);
  assert.deepEqual(readdirSync(out), []);
});

test('nothing to generate is no failure of all', async () => {
  const { status } = await generate('all', '--host-root', newFolder(), '--output-dir', newFolder());
  assert.equal(status, 0);
});

test('--print writes nothing', { skip }, async () => {
  const out = newFolder();
  const { status, stdout } = await generate('fuse', '--print', '--output-dir', out);
  assert.equal(status, 0);
  assert.match(stdout, /kind: cdi-runtime.dev\/fuse/);
  assert.deepEqual(readdirSync(out), []);
});

test('a kind that no one knows names the nearest', async () => {
  const { status, stderr } = await generate('fusee');
  assert.equal(status, 2);
  assert.match(stderr, /^cdictl: kind "fusee" is none of fuse, .*did you mean "fuse"/);
});
