import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Snapshot, SpecCache } from '../../src/registry/spec-cache.ts';
import type { SpecJudge } from '../../src/registry/spec-loader.ts';
import { CdiError } from '../../src/text/error.ts';
import { type MemorySpecHost, memorySpecHost } from '../support/spec-host.ts';
import { spec } from '../support/specs.ts';

const LIMITS = { spec: 10_000, specs: 100 };

/** A judge that refuses some vendors. */
class Refusal implements SpecJudge {
  readonly judged: string[] = [];
  #vendors: readonly string[] = [];
  #generation = 0;

  refuse(...vendors: readonly string[]): void {
    this.#vendors = vendors;
    this.#generation++;
  }

  generation(): number {
    return this.#generation;
  }

  judge(...[{ kind }, { what = '', path, locate }]: Parameters<SpecJudge['judge']>): void {
    this.judged.push(kind);
    const vendor = this.#vendors.find((refused) => kind.startsWith(`${refused}/`));
    if (vendor === undefined) return;
    throw new CdiError('BAD_SPEC', { what, path, why: `no one wants ${vendor}`, at: locate?.(['kind']) });
  }
}

interface World {
  readonly host: MemorySpecHost;
  readonly judge: Refusal;
  readonly cache: SpecCache;
  look(): string[];
}

function world(...refused: readonly string[]): World {
  const host = memorySpecHost({
    '/low/a.yaml': spec('a/x', '0'),
    '/low/b.yaml': spec('b/x', '0'),
    '/low/c.yaml': '',
    '/high/b.yaml': spec('b/x', '1'),
  });
  const judge = new Refusal();
  if (refused.length > 0) judge.refuse(...refused);
  const cache = new SpecCache(host, LIMITS, judge);
  return { host, judge, cache, look: () => told(cache.look(['/low', '/high'])) };
}

/** The devices that resolve, then what is wrong. */
function told({ index, scan }: Snapshot): string[] {
  const errors = [...scan.errors].map(([path, { line, why }]) => `${path}:${line ?? ''} ${why}`);
  return [...index.devices.keys(), ...errors];
}

const EMPTY = '/low/c.yaml: there is no document in it';
const ALL = ['a/x=0', 'b/x=0', 'b/x=1', EMPTY];

test('look() makes what a judge refuses an error of the file, with the place that the judge asks for', () => {
  const { look } = world('b');
  assert.deepEqual(look(), [
    'a/x=0',
    '/low/b.yaml:2 line 2, column 7: no one wants b',
    EMPTY,
    '/high/b.yaml:2 line 2, column 7: no one wants b',
  ]);
});

test('look() gives the very snapshot of before where nothing has changed, errors included, and reads nothing', () => {
  const { host, judge, cache } = world('b');
  const first = cache.look(['/low', '/high']);
  const reads = host.reads.length;
  assert.equal(cache.look(['/low', '/high']), first);
  assert.equal(cache.kept(), first);
  assert.deepEqual([host.reads.length, judge.judged.length], [reads, 3]);
});

test('look() judges loaded specs again after a change of the judge, without loading them', () => {
  const { host, judge, look } = world();
  assert.deepEqual(look(), ALL);
  host.reads.length = 0;
  judge.refuse('a');
  assert.deepEqual(look(), ['b/x=0', 'b/x=1', '/low/a.yaml:2 line 2, column 7: no one wants a', EMPTY]);
  assert.deepEqual(host.reads, ['/low/a.yaml'], 'only for the place of the fault');
  judge.refuse();
  assert.deepEqual(look(), ALL);
});

test('kept() judges again, and looks at no directory', () => {
  const { host, judge, cache, look } = world();
  assert.equal(cache.kept(), undefined);
  look();
  host.put('/low/d.yaml', spec('d/x', '0'));
  host.put('/low/a.yaml', undefined);
  judge.refuse('a', 'd');
  const kept = cache.kept();
  assert.deepEqual(kept && told(kept), ['b/x=0', 'b/x=1', '/low/a.yaml: no one wants a', EMPTY]);
  assert.deepEqual(look(), ['b/x=0', 'b/x=1', EMPTY, '/low/d.yaml:2 line 2, column 7: no one wants d']);
});

test('a fault has no place once the file is another than was judged', () => {
  const { host, judge, cache, look } = world();
  look();
  host.put('/low/a.yaml', `# moved down\n${spec('a/x', '0')}`);
  judge.refuse('a');
  assert.equal(cache.kept()?.scan.errors.get('/low/a.yaml')?.line, undefined);
  look();
  assert.equal(cache.kept()?.scan.errors.get('/low/a.yaml')?.line, 3);
});

test('a conflict comes and goes with the judgement', () => {
  const { host, judge, cache, look } = world();
  host.put('/low/z.yaml', `${spec('b/x', '0')}annotations: { z: z }\n`);
  assert.ok(!look().includes('b/x=0'));
  judge.refuse('b');
  assert.deepEqual([...(cache.kept()?.index.conflicts ?? [])], []);
  judge.refuse();
  assert.deepEqual([...(cache.kept()?.index.conflicts ?? [])], [['b/x=0', ['/low/b.yaml', '/low/z.yaml']]]);
});

test('a judge that fails otherwise is not taken for an error of the file', () => {
  const { host } = world();
  const judge: SpecJudge = {
    generation: () => 0,
    judge: () => {
      throw new RangeError('broken');
    },
  };
  assert.throws(() => new SpecCache(host, LIMITS, judge).look(['/low']), RangeError);
});

test('look() reads a young file again, and an old one no more', () => {
  const { host, look } = world();
  host.put('/low/a.yaml', spec('a/x', '1'));
  look();
  host.reads.length = 0;
  look();
  assert.deepEqual(host.reads, ['/low/a.yaml']);
  host.pass(10_000);
  look();
  host.reads.length = 0;
  look();
  assert.deepEqual(host.reads, []);
});

test('forget() has everything loaded again', () => {
  const { host, cache, look } = world();
  look();
  cache.forget();
  assert.equal(cache.kept(), undefined);
  host.reads.length = 0;
  assert.deepEqual(look(), ALL);
  assert.equal(host.reads.length, 4);
});
