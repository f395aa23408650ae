// The corpus of the Go library's injections as containers: the request stands in the document, the shim edits it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  compare,
  dump,
  type Exact,
  makeAskingBundle,
  parse,
  unaskable,
  withRequest,
} from '../support/asking-bundle.ts';
import { corpusCases } from '../support/corpus.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { type InjectCase, ROOT } from '../support/inject-case.ts';
import { RUNS } from '../support/json-documents.ts';
import { createInNode } from '../support/run-node.ts';
import { runShim } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
/** Node has each case, and the shim each of so many: a process takes long. */
const SHIM_EACH = Math.max(1, Math.round(1000 / RUNS));

for (const category of ['inject', 'random'])
  test(`corpus: ${category}, by the shim and in Node`, async (t) => {
    const skipped = new Map<string, number>();
    let ran = 0;
    for (const [place, one] of corpusCases<InjectCase>(category).entries()) {
      const why = unaskable(one);
      if (why !== undefined) {
        skipped.set(why, (skipped.get(why) ?? 0) + 1);
        continue;
      }
      ran++;
      await t.test(one.id, () => runCase(one, place % SHIM_EACH === 0));
    }
    for (const [why, count] of skipped) t.diagnostic(`${count} left out: ${why}`);
    assert.ok(ran > 200, `only ${ran} ran`);
  });

function runCase(one: InjectCase, inShim: boolean): void {
  const { input, expect } = one;
  const { root, bundle, settings, before } = makeAskingBundle(folder, one, runtime);
  const config = join(bundle, 'config.json');
  const args = ['create', '--bundle', bundle, 'id'];

  writeFileSync(config, before);
  const error = createInNode(args, runtime, settings);
  const told = { error, text: readFileSync(config, 'utf8') };
  if (inShim) {
    writeFileSync(config, before);
    const { status, stderr, record } = runShim({ folder: root, args, settings });
    const shown = { error: status === STARTED ? undefined : stderr.trimEnd(), text: readFileSync(config, 'utf8') };
    assert.ok(status === 1 || status === STARTED, `status ${status}`);
    assert.doesNotMatch(stderr, /an error of its own/);
    assert.equal(record === undefined, status === 1);
    assert.deepEqual(readdirSync(bundle), ['config.json']);
    if (status === STARTED) assertStable(config, root, args, settings);
    assert.deepEqual(shown, told, 'Node and the shim differ');
  }
  rmSync(root, { recursive: true });

  if (expect.panic === true) return;
  // Trust takes no hook whose path is not absolute, which Go leaves to the runtime.
  if (/^cannot run hook "(?!\/)[^"]*" .*: its path is not absolute; /.test(error ?? '')) return;
  assert.equal(error !== undefined, expect.error !== null, error);
  if (expect.error !== null) {
    assert.equal(told.text, before);
    if (expect.error === 'unresolved') assert.ok(error?.includes(`"${expect.unresolved[0]}"`), error);
    return;
  }
  const want = withRequest((expect.oci ?? '').replaceAll(ROOT, root), input.devices);
  const [wanted, got] = comparable(parse(before), parse(want), parse(told.text), input.devices);
  assert.equal(compare({ oci: dump(wanted) }, { oci: dump(got) }), null);
}

function assertStable(config: string, root: string, args: readonly string[], settings: string): void {
  const first = fileState(config);
  assert.equal(runShim({ folder: root, args, settings }).status, STARTED);
  assert.deepEqual(fileState(config), first, 'the second run changed the file');
}

/**
 * Go's document and ours, with what design.md §4 explains made equal: Go adds what the document has already, and
 * repeats what is requested twice.
 */
function comparable(before: Exact, go: Exact, ours: Exact, devices: readonly string[]): [Exact, Exact] {
  let [wanted, got] = [go, ours];
  for (const path of [...hookPaths(go), RULES]) {
    const there = listAt(before, path);
    const added = listAt(wanted, path).slice(there.length);
    const missing = added.filter((entry) => !holds(there, entry, path === RULES));
    if (listAt(wanted, path).length === 0) continue;
    const repeats = new Set(devices).size < devices.length;
    wanted = withList(wanted, path, [...there, ...(repeats ? unique(missing) : missing)]);
    if (repeats) got = withList(got, path, [...there, ...unique(listAt(got, path).slice(there.length))]);
  }
  for (const path of [['mounts'], ['linux', 'devices']]) {
    const there = new Set(listAt(before, path).map(dump));
    const [all, own] = [listAt(wanted, path), listAt(got, path)];
    // What was there in the same form stays in its place, where Go moves it to the end.
    const sameSet = all.map(dump).sort().join() === own.map(dump).sort().join();
    const isNew = (entry: Exact): boolean => !there.has(dump(entry));
    if (sameSet && all.filter(isNew).map(dump).join() === own.filter(isNew).map(dump).join())
      got = withList(got, path, all);
  }
  // A device that is asked for again after another one comes last in Go, and first here.
  return returns(devices) ? [withoutOrdered(wanted), withoutOrdered(got)] : [wanted, got];
}

const RULES: readonly string[] = ['linux', 'resources', 'devices'];

function hookPaths(document: Exact): string[][] {
  const hooks = document instanceof Map ? document.get('hooks') : undefined;
  return hooks instanceof Map ? [...hooks.keys()].map((name) => ['hooks', name]) : [];
}

/** An equal entry is there; of cgroup rules only if none after it denies the device again. */
function holds(there: readonly Exact[], entry: Exact, rules: boolean): boolean {
  const last = there.findLastIndex((other) => dump(other) === dump(entry));
  if (last < 0 || !rules) return last >= 0;
  return !there.slice(last + 1).some((rule) => {
    const applies = (key: string): boolean => {
      const [own, wanted] = [member(rule, key), member(entry, key)];
      return own === undefined || dump(own) === '"a"' || dump(own) === dump(wanted ?? null) || dump(own) === '-1';
    };
    return member(rule, 'allow') !== true && ['type', 'major', 'minor'].every(applies);
  });
}

function member(value: Exact, key: string): Exact | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

function listAt(document: Exact, path: readonly string[]): readonly Exact[] {
  let at: Exact | undefined = document;
  for (const key of path) at = at instanceof Map ? at.get(key) : undefined;
  return Array.isArray(at) ? at : [];
}

function withList(document: Exact, [key = '', ...rest]: readonly string[], list: readonly Exact[]): Exact {
  if (!(document instanceof Map) || !document.has(key)) return document;
  const inner = rest.length === 0 ? list : withList(document.get(key) ?? null, rest, list);
  return new Map([...document, [key, inner]]);
}

function unique(list: readonly Exact[]): readonly Exact[] {
  return [...new Map(list.map((entry) => [dump(entry), entry])).values()];
}

/** Whether a device is requested again after another one. */
function returns(devices: readonly string[]): boolean {
  const runs = devices.filter((device, i) => device !== devices[i - 1]);
  return new Set(runs).size < runs.length;
}

/** Without the parts in which the order of edits shows. */
function withoutOrdered(document: Exact): Exact {
  const without = (value: Exact | undefined, keys: readonly string[]): Exact =>
    value instanceof Map ? new Map([...value].filter(([key]) => !keys.includes(key))) : (value ?? null);
  const top: Exact = without(document, ['mounts']);
  if (!(top instanceof Map)) return top;
  return new Map(
    [...top].map(([key, value]): [string, Exact] => {
      if (key === 'process') return [key, without(value, ['env'])];
      return [key, key === 'linux' ? without(value, ['devices', 'netDevices', 'intelRdt']) : value];
    }),
  );
}
