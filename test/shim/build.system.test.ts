// What is built: one static file, the same bytes each time, nothing in it of the machine that built it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { probeBinary, scratch } from './probe-binary.ts';

const root = resolve(import.meta.dirname, '../..');
const script = join(root, 'scripts/build-shim.ts');
const folder = scratch();

function readelf(...options: string[]): string {
  return spawnSync('readelf', [...options, probeBinary()], { encoding: 'utf8' }).stdout;
}

test('the program needs no library and no loader', () => {
  assert.doesNotMatch(readelf('-d'), /NEEDED/);
  assert.doesNotMatch(readelf('-l'), /INTERP/);
  assert.match(readelf('-h'), /DYN \(Position-Independent Executable file\)/);
  assert.doesNotMatch(readelf('-S'), /build-id|symtab|debug/);
});

test('the program carries its version and its licence', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const note = readelf('-p', '.note.cdi-runtime');
  assert.match(note, new RegExp(`cdi-runtime\\b[^]*${version.replaceAll('.', '\\.')}[^]*Apache-2\\.0`));
});

test('two builds in different places give the same bytes, with no path in them', () => {
  const entry = join(root, 'test/shim/fixtures/probe.ts');
  const files = ['one', 'another/place'].map((place) => {
    mkdirSync(join(folder, place), { recursive: true });
    const out = join(folder, place, 'out');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--entry', entry, '--out', out], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, `${out}: ${readFileSync(out).length} bytes\n`);
    return readFileSync(out);
  });
  assert.ok(files[0]?.equals(files[1] ?? Buffer.alloc(0)));
  for (const text of [root, folder, '/usr/lib/']) assert.equal(files[0]?.includes(text), false, text);
});

test('a core that imports Node is refused', () => {
  const entry = join(folder, 'entry.ts');
  for (const [source, named] of [
    ["import { readFileSync } from 'node:fs'; readFileSync('x');", 'node:fs'],
    [
      `import { createNodeHost } from ${JSON.stringify(join(root, 'src/host/node.ts'))}; createNodeHost();`,
      'src/host/node.ts',
    ],
  ] as const) {
    writeFileSync(entry, source);
    const { status, stderr } = spawnSync(process.execPath, [script, '--entry', entry, '--out', join(folder, 'out')], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`cannot build the shim: .*${named}`, 's'));
  }
});

test('a missing tool is named, and how to get it', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--out', join(folder, 'out')], {
    env: { PATH: '/nonexistent' },
    encoding: 'utf8',
  });
  assert.equal(stderr, 'cannot build the shim: musl-gcc is missing; run as root: npm run packages build\n');
  assert.equal(status, 1);
});
