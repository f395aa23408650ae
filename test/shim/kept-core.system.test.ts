// The core is loaded when the program is built: what its top level may leave behind, and what stops the build.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { crash, scratch, shim } from './probe-binary.ts';

const script = resolve(import.meta.dirname, '../../scripts/build-shim.ts');
const folder = scratch();

function build(
  source: string,
  prefix: readonly string[] = [],
): { program: string; status: number | null; stderr: string } {
  const [entry, program] = [join(folder, 'entry.ts'), join(folder, 'program')];
  writeFileSync(entry, source);
  const [tool = '', ...words] = [...prefix, process.execPath, script, '--entry', entry, '--out', program];
  return { program, ...spawnSync(tool, words, { encoding: 'utf8' }) };
}

test('what the top level made is there in each run, as it was made', () => {
  const { program, status, stderr } = build(`
    const names = new Map(Array.from({ length: 500 }, (_, i) => [\`name \${i}\`, { number: i }]));
    const numbers = new Set([1, 2.5, -0, NaN, 'one', true, null]);
    const identities = [{}, Symbol('one'), () => names];
    const filledLater = new Map();
    const pattern = /^(?<word>[a-zé€]+) (?:\\d|\\p{Lu})$/u;
    class Counter { #count = 0; next() { return ++this.#count; } static shared = new Counter(); }
    function* count() { yield* [1, 2, 3]; }
    const counted = count();
    host.ready(() => {
      for (const it of identities) filledLater.set(it, identities.indexOf(it));
      const made = { ...{ a: 1, b: 2 }, c: [1, 'two', 3e300] };
      host.fail(JSON.stringify([
        [...names.keys()].every((name, i) => names.get(name).number === i), names.size, names.get('name 499'),
        [1, 2.5, 0, NaN, 'one', true, null, 'other'].map((it) => numbers.has(it)),
        identities.map((it) => filledLater.get(it)), identities[2]() === names,
        pattern.exec('fünf 5') === null, pattern.exec('été Ü').groups.word,
        Counter.shared.next(), Counter.shared.next(), [...counted], made, [3, 1, 2].toSorted(), 'x'.repeat(3),
        typeof Math.random, host.argv.length, host.environment('PROBE'),
      ]));
    });`);
  assert.equal(status, 0, stderr);
  const cwd = join(folder, 'bundle');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'config.json'), '{"annotations": {"cdi.k8s.io/x": ""}}');
  for (const value of ['one', 'two', 'three']) {
    const run = shim(program, { args: ['create', 'x'], cwd, env: { PROBE: value } });
    assert.equal(run.status, 1);
    assert.deepEqual(JSON.parse(run.stderr), [
      ...[true, 500, { number: 499 }],
      [true, true, true, true, true, true, true, false],
      ...[[0, 1, 2], true, true, 'été', 1, 2, [1, 2, 3], { a: 1, b: 2, c: [1, 'two', 3e300] }, [1, 2, 3], 'xxx'],
      ...['undefined', 2, value],
    ]);
  }
});

test('the code of the core is in the program once, and not in the heap that each start copies', () => {
  const number = 0x5eed_c0de;
  const { program, status, stderr } = build(`host.ready(() => host.fail(String(${number} ^ host.argv.length)));`);
  assert.equal(status, 0, stderr);
  const inBytecode = Buffer.alloc(4);
  inBytecode.writeUInt32LE(number);
  const bytes = readFileSync(program);
  const first = bytes.indexOf(inBytecode);
  assert.notEqual(first, -1);
  assert.equal(bytes.indexOf(inBytecode, first + 1), -1);
});

const KEYED = 'before host.ready no map or set can hold an object by its identity';
const MISSING = 'not a function';
const DEEDS = {
  'new Map([[{}, 1]])': KEYED,
  'new Map().set(() => 1, 1)': KEYED,
  'new Set([Symbol()])': KEYED,
  'new WeakMap().set({}, 1)': KEYED,
  'new WeakSet([{}])': KEYED,
  'Map.groupBy([1], () => ({}))': MISSING,
  'Math.random()': MISSING,
  'host.now()': MISSING,
  "host.environment('PATH')": MISSING,
  "host.holdFile('/etc/passwd', 1000)": MISSING,
  'new Date()': "'Date' is not defined",
};

test('a top level cannot do what would be wrong in another process, and an error in it stops the build', () => {
  const attempts = Object.keys(DEEDS).map((deed) => `() => ${deed}`);
  const { status, stderr } = build(`
    const outcomes = [${attempts.join(', ')}].map((attempt) => {
      try { attempt(); return 'done'; } catch (error) { return error.message; }
    });
    throw new Error(JSON.stringify(outcomes));`);
  assert.equal(status, 1);
  const [, outcomes = ''] = /^cannot build the shim: .*\ncannot keep the core: .*?: Error: (.*)\n$/.exec(stderr) ?? [];
  assert.deepEqual(JSON.parse(outcomes), Object.values(DEEDS));
});

test('no program is built of a core that has begun what goes on later, which holds addresses of the stack', () => {
  const { status, stderr } = build(`
    function* count() { yield* [1, 2, 3]; }
    const begun = count();
    begun.next();
    host.ready(() => host.fail(String([...begun])));`);
  assert.match(stderr, /cannot keep the core: \d+ words of its heap are addresses of the stack\n/);
  assert.equal(status, 1);
});

test('no program is built of a core that gives nothing to begin a run by', () => {
  const { status, stderr } = build('globalThis.main = () => 1;');
  assert.match(stderr, /cannot keep the core: .*: it gave host\.ready no function\n/);
  assert.equal(status, 1);
});

test('no program is built where its own addresses cannot be told from numbers', () => {
  const { status, stderr } = build('host.ready(() => 1);', ['setarch', '-R']);
  assert.match(stderr, /the program has the same address twice; do not switch ASLR off\n/);
  assert.equal(status, 1);
});

test('the memory of the core that is kept counts against the limit', () => {
  const cwd = join(folder, 'limited');
  mkdirSync(cwd);
  const { status, stderr } = crash(cwd, [['limit', 1 << 20, 5000, 60000], ['hoard']]);
  assert.match(stderr, /the core ran out of memory \(1 MiB, limits\.memory of the settings\)/);
  assert.equal(status, 1);
});
