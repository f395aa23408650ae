// Spec directories that come, go and change their kind between two queries, and the errors that go with it.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { UnresolvedDevicesError } from '../../src/library/unresolved-devices-error.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
setSchema('none');
chmodSync(folder, 0o755);

/** A spec directory with one file, below a root. */
function fill(root: string, path: string, vendor: string): void {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, 'x.yaml'), spec(`${vendor}.com/x`, '0'));
}

/** Three directories in order, the middle one of which is below a folder that is not there yet. */
function place(): { readonly root: string; readonly registry: Registry; at(path: string): string } {
  const root = mkdtempSync(join(folder, 'place-'));
  chmodSync(root, 0o755);
  fill(root, 'low', 'low');
  fill(root, 'top', 'top');
  for (const vendor of ['a', 'b']) fill(root, `elsewhere/${vendor}`, vendor);
  const at = (path: string): string => join(root, path);
  return { root, at, registry: new Registry({ specDirs: [at('low'), at('over/mid'), at('top')] }) };
}

/** What a registry finds: the vendors, and what is wrong with which path. */
function found(registry: Registry, root: string): readonly [vendors: string, errors: Record<string, string>] {
  const vendors = registry.listVendors().map((vendor) => vendor.replace('.com', ''));
  const errors = [...registry.getErrors()].map(([path, list]) => [
    relative(root, path),
    list.map(({ why }) => why).join(),
  ]);
  const ofDirectories = [...registry.getSpecDirErrors().keys()];
  for (const path of ofDirectories) assert.ok(registry.getErrors().has(path), path);
  return [vendors.join(' '), Object.fromEntries(errors)];
}

const MISSING = { 'over/mid': 'it is missing, or its link leads nowhere' };

test('a spec directory may appear, vanish and change its kind, with its error', () => {
  const { root, registry, at } = place();
  const link = (target: string): void => {
    symlinkSync(target, at('new'));
    renameSync(at('new'), at('over/mid'));
  };
  const steps: readonly [title: string, change: () => void, vendors: string, errors: Record<string, string>][] = [
    ['its parent is missing', () => {}, 'low top', MISSING],
    ['its parent appears', () => mkdirSync(at('over')), 'low top', MISSING],
    ['it appears, empty', () => mkdirSync(at('over/mid')), 'low top', {}],
    ['it gets a file', () => fill(root, 'over/mid', 'mid'), 'low mid top', {}],
    ['it vanishes', () => rmSync(at('over/mid'), { recursive: true }), 'low top', MISSING],
    ['it comes back', () => fill(root, 'over/mid', 'back'), 'back low top', {}],
    ['it moves away', () => renameSync(at('over/mid'), at('over/away')), 'low top', MISSING],
    ['a link takes its place', () => link('../elsewhere/a'), 'a low top', {}],
    ['the link leads elsewhere', () => link('../elsewhere/b'), 'b low top', {}],
    ['a file appears behind the link', () => fill(root, 'elsewhere/b', 'c'), 'c low top', {}],
    ['what the link leads to vanishes', () => rmSync(at('elsewhere/b'), { recursive: true }), 'low top', MISSING],
    ['what the link leads to comes back', () => fill(root, 'elsewhere/b', 'b'), 'b low top', {}],
    ['the link leads to itself', () => link('mid'), 'low', { 'over/mid': 'its links form a loop' }],
    ['the link is taken away', () => unlinkSync(at('over/mid')), 'low top', MISSING],
    // It can be watched, so that it has no error, but the search for specs ends there.
    ['a file takes its place', () => writeFileSync(at('over/mid'), spec('file.com/x', '0')), 'low', {}],
    ['the file vanishes', () => rmSync(at('over/mid')), 'low top', MISSING],
    ['it comes back once more', () => fill(root, 'over/mid', 'mid'), 'low mid top', {}],
    ['its parent moves away', () => renameSync(at('over'), at('under')), 'low top', MISSING],
    ['its parent comes back', () => renameSync(at('under'), at('over')), 'low mid top', {}],
    [
      'two directories change places',
      () => {
        renameSync(at('low'), at('new'));
        renameSync(at('top'), at('low'));
        renameSync(at('new'), at('top'));
      },
      'low mid top',
      {},
    ],
  ];
  for (const [title, change, vendors, errors] of steps) {
    change();
    assert.deepEqual(found(registry, root), [vendors, errors], title);
  }
  assert.equal(registry.getDevice('top.com/x=0')?.spec.path, at('low/x.yaml'));
});

test('a spec directory may be closed to the user and opened again, with its error', () => {
  const { root, registry, at } = place();
  const closed = 'it cannot be read by this user';
  const steps: readonly [mode: number, vendors: string, errors: Record<string, string>][] = [
    [0o755, 'low mid top', {}],
    [0o000, 'low', { 'over/mid': closed }],
    [0o755, 'low mid top', {}],
    // It can be listed, but nothing in it can be read.
    [0o644, 'low top', { 'over/mid/x.yaml': closed }],
    // What is in it can be read, but not listed.
    [0o311, 'low', { 'over/mid': closed }],
    [0o755, 'low mid top', {}],
  ];
  fill(root, 'over/mid', 'mid');
  chmodSync(at('over'), 0o755);
  for (const [mode, vendors, errors] of steps) {
    chmodSync(at('over/mid'), mode);
    assert.deepEqual(
      asOrdinaryUser(() => found(registry, root)),
      [vendors, errors],
      mode.toString(8),
    );
  }
});

test('the reason why a device does not resolve is that of today', () => {
  const { registry, at } = place();
  const changes = [
    () => mkdirSync(at('over')),
    () => writeFileSync(at('over/mid'), ''),
    () => {
      rmSync(at('over/mid'));
      symlinkSync('mid', at('over/mid'));
    },
  ];
  const reasons = changes.map((change) => {
    change();
    const fresh = new Registry({ specDirs: registry.getSpecDirectories() });
    assert.equal(reasonOf(registry), reasonOf(fresh));
    return reasonOf(registry);
  });
  assert.equal(new Set(reasons).size, 3);
});

function reasonOf(registry: Registry): string {
  try {
    registry.injectDevices({}, 'top.com/x=0');
    return 'it resolves';
  } catch (error) {
    if (error instanceof UnresolvedDevicesError) return error.why;
    throw error;
  }
}
