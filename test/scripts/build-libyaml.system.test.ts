// The WebAssembly that is checked in is what its recipe makes of today's C: the same bytes by the same clang, and by any
// other a module that reads the same texts alike.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseYaml } from '../../src/host/yaml.ts';
import { corpusCases } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const checkedIn = readFileSync(join(root, 'src/host/libyaml.ts'), 'utf8');

/** More than a module's memory at its start. */
const LARGE = '- some text\n'.repeat(200_000);
const texts = [...corpusCases<{ input: { text: string } }>('yaml').map(({ input }) => input.text), LARGE];

for (const compiler of listCompilers())
  test(`src/host/libyaml.ts is what npm run build yaml makes by ${compiler}`, async () => {
    const own = mkdtempSync(join(folder, 'made-'));
    const out = join(own, 'libyaml.ts');
    const words = [join(root, 'scripts/build-libyaml.ts'), '--compiler', compiler, '--out', out];
    const { stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    assert.equal(stderr, '');
    const made = readFileSync(out, 'utf8');
    if (findMaker(made) === findMaker(checkedIn)) assert.ok(made === checkedIn, 'run npm run build yaml');
    copyFileSync(join(root, 'src/host/yaml.ts'), join(own, 'yaml.ts'));
    const other: { parseYaml: typeof parseYaml } = await import(join(own, 'yaml.ts'));
    for (const text of texts)
      assert.deepEqual(plain(other.parseYaml(text)), plain(parseYaml(text)), text.slice(0, 1000));
  });

/** The machine's own clang, and the one that made what is checked in, where that is here by its version. */
function listCompilers(): readonly string[] {
  const [major = ''] = /\d+/.exec(findMaker(checkedIn)) ?? [];
  const same = `clang-${major}`;
  return ['clang', ...(spawnSync(same, ['--version']).error === undefined ? [same] : [])];
}

/** With its places instead of the function that finds them. */
function plain(read: ReturnType<typeof parseYaml>): object {
  if ('syntax' in read) return read;
  return { ...read, position: Array.from(read.codes, (_, node) => read.position(node)) };
}

function findMaker(module: string): string {
  const [, maker = ''] = /^\/\/ Made by (.+)\.$/m.exec(module) ?? [];
  assert.match(maker, /clang version \d/);
  return maker;
}
