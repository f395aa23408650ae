// Random changes to specs: both front ends see the same tree, or refuse in the same words at the same place.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { parseBoth } from './front-ends.ts';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 5);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const SPECS = [
  `# a spec
cdiVersion: "0.6.0"
kind: vendor.com/gpu
annotations: {a.b/c: "d e", f: 'it''s'}
devices:
- name: gpu0
  containerEdits: &edits
    env: [A=B, "C=\\u0041\\n"]
    deviceNodes:
      - path: /dev/gpu0
        fileMode: 0666
    mounts:
      - hostPath: >-
          /usr/lib
        containerPath: |
          /usr/lib
        options: [ro, !!str yes]
- {name: all, containerEdits: *edits}
containerEdits:
  hooks:
  - ? hookName
    : createContainer
    path: /bin/x
    args: [x,
      y]
`,
  '{"cdiVersion":"0.6.0","kind":"a.b/c","devices":[{"name":"d","containerEdits":{"env":["A=B"],"additionalGids":[1]}}]}',
  '%YAML 1.1\n%TAG !e! tag:e,1:\n--- !e!spec\na: &x {b: 1}\nc: {<<: *x, d: [[], {}, ~]}\n...\n---\ne\n',
];

/** What stands for something in YAML. NUL and the like are left to the tests of the reader: they end everything. */
const BITS = [
  ...['a', '0', ' ', '  ', '\n', '\n  ', '\n    ', '\t', '\r\n', '\r', '\u0085', '\u2028', '\ufeff', 'ä', '\u{1F600}'],
  ...[
    ': ',
    ':',
    ', ',
    ',',
    '- ',
    '-',
    '? ',
    '?',
    '[',
    ']',
    '{',
    '}',
    '#',
    ' # ',
    '&a ',
    '*a',
    '!',
    '!!str ',
    '!<t>',
    '%41',
  ],
  ...[
    '"',
    "'",
    "''",
    '\\',
    '\\"',
    '\\/',
    '\\n',
    '\\x41',
    '\\u0041',
    '\\\n',
    '|',
    '>',
    '|-\n',
    '>+\n',
    '|2\n',
    '@',
    '`',
    '~',
  ],
  ...[
    '%',
    '%YAML 1.1\n',
    '%TAG ! x:\n',
    '---',
    '---\n',
    '...\n',
    '<<: ',
    'null',
    'a: b\n',
    '- a\n',
    '- - b\n',
    'x:\n- y\n',
  ],
  ...['[a, b]', '{a: b}', '{"a":1}', '"q":', '? k\n: v\n', '.', '='],
];

type Change = readonly [kind: number, at: number, from: number, length: number];

function changed(text: string, [kind, at, from, length]: Change): string {
  const place = at % (text.length + 1);
  const start = from % (text.length + 1);
  if (kind === 0) return text.slice(0, place) + text.slice(place + 1 + (length % 4));
  const bit = kind === 1 ? text.slice(start, start + length) : (BITS[from % BITS.length] ?? '');
  return text.slice(0, place) + bit + text.slice(place);
}

const change = fc.tuple(fc.nat(3), fc.nat(), fc.nat(), fc.nat(20));
const changes = fc.array(change, { minLength: 1, maxLength: 5 });
const text = fc.oneof(
  fc.tuple(fc.constantFrom(...seeds()), changes).map(([spec, list]) => list.reduce(changed, spec)),
  fc.array(fc.constantFrom(...BITS), { maxLength: 25 }).map((bits) => bits.join('')),
);

/** Our own specs, and the texts of the corpus where it is at hand. */
function seeds(): string[] {
  const corpus = new URL('../../../shared/corpus/yaml.json', import.meta.url);
  if (!existsSync(corpus)) return SPECS;
  const { cases }: { cases: { input: { text: string } }[] } = JSON.parse(readFileSync(corpus, 'utf8'));
  return [...SPECS, ...cases.map(({ input }) => input.text)];
}

test('both front ends read changed specs alike', (t) => {
  t.diagnostic(`FUZZ_SEED=${seed}`);
  const folder = temporaryFolder();
  parseBoth(folder, ['']); // builds the shim before the clock starts
  let compared = 0;
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 100, size: 'max' }), (texts) => {
      for (const [i, { node, shim }] of parseBoth(folder, texts).entries()) {
        compared++;
        assert.deepEqual(node, shim, JSON.stringify(texts[i]));
      }
    }),
    { seed, numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000 },
  );
  t.diagnostic(`${compared} texts compared`);
});
