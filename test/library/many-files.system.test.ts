// Many spec files: those that change at once, and those that are there.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { countOpens } from '../../bench/opens.ts';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { anHourLater, untilTimesDiffer } from '../support/clocks.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
setSchema('none');

/** A directory and what is done to its files by their numbers. */
function place() {
  const directory = mkdtempSync(join(folder, 'place-'));
  const file = (number: number): string => join(directory, `${String(number).padStart(5, '0')}.yaml`);
  return {
    registry: new Registry({ specDirs: [directory] }),
    directory,
    file,
    write: (number: number, device: string) => writeFileSync(file(number), spec(`vendor${number}.com/x`, device)),
    remove: (number: number) => rmSync(file(number)),
    all: (count: number, work: (number: number) => void) => {
      for (let number = 0; number < count; number++) work(number);
    },
  };
}

/** The devices of so many files, sorted. */
function devices(count: number, device: (number: number) => string | undefined): string[] {
  const numbers = Array.from({ length: count }, (_, number) => number);
  return numbers
    .flatMap((number) => (device(number) === undefined ? [] : [`vendor${number}.com/x=${device(number)}`]))
    .sort();
}

test('500 files that are made, changed and removed at once are seen at once', () => {
  const { registry, all, write, remove } = place();
  assert.deepEqual(registry.listDevices(), []);
  all(500, (number) => write(number, 'a'));
  assert.deepEqual(
    registry.listDevices(),
    devices(500, () => 'a'),
  );
  all(500, (number) => write(number, 'b'));
  assert.deepEqual(
    registry.listDevices(),
    devices(500, () => 'b'),
  );
  all(250, (number) => remove(2 * number));
  assert.deepEqual(
    registry.listDevices(),
    devices(500, (number) => (number % 2 === 0 ? undefined : 'b')),
  );
  all(500, (number) => write(number, 'c'));
  assert.equal(registry.getDevice('vendor0.com/x=c')?.device.name, 'c');
  assert.deepEqual(
    registry.listDevices(),
    devices(500, () => 'c'),
  );
});

test('one file among 10,000 that changes, comes or goes is seen at once', () => {
  const { registry, all, write, remove } = place();
  all(10_000, (number) => write(number, 'a'));
  assert.equal(registry.listDevices().length, 10_000);
  assert.equal(registry.getErrors().size, 0);
  write(5000, 'b');
  assert.equal(registry.injectDevices('{"process":{}}', 'vendor5000.com/x=b'), '{"process":{"env":["D=b"]}}');
  write(10_000, 'a');
  assert.deepEqual(registry.listVendors().length, 10_001);
  remove(5000);
  assert.deepEqual(
    registry.listDevices(),
    devices(10_001, (number) => (number === 5000 ? undefined : 'a')),
  );
});

test('a query opens the files that changed, and no other', () => {
  const { directory, registry, file, all, write, remove } = place();
  const opens = (): number => anHourLater(() => countOpens(directory, () => registry.listDevices()));
  all(100, (number) => write(number, 'a'));
  assert.equal(opens(), 100);
  assert.equal(opens(), 0);
  untilTimesDiffer(file(99));
  write(7, 'b');
  write(100, 'a');
  remove(50);
  assert.equal(opens(), 2);
  assert.equal(opens(), 0);
});
