// What a registry found at one moment: it stays so, and answers as the registry did then.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { countOpens } from '../../bench/opens.ts';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import type { RegistryView } from '../../src/library/registry-view.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
setSchema('none');

interface Place {
  readonly directory: string;
  readonly registry: Registry;
}

function place(autoRefresh = true): Place {
  const directory = mkdtempSync(join(folder, 'place-'));
  writeFileSync(join(directory, 'a.yaml'), spec('a.com/x', '0', '1'));
  writeFileSync(join(directory, 'b.yaml'), spec('b.com/y', '0'));
  writeFileSync(join(directory, 'broken.yaml'), 'kind: broken.com/x\n]');
  return { directory, registry: new Registry({ specDirs: [directory, '/nonexistent/cdi'], autoRefresh }) };
}

function refusal(asked: Registry | RegistryView, name: string): unknown {
  try {
    return asked.injectDevices({}, name);
  } catch (error) {
    return error;
  }
}

/** All that is asked of a registry or a view. */
function answers(asked: Registry | RegistryView): unknown {
  return {
    lists: [asked.listDevices(), asked.listVendors(), asked.listClasses()],
    device: asked.getDevice('a.com/x=1'),
    none: asked.getDevice('a.com/x=2'),
    specs: asked.getVendorSpecs('b.com'),
    errors: asked.getErrors(),
    ofSpecs: asked.getVendorSpecs('a.com').map((loaded) => asked.getSpecErrors(loaded)),
    directories: [asked.getSpecDirectories(), asked.getSpecDirErrors()],
    injected: [asked.injectDevices('{}', 'a.com/x=1', ['b.com/y=0']), asked.injectDevices({}, null, [])],
    refused: ['a.com/x=2', 'c.com/x=0', 'broken.com/x=0', 'x'].map((name) => refusal(asked, name)),
  };
}

for (const autoRefresh of [true, false])
  test(`a view answers as the registry, ${autoRefresh ? 'with' : 'without'} auto-refresh`, () => {
    const { registry } = place(autoRefresh);
    assert.deepEqual(answers(registry.look()), answers(registry));
    assert.equal(registry.look().getSpecDirErrors().size, autoRefresh ? 1 : 0);
  });

test('a view stays as it is, whatever happens to the files and the registry', () => {
  const { directory, registry } = place();
  const view = registry.look();
  const before = answers(view);
  assert.equal(registry.look(), view);
  writeFileSync(join(directory, 'a.yaml'), spec('a.com/x', '2'));
  rmSync(join(directory, 'b.yaml'));
  assert.notEqual(registry.look(), view);
  assert.deepEqual(registry.look().listDevices(), ['a.com/x=2']);
  assert.deepEqual(answers(view), before);
  registry.configure({ specDirs: ['/nonexistent'], autoRefresh: false });
  assert.deepEqual(answers(view), before);
  registry.close();
  assert.deepEqual(answers(view), before);
});

test('a view is not changed by whoever gets its answers', () => {
  const { registry } = place();
  const view = registry.look();
  const before = answers(view);
  view.listDevices().length = 0;
  view.listVendors().push('x');
  Reflect.apply(Map.prototype.clear, view.getErrors(), []);
  assert.throws(() => Object.assign(view, { listDevices: () => [] }), TypeError);
  assert.deepEqual(answers(view), before);
});

test('an injection of a view looks at no directory and no spec', () => {
  const { directory, registry } = place();
  const view = registry.look();
  rmSync(directory, { recursive: true });
  assert.equal(
    countOpens(directory, () => assert.equal(view.injectDevices('{}', 'b.com/y=0').includes('D=0'), true)),
    0,
  );
  assert.throws(() => registry.injectDevices('{}', 'b.com/y=0'), { reason: 'no-vendor' });
});
