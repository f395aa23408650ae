// What the page says of a case, in Node.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Case } from '../../web/case.ts';
import { makeDiffRows } from '../../web/diff-rows.ts';
import { findEditsAt, findLines } from '../../web/edit-places.ts';
import { ENGINE_DOCUMENTS } from '../../web/engine-documents.ts';
import { EXAMPLES } from '../../web/examples.ts';
import { judge } from '../../web/judge.ts';
import { writeChoice } from '../../web/request-text.ts';
import { suggestDevices } from '../../web/suggest.ts';
import { takeFile } from '../../web/take-file.ts';
import { RUNS } from '../support/json-documents.ts';

const OUTCOMES: Readonly<Record<string, string>> = {
  'A GPU and its driver': 'injected',
  'Two vendors, in Kubernetes': 'injected',
  'A name that does not resolve': 'UNRESOLVED_DEVICE',
  'A device that the policy denies': 'DENIED',
  'A device that the host lacks': 'STALE_DEVICE',
  'A request that CRI-O answers itself': 'nothing',
  'A spec with faults': 'UNRESOLVED_DEVICE',
};

function getExample(name: string): Case {
  const example = EXAMPLES[name];
  ok(example !== undefined);
  return example;
}

test('each example comes to what its name says', () => {
  const outcomes = Object.entries(EXAMPLES).map(([name, example]) => {
    const { outcome, refusal } = judge(example);
    return [name, refusal?.code ?? outcome];
  });
  deepEqual(Object.fromEntries(outcomes), OUTCOMES);
});

test('what is injected already is there the next time', () => {
  const example = getExample('A GPU and its driver');
  const { after } = judge(example);
  equal(judge({ ...example, config: after }).outcome, 'already');
});

test('each line that comes has the edits that bring it', () => {
  const example = getExample('A GPU and its driver');
  const { after, edits } = judge(example);
  const rows = makeDiffRows(example.config, after, edits);
  const lit = new Set(rows.flatMap((row) => row.edits));
  deepEqual([...lit].sort(), [...edits.keys()]);
  for (const { sign, edits: own } of rows) ok(sign === '+' || own.length === 0);
  const bind = rows.find(({ text }) => text.includes('"rbind"'));
  equal(edits[bind?.edits[0] ?? -1]?.kind, 'mounts');
});

test('the lines of an edit are about it, and so is the line that asks', () => {
  const example = getExample('A GPU and its driver');
  const { edits } = judge(example);
  const place = edits.findIndex(({ key }) => key === '/dev/vendor0');
  const lines = findLines(example, edits.slice(place, place + 1));
  deepEqual(
    [...lines],
    [
      ['/etc/cdi/vendor.yaml', [[22, 23]]],
      ['/bundle/config.json', [[3, 3]]],
    ],
  );
  deepEqual(findEditsAt(example, edits, '/etc/cdi/vendor.yaml', 23), [place]);
  deepEqual(findEditsAt(example, edits, '/etc/cdi/vendor.yaml', 1), []);
  deepEqual(findEditsAt(example, edits, '/bundle/config.json', 3), [...edits.keys()]);
});

test('a line that goes has the edit that replaces it', () => {
  const specs = [
    {
      name: 'a.yaml',
      text: 'cdiVersion: "0.5.0"\nkind: a.b/c\ndevices: [{ name: d, containerEdits: { env: [X=new] } }]\n',
    },
  ];
  const config = '{"process":{"env":["X=old"]},"annotations":{"cdi.k8s.io/t":"a.b/c=d"}}';
  const { after, edits } = judge({ specs, config, settings: '', host: 'bare' });
  const changed = makeDiffRows(config, after, edits).filter(({ sign }) => sign !== ' ');
  deepEqual(
    changed.map(({ sign, text, edits: own }) => [sign, text.trim(), own]),
    [
      ['-', '"X=old"', [0]],
      ['+', '"X=new"', [0]],
    ],
  );
});

test('the nearest device is one that can be asked for', () => {
  const verdict = judge(getExample('A name that does not resolve'));
  const [suggestion] = suggestDevices(verdict);
  equal(suggestion?.device, 'vendor.com/gpu=gpu-4f1d');
  equal(suggestion?.nearest[0], 'vendor.com/gpu=gpu-4f1c');
});

