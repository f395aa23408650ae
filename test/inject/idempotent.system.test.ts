// What is there already is not added again: after the Go library's own injection, which the corpus has recorded.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isQualifiedName } from '../../src/cdi/device-name.ts';
import { corpusCases } from '../support/corpus.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { type InjectCase, ROOT, writeEntry } from '../support/inject-case.ts';
import { exactValue } from '../support/json-spans.ts';
import { createInNode } from '../support/run-node.ts';
import { runShim } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Files that others may write to are not trusted.
process.umask(0o022);
const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
/** The one kind of hook that runs in the container. */
const INSIDE = 'startContainer';
const MINIMAL = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
/** The shim itself runs for each of so many cases: a process takes long. */
const SHIM_EACH = 10;

/** Why there is no document of Go's that the shim could meet, or no such request. */
function exempt({ input, expect, needsNonRoot }: InjectCase): string | undefined {
  if (input.oci === null || expect.panic === true || expect.error !== null) return 'Go injected nothing';
  if (input.devices.length === 0) return 'an annotation that names no device is an error';
  if (!input.devices.every(isQualifiedName)) return 'a name that is no qualified one is an error of the request';
  if (needsNonRoot === true && process.getuid?.() === 0) return 'it must not run as root';
  if (hasRelativeHook(expect.oci)) return 'trust refuses a hook whose path is not absolute';
  return undefined;
}

function hasRelativeHook(document: string | null): boolean {
  const hooks = Object.entries(object(member(exactValue(document ?? '{}'), 'hooks')));
  const outside = hooks.flatMap(([name, list]) => (name === INSIDE ? [] : array(list)));
  return outside.some((hook) => !String(member(hook, 'path')).startsWith('/'));
}

/** Whether a device is requested again after another one. */
function returns(devices: readonly string[]): boolean {
  const runs = devices.filter((device, i) => device !== devices[i - 1]);
  return new Set(runs).size < runs.length;
}

for (const category of ['inject', 'random'])
  test(`what Go injected is there for the shim: ${category}`, async (t) => {
    const cases = corpusCases<InjectCase>(category);
    const left = new Map<string, number>();
    const counts = { unchanged: 0, changed: 0 };
    for (const [place, one] of cases.entries()) {
      const why = exempt(one);
      if (why !== undefined) left.set(why, (left.get(why) ?? 0) + 1);
      else {
        await t.test(one.id, () => {
          counts[runCase(one, place % SHIM_EACH === 0)]++;
        });
      }
    }
    t.diagnostic(JSON.stringify(counts));
    for (const [why, count] of left) t.diagnostic(`${count} left out: ${why}`);
    assert.ok(counts.unchanged + counts.changed > 150, 'too few cases');
  });

function runCase({ id, dirs = [], files = {}, input, expect }: InjectCase, inShim: boolean): 'unchanged' | 'changed' {
  const root = join(folder, id);
  for (const directory of ['bundle', ...dirs]) mkdirSync(join(root, directory), { recursive: true });
  for (const [path, entry] of Object.entries(files)) writeEntry(join(root, path), entry, root);
  const settings = join(root, 'settings.yaml');
  const specDirs = JSON.stringify(input.specDirs).replaceAll(ROOT, root);
  const others = 'requests: { env: { enabled: false } }\naudit: { enabled: false }\nstale: warn\n';
  writeFileSync(settings, `runtime: ${runtime}\nspecDirs: ${specDirs}\n${others}`);
  const config = join(root, 'bundle/config.json');
  const asking = (text: string | null): string => withRequest((text ?? '').replaceAll(ROOT, root), input.devices);
  const before = asking(expect.oci);
  const args = ['create', '--bundle', dirname(config), 'id'];

  writeFileSync(config, before);
  assert.equal(createInNode(args, runtime, settings), undefined);
  const after = readFileSync(config, 'utf8');
  const wanted = withHookEnv(exactValue(before), exactValue(asking(input.oci)));
  const changed = after !== before;
  if (!changed) assert.deepEqual(wanted, exactValue(before));
  // The first mention wins here, while Go applies the edits again: then the last one to set a thing is another.
  if (returns(input.devices)) assert.deepEqual(withoutOrdered(exactValue(after)), withoutOrdered(wanted));
  else assert.deepEqual(exactValue(after), wanted);

  assert.equal(createInNode(args, runtime, settings), undefined);
  assert.equal(readFileSync(config, 'utf8'), after, 'the second time something is added');
  if (inShim) {
    writeFileSync(config, before);
    for (const command of ['create', 'create', 'restore']) {
      const state = fileState(config);
      assert.equal(runShim({ folder: root, args: [command, ...args.slice(1)], settings }).status, STARTED);
      assert.equal(readFileSync(config, 'utf8'), after);
      if (state.text.toString() === after) assert.deepEqual(fileState(config), state);
    }
  }
  rmSync(root, { recursive: true });
  return changed ? 'changed' : 'unchanged';
}

/** All that the shim may still do: hooks that Go appended without an env, and equal ones, get the minimal one. */
function withHookEnv(document: unknown, before: unknown): unknown {
  const there = member(before, 'hooks');
  const hooks = Object.entries(object(member(document, 'hooks'))).map(([name, list]) => {
    const entries = array(list);
    const appended = entries.slice(array(member(there, name)).length).map(dump);
    const isOurs = (hook: unknown): boolean => array(member(hook, 'env')).length === 0 && appended.includes(dump(hook));
    const outside = name !== INSIDE;
    return [name, entries.map((hook) => (outside && isOurs(hook) ? { ...object(hook), env: MINIMAL } : hook))];
  });
  return hooks.length === 0 ? document : { ...object(document), hooks: Object.fromEntries(hooks) };
}

/** With the number of entries in place of those that edits replace by each other. */
function withoutOrdered(document: unknown): unknown {
  const counted = (section: unknown, keys: readonly string[]): unknown => {
    const entries = Object.entries(object(section));
    return Object.fromEntries(entries.map(([key, value]) => [key, keys.includes(key) ? array(value).length : value]));
  };
  return {
    ...object(counted(document, ['mounts'])),
    process: counted(member(document, 'process'), ['env']),
    linux: counted(member(document, 'linux'), ['devices', 'netDevices', 'intelRdt']),
  };
}

function object(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function member(value: unknown, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object(value), key)?.value;
}

/** For comparison; the keys of Go's documents are always in one order. */
function dump(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

/** Adds the annotation by which the shim is asked for what Go was. */
function withRequest(text: string, devices: readonly string[]): string {
  const request = `"cdi.k8s.io/x":${JSON.stringify(devices.join(','))}`;
  const there = object(member(exactValue(text), 'annotations'));
  const comma = Object.keys(there).length === 0 ? '' : ',';
  const old = /"annotations":\s*\{/.exec(text)?.[0];
  if (member(exactValue(text), 'annotations') !== undefined && old !== undefined)
    return text.replace(old, () => `${old}${request}${comma}`);
  return text.replace('{', () => `{"annotations":{${request}}${/^\s*\{\s*\}/.test(text) ? '' : ','}`);
}
