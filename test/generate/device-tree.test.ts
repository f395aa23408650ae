// The tree of a host: in memory and on a disk it is the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createDeviceTree } from '../../src/generate/device-tree.ts';
import { generateSpec } from '../../src/generate/generate-spec.ts';
import { GENERATORS } from '../../src/generate/generators.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readRecording, recordedTree, recording } from './recorded-tree.ts';

const asRoot = process.getuid?.() === 0 ? false : 'making device nodes needs root';
const folder = temporaryFolder();

/** Lays a recording out below a folder. */
function layOut(text: string, root: string): void {
  const nodes: string[] = [];
  for (const { path, ...what } of readRecording(text)) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if ('link' in what) symlinkSync(what.link, place);
    else if ('text' in what) writeFileSync(place, what.text);
    else {
      const { type, major, minor, mode, gid } = what;
      nodes.push(`mknod -m ${mode.toString(8)} '${place}' ${type} ${major} ${minor} && chgrp ${gid} '${place}'`);
    }
  }
  const { status, stderr } = spawnSync('sh', ['-e'], { input: nodes.join('\n'), encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
}

for (const name of ['laptop', 'server', 'board', 'vm']) {
  test(`on a disk, below another root, the ${name} gives the specs that it gives in memory`, { skip: asRoot }, () => {
    const root = join(folder, name);
    layOut(recording(name), root);
    const [disk, memory] = [createDeviceTree(createNodeHost(), root), recordedTree(recording(name))];
    for (const generator of GENERATORS)
      assert.deepEqual(generateSpec(generator, disk), generateSpec(generator, memory));
  });
}

const tree = recordedTree(`
/sys/class/x/a -> ../../devices/../devices/x/a
/sys/class/x/b -> /sys/devices/x/b
/sys/devices/x/a/type =  4 \t
/sys/devices/x/a/blank =
/dev/a c 1:1 640 20
/dev/pipe = text
`);

test('names() are sorted, none where there is no directory', () => {
  assert.deepEqual(tree.names('/sys/class/x'), ['a', 'b']);
  assert.deepEqual(tree.names('/sys/class/y'), []);
  assert.deepEqual(tree.names('/dev/a'), []);
});

test('attribute() is without blanks, and absent where it says nothing', () => {
  assert.equal(tree.attribute('/sys/devices/x/a/type'), '4');
  for (const path of ['/sys/devices/x/a/blank', '/sys/devices/x/a/none', '/sys/devices/x'])
    assert.equal(tree.attribute(path), undefined);
});

test('attribute() passes over what is larger than a page', () => {
  const page = 'x'.repeat(4095);
  assert.equal(recordedTree(`/sys/a = ${page}`).attribute('/sys/a'), page);
  assert.equal(recordedTree(`/sys/a = ${page}x`).attribute('/sys/a'), undefined);
});

test('target() makes relative and absolute links absolute, and is absent for what is no link', () => {
  assert.equal(tree.target('/sys/class/x/a'), '/sys/devices/x/a');
  assert.equal(tree.target('/sys/class/x/b'), '/sys/devices/x/b');
  for (const path of ['/sys/class/x/c', '/sys/devices/x/a', '/sys/devices/x/a/type'])
    assert.equal(tree.target(path), undefined);
});

test('node() is absent for links, files and directories', () => {
  assert.deepEqual(tree.node('/dev/a'), { type: 'c', mode: 0o640, gid: 20 });
  for (const path of ['/dev/b', '/dev/pipe', '/dev', '/sys/class/x/a']) assert.equal(tree.node(path), undefined);
});
