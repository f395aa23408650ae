// Random documents of odd forms: who asks for nothing is left alone, and who asks gets the one edit, or a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mayRequest } from '../../src/host/search.ts';
import { planInjection } from '../../src/inject/plan.ts';
import { listRequestMarkers } from '../../src/requests/read-requests.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { type MemoryHost, memoryHost } from '../host/memory-host.ts';
import { anyWritten, print, RUNS, type Written } from '../support/json-documents.ts';
import { spec } from '../support/specs.ts';

const REQUEST = 'vendor.com/gpu=gpu0';
const PROGRAMS = { '/usr/bin/crun': '+YAJL', '/opt/crun': '+JSON_C', '/usr/bin/odd': '' };
const RUNTIMES = ['/usr/bin/runc', '/usr/bin/crun', '/opt/crun', '/usr/bin/odd'];

const texts = (...values: string[]): Written => ({ items: values.map((text) => ({ text })) });
const anyEnv = fc.oneof(
  fc
    .array(fc.constantFrom('A=1', 'CDI_DEVICES=', 'X=CDI_DEVICES', `CDI_DEVICES=${REQUEST}`), { maxLength: 3 })
    .map((values) => texts(...values)),
  anyWritten,
);
const members = (keys: readonly string[], value: fc.Arbitrary<Written>): fc.Arbitrary<[string, Written][]> =>
  fc.array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 2 });
const anyObject = (...parts: fc.Arbitrary<[string, Written][]>[]): fc.Arbitrary<Written> =>
  fc.tuple(...parts).map((lists) => ({ members: lists.flat() }));
const anyProcess = anyObject(members(['env', 'Env', 'env\0'], anyEnv), members(['args', 'cwd'], anyWritten));
const anyAnnotations = anyObject(
  members(
    ['cdi.k8s.io/x', 'optional.cdi.k8s.io/x', 'a', 'A'],
    fc.constantFrom({ text: REQUEST }, { text: 'b' }, { literal: 'null' }),
  ),
);
const orOther = (value: fc.Arbitrary<Written>): fc.Arbitrary<Written> =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: anyWritten });
const anyDocument = anyObject(
  members(['process', 'Process', 'proce\u017fs'], orOther(anyProcess)),
  members(['annotations', 'Annotations'], orOther(anyAnnotations)),
  members(['x', 'cdi.k8s.io/x', 'linux'], anyWritten),
);

/** The values that a runtime takes: a model over plain values, without nodes and spans. */
type Plain = null | string | number | Plain[] | Map<string, Plain>;
function read(value: Written, reading: string): Plain {
  if ('text' in value) return value.text;
  if ('literal' in value) return value.literal === 'null' ? null : 0;
  if ('items' in value) return value.items.map((item) => read(item, reading));
  return new Map();
}
const fold = (name: string): string => name.replaceAll('\u017f', 's').toLowerCase();
/** What stands at a name in these objects: several only where Go joins them. */
function pick(objects: readonly Written[], name: string, reading: string): Written[] {
  const all = objects.flatMap((one) => ('members' in one ? one.members : []));
  const isIt = (key: string): boolean => (reading === 'merged' ? fold(key) === name : key.split('\0')[0] === name);
  let found: Written[] = [];
  for (const [key, value] of all) {
    if (!isIt(key) || (reading === 'first' && found.length > 0)) continue;
    found = reading !== 'merged' ? [value] : 'literal' in value && value.literal === 'null' ? [] : [...found, value];
  }
  return found;
}
/** The variables that a runtime gives its container. */
function readEnv(document: Written, reading: string): Plain[] {
  const processes = pick([document], 'process', reading).filter((one) => 'members' in one);
  const env = pick(processes, 'env', reading).at(-1);
  return env !== undefined && 'items' in env ? env.items.map((item) => read(item, reading)) : [];
}
/** Whether a document asks, as its runtime reads it; undefined where that runtime refuses it, or no one can say. */
function asks(document: Written, reading: string): boolean | undefined {
  const isObject = (one: Written): boolean => 'members' in one;
  const maps = pick([document], 'annotations', reading);
  const processes = pick([document], 'process', reading);
  if (reading === 'merged' && ![...maps, ...processes].every(isObject)) return undefined;
  const annotations = new Map<string, Plain>();
  for (const map of maps.filter(isObject))
    for (const [key, value] of 'members' in map ? map.members : [])
      if (reading !== 'first' || !annotations.has(key)) annotations.set(key, read(value, reading));
  const byKey = [...annotations].some(([key, value]) => /^(optional\.)?cdi\.k8s\.io\//.test(key) && value !== null);
  const last = readEnv(document, reading).findLast((one) => typeof one === 'string' && one.startsWith('CDI_DEVICES='));
  return byKey || (last !== undefined && last !== 'CDI_DEVICES=');
}

/** The document that a host has by now, as it was written. */
function rewritten(host: MemoryHost): Written {
  const file = host.readFile('/c', 1 << 20);
  const tree = 'errno' in file ? assert.fail() : host.parseJson(file);
  if ('syntax' in tree) assert.fail(tree.syntax);
  const write = (node: number): Written => {
    const kind = tree.kind(node);
    if (kind === 'object') return { members: tree.members(node).map(([key, member]) => [key, write(member)] as const) };
    if (kind === 'array') return { items: tree.elements(node).map(write) };
    return kind === 'string' ? { text: tree.string(node) } : { literal: tree.slice(tree.start(node), tree.end(node)) };
  };
  return write(0);
}

const READINGS = { '/usr/bin/runc': ['merged'], '/usr/bin/crun': ['first'], '/opt/crun': ['last'] };
const markers = listRequestMarkers(DEFAULT_SETTINGS.requests);

test('random documents are left alone if they do not ask, and edited once or refused with a reason if they do', () => {
  const runs = fc.property(anyDocument, fc.nat(), fc.constantFrom(...RUNTIMES), (document, seed, runtime) => {
    const text = print(document, seed);
    const host = memoryHost({ '/etc/cdi/vendor.yaml': spec('vendor.com/gpu', 'gpu0'), '/c': text, ...PROGRAMS });
    const file = host.holdFile('/c', 1 << 20);
    assert.ok(!('errno' in file));
    const tree = host.parseJson(file);
    assert.ok(!('syntax' in tree));
    const readings: string[] = Object.entries(READINGS).find(([name]) => name === runtime)?.[1] ?? [
      'first',
      'last',
      'merged',
    ];
    const answers = readings.map((reading) => asks(document, reading));
    const { decisions, refusal, pieces } = planInjection(host, file, tree, DEFAULT_SETTINGS, runtime);
    if (answers.every((answer) => answer === false))
      assert.deepEqual([decisions, refusal, pieces], [[], undefined, undefined], text);
    if (answers.includes(true)) {
      assert.ok(mayRequest(Buffer.from(text).toString('latin1'), markers), text);
      if (readings.length === 1) assert.ok(decisions.length > 0 || refusal !== undefined, text);
    }
    if (pieces === undefined) return;
    // Nothing without a request, and to the runtime the variable of the device comes last.
    assert.ok(decisions.length > 0 && answers.some((answer) => answer !== false), text);
    assert.equal(host.replaceFile(file, pieces), undefined);
    const after = rewritten(host);
    for (const reading of readings)
      if (answers.includes(true))
        assert.deepEqual(readEnv(after, reading), [...readEnv(document, reading), 'D=gpu0'], text);
  });
  fc.assert(runs, { numRuns: RUNS * 20 });
});
