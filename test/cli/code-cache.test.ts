// The parts of the built cdictl are loaded as Node loads them, with the code that an earlier run has left of them.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { CodeCache } from '../../src/cli/start/code-cache.ts';
import { createLoader } from '../../src/cli/start/parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const PARTS = {
  'main.cjs': [
    "exports.fail = () => { throw new Error('here'); };",
    "exports.name = 'main';",
    "exports.half = require('./other.cjs').seen;",
  ].join('\n'),
  'other.cjs': "exports.seen = require('./main.cjs').name + require('node:path').sep;",
};
for (const [name, text] of Object.entries(PARTS)) writeFileSync(join(folder, name), text);

let number = 0;
const nextFile = (): string => join(folder, `kept-${number++}`);

/** A cache that notes which parts it had code for. */
class Watched extends CodeCache {
  readonly hits: string[] = [];
  override find(part: string, source: Buffer): Buffer | undefined {
    const code = super.find(part, source);
    if (code !== undefined) this.hits.push(part);
    return code;
  }
}

interface Main {
  readonly name: string;
  readonly half: string;
  readonly fail: () => never;
}

function isMain(part: unknown): part is Main {
  return typeof part === 'object' && part !== null && 'name' in part && 'half' in part && 'fail' in part;
}

function run(file: string, from = folder): { readonly main: Main; readonly hits: readonly string[] } {
  const cache = new Watched(file);
  const main = createLoader(from, cache)('./main.cjs');
  cache.save(false);
  assert.ok(isMain(main));
  return { main, hits: cache.hits };
}

test('parts see each other, half loaded ones too, and modules of Node; a stack has their places', () => {
  const { main } = run(nextFile());
  assert.deepEqual([main.name, main.half], ['main', 'main/']);
  assert.throws(main.fail, (error: Error) => error.stack?.includes(`${join(folder, 'main.cjs')}:1:30`) === true);
});

test('the second run has the code of the first, and writes nothing', () => {
  const file = nextFile();
  assert.deepEqual(run(file).hits, []);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { ino } = statSync(file);
  const { main, hits } = run(file);
  assert.deepEqual([hits, main.half, statSync(file).ino], [['./main.cjs', './other.cjs'], 'main/', ino]);
});

test('a part of another text is compiled again, whatever its length, and the others are kept', () => {
  const file = nextFile();
  run(file);
  const changed = join(folder, 'changed');
  mkdirSync(changed);
  for (const [name, text] of Object.entries(PARTS))
    writeFileSync(join(changed, name), text.replace("'main'", "'MAIN'"));
  const { main, hits } = run(file, changed);
  assert.deepEqual([hits, main.name], [['./other.cjs'], 'MAIN']);
  assert.equal(run(file, changed).hits.length, 2);
});

const broken: [name: string, spoil: (file: string) => void][] = [
  ['empty', (file) => truncateSync(file)],
  ['cut off', (file) => truncateSync(file, statSync(file).size - 1)],
  ['of another form', (file) => writeFileSync(file, '{"a":1}\n')],
  ['without a first line', (file) => writeFileSync(file, 'text')],
  ['of code that is none', (file) => writeFileSync(file, spoilCode(file))],
];
for (const [name, spoil] of broken) {
  test(`a file that is ${name} does no harm, and is replaced`, () => {
    const file = nextFile();
    run(file);
    spoil(file);
    assert.equal(run(file).main.half, 'main/');
    const { main, hits } = run(file);
    assert.deepEqual([main.half, hits], ['main/', ['./main.cjs', './other.cjs']]);
  });
}

/** The same sources, and zeros for all code. */
function spoilCode(file: string): Buffer {
  const bytes = readFileSync(file);
  let at = bytes.indexOf('\n') + 1;
  for (const [, source, code] of JSON.parse(bytes.toString('utf8', 0, at))) {
    bytes.fill(0, at + source, at + source + code);
    at += source + code;
  }
  return bytes;
}

test('code of functions that have run is kept', () => {
  const text = `(() => { const twice = (x) => x * 2; return () => twice(${'1+'.repeat(200)}1); })()`;
  const script = new Script(text);
  const before = script.createCachedData().length;
  script.runInThisContext()();
  const file = nextFile();
  const cache = new CodeCache(file);
  cache.add('./a.cjs', { source: Buffer.from(text), compiled: script, isKept: false });
  cache.save(false);
  assert.ok((new CodeCache(file).find('./a.cjs', Buffer.from(text))?.length ?? 0) > before);
});

test('what a later run compiled is kept once that run looks, if it is more than was there', () => {
  const source = Buffer.from('source');
  const file = nextFile();
  const save = (size: number, isKept: boolean, looks: boolean): number | undefined => {
    const cache = new CodeCache(file);
    cache.add('./a.cjs', { source, compiled: { createCachedData: () => Buffer.alloc(size) }, isKept });
    cache.save(looks);
    return new CodeCache(file).find('./a.cjs', source)?.length;
  };
  assert.equal(save(1000, false, false), 1000);
  assert.equal(save(2000, true, false), 1000);
  assert.equal(save(1010, true, true), 1000);
  assert.equal(save(2000, true, true), 2000);
});

test('where nothing can be written, nothing is left and nothing fails', () => {
  const file = join(folder, 'missing/kept');
  assert.equal(run(file).main.half, 'main/');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes(`.${process.pid}`)),
    [],
  );
});