test('what is wrong with the settings or the document is told where it is', () => {
  const example = getExample('A GPU and its driver');
  const [settings] = judge({ ...example, settings: 'polcy: {}\n' }).findings;
  deepEqual([settings?.path, settings?.at], ['/etc/cdi-runtime/config.yaml', { line: 1, column: 1 }]);
  match(settings?.cure ?? '', /policy/);
  const [document] = judge({ ...example, config: example.config.replace('"process"', 'process') }).findings;
  equal(document?.path, '/bundle/config.json');
  ok((document?.at?.line ?? 0) > 1);
});

test('a snapshot keeps whose its files are', () => {
  const root = { uid: 0, gid: 0, modified: 0 };
  const folder = { ...root, kind: 'directory', mode: '0755' };
  const [spec] = getExample('A GPU and its driver').specs;
  const file = { ...root, kind: 'file', mode: '0666', text: spec?.text };
  const files = { '/': folder, '/etc': folder, '/etc/cdi': folder, '/etc/cdi/own.yaml': file };
  const picture = { taken: 0, user: { uid: 0, gid: 0, inUserNamespace: false }, environment: {}, files };
  const given = takeFile(getExample('A GPU and its driver'), 'host.json', JSON.stringify(picture));
  deepEqual(
    given.specs.map(({ name }) => name),
    ['/etc/cdi/own.yaml'],
  );
  match(judge(given).refusal?.message ?? '', /can be written by everybody \(mode 0666\)/);
});

test('a file is told by its content, or else by its name', () => {
  const example = getExample('A GPU and its driver');
  equal(takeFile(example, 'x', '{"ociVersion":"1.2.0"}').config, '{"ociVersion":"1.2.0"}');
  equal(takeFile(example, 'config.yaml', 'wait: 1s').settings, 'wait: 1s');
  deepEqual(takeFile(example, 'new.yaml', 'kind: a.b/c').specs.at(-1), { name: 'new.yaml', text: 'kind: a.b/c' });
  equal(takeFile(example, 'vendor.yaml', 'kind: a.b/c').specs.length, 1);
});

for (const [engine, document] of Object.entries(ENGINE_DOCUMENTS))
  test(`the typical container of ${engine} can ask`, () => {
    const config = writeChoice(document, ['vendor.com/gpu=gpu-4f1c']) ?? '';
    const { plan } = judge({ ...getExample('A GPU and its driver'), config });
    equal(plan?.decisions.length, 1);
  });

test('more specs than the settings allow are told as the shim tells it', () => {
  const { refusal } = judge({ ...getExample('Two vendors, in Kubernetes'), settings: 'limits: { specs: 1 }\n' });
  equal(refusal?.code, 'CANNOT_READ');
});

test('a comment in a spec hides a finding, as for cdictl lint', () => {
  const example = getExample('Two vendors, in Kubernetes');
  const specs = example.specs.map(({ name, text }) => {
    return { name, text: text.replace('  - name: port0', '  - name: port0 # cdictl-ignore unstable-name: ports stay') };
  });
  deepEqual(
    judge(example).findings.map(({ rule }) => rule),
    ['unstable-name'],
  );
  deepEqual(judge({ ...example, specs }).findings, []);
});

/** A text with a piece of it gone, or there twice, or another letter in it. */
function damage(text: string, [from, length, letter]: readonly [number, number, string]): string {
  const at = Math.floor(from * text.length);
  const piece = text.slice(at, at + length);
  return text.slice(0, at) + (letter === '' ? '' : letter === '2' ? piece + piece : letter) + text.slice(at + length);
}

test('whatever is written has a verdict', () => {
  const hurt = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom('', '2', '{', '"', ':', '\n', '- ', '\0', '\ud800', '&a *a', '010'),
  );
  const examples = fc.constantFrom(...Object.values(EXAMPLES));
  fc.assert(
    fc.property(examples, hurt, hurt, hurt, (example, spec, config, settings) => {
      const given: Case = {
        ...example,
        specs: example.specs.map(({ name, text }) => ({ name, text: damage(text, spec) })),
        config: damage(example.config, config),
        settings: damage(example.settings, settings),
      };
      const verdict = judge(given);
      makeDiffRows(given.config, verdict.after, verdict.edits);
      suggestDevices(verdict);
      writeChoice(given.config, ['a.b/c=d']);
      ok(verdict.outcome !== 'injected' || verdict.after !== given.config);
    }),
    { numRuns: RUNS },
  );
});
