// The functions of the registry that all callers share, in the order in which a program may come to use them.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import { configure, getErrors, getRegistry, injectDevices, refresh } from '../../src/library/default-registry.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const [one, other] = [join(folder, 'one'), join(folder, 'other')];
for (const directory of [one, other]) mkdirSync(directory);
writeFileSync(join(one, 'a.yaml'), spec('a.com/gpu', 'x'));
writeFileSync(join(one, 'broken.yaml'), '');
writeFileSync(join(other, 'b.yaml'), spec('b.com/gpu', 'x'));

setSchema('none');

test('configure() makes the shared registry where there is none, and changes it where there is one', () => {
  assert.throws(() => configure({ specDirs: [one], schema: 'http://x' }), { code: 'BAD_SCHEMA' });
  configure({ specDirs: [one], autoRefresh: false });
  const shared = getRegistry();
  assert.deepEqual(shared.getSpecDirectories(), [one]);
  configure({ autoRefresh: true });
  configure({});
  assert.equal(getRegistry(), shared);
  assert.deepEqual(shared.getSpecDirectories(), [one]);
});

test('getRegistry() is one for all callers, and options given later configure it again', () => {
  const shared = getRegistry({ specDirs: [one] });
  assert.equal(getRegistry(), shared);
  assert.deepEqual(shared.listDevices(), ['a.com/gpu=x']);
  assert.equal(getRegistry({ specDirs: [other] }), shared);
  assert.deepEqual(shared.listDevices(), ['b.com/gpu=x']);
});

test('injectDevices(), refresh() and getErrors() are those of the shared registry', () => {
  configure({ specDirs: [one] });
  assert.equal(injectDevices('{"process":{"env":[]}}', 'a.com/gpu=x'), '{"process":{"env":["D=x"]}}');
  const document = {};
  assert.equal(injectDevices(document, ['a.com/gpu=x']), document);
  assert.throws(() => injectDevices(document, 'b.com/gpu=x'), { reason: 'no-vendor', devices: ['b.com/gpu=x'] });
  assert.deepEqual(
    refresh().map(({ path }) => path),
    [join(one, 'broken.yaml')],
  );
  assert.deepEqual([...getErrors().keys()], [join(one, 'broken.yaml')]);
});

test('the shared registry stays usable when somebody closes it', () => {
  const shared = getRegistry({ specDirs: [one] });
  shared.close();
  assert.equal(getRegistry(), shared);
  assert.deepEqual(shared.listDevices(), ['a.com/gpu=x']);
});
