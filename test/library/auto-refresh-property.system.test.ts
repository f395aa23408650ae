// Whatever happens to spec directories, and however fast: a registry answers as one that was made just now.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import fc from 'fast-check';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { UnresolvedDevicesError } from '../../src/library/unresolved-devices-error.ts';
import { withCoarseTimes } from '../support/clocks.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 4);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const folder = memoryFolder();
setSchema('none');

const DIRECTORIES = ['low', 'mid', 'top'];
const NAMES = ['a.yaml', 'b.json', 'd'];
/** Texts of one size, so that nothing but their content tells them apart, and some of other sizes. */
const TEXTS = [
  ...['0', '1', '2', '"'].map((device) => spec('a.com/x', device)),
  spec('b.com/y', '0', '1'),
  spec('a.com/y', '1'),
  '',
  '[',
];
const DEVICES = ['a.com/x=0', 'a.com/x=1', 'a.com/y=1', 'b.com/y=0'];
const LONG_AGO = new Date('2020-02-02T02:02:02Z');

const directory = fc.constantFrom(...DIRECTORIES);
const place = fc.tuple(directory, fc.constantFrom(...NAMES)).map((parts) => parts.join('/'));
const text = fc.constantFrom(...TEXTS);

/** Something that a program may do to a folder with three spec directories; what cannot be done is left. */
type Act = readonly [what: string, on: string, to: string];

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom('write', 'write as of old', 'put by rename'), place, text) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('rename', 'link'), place, place) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('remove', 'make a folder', 'touch'), place, fc.constant('')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('remove', 'write', 'touch'), directory, fc.constant('')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('rename', 'link'), directory, directory) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('make a folder'), directory, fc.constant('')) },
);

const ACTS: Readonly<Record<string, (root: string, on: string, to: string) => void>> = {
  write: (_, on, to) => writeFileSync(on, to),
  'write as of old': (_, on, to) => {
    writeFileSync(on, to);
    utimesSync(on, LONG_AGO, LONG_AGO);
  },
  'put by rename': (root, on, to) => {
    writeFileSync(join(root, 'new'), to);
    renameSync(join(root, 'new'), on);
  },
  rename: (root, on, to) => renameSync(on, join(root, to)),
  link: (root, on, to) => {
    symlinkSync(join(root, to), join(root, 'link'));
    renameSync(join(root, 'link'), on);
  },
  remove: (_, on) => rmSync(on, { recursive: true }),
  'make a folder': (_, on) => {
    if (statSync(on, { throwIfNoEntry: false })?.isDirectory()) return;
    rmSync(on, { force: true });
    mkdirSync(on);
  },
  touch: (_, on) => utimesSync(on, LONG_AGO, LONG_AGO),
};

function perform(root: string, [what, on, to]: Act): void {
  try {
    ACTS[what]?.(root, join(root, on), to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  rmSync(join(root, 'link'), { force: true });
}

/** All that a registry says of files, however it refreshes. */
function answers(registry: Registry): unknown {
  const directories = new Set(registry.getSpecDirectories());
  const errors = [...registry.getErrors()].filter(([path]) => !directories.has(path));
  return {
    devices: registry.listDevices().map((name) => registry.getDevice(name)),
    specs: registry.listVendors().map((vendor) => registry.getVendorSpecs(vendor)),
    classes: registry.listClasses(),
    injected: DEVICES.map((name) => injected(registry, name)),
    errors: errors.map(([path, list]) => [path, list.map(({ message }) => message)]),
  };
}

function injected(registry: Registry, name: string): string {
  try {
    return registry.injectDevices('{}', name);
  } catch (error) {
    if (error instanceof UnresolvedDevicesError) return error.message;
    throw error;
  }
}

/** How often the answers were not those of before, so that the property is not about nothing. */
let changed = 0;

interface Run {
  readonly root: string;
  readonly specDirs: readonly string[];
  readonly registry: Registry;
  /** Compares what is answered after an act with what a new registry says. */
  check(one: Act): void;
}

/** @param others so many files more in each directory that is there */
function begin(others: number): Run {
  const root = mkdtempSync(join(folder, 'run-'));
  for (const name of DIRECTORIES.slice(1)) {
    mkdirSync(join(root, name));
    for (let i = 0; i < others; i++) writeFileSync(join(root, name, `c${i}.yaml`), spec(`c${i}.com/x`, name));
  }
  const specDirs = DIRECTORIES.map((name) => join(root, name));
  const registry = new Registry({ specDirs });
  let last: unknown = answers(registry);
  const check = (one: Act): void => {
    const now = answers(registry);
    assert.deepEqual(now, answers(new Registry({ specDirs, autoRefresh: false })), JSON.stringify(one));
    if (JSON.stringify(now) !== JSON.stringify(last)) changed++;
    last = now;
  };
  return { root, specDirs, registry, check };
}

const ACTS_OF_A_RUN = { minLength: 5, maxLength: 40, size: 'max' } as const;

const property = fc.property(fc.array(act, ACTS_OF_A_RUN), (acts) => {
  const { root, check } = begin(0);
  for (const one of acts) {
    perform(root, one);
    check(one);
  }
  rmSync(root, { recursive: true });
});

/** As many files as are watched; now and then the loop turns, so that what is told is handed out. */
const watched = fc.asyncProperty(fc.array(fc.tuple(act, fc.boolean(), fc.boolean()), ACTS_OF_A_RUN), async (acts) => {
  const { root, registry, check } = begin(12);
  for (const [one, turns, asks] of acts) {
    perform(root, one);
    if (turns) await pass(1);
    if (asks) check(one);
  }
  registry.close();
  rmSync(root, { recursive: true });
});

/** By rounds for so long, but for as many as it takes to see changes, on a slow machine too. */
const ROUND = { runs: 4, most: 500 };

async function tryFor(milliseconds: number, round: (seed: number) => void | Promise<void>): Promise<void> {
  changed = 0;
  const end = Date.now() + milliseconds;
  for (let count = 0; Date.now() < end || (changed <= 10 && count < ROUND.most); count++) await round(seed + count);
  assert.ok(changed > 10, `${changed} changes seen`);
}

for (const [title, inTime] of [
  ['times as they are here', <T>(work: () => T) => work()],
  ['times in whole seconds', withCoarseTimes],
] as const)
  test(`any sequence of changes is seen at once, by ${title}`, async (t) => {
    t.diagnostic(`FUZZ_SEED=${seed}`);
    await tryFor((SECONDS * 1000) / 2, (own) => inTime(() => fc.assert(property, { seed: own, numRuns: ROUND.runs })));
    t.diagnostic(`${changed} changes seen`);
  });

test('any sequence of changes among many files is seen at once', async (t) => {
  t.diagnostic(`FUZZ_SEED=${seed}`);
  await tryFor(SECONDS * 1000, (own) => fc.assert(watched, { seed: own, numRuns: ROUND.runs }));
  t.diagnostic(`${changed} changes seen`);
});
